//! Carrying a plan out: shown as it goes on, kept in the journal, summed up at the end.

use std::sync::Arc;

use landfall_engine::{RunSummary, Sink, Stamped};
use landfall_plan::{Desired, Finding, Mode, Plan};

use crate::error::{CommandError, Exit};
use crate::interrupt::Interrupted;
use crate::journal::Journal;
use crate::report::{self, Ledger, RunView, Terminal};
use crate::session::Session;

/// Whether a run is kept.
#[derive(Debug, clap::Args)]
pub(crate) struct Journaling {
    /// Do not write .landfall/journal/TIME.jsonl in the current directory
    #[arg(long)]
    no_journal: bool,
}

/// Carries a plan out.
///
/// # Errors
/// It did not begin, or its end cannot be shown.
pub(crate) fn run(
    session: Session,
    plan: Plan,
    desired: &Desired,
    journaling: &Journaling,
    terminal: &Terminal,
) -> Result<Exit, CommandError> {
    let plan = Arc::new(plan);
    let journal = if journaling.no_journal { None } else { Some(Journal::begin(&plan)?) };
    let view = Arc::new(RunView::new(*terminal));
    let journal = Arc::new(journal);
    let sink: Sink = {
        let (view, journal) = (Arc::clone(&view), Arc::clone(&journal));
        Arc::new(move |stamped: Stamped| {
            if let Some(journal) = journal.as_ref() {
                journal.write(&stamped);
            }
            view.event(&stamped);
        })
    };
    let result = session.execute(Arc::clone(&plan), terminal, sink);
    let ledger = view.finish();
    let (ended, interrupted) = result?;
    session.close();
    report::summary(terminal, &plan, desired, &ledger, &ended.summary)?;
    if let Some(journal) = journal.as_ref() {
        terminal.talk(&journal.farewell());
    }
    Ok(exit(&ended.summary, interrupted).at_least(unseen(&plan)).at_least(unprotected(plan.mode, &ledger)))
}

/// What a plan could not look into is not done, though no step of it failed.
pub(crate) fn unseen(plan: &Plan) -> Exit {
    let closed = plan.findings.iter().any(|finding| matches!(finding, Finding::Unreachable { .. }));
    if closed { Exit::Partly } else { Exit::Done }
}

/// A stack that stands without protection is as good as any other, unless its protection is what shall be put right.
fn unprotected(mode: Mode, ledger: &Ledger) -> Exit {
    if mode == Mode::Remediate && !ledger.unprotected.is_empty() { Exit::Partly } else { Exit::Done }
}

fn exit(summary: &RunSummary, interrupted: Interrupted) -> Exit {
    match interrupted {
        Interrupted::Twice => Exit::Interrupted,
        _ if summary.failed + summary.skipped + summary.stopped == 0 => Exit::Done,
        _ if summary.done + summary.unchanged == 0 => Exit::Failed,
        _ => Exit::Partly,
    }
}

#[cfg(test)]
mod tests {
    use landfall_engine::{Fault, FaultKind};
    use landfall_plan::StepId;

    use super::*;

    #[test]
    fn protection_that_cannot_be_put_right_is_left() {
        let fault = Fault::new(FaultKind::AccessDenied, "cloudformation:UpdateTerminationProtection", "not allowed");
        let ledger = Ledger { unprotected: vec![(StepId::Organization, fault)], ..Ledger::default() };
        assert_eq!(unprotected(Mode::Remediate, &ledger), Exit::Partly);
        assert_eq!(unprotected(Mode::Apply, &ledger), Exit::Done);
        assert_eq!(unprotected(Mode::Remediate, &Ledger::default()), Exit::Done);
    }

    #[test]
    fn the_exit_code_is_honest() {
        let summary = |done, failed, stopped| RunSummary { done, failed, stopped, ..RunSummary::default() };
        assert_eq!(exit(&summary(3, 0, 0), Interrupted::Never), Exit::Done);
        assert_eq!(exit(&summary(3, 1, 0), Interrupted::Never), Exit::Partly);
        assert_eq!(exit(&summary(0, 1, 0), Interrupted::Never), Exit::Failed);
        assert_eq!(exit(&summary(3, 0, 2), Interrupted::Once), Exit::Partly);
        assert_eq!(exit(&summary(3, 0, 2), Interrupted::Twice), Exit::Interrupted);
    }
}
