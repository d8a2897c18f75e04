//! A run as plain lines: what a pipeline's log keeps.

use std::time::Duration;

use landfall_engine::{Event, Outcome, Stamped};
use landfall_plan::StepId;

use crate::report::terminal::Verbosity;
use crate::report::{Paint, clean, count, elapsed};

/// Turns events into lines.
#[derive(Debug)]
pub(crate) struct Lines {
    paint: Paint,
    verbosity: Verbosity,
    steps: usize,
    ended: usize,
}

impl Lines {
    /// Lines of a run.
    pub(crate) fn new(paint: Paint, verbosity: Verbosity) -> Self {
        Self { paint, verbosity, steps: 0, ended: 0 }
    }

    /// The line for an event, if it is worth one.
    pub(crate) fn line(&mut self, stamped: &Stamped) -> Option<String> {
        let verbose = self.verbosity >= Verbosity::Verbose;
        let words = match &stamped.event {
            Event::RunStarted { steps, accounts, .. } => {
                self.steps = *steps;
                format!("begin   {} in {}", count(*steps, "step"), count(accounts.len(), "account"))
            }
            Event::StepStarted { step } => format!("start   {step}"),
            Event::StackChanged { step, progress } if verbose => {
                let reason =
                    progress.reason.as_deref().map(|reason| format!(": {}", clean(reason))).unwrap_or_default();
                format!("status  {step} {}{reason}", progress.status)
            }
            Event::StackChanged { .. } => return None,
            Event::AccountKnown { account, id } => format!("account {account} is {id}"),
            Event::Retrying { step, fault, attempt, wait } if verbose => {
                let wait = elapsed(*wait);
                format!("retry   {step} in {wait}, after try {attempt}: {}", clean(&fault.to_string()))
            }
            Event::Retrying { .. } => return None,
            Event::Repaired { step, what } => format!("repair  {step}: {}", clean(what)),
            Event::Unprotected { step, fault } => {
                format!("note    {step} stands without termination protection: {}", clean(&fault.to_string()))
            }
            Event::StepEnded { step, outcome, took } => {
                self.ended += 1;
                self.ended_line(step, outcome, *took)
            }
            Event::Stopping { running } => {
                format!("stop    nothing more is started; {} still under way", count(*running, "step"))
            }
            Event::RunEnded { summary } => format!("end     after {}", elapsed(summary.took)),
        };
        Some(format!("[{:>6}] {words}", elapsed(stamped.elapsed)))
    }

    fn ended_line(&self, step: &StepId, outcome: &Outcome, took: Duration) -> String {
        let progress = format!("({}, {}/{})", elapsed(took), self.ended, self.steps);
        match outcome {
            Outcome::Done => format!("{}    {step} {progress}", self.paint.good("done")),
            Outcome::Unchanged => format!("same    {step} {progress}"),
            Outcome::Failed { reason, resource, .. } => {
                let resource =
                    resource.as_deref().map(|resource| format!(" at {}", clean(resource))).unwrap_or_default();
                format!("{}  {step}{resource}: {} {progress}", self.paint.bad("FAILED"), clean(reason))
            }
            Outcome::Skipped { because } => format!("skip    {step}, because of {because}"),
            Outcome::NotStarted => format!("left    {step}: not started"),
            Outcome::Abandoned => format!("left    {step}: under way in AWS; the next run finds it"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use landfall_engine::RunSummary;
    use landfall_model::UnitPath;
    use landfall_plan::Mode;
    use std::collections::BTreeMap;

    #[test]
    fn a_run_reads_as_a_log() {
        let step = || StepId::Unit(UnitPath::new("workloads").unwrap());
        let failed = Outcome::Failed {
            reason: "the unit\ncould not be made".to_owned(),
            resource: None,
            fault: None,
            hint: None,
        };
        let events = [
            Event::RunStarted { mode: Mode::Apply, steps: 2, accounts: BTreeMap::new() },
            Event::StepStarted { step: step() },
            Event::StepEnded { step: step(), outcome: failed, took: Duration::from_millis(1200) },
            Event::StepEnded {
                step: StepId::Organization,
                outcome: Outcome::Skipped { because: step() },
                took: Duration::ZERO,
            },
            Event::RunEnded { summary: RunSummary { took: Duration::from_secs(75), ..RunSummary::default() } },
        ];
        let mut lines = Lines::new(Paint::Plain, Verbosity::Normal);
        let text: Vec<String> = events
            .into_iter()
            .filter_map(|event| lines.line(&Stamped { elapsed: Duration::from_secs(61), event }))
            .collect();
        insta::assert_snapshot!(text.join("\n"), @r"
        [ 1m01s] begin   2 steps in 0 accounts
        [ 1m01s] start   unit workloads
        [ 1m01s] FAILED  unit workloads: the unit could not be made (1.2s, 1/2)
        [ 1m01s] skip    organization, because of unit workloads
        [ 1m01s] end     after 1m15s
        ");
    }
}
