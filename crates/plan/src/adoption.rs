//! An organization that exists, put into the words of a configuration: what can be written down, and what is left alone.

use std::collections::{BTreeMap, BTreeSet};

use landfall_model::{
    AccountDraft, AccountId, AccountName, GuardrailDraft, ItemName, OrganizationDraft, OrganizationName, Region,
    RoleName, TagKey, account_parameter,
};
use landfall_stacks::{TAG_KIND, TAG_ORGANIZATION};

use crate::{AccountStatus, Observed, ObservedAccount, ObservedGuardrail, Standing};

/// What nobody but the user knows of an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adopter {
    /// The organization's short name.
    pub name: OrganizationName,
    /// Where the stacks live.
    pub home_region: Region,
    /// The role that is assumed in member accounts.
    pub access_role: RoleName,
}

/// What is written down of the things that may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// Whether accounts get the tags that they have.
    pub tags: Inclusion,
    /// Whether guardrails that carry Landfall's tag are read back.
    pub guardrails: Inclusion,
}

/// Whether something is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inclusion {
    /// It is.
    Written,
    /// It is only remarked.
    Remarked,
}

impl Extent {
    /// Every extent, the widest first: the first with which a plan has nothing to do is the one to take.
    pub const ALL: [Self; 4] = [
        Self { tags: Inclusion::Written, guardrails: Inclusion::Written },
        Self { tags: Inclusion::Written, guardrails: Inclusion::Remarked },
        Self { tags: Inclusion::Remarked, guardrails: Inclusion::Written },
        Self { tags: Inclusion::Remarked, guardrails: Inclusion::Remarked },
    ];
}

/// The names that a configuration gives to the accounts that are in use: their own, where a configuration can have them.
pub fn account_names(observed: &Observed) -> BTreeMap<AccountName, AccountId> {
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let mut names = BTreeMap::new();
    // Accounts with names that can be had come first, so that nobody takes them away.
    let (own, other): (Vec<_>, Vec<_>) =
        in_use(observed).partition(|account| slug(&account.name).as_deref() == Some(account.name.as_str()));
    for account in own.into_iter().chain(other) {
        let stem = slug(&account.name).unwrap_or_else(|| ["account-", account.id.as_str()].concat());
        let numbered = (2..).map(|number| format!("{stem}-{number}"));
        let free = std::iter::once(stem.clone())
            .chain(numbered)
            .filter_map(|text| AccountName::new(text).ok())
            .find(|name| !taken.contains(&account_parameter(name)));
        if let Some(name) = free {
            taken.insert(account_parameter(&name));
            names.insert(name, account.id.clone());
        }
    }
    names
}

fn in_use(observed: &Observed) -> impl Iterator<Item = &ObservedAccount> {
    observed.accounts.values().filter(|account| account.status == AccountStatus::Active)
}

/// `My Data (prod)` is `My-Data-prod`; nothing where no letter is left.
fn slug(name: &str) -> Option<String> {
    let words: Vec<&str> = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let text = words.join("-");
    let text = text.trim_start_matches(|c: char| !c.is_ascii_alphabetic());
    // Room for a number behind it.
    let text = text.get(..AccountName::LIMIT - 4).unwrap_or(text).trim_end_matches('-');
    let reserved = ["all", "root"].contains(&text);
    (!text.is_empty() && !reserved).then(|| text.to_owned())
}

/// What can be written down of an organization. The accounts' tags and stacks are in `observed` under `names`.
pub fn adopt(
    adopter: &Adopter,
    observed: &Observed,
    names: &BTreeMap<AccountName, AccountId>,
    foreign_policies: &[String],
    extent: Extent,
) -> Option<OrganizationDraft> {
    let management_id = &observed.organization.as_ref()?.management;
    let management = names.iter().find(|(_, id)| *id == management_id)?.0.clone();
    let written = |tags: &BTreeMap<String, String>| -> BTreeMap<TagKey, String> {
        let own = tags.iter().filter(|(key, _)| !key.starts_with("landfall:"));
        own.filter_map(|(key, value)| Some((TagKey::new(key.as_str()).ok()?, value.clone()))).collect()
    };
    let tags_of = |account: &ObservedAccount| account.tags.as_ref().map(written).unwrap_or_default();
    let known: Vec<(&AccountName, &ObservedAccount)> =
        names.iter().filter_map(|(name, id)| Some((name, observed.accounts.get(id)?))).collect();
    let shared = match extent.tags {
        Inclusion::Written => shared(known.iter().map(|(_, account)| tags_of(account))),
        Inclusion::Remarked => BTreeMap::new(),
    };

    let mut accounts: Vec<(AccountDraft, Option<String>)> = known
        .iter()
        .map(|(name, account)| {
            let mut remarks = Vec::new();
            if account.name != name.as_str() {
                remarks.push(format!("called `{}` in Organizations", account.name));
            }
            let mut tags = tags_of(account);
            tags.retain(|key, value| shared.get(key) != Some(value));
            if extent.tags == Inclusion::Remarked && !tags.is_empty() {
                let told: Vec<String> = tags.iter().map(|(key, value)| format!("{key}={value}")).collect();
                remarks.push(format!("has tags {}", told.join(", ")));
                tags.clear();
            }
            let draft = AccountDraft {
                name: (*name).clone(),
                id: Some(account.id.clone()),
                email: account.email.clone(),
                unit: account.unit.clone().filter(|_| **name != management),
                tags,
            };
            (draft, (!remarks.is_empty()).then(|| remarks.join("; ")))
        })
        .collect();
    accounts.sort_by_key(|(account, _)| (account.name != management, account.unit.clone(), account.name.clone()));

    let guardrails = guardrails(adopter, observed, names);
    let left_alone = left_alone(adopter, observed, foreign_policies, extent, &guardrails);
    Some(OrganizationDraft {
        name: adopter.name.clone(),
        home_region: adopter.home_region.clone(),
        management,
        access_role: adopter.access_role.clone(),
        tags: shared,
        units: observed.units.keys().cloned().collect(),
        accounts,
        guardrails: if extent.guardrails == Inclusion::Written { guardrails } else { Vec::new() },
        left_alone,
    })
}

/// The tags that all of several have, with the same values.
fn shared(all: impl Iterator<Item = BTreeMap<TagKey, String>>) -> BTreeMap<TagKey, String> {
    let both = |mut left: BTreeMap<TagKey, String>, right: BTreeMap<TagKey, String>| {
        left.retain(|key, value| right.get(key) == Some(value));
        left
    };
    all.reduce(both).unwrap_or_default()
}

/// The guardrails that carry Landfall's tag, and that a configuration can say.
fn guardrails(adopter: &Adopter, observed: &Observed, names: &BTreeMap<AccountName, AccountId>) -> Vec<GuardrailDraft> {
    let mut targets: BTreeMap<&str, String> = BTreeMap::new();
    if let Some(organization) = &observed.organization {
        targets.insert(&organization.root, "root".to_owned());
    }
    targets.extend(observed.units.iter().map(|(path, unit)| (unit.id.as_str(), ["unit:", path.as_str()].concat())));
    targets.extend(names.iter().map(|(name, id)| (id.as_str(), name.to_string())));
    let mut out = Vec::new();
    for (key, live) in &observed.guardrails {
        let name = key.name.as_str().strip_prefix(adopter.name.as_str()).and_then(|rest| rest.strip_prefix('-'));
        let attach: Option<Vec<String>> = live.targets.iter().map(|id| targets.get(id.as_str()).cloned()).collect();
        if let (true, Some(name), Some(attach)) = (ours(adopter, live), name, attach)
            && let Ok(name) = ItemName::new(name)
            && !attach.is_empty()
            && live.content.is_object()
        {
            out.push(GuardrailDraft { name, kind: key.kind, content: live.content.clone(), attach });
        }
    }
    out
}

fn ours(adopter: &Adopter, live: &ObservedGuardrail) -> bool {
    live.tags.get(TAG_ORGANIZATION).is_some_and(|name| name == adopter.name.as_str())
}

/// How many accounts of a long list are named.
const NAMES: usize = 8;

fn left_alone(
    adopter: &Adopter,
    observed: &Observed,
    foreign_policies: &[String],
    extent: Extent,
    guardrails: &[GuardrailDraft],
) -> Vec<String> {
    let mut out = Vec::new();
    for account in observed.accounts.values().filter(|account| account.status != AccountStatus::Active) {
        out.push(format!("account {} ({}) is closed, suspended, or being closed", account.id, account.name));
    }
    for (account, reach) in &observed.reach {
        if let crate::Reach::Refused { reason } = reach {
            out.push(format!("account {account} could not be looked into: {reason}"));
        }
    }
    // The same stack in many accounts is one line.
    let mut stacks: BTreeMap<(&str, Option<&str>), BTreeSet<&AccountName>> = BTreeMap::new();
    for (account, found) in &observed.stacks {
        for stack in found.iter().filter(|stack| stack.status.standing() != Standing::Gone) {
            let ours = stack.tags.get(TAG_ORGANIZATION).is_some_and(|name| name == adopter.name.as_str());
            let kind = stack.tags.get(TAG_KIND).filter(|_| ours).map(String::as_str);
            stacks.entry((stack.name.as_str(), kind)).or_default().insert(account);
        }
    }
    for ((name, kind), accounts) in stacks {
        let whose = match kind {
            Some(kind) => format!("Landfall's stack {name} ({kind})"),
            None => format!("stack {name}, which is not Landfall's"),
        };
        let shown: Vec<&str> = accounts.iter().take(NAMES).map(|name| name.as_str()).collect();
        let more = match accounts.len().saturating_sub(NAMES) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        out.push(format!("{whose} in {}{more}", shown.join(", ")));
    }
    for (key, live) in &observed.guardrails {
        let written = extent.guardrails == Inclusion::Written
            && guardrails.iter().any(|one| {
                one.kind == key.kind && key.name.as_str().ends_with(one.name.as_str()) && ours(adopter, live)
            });
        if !written {
            let whose = if ours(adopter, live) { "Landfall's guardrail" } else { "policy" };
            out.push(format!("{whose} {}", key.name));
        }
    }
    out.extend(foreign_policies.iter().map(|name| format!("policy {name} of the organization")));
    out.into_iter().map(|line| line.replace(['\n', '\r'], " ")).collect()
}

#[cfg(test)]
mod tests {
    use landfall_model::Email;

    use super::*;
    use crate::tests::example::settled;

    fn adopter(name: &str) -> Adopter {
        Adopter {
            name: OrganizationName::new(name).unwrap(),
            home_region: Region::new("eu-west-1").unwrap(),
            access_role: RoleName::new("OrganizationAccountAccessRole").unwrap(),
        }
    }

    fn named(names: &[&str]) -> Vec<String> {
        let mut observed = settled().observed;
        observed.accounts.clear();
        for (number, name) in names.iter().enumerate() {
            let id = AccountId::new(format!("{:012}", number + 1)).unwrap();
            let email = Email::new(format!("a{number}@acme.example")).unwrap();
            let (name, status) = ((*name).to_owned(), AccountStatus::Active);
            observed.accounts.insert(id.clone(), ObservedAccount { id, name, email, status, unit: None, tags: None });
        }
        account_names(&observed).into_keys().map(String::from).collect()
    }

    #[test]
    fn names_that_no_configuration_can_have_are_put_right() {
        assert_eq!(
            named(&["data-prod", "My Data (prod)", "42", "root"]),
            ["My-Data-prod", "account-000000000003", "account-000000000004", "data-prod"]
        );
        // Names that come to the same template parameter are told apart too.
        assert_eq!(named(&["a b", "a-b", "A.B"]), ["A-B-3", "a-b", "a-b-2"]);
        assert_eq!(named(&[&"x".repeat(50), &"x".repeat(60)]).len(), 2);
    }

    #[test]
    fn what_all_accounts_share_is_the_organizations() {
        let observed = settled().observed;
        let names = account_names(&observed);
        let draft = adopt(&adopter("acme"), &observed, &names, &["p-mine (mine)".to_owned()], Extent::ALL[0]).unwrap();
        assert_eq!(draft.management.as_str(), "management");
        assert_eq!(draft.accounts[0].0.name, draft.management);
        assert_eq!(draft.accounts.len(), 8);
        assert_eq!(draft.guardrails.len(), 5);
        assert!(draft.left_alone.iter().any(|line| line == "policy p-mine (mine) of the organization"));
        let alarm = draft.left_alone.iter().find(|line| line.contains("acme-cross-account-log-collector"));
        assert_eq!(
            alarm.unwrap(),
            "Landfall's stack acme-cross-account-log-collector (cross-account) in app-prod, data-dev, data-prod, ml-prod"
        );
        assert!(!draft.left_alone.iter().any(|line| line.contains("guardrail")));
    }

    #[test]
    fn somebody_elses_stacks_and_guardrails_are_not_taken() {
        let mut observed = settled().observed;
        for stack in observed.stacks.values_mut().flatten() {
            stack.tags.clear();
        }
        for guardrail in observed.guardrails.values_mut() {
            guardrail.tags.clear();
        }
        let names = account_names(&observed);
        let draft = adopt(&adopter("acme"), &observed, &names, &[], Extent::ALL[0]).unwrap();
        assert!(draft.guardrails.is_empty());
        assert!(
            draft
                .left_alone
                .iter()
                .any(|line| line.starts_with("stack acme-boundary-workload, which is not Landfall's in "))
        );
        assert!(draft.left_alone.iter().any(|line| line == "policy acme-require-imdsv2"));
        observed.organization = None;
        assert_eq!(adopt(&adopter("acme"), &observed, &names, &[], Extent::ALL[0]), None);
    }
}
