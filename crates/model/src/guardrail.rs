//! Service and resource control policies.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{AccountName, ItemName, Place, PolicyText, Region, UnitPath};

/// An entry of `guardrails:`.
#[derive(Debug, Clone)]
pub struct Guardrail {
    /// The user's own name; a preset's is the preset's unless written.
    pub name: ItemName,
    /// `type:`, service or resource control policy; service control unless written. A preset has its own.
    pub kind: GuardrailKind,
    /// What it says.
    pub content: GuardrailContent,
    /// Where it is attached.
    pub attach: Vec<Attachment>,
    /// Where it is defined.
    pub place: Place,
}

/// The two types of organization policy that guard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GuardrailKind {
    /// Service control policy: bounds the organization's principals.
    ServiceControl,
    /// Resource control policy: bounds access to the organization's resources.
    ResourceControl,
}

impl GuardrailKind {
    /// Both types.
    pub const ALL: [Self; 2] = [Self::ServiceControl, Self::ResourceControl];

    /// As a configuration writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ServiceControl => "service-control",
            Self::ResourceControl => "resource-control",
        }
    }
}

impl fmt::Display for GuardrailKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A preset or the user's own document.
#[derive(Debug, Clone)]
pub enum GuardrailContent {
    /// Nobody but Landfall and break-glass touches what Landfall owns.
    ProtectFoundation,
    /// No account leaves.
    DenyLeaveOrganization,
    /// Only these Regions; break-glass and global services are exempt.
    AllowedRegions(Vec<Region>),
    /// No EC2 instance with IMDSv1.
    RequireImdsv2,
    /// The root user of member accounts does nothing.
    DenyRootUser,
    /// No AWS service acts on the organization's resources for somebody outside of it: a resource control policy.
    ConfusedDeputy,
    /// The user's document.
    Policy(PolicyText),
}

/// Where a guardrail is attached.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Attachment {
    /// The organization's root.
    Root,
    /// A unit.
    Unit(UnitPath),
    /// An account.
    Account(AccountName),
}
