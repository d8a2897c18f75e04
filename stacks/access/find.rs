//! Which role is meant.

use landfall_model::{AccountName, Resolution, RoleIndex};
use landfall_policies::closest;

use super::standing::RoleId;
use super::world::World;

/// Why a text names no role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct NotFound {
    message: String,
    /// What may have been meant, as it is written.
    pub candidates: Vec<String>,
}

/// How many candidates are told.
const SHOWN: usize = 8;

impl World {
    /// A role as a user writes it: `ACCOUNT/ROLE` as a configuration refers to it, a name that only one account has, or
    /// an ARN. The index knows what else the configuration calls a role.
    ///
    /// # Errors
    /// No role is meant, or several.
    pub fn find(&self, index: &RoleIndex, text: &str) -> Result<RoleId, NotFound> {
        let refuse = |message: String, candidates| Err(NotFound { message, candidates });
        if text.starts_with("arn:") {
            return match self.role_by_arn(&self.with_ids(text)) {
                Some(role) => Ok(role),
                None => refuse(
                    format!("no role here has the ARN `{text}`"),
                    self.like(text.rsplit('/').next().unwrap_or(text)),
                ),
            };
        }
        let Some((account, name)) = text.split_once('/') else { return self.by_name(index, text) };
        let Some((account, _)) = AccountName::new(account).ok().and_then(|name| self.accounts.get_key_value(&name))
        else {
            let near = closest(account, self.accounts.keys().map(AccountName::as_str));
            let near = near.map(|near| [near, name].join("/"));
            return refuse(format!("there is no account `{account}`"), near.into_iter().collect());
        };
        match self.in_account(index, account, name) {
            Ok(role) => Ok(role),
            Err(several) if !several.is_empty() => refuse(format!("`{text}` stands for several roles"), several),
            Err(_) => {
                let names = index.names(account).chain(self.names_in(account));
                let near = closest(name, names).map(|near| [account.as_str(), near].join("/"));
                let all =
                    || self.names_in(account).take(SHOWN).map(|name| [account.as_str(), name].join("/")).collect();
                let near: Vec<String> = near.into_iter().collect();
                let elsewhere = self.like(name);
                let candidates = match (near.is_empty(), elsewhere.is_empty()) {
                    (false, _) => near,
                    (true, false) => elsewhere,
                    (true, true) => all(),
                };
                refuse(format!("account `{account}` has no role `{name}`"), candidates)
            }
        }
    }

    fn by_name(&self, index: &RoleIndex, name: &str) -> Result<RoleId, NotFound> {
        let found: Vec<RoleId> =
            self.accounts.keys().filter_map(|account| self.in_account(index, account, name).ok()).collect();
        match found.as_slice() {
            [role] => Ok(*role),
            [] => Err(NotFound { message: format!("no account has a role `{name}`"), candidates: self.like(name) }),
            _ => {
                let message = format!("`{name}` stands in {} accounts: say in which", found.len());
                let candidates = found.iter().take(SHOWN).map(|role| self.role_name(*role)).collect();
                Err(NotFound { message, candidates })
            }
        }
    }

    /// A role of an account by any of its names, or those that share the name.
    fn in_account(&self, index: &RoleIndex, account: &AccountName, name: &str) -> Result<RoleId, Vec<String>> {
        if let Some(role) = self.role_in(account, name) {
            return Ok(role);
        }
        match index.resolve(account, name) {
            Resolution::Role(role) => self.role_in(account, role.as_str()).ok_or_else(Vec::new),
            Resolution::Ambiguous(all) => {
                Err(all.iter().map(|role| [account.as_str(), role.as_str()].join("/")).collect())
            }
            Resolution::Unknown => Err(Vec::new()),
        }
    }

    /// `ACCOUNT/ROLE`, with the name in IAM.
    pub fn role_name(&self, role: RoleId) -> String {
        [self.account(role).as_str(), self.shape(role).name.as_str()].join("/")
    }

    fn names_in(&self, account: &AccountName) -> impl Iterator<Item = &str> {
        let roles = self.by_account.get(account).into_iter().flat_map(|roles| roles.values());
        roles.map(|role| self.shape(*role).name.as_str())
    }

    /// Roles whose name has a text in it, or is near to it.
    fn like(&self, name: &str) -> Vec<String> {
        let lower = name.to_ascii_lowercase();
        let whole = |role: &RoleId| self.shape(*role).name.as_str().to_ascii_lowercase().contains(&lower);
        let found: Vec<String> = self.roles().filter(whole).take(SHOWN).map(|role| self.role_name(role)).collect();
        if !found.is_empty() {
            return found;
        }
        let near = closest(name, self.shapes.iter().map(|shape| shape.name.as_str()));
        let same = |role: &RoleId| near.is_some_and(|near| self.shape(*role).name.as_str() == near);
        self.roles().filter(same).take(SHOWN).map(|role| self.role_name(role)).collect()
    }

    /// An ARN in which the account may be told by its name in the configuration.
    pub fn with_ids(&self, arn: &str) -> String {
        let mut parts: Vec<&str> = arn.splitn(6, ':').collect();
        if let [_, _, _, _, account, _] = parts.as_mut_slice()
            && let Some(member) = AccountName::new(*account).ok().and_then(|name| self.accounts.get(&name))
        {
            *account = member.id.as_str();
        }
        parts.join(":")
    }
}
