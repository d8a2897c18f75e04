//! What is really there.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use landfall_model::{AccountId, AccountName, Email, GuardrailKind, OrganizationId, Region, StackName, UnitPath};
use landfall_stacks::{GuardrailKey, Identities, StackKey};
use serde::{Deserialize, Serialize};

use crate::{Dates, ObservedGuardrail, Survey};

/// Everything that was read before planning. Only what Landfall may own or must respect is in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Observed {
    /// The account of the caller's credentials.
    pub caller: AccountId,
    /// The organization, if the caller's account is in one.
    pub organization: Option<ObservedOrganization>,
    /// Units by path.
    pub units: BTreeMap<UnitPath, ObservedUnit>,
    /// Accounts by id, those included that the configuration does not know.
    pub accounts: BTreeMap<AccountId, ObservedAccount>,
    /// Account creations that are still under way.
    pub pending: Vec<PendingAccount>,
    /// Which configured accounts could be looked into, and what became of the others.
    pub reach: BTreeMap<AccountName, Reach>,
    /// Stacks of the organization's name prefix, in every account and Region that was looked into.
    pub stacks: BTreeMap<AccountName, Vec<ObservedStack>>,
    /// What stands in each account's IAM under Landfall's names; accounts whose IAM was not read are missing.
    pub identities: BTreeMap<AccountName, Identities>,
    /// What only a look for drift reads, by account.
    #[serde(default)]
    pub surveys: BTreeMap<AccountName, Survey>,
    /// Service and resource control policies with the organization's name prefix.
    #[serde(default, with = "guardrail_list")]
    pub guardrails: BTreeMap<GuardrailKey, ObservedGuardrail>,
}

impl Observed {
    /// Nothing but the caller: no organization, and nobody has looked anywhere yet.
    pub fn nothing(caller: AccountId) -> Self {
        Self {
            caller,
            organization: None,
            units: BTreeMap::new(),
            accounts: BTreeMap::new(),
            pending: Vec::new(),
            reach: BTreeMap::new(),
            stacks: BTreeMap::new(),
            identities: BTreeMap::new(),
            surveys: BTreeMap::new(),
            guardrails: BTreeMap::new(),
        }
    }
}

/// JSON has only texts as keys, and a guardrail's key is more than a text.
mod guardrail_list {
    use std::collections::BTreeMap;

    use landfall_stacks::GuardrailKey;
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::ObservedGuardrail;

    type Guardrails = BTreeMap<GuardrailKey, ObservedGuardrail>;

    pub(super) fn serialize<S: Serializer>(all: &Guardrails, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(all)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<Guardrails, D::Error> {
        Ok(Vec::<(GuardrailKey, ObservedGuardrail)>::deserialize(input)?.into_iter().collect())
    }
}

/// The organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObservedOrganization {
    /// Its id.
    pub id: OrganizationId,
    /// Its management account.
    pub management: AccountId,
    /// The id of its root, `r-…`.
    pub root: String,
    /// Whether all features are on (guardrails need them).
    pub all_features: bool,
    /// The types of policy that are enabled at the root, of those that Landfall knows.
    #[serde(default)]
    pub policy_types: BTreeSet<GuardrailKind>,
}

/// A unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObservedUnit {
    /// Its id, `ou-…`.
    pub id: String,
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObservedAccount {
    /// Its id.
    pub id: AccountId,
    /// Its name in Organizations, which need not be a valid [`AccountName`].
    pub name: String,
    /// Its root user's address.
    pub email: Email,
    /// Whether it can be used.
    pub status: AccountStatus,
    /// Its unit, `None` for the root.
    pub unit: Option<UnitPath>,
    /// Its tags; `None` when they were not read.
    pub tags: Option<BTreeMap<String, String>>,
}

/// Whether an account can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AccountStatus {
    /// In use.
    Active,
    /// Closed, or suspended by AWS.
    Suspended,
    /// Being closed.
    PendingClosure,
}

/// An account creation under way. Source: Organizations API, `CreateAccountStatus`: the address is not in it, so the
/// account's name tells which one it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingAccount {
    /// The request's id, `car-…`.
    pub request: String,
    /// The account's name.
    pub name: String,
    /// Its id, which AWS may show before it is done.
    pub id: Option<AccountId>,
}

/// Whether an account could be looked into.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reach {
    /// It was read.
    Read,
    /// It does not exist yet.
    Absent,
    /// It exists, and the access role cannot be assumed.
    Refused {
        /// AWS's own words.
        reason: String,
    },
}

/// A stack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObservedStack {
    /// Its Region.
    pub region: Region,
    /// Its name.
    pub name: StackName,
    /// Its id: an ARN, different for each stack that ever had the name.
    pub id: String,
    /// Its status.
    pub status: StackStatus,
    /// Why it has the status.
    pub reason: Option<String>,
    /// Its tags, `landfall:digest` among them.
    pub tags: BTreeMap<String, String>,
    /// Whether termination protection is on; `None` where the answer did not say.
    pub protected: Option<bool>,
    /// Its outputs.
    pub outputs: BTreeMap<String, String>,
    /// When it was made and last updated.
    #[serde(default)]
    pub dates: Dates,
}

impl ObservedStack {
    /// Where the stack stands.
    pub fn key(&self, account: &AccountName) -> StackKey {
        StackKey { account: account.clone(), region: self.region.clone(), name: self.name.clone() }
    }
}

/// A stack's status. Source: CloudFormation API, `Stack.StackStatus`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(missing_docs, reason = "each is named as CloudFormation spells it")]
pub enum StackStatus {
    CreateInProgress,
    CreateFailed,
    CreateComplete,
    RollbackInProgress,
    RollbackFailed,
    RollbackComplete,
    DeleteInProgress,
    DeleteFailed,
    DeleteComplete,
    UpdateInProgress,
    UpdateCompleteCleanupInProgress,
    UpdateComplete,
    UpdateFailed,
    UpdateRollbackInProgress,
    UpdateRollbackFailed,
    UpdateRollbackCompleteCleanupInProgress,
    UpdateRollbackComplete,
    ReviewInProgress,
    ImportInProgress,
    ImportComplete,
    ImportRollbackInProgress,
    ImportRollbackFailed,
    ImportRollbackComplete,
}

/// A status that CloudFormation did not have when this was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no stack status that Landfall knows")]
pub struct UnknownStatus(pub String);

impl StackStatus {
    /// Every status.
    pub const ALL: [Self; 23] = [
        Self::CreateInProgress,
        Self::CreateFailed,
        Self::CreateComplete,
        Self::RollbackInProgress,
        Self::RollbackFailed,
        Self::RollbackComplete,
        Self::DeleteInProgress,
        Self::DeleteFailed,
        Self::DeleteComplete,
        Self::UpdateInProgress,
        Self::UpdateCompleteCleanupInProgress,
        Self::UpdateComplete,
        Self::UpdateFailed,
        Self::UpdateRollbackInProgress,
        Self::UpdateRollbackFailed,
        Self::UpdateRollbackCompleteCleanupInProgress,
        Self::UpdateRollbackComplete,
        Self::ReviewInProgress,
        Self::ImportInProgress,
        Self::ImportComplete,
        Self::ImportRollbackInProgress,
        Self::ImportRollbackFailed,
        Self::ImportRollbackComplete,
    ];

    /// As CloudFormation spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CreateInProgress => "CREATE_IN_PROGRESS",
            Self::CreateFailed => "CREATE_FAILED",
            Self::CreateComplete => "CREATE_COMPLETE",
            Self::RollbackInProgress => "ROLLBACK_IN_PROGRESS",
            Self::RollbackFailed => "ROLLBACK_FAILED",
            Self::RollbackComplete => "ROLLBACK_COMPLETE",
            Self::DeleteInProgress => "DELETE_IN_PROGRESS",
            Self::DeleteFailed => "DELETE_FAILED",
            Self::DeleteComplete => "DELETE_COMPLETE",
            Self::UpdateInProgress => "UPDATE_IN_PROGRESS",
            Self::UpdateCompleteCleanupInProgress => "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
            Self::UpdateComplete => "UPDATE_COMPLETE",
            Self::UpdateFailed => "UPDATE_FAILED",
            Self::UpdateRollbackInProgress => "UPDATE_ROLLBACK_IN_PROGRESS",
            Self::UpdateRollbackFailed => "UPDATE_ROLLBACK_FAILED",
            Self::UpdateRollbackCompleteCleanupInProgress => "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
            Self::UpdateRollbackComplete => "UPDATE_ROLLBACK_COMPLETE",
            Self::ReviewInProgress => "REVIEW_IN_PROGRESS",
            Self::ImportInProgress => "IMPORT_IN_PROGRESS",
            Self::ImportComplete => "IMPORT_COMPLETE",
            Self::ImportRollbackInProgress => "IMPORT_ROLLBACK_IN_PROGRESS",
            Self::ImportRollbackFailed => "IMPORT_ROLLBACK_FAILED",
            Self::ImportRollbackComplete => "IMPORT_ROLLBACK_COMPLETE",
        }
    }

    /// Whether CloudFormation is still at work on the stack.
    pub fn in_progress(self) -> bool {
        self != Self::ReviewInProgress && self.as_str().ends_with("_IN_PROGRESS")
    }
}

impl std::str::FromStr for StackStatus {
    type Err = UnknownStatus;
    fn from_str(text: &str) -> Result<Self, UnknownStatus> {
        Self::ALL.into_iter().find(|status| status.as_str() == text).ok_or_else(|| UnknownStatus(text.to_owned()))
    }
}

impl fmt::Display for StackStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
