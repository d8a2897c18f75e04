//! What Organizations keeps.

use std::collections::{BTreeMap, BTreeSet};

use landfall_model::{AccountId, Email, GuardrailKind, OrganizationId, RoleName};
use landfall_plan::AccountStatus;
use serde::{Deserialize, Serialize};

use crate::clock::Millis;

/// The organization.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct OrganizationRow {
    pub(crate) id: OrganizationId,
    pub(crate) root: String,
    pub(crate) tags: BTreeMap<String, String>,
    /// The types of policy that are enabled.
    #[serde(default)]
    pub(crate) policy_types: BTreeSet<GuardrailKind>,
    /// Ids of the targets that `FullAWSAccess` was taken off; it is attached to all others.
    #[serde(default)]
    pub(crate) bare: BTreeSet<String>,
}

/// A unit, by its id.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct UnitRow {
    pub(crate) name: String,
    pub(crate) parent: String,
    pub(crate) tags: BTreeMap<String, String>,
}

/// An account, by its id.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct AccountRow {
    pub(crate) id: AccountId,
    pub(crate) name: String,
    pub(crate) email: Email,
    pub(crate) status: AccountStatus,
    pub(crate) parent: String,
    pub(crate) tags: BTreeMap<String, String>,
    /// When its access role can be assumed.
    pub(crate) open_from: Millis,
}

/// The creation of an account, by its request's id.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct CreationRow {
    pub(crate) name: String,
    pub(crate) email: Email,
    pub(crate) access_role: RoleName,
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) account: AccountId,
    pub(crate) state: Progress,
}

/// How far a creation is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Progress {
    Until(Millis),
    Succeeded,
    Failed(String),
}

/// A policy of the organization, by its id.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct GuardrailRow {
    pub(crate) kind: GuardrailKind,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) content: String,
    pub(crate) tags: BTreeMap<String, String>,
    /// The ids of what it is attached to.
    pub(crate) targets: BTreeSet<String>,
}
