//! The answer.

use std::fmt;

use super::Compiled;
use super::rule::Rule;
use crate::Effect;

/// A kind of policy that has a say. Levels count from the organization's root, which is 0, to the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// A policy of the principal.
    Identity,
    /// Its permissions boundary.
    Boundary,
    /// The policy of its session.
    Session,
    /// A service control policy.
    Scp {
        /// At which level.
        level: usize,
    },
    /// A resource control policy.
    Rcp {
        /// At which level.
        level: usize,
    },
    /// The resource policy; of a role, its trust policy.
    Resource,
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Identity => f.write_str("identity policy"),
            Self::Boundary => f.write_str("permissions boundary"),
            Self::Session => f.write_str("session policy"),
            Self::Scp { level } => write!(f, "service control policy at level {level}"),
            Self::Rcp { level } => write!(f, "resource control policy at level {level}"),
            Self::Resource => f.write_str("resource policy"),
        }
    }
}

/// A statement of a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StatementRef<'a> {
    /// In which role the policy stands.
    pub layer: Layer,
    /// The name that the policy was compiled with.
    pub policy: &'a str,
    /// Which statement, from 0.
    pub index: usize,
    /// Its `Sid`.
    pub sid: Option<&'a str>,
}

impl<'a> StatementRef<'a> {
    pub(super) fn new(layer: Layer, policy: &'a Compiled, rule: &'a Rule) -> Self {
        Self { layer, policy: policy.name(), index: rule.index, sid: rule.sid.as_deref() }
    }
}

impl fmt::Display for StatementRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} `{}`, statement {}", self.layer, self.policy, self.index)?;
        self.sid.map_or(Ok(()), |sid| write!(f, " ({sid})"))
    }
}

/// What a layer says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Verdict {
    /// There is no such policy, it does not bind this caller, or a deny was found before it was its turn.
    #[default]
    NotAsked,
    /// Neither allows nor denies: an implicit deny, where an allow is wanted.
    Silent,
    /// Allows.
    Allows,
    /// Denies.
    Denies,
}

/// What every layer says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Verdicts {
    /// The policies of the principal.
    pub identity: Verdict,
    /// Its boundary.
    pub boundary: Verdict,
    /// The session policy.
    pub session: Verdict,
    /// All levels of SCPs.
    pub scp: Verdict,
    /// All levels of RCPs.
    pub rcp: Verdict,
    /// The resource policy. An allow for the caller's whole account counts as one.
    pub resource: Verdict,
}

/// The answer to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision<'a> {
    /// Whether it is allowed.
    pub effect: Effect,
    /// The statement that decided: the one that denies, or the one that allows, of the identity policy where both sides
    /// allow. Nothing for an implicit deny and for a root user in its own account.
    pub decided_by: Option<StatementRef<'a>>,
    /// The statement of the resource policy that allows, if the request is allowed and one does.
    pub resource_side: Option<StatementRef<'a>>,
    /// Which layer denies, or lacks an allow.
    pub blocked_by: Option<Layer>,
    /// What every layer says.
    pub verdicts: Verdicts,
}

impl Decision<'_> {
    /// Whether it is allowed.
    pub fn is_allowed(&self) -> bool {
        self.effect == Effect::Allow
    }

    /// Whether a statement denies, so that no allow anywhere could help.
    pub fn is_explicit_deny(&self) -> bool {
        self.effect == Effect::Deny && self.decided_by.is_some()
    }
}

impl fmt::Display for Decision<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.effect, self.decided_by, self.blocked_by) {
            (Effect::Allow, Some(by), _) => write!(f, "allowed by {by}"),
            (Effect::Allow, None, _) => f.write_str("allowed: the root user of its own account"),
            (Effect::Deny, Some(by), _) => write!(f, "denied by {by}"),
            (Effect::Deny, None, Some(layer)) => write!(f, "denied: no {layer} allows it"),
            (Effect::Deny, None, None) => f.write_str("denied"),
        }
    }
}
