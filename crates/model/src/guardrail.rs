//! Service and resource control policies.

use crate::{AccountName, ItemName, Place, PolicyText, Region, UnitPath};

/// An entry of `guardrails:`.
#[derive(Debug, Clone)]
pub struct Guardrail {
    /// The user's own name; a preset's is the preset's unless written.
    pub name: ItemName,
    /// `type:`, service or resource control policy; service control unless written, and for every preset.
    pub kind: GuardrailKind,
    /// What it says.
    pub content: GuardrailContent,
    /// Where it is attached.
    pub attach: Vec<Attachment>,
    /// Where it is defined.
    pub place: Place,
}

/// The two types of organization policy that guard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GuardrailKind {
    /// Service control policy: bounds the organization's principals.
    ServiceControl,
    /// Resource control policy: bounds access to the organization's resources.
    ResourceControl,
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
