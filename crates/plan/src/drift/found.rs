//! What a look behind finds.

use std::fmt;

use landfall_model::AccountName;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Class, Remedy, Rule, Sighting, StatementChange};
use crate::{Difference, IdentityKind, StepId};

/// One thing that is not as it shall be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Drift {
    /// What of the configuration owns it: a stack, a guardrail, an attachment, an account's place or tags.
    pub owner: StepId,
    /// The account that it is in; `None` for what is the organization's.
    pub account: Option<AccountName>,
    /// What it is about.
    pub subject: Subject,
    /// What of it differs, as AWS names it: for IAM as in [`Difference::property`], else `Status`,
    /// `TerminationProtection`, `Content`, `Description`, `Tags/KEY`, `Attachment`, `Unit`, a property's path. Empty:
    /// the whole thing.
    pub property: String,
    /// How grave it is.
    pub class: Class,
    /// By which rule.
    pub rule: Rule,
    /// Who puts it right.
    pub remedy: Remedy,
    /// What shall be; `Null` for something that shall not be there.
    pub desired: Value,
    /// What is; `Null` for something that is not there.
    pub live: Value,
    /// For policy documents: what differs, statement by statement.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<StatementChange>,
    /// When AWS says that something was done to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dates: Option<Dates>,
}

impl Drift {
    /// The same as a difference between two states of IAM; `None` for what is not IAM's.
    pub fn difference(&self) -> Option<Difference> {
        let kind = match self.subject.kind {
            SubjectKind::Role => IdentityKind::Role,
            SubjectKind::Policy => IdentityKind::Policy,
            SubjectKind::InstanceProfile => IdentityKind::InstanceProfile,
            SubjectKind::Provider => IdentityKind::Provider,
            SubjectKind::Stack
            | SubjectKind::Resource
            | SubjectKind::Guardrail
            | SubjectKind::PolicyType
            | SubjectKind::Account
            | SubjectKind::Unit => return None,
        };
        Some(Difference {
            kind,
            name: self.subject.name.clone(),
            property: self.property.clone(),
            desired: self.desired.clone(),
            live: self.live.clone(),
        })
    }
}

/// What a drift is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Subject {
    /// What sort of thing.
    pub kind: SubjectKind,
    /// Its name; an ARN for a provider; for a resource that only CloudFormation can look at, its logical id.
    pub name: String,
}

/// What sort of thing a drift is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SubjectKind {
    /// A role.
    Role,
    /// A customer managed policy.
    Policy,
    /// An instance profile.
    InstanceProfile,
    /// An identity provider.
    Provider,
    /// A stack.
    Stack,
    /// A resource of a stack that IAM does not tell of.
    Resource,
    /// A guardrail.
    Guardrail,
    /// A type of organization policy.
    PolicyType,
    /// An account.
    Account,
    /// A unit.
    Unit,
}

impl From<IdentityKind> for SubjectKind {
    fn from(kind: IdentityKind) -> Self {
        match kind {
            IdentityKind::Role => Self::Role,
            IdentityKind::Policy => Self::Policy,
            IdentityKind::InstanceProfile => Self::InstanceProfile,
            IdentityKind::Provider => Self::Provider,
        }
    }
}

impl fmt::Display for SubjectKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Role => "role",
            Self::Policy => "policy",
            Self::InstanceProfile => "instance profile",
            Self::Provider => "identity provider",
            Self::Stack => "stack",
            Self::Resource => "resource",
            Self::Guardrail => "guardrail",
            Self::PolicyType => "policy type",
            Self::Account => "account",
            Self::Unit => "unit",
        })
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, self.name)
    }
}

/// What AWS tells about when, each in RFC 3339. None of it says who; that is CloudTrail's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dates {
    /// When it was made. A role that is younger than its stack was made anew by hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<String>,
    /// When it was last changed: a managed policy's default version, a stack's last update.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated: Option<String>,
    /// When a role was last used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used: Option<String>,
}

impl Dates {
    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.created.is_none() && self.updated.is_none() && self.last_used.is_none()
    }
}

/// Something that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unread {
    /// The account.
    pub account: AccountName,
    /// What of it; empty for all of it.
    pub what: String,
    /// AWS's own words.
    pub reason: String,
}

/// A stack that nobody can say anything about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotCompared {
    /// What.
    pub owner: StepId,
    /// Why.
    pub reason: String,
}

/// Everything that a look behind finds.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct DriftReport {
    /// What is not as it shall be: the gravest first, then in the order of the graph.
    pub drifts: Vec<Drift>,
    /// What could not be read.
    pub unread: Vec<Unread>,
    /// What the configuration has changed since it was deployed, or what is still to be made: no drift. Stacks among
    /// them are compared with what was deployed.
    pub pending: Vec<StepId>,
    /// What of the pending is the organization's own, judged as if somebody else had done it: only a note that whoever
    /// may change it may change too says that it is pending, so that each is told.
    #[serde(default)]
    pub unapplied: Vec<Drift>,
    /// What could be read and not be compared.
    pub not_compared: Vec<NotCompared>,
    /// Roles of others that should be seen. They are no drift.
    pub sightings: Vec<Sighting>,
    /// Where roles of others could not be looked at. Nothing that Landfall owns depends on it.
    pub blind: Vec<Unread>,
}

impl DriftReport {
    /// The gravest class there is.
    pub fn worst(&self) -> Option<Class> {
        self.drifts.iter().map(|drift| drift.class).max()
    }

    /// How many drifts are of a class.
    pub fn count(&self, class: Class) -> usize {
        self.drifts.iter().filter(|drift| drift.class == class).count()
    }

    /// Whether nothing drifted.
    pub fn is_clean(&self) -> bool {
        self.drifts.is_empty()
    }

    /// Whether everything could be read and compared.
    pub fn is_complete(&self) -> bool {
        self.unread.is_empty() && self.not_compared.is_empty()
    }
}
