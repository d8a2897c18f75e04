//! The policies that have a say.

use super::Compiled;

/// Everything that has a say about the requests of one caller on one resource.
#[derive(Debug, Clone, Default)]
pub struct Layers<'a> {
    /// The policies of the user or role, inline and managed.
    pub identity: Vec<&'a Compiled>,
    /// The permissions boundary.
    pub boundary: Option<&'a Compiled>,
    /// The policy that a session was made with.
    pub session: Option<&'a Compiled>,
    /// The SCPs of the caller's account, a list for each level from the organization's root down to the account. Each
    /// level must allow. No levels at all: SCPs are not enabled.
    pub scps: Vec<Vec<&'a Compiled>>,
    /// The RCPs of the account that owns the resource, a list for each level. Only their denies count: at every level
    /// `RCPFullAWSAccess` allows everything and cannot be detached.
    pub rcps: Vec<Vec<&'a Compiled>>,
    /// The policy of the resource; of a role, its trust policy.
    pub resource: Option<&'a Compiled>,
    /// The id of the organization's management account, whose principals SCPs and whose resources RCPs do not bind.
    pub management: Option<&'a str>,
}
