//! What IAM keeps of every account. Keys are `account/name` in lower case.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use landfall_model::{AccountId, PolicyName, RoleName};
use landfall_stacks::{ManagedPolicy, Role};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::clock::Millis;

/// A role. Documents are kept as text: there may be tens of thousands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct RoleRow {
    pub(crate) name: RoleName,
    pub(crate) path: String,
    pub(crate) trust: Arc<str>,
    pub(crate) inline: BTreeMap<PolicyName, Arc<str>>,
    pub(crate) attached: BTreeSet<String>,
    pub(crate) boundary: Option<String>,
    pub(crate) max_session: u32,
    pub(crate) description: String,
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) made: Millis,
    /// The stack that made it.
    pub(crate) stack: Option<String>,
}

/// A user. Only trust policies look at them.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct UserRow {
    pub(crate) name: String,
    pub(crate) path: String,
    pub(crate) made: Millis,
}

/// A customer managed policy.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct PolicyRow {
    pub(crate) name: PolicyName,
    pub(crate) path: String,
    /// What its default version says.
    pub(crate) document: Arc<str>,
    /// What its versions before that say, the oldest first. IAM keeps five in all (IAM User Guide, "Versioning IAM
    /// policies").
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) older: Vec<Arc<str>>,
    pub(crate) stack: Option<String>,
}

/// An instance profile.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ProfileRow {
    pub(crate) name: String,
    pub(crate) path: String,
    pub(crate) roles: BTreeSet<RoleName>,
    pub(crate) stack: Option<String>,
}

/// An identity provider.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ProviderRow {
    pub(crate) arn: String,
    pub(crate) provider: landfall_stacks::Provider,
    pub(crate) stack: Option<String>,
}

/// The key of a named thing in an account: names are unique without regard to case.
pub(crate) fn key(account: &AccountId, name: &str) -> String {
    [account.as_str(), "/", &name.to_ascii_lowercase()].concat()
}

/// The prefix of the keys of all things in an account.
pub(crate) fn prefix(account: &AccountId) -> String {
    [account.as_str(), "/"].concat()
}

/// Splits `path/to/name` into `/path/to/` and `name`.
pub(crate) fn split(path_and_name: &str) -> (String, &str) {
    match path_and_name.rsplit_once('/') {
        Some((path, name)) => (["/", path, "/"].concat(), name),
        None => ("/".to_owned(), path_and_name),
    }
}

/// The JSON of a document that is kept as text.
pub(crate) fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}

pub(crate) fn text(json: &Value) -> Arc<str> {
    json.to_string().into()
}

impl RoleRow {
    pub(crate) fn port(&self) -> Role {
        Role {
            name: self.name.clone(),
            path: self.path.clone(),
            trust: json(&self.trust).into(),
            inline: self.inline.iter().map(|(name, text)| (name.clone(), json(text).into())).collect(),
            attached: self.attached.clone(),
            boundary: self.boundary.clone(),
            max_session: self.max_session,
            description: self.description.clone(),
            tags: self
                .tags
                .iter()
                .filter(|(key, _)| !key.starts_with("aws:"))
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect(),
        }
    }

    pub(crate) fn of(role: &Role, made: Millis, stack: Option<&str>) -> Self {
        Self {
            name: role.name.clone(),
            path: role.path.clone(),
            trust: role.trust.text().into(),
            inline: role.inline.iter().map(|(name, document)| (name.clone(), document.text().into())).collect(),
            attached: role.attached.clone(),
            boundary: role.boundary.clone(),
            max_session: role.max_session,
            description: role.description.clone(),
            tags: role.tags.clone(),
            made,
            stack: stack.map(str::to_owned),
        }
    }
}

impl PolicyRow {
    pub(crate) fn port(&self) -> ManagedPolicy {
        ManagedPolicy { name: self.name.clone(), path: self.path.clone(), document: json(&self.document).into() }
    }
}
