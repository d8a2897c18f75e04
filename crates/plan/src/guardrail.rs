//! Guardrails in a plan: what they are attached to, and how they stand.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use landfall_model::{AccountName, Attachment, UnitPath};
use landfall_policies::GuardrailText;
use landfall_stacks::{Digest, GuardrailKey, GuardrailPolicy, TAG_ORGANIZATION};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Desired;

/// What a guardrail is attached to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GuardrailTarget {
    /// The organization's root.
    Root,
    /// A unit.
    Unit(UnitPath),
    /// An account.
    Account(AccountName),
    /// A unit or account that the configuration does not know, by its id.
    Unknown(String),
}

impl From<&Attachment> for GuardrailTarget {
    fn from(attachment: &Attachment) -> Self {
        match attachment {
            Attachment::Root => Self::Root,
            Attachment::Unit(path) => Self::Unit(path.clone()),
            Attachment::Account(name) => Self::Account(name.clone()),
        }
    }
}

impl GuardrailTarget {
    /// Whether an account that stands in a unit, or at the root, is the target or below it.
    pub fn holds(&self, account: &AccountName, unit: Option<&UnitPath>) -> bool {
        match self {
            Self::Root => true,
            Self::Unit(path) => unit.is_some_and(|unit| path.contains(unit)),
            Self::Account(name) => name == account,
            Self::Unknown(_) => false,
        }
    }
}

impl fmt::Display for GuardrailTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => f.write_str("the root"),
            Self::Unit(path) => write!(f, "unit {path}"),
            Self::Account(name) => write!(f, "account {name}"),
            Self::Unknown(id) => write!(f, "{id}"),
        }
    }
}

/// All that brings one guardrail to where it shall be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuardrailSpec {
    /// What it says; the organization's id may be open.
    pub text: GuardrailText,
    /// The description that Organizations shows: the same for every guardrail.
    pub description: String,
    /// All tags, Landfall's own included.
    pub tags: BTreeMap<String, String>,
}

/// The description of every guardrail.
const DESCRIPTION: &str = "Made by Landfall: change its configuration, not this policy";

impl Desired {
    /// The same with guardrails.
    #[must_use]
    pub fn guarded(mut self, guardrails: Vec<GuardrailPolicy>) -> Self {
        self.guardrails = guardrails.into_iter().map(|one| (one.key.clone(), one)).collect();
        self
    }

    /// All that brings one guardrail to where it shall be.
    pub fn guardrail_spec(&self, guardrail: &GuardrailPolicy) -> GuardrailSpec {
        let mut tags = self.tags.clone();
        tags.insert(TAG_ORGANIZATION.to_owned(), self.organization.to_string());
        GuardrailSpec { text: guardrail.text.clone(), description: DESCRIPTION.to_owned(), tags }
    }

    /// What tells whether the guardrails of two configurations are the same.
    pub(crate) fn guardrails_digest(&self) -> Vec<Value> {
        let one = |guardrail: &GuardrailPolicy| {
            let targets: BTreeSet<GuardrailTarget> = guardrail.attach.iter().map(GuardrailTarget::from).collect();
            serde_json::json!([guardrail.key, Digest::of(guardrail.text.as_str()), targets])
        };
        self.guardrails.values().map(one).collect()
    }
}

/// A guardrail that stands, with a name as Landfall gives them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObservedGuardrail {
    /// Its id, `p-…`.
    pub id: String,
    /// Its description.
    pub description: String,
    /// What it says.
    pub content: Value,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// The ids of what it is attached to: the root's, units' and accounts'.
    pub targets: BTreeSet<String>,
}

impl ObservedGuardrail {
    /// Whether it carries the organization's tag: a name proves nothing.
    pub(crate) fn is_ours(&self, desired: &Desired) -> bool {
        self.tags.get(TAG_ORGANIZATION).is_some_and(|name| name == desired.organization.as_str())
    }
}

/// A guardrail that stands and is Landfall's.
pub(crate) fn ours<'a>(
    desired: &'a Desired,
    observed: &'a crate::Observed,
) -> impl Iterator<Item = (&'a GuardrailKey, &'a ObservedGuardrail)> {
    observed.guardrails.iter().filter(|(_, live)| live.is_ours(desired))
}
