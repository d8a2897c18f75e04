//! What became of every step of a run.

use std::collections::{BTreeMap, BTreeSet};

use landfall_engine::{Event, Fault, Outcome, RunSummary};
use landfall_plan::StepId;

/// A first cause: a step that failed by itself.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FirstCause {
    /// The step.
    pub(crate) step: StepId,
    /// What went wrong.
    pub(crate) reason: String,
    /// The resource that failed.
    pub(crate) resource: Option<String>,
    /// The call that failed, in AWS's words.
    pub(crate) fault: Option<Fault>,
    /// What to do next.
    pub(crate) hint: Option<String>,
}

/// What became of the steps so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ledger {
    /// Steps that were done, or were found done.
    pub(crate) done: BTreeSet<StepId>,
    /// First causes, in the order in which they came.
    pub(crate) failures: Vec<FirstCause>,
    /// How many steps were skipped because of each failure.
    pub(crate) skipped: BTreeMap<StepId, usize>,
    /// What was put right after it was read back.
    pub(crate) repaired: Vec<(StepId, String)>,
    /// Stacks that stand and could not be protected against termination, each with AWS's refusal.
    pub(crate) unprotected: Vec<(StepId, Fault)>,
    /// Steps left under way.
    pub(crate) abandoned: Vec<StepId>,
    /// How the run ended, once it did.
    pub(crate) summary: Option<RunSummary>,
}

impl Ledger {
    /// Takes an event in.
    pub(crate) fn record(&mut self, event: &Event) {
        match event {
            Event::StepEnded { step, outcome, .. } => self.ended(step, outcome),
            Event::Repaired { step, what } => self.repaired.push((step.clone(), what.clone())),
            Event::Unprotected { step, fault } => self.unprotected.push((step.clone(), fault.clone())),
            Event::RunEnded { summary } => self.summary = Some(summary.clone()),
            _ => {}
        }
    }

    fn ended(&mut self, step: &StepId, outcome: &Outcome) {
        match outcome {
            Outcome::Done | Outcome::Unchanged => {
                self.done.insert(step.clone());
            }
            Outcome::Failed { reason, resource, fault, hint } => self.failures.push(FirstCause {
                step: step.clone(),
                reason: reason.clone(),
                resource: resource.clone(),
                fault: fault.clone(),
                hint: hint.clone(),
            }),
            Outcome::Skipped { because } => *self.skipped.entry(because.clone()).or_default() += 1,
            Outcome::Abandoned => self.abandoned.push(step.clone()),
            Outcome::NotStarted => {}
        }
    }
}
