//! The public product of a run: what happened, as one serializable enum. Progress bars, CI lines, JSON, the summary and
//! the journal are functions of it.

use std::collections::BTreeMap;
use std::time::Duration;

use landfall_model::{AccountId, AccountName};
use landfall_plan::{Mode, StackStatus, Step, StepId};
use serde::{Deserialize, Serialize};

use crate::Fault;

/// An event with its time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stamped {
    /// Since the run began.
    pub elapsed: Duration,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// The run began.
    RunStarted {
        /// What for.
        mode: Mode,
        /// How many steps.
        steps: usize,
        /// How many of them in each account.
        accounts: BTreeMap<AccountName, usize>,
    },
    /// A step began.
    StepStarted {
        /// Which.
        step: StepId,
    },
    /// A stack has a new status.
    StackChanged {
        /// Which step.
        step: StepId,
        /// Where it stands.
        progress: StackProgress,
    },
    /// The id of an account became known.
    AccountKnown {
        /// Which.
        account: AccountName,
        /// Its id.
        id: AccountId,
    },
    /// A call failed and is tried again.
    Retrying {
        /// Which step.
        step: StepId,
        /// Why.
        fault: Fault,
        /// How many tries there were.
        attempt: u32,
        /// When the next one comes.
        wait: Duration,
    },
    /// What was read back differed from what shall stand, and was put right.
    Repaired {
        /// Which step.
        step: StepId,
        /// What was put right: `role acme-x: PermissionsBoundary`.
        what: String,
    },
    /// A stack stands and was read back, and termination protection could not be set. The next plan says so again.
    Unprotected {
        /// Which step.
        step: StepId,
        /// Why.
        fault: Fault,
    },
    /// A step ended.
    StepEnded {
        /// Which.
        step: StepId,
        /// How.
        outcome: Outcome,
        /// How long it took.
        took: Duration,
    },
    /// Nothing more is started: the user asked, or what is left depends on what failed.
    Stopping {
        /// How many steps are still running.
        running: usize,
    },
    /// The run ended.
    RunEnded {
        /// What came of it.
        summary: RunSummary,
    },
}

/// Where a stack stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StackProgress {
    /// Its status.
    pub status: StackStatus,
    /// Why.
    pub reason: Option<String>,
}

/// How a step ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum Outcome {
    /// Done, and read back.
    Done,
    /// It was found done already: the call changed nothing.
    Unchanged,
    /// It failed.
    Failed {
        /// What went wrong, in one sentence with AWS's own words.
        reason: String,
        /// The resource that failed first, by its logical id and type, where AWS named one.
        resource: Option<String>,
        /// The failed call.
        fault: Option<Fault>,
        /// What to do next.
        hint: Option<String>,
    },
    /// It was not started, since something that it needs failed.
    Skipped {
        /// The first failure on the way.
        because: StepId,
    },
    /// It was not started, since the run was stopped.
    NotStarted,
    /// It was left under way when the run was stopped at once.
    Abandoned,
}

/// What came of a run.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RunSummary {
    /// Steps done.
    pub done: usize,
    /// Steps that changed nothing.
    pub unchanged: usize,
    /// Steps that failed.
    pub failed: usize,
    /// Steps skipped because of failures.
    pub skipped: usize,
    /// Steps not started or abandoned because the run was stopped.
    pub stopped: usize,
    /// The whole time.
    pub took: Duration,
    /// Calls made, by operation.
    pub calls: BTreeMap<String, u64>,
}

impl Event {
    /// The step that the event is about.
    pub fn step(&self) -> Option<&StepId> {
        match self {
            Self::StepStarted { step }
            | Self::StackChanged { step, .. }
            | Self::Retrying { step, .. }
            | Self::Repaired { step, .. }
            | Self::Unprotected { step, .. }
            | Self::StepEnded { step, .. } => Some(step),
            Self::RunStarted { .. } | Self::AccountKnown { .. } | Self::Stopping { .. } | Self::RunEnded { .. } => None,
        }
    }

    /// A start event for a step of a plan.
    pub fn started(step: &Step) -> Self {
        Self::StepStarted { step: step.id.clone() }
    }
}
