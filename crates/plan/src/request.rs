//! What is asked of the planner.

use serde::{Deserialize, Serialize};

use crate::{Mode, Target};

/// What a plan is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// What it is for.
    pub mode: Mode,
    /// The parts to which it is restricted, united; none means everything.
    pub targets: Vec<Target>,
    /// Whether [`Mode::Prune`] deletes break-glass stacks too.
    pub emergency_access: EmergencyAccess,
}

/// What becomes of break-glass stacks that are not wanted any more.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EmergencyAccess {
    /// They stay, with a finding.
    #[default]
    Keep,
    /// They are deleted, after everything else of their accounts.
    Remove,
}

impl Request {
    /// A request for everything.
    pub fn new(mode: Mode) -> Self {
        Self { mode, targets: Vec::new(), emergency_access: EmergencyAccess::Keep }
    }

    /// Restricts the request to a part, beside the parts that it is restricted to already.
    #[must_use]
    pub fn target(mut self, target: Target) -> Self {
        self.targets.push(target);
        self
    }
}
