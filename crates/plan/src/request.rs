//! What is asked of the planner.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{Class, Mode, Target};

/// What a plan is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// What it is for.
    pub mode: Mode,
    /// The parts to which it is restricted, united; none means everything.
    pub targets: Vec<Target>,
    /// Whether [`Mode::Prune`] deletes break-glass stacks too.
    pub emergency_access: EmergencyAccess,
    /// Which drift [`Mode::Remediate`] puts right; none means all.
    pub only: BTreeSet<Class>,
    /// By which way [`Mode::Remediate`] puts IAM right.
    pub via: Via,
}

/// By which way what was changed in IAM is put right.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Via {
    /// By calls to IAM, the smallest ones.
    #[default]
    Iam,
    /// By a change set for each stack that reverts drift.
    CloudFormation,
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
        Self {
            mode,
            targets: Vec::new(),
            emergency_access: EmergencyAccess::Keep,
            only: BTreeSet::new(),
            via: Via::Iam,
        }
    }

    /// Restricts the request to a part, beside the parts that it is restricted to already.
    #[must_use]
    pub fn target(mut self, target: Target) -> Self {
        self.targets.push(target);
        self
    }
}
