//! What came of a run: what stands now, what failed first and why, what was skipped, and what to do next.

use landfall_engine::RunSummary;
use landfall_plan::{Desired, Plan};

use crate::error::CommandError;
use crate::global::Format;
use crate::report::ledger::{FirstCause, Ledger};
use crate::report::standing::Standing;
use crate::report::{Paint, Terminal, clean, count, elapsed};

/// How many failures are shown in full.
const FAILURES: usize = 20;

/// Shows what came of a run. Programs have had it as the last event.
pub(crate) fn summary(
    terminal: &Terminal,
    plan: &Plan,
    desired: &Desired,
    ledger: &Ledger,
    run: &RunSummary,
) -> Result<(), CommandError> {
    let standing = Standing::after(plan, desired, ledger);
    match terminal.format {
        Format::Human => terminal.data(&text(terminal.out, &standing, ledger, run)),
        Format::Markdown => terminal.data(&markdown(&standing, ledger, run)),
        Format::Json | Format::Sarif => Ok(()),
    }
}

fn outcome(run: &RunSummary) -> String {
    let numbers = [
        (run.done, "done"),
        (run.unchanged, "found done"),
        (run.failed, "failed"),
        (run.skipped, "skipped"),
        (run.stopped, "not finished"),
    ];
    let parts: Vec<String> = numbers
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, what)| format!("{number} {what}"))
        .collect();
    if parts.is_empty() { "nothing was to be done".to_owned() } else { format!("steps: {}", parts.join(", ")) }
}

fn text(paint: Paint, standing: &Standing, ledger: &Ledger, run: &RunSummary) -> String {
    let whole = run.failed + run.skipped + run.stopped == 0;
    let verdict = if whole { paint.good("Done") } else { paint.bad("Not all is done") };
    let mut out = format!("{verdict} after {}; {}.\n", elapsed(run.took), outcome(run));
    if !ledger.failures.is_empty() {
        out.push_str(&format!("\n{}\n", paint.bold("What failed first, and why:")));
        for (index, failure) in ledger.failures.iter().take(FAILURES).enumerate() {
            failure_text(paint, index + 1, failure, ledger, &mut out);
        }
        if let Some(more @ 1..) = ledger.failures.len().checked_sub(FAILURES) {
            out.push_str(&format!("  … and {}, all of them in the journal\n", count(more, "more failure")));
        }
    }
    if !ledger.repaired.is_empty() {
        out.push_str(&format!("\n{}\n", paint.bold("Read back, found different, and put right:")));
        for (step, what) in ledger.repaired.iter().take(FAILURES) {
            out.push_str(&format!("  {step}: {}\n", clean(what)));
        }
    }
    if let Some((_, fault)) = ledger.unprotected.first() {
        out.push_str(&format!("\n{}\n", paint.bold("Stands, and could not be protected against termination:")));
        for (step, _) in ledger.unprotected.iter().take(FAILURES) {
            out.push_str(&format!("  {step}\n"));
        }
        if let Some(more @ 1..) = ledger.unprotected.len().checked_sub(FAILURES) {
            out.push_str(&format!("  … and {}\n", count(more, "more stack")));
        }
        out.push_str(&format!("  AWS says: {}\n", clean(&fault.to_string())));
    }
    if !ledger.abandoned.is_empty() {
        out.push_str(&format!("\n{}\n", paint.bold("Left under way in AWS; the next run finds it:")));
        for step in ledger.abandoned.iter().take(FAILURES) {
            out.push_str(&format!("  {step}\n"));
        }
    }
    out.push_str(&format!("\nWhat stands now: {}\n", standing.in_words()));
    if !standing.stacks.is_empty() {
        out.push_str(&format!("  stacks: {}\n", standing.kinds()));
    }
    out.push_str(&format!("  {}\n", paint.dim(calls(run))));
    if !whole {
        out.push_str(&format!("  {} run the same command again; it goes on from what is there\n", paint.note("next:")));
    }
    out
}

fn failure_text(paint: Paint, number: usize, failure: &FirstCause, ledger: &Ledger, out: &mut String) {
    out.push_str(&format!("  {number}. {}\n", paint.bad(&failure.step)));
    if let Some(account) = failure.step.account() {
        out.push_str(&format!("     account:  {account}\n"));
    }
    if let Some(resource) = &failure.resource {
        out.push_str(&format!("     resource: {}\n", clean(resource)));
    }
    out.push_str(&format!("     why:      {}\n", clean(&failure.reason)));
    if let Some(fault) = &failure.fault {
        let code = fault.code.as_deref().map(|code| format!(" {code}")).unwrap_or_default();
        out.push_str(&format!("     call:     {}{code}\n", fault.operation));
        if !failure.reason.contains(&fault.message) {
            out.push_str(&format!("     AWS says: {}\n", clean(&fault.message)));
        }
        if let Some(id) = &fault.request_id {
            out.push_str(&format!("     request:  {id}\n"));
        }
    }
    if let Some(skipped) = ledger.skipped.get(&failure.step) {
        out.push_str(&format!("     skipped because of it: {}\n", count(*skipped, "step")));
    }
    if let Some(hint) = &failure.hint {
        out.push_str(&format!("     {} {}\n", paint.note("next:"), clean(hint)));
    }
}

/// `1,204 calls made, most of them cloudformation:DescribeStacks (800), …`
fn calls(run: &RunSummary) -> String {
    let all: u64 = run.calls.values().sum();
    let mut by_number: Vec<(&String, &u64)> = run.calls.iter().collect();
    by_number.sort_by_key(|(operation, number)| (std::cmp::Reverse(**number), *operation));
    let most: Vec<String> =
        by_number.into_iter().take(4).map(|(operation, number)| format!("{operation} {number}")).collect();
    let calls = count(usize::try_from(all).unwrap_or(usize::MAX), "call");
    if most.is_empty() { format!("{calls} made") } else { format!("{calls} made: {} …", most.join(", ")) }
}

fn markdown(standing: &Standing, ledger: &Ledger, run: &RunSummary) -> String {
    let mut out = format!("### {} after {}\n", outcome(run), elapsed(run.took));
    out.push_str(&format!("\nWhat stands now: {}\n", standing.in_words()));
    if !ledger.failures.is_empty() {
        out.push_str("\n| failed first | why | skipped because of it | next |\n|---|---|---|---|\n");
        let cell = |text: &str| clean(text).replace('|', "\\|");
        for failure in ledger.failures.iter().take(FAILURES) {
            let why = match &failure.fault {
                Some(fault) if !failure.reason.contains(&fault.message) => format!("{}: {fault}", failure.reason),
                _ => failure.reason.clone(),
            };
            out.push_str(&format!(
                "| `{}` | {} | {} | {} |\n",
                failure.step,
                cell(&why),
                ledger.skipped.get(&failure.step).copied().unwrap_or_default(),
                cell(failure.hint.as_deref().unwrap_or_default()),
            ));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use landfall_engine::{Event, Fault, FaultKind, Outcome};
    use landfall_model::UnitPath;
    use landfall_plan::StepId;
    use std::collections::BTreeMap;
    use std::time::Duration;

    #[test]
    fn the_first_cause_is_shown_with_all_that_is_known() {
        let step = StepId::Unit(UnitPath::new("workloads").unwrap());
        let mut fault = Fault::new(FaultKind::AccessDenied, "organizations:CreateOrganizationalUnit", "not allowed")
            .code("AccessDeniedException");
        fault.request_id = Some("1a2b".to_owned());
        let failed = Outcome::Failed {
            reason: "the unit could not be made".to_owned(),
            resource: None,
            fault: Some(fault),
            hint: Some("let the role create units".to_owned()),
        };
        let mut ledger = Ledger::default();
        ledger.record(&Event::StepEnded { step: step.clone(), outcome: failed, took: Duration::ZERO });
        for _ in 0..3 {
            let outcome = Outcome::Skipped { because: step.clone() };
            ledger.record(&Event::StepEnded { step: StepId::Organization, outcome, took: Duration::ZERO });
        }
        let run = RunSummary {
            done: 2,
            failed: 1,
            skipped: 3,
            took: Duration::from_secs(12),
            calls: BTreeMap::from([("organizations:ListRoots".to_owned(), 2)]),
            ..RunSummary::default()
        };
        insta::assert_snapshot!(text(Paint::Plain, &Standing::default(), &ledger, &run), @r"
        Not all is done after 12s; steps: 2 done, 1 failed, 3 skipped.

        What failed first, and why:
          1. unit workloads
             why:      the unit could not be made
             call:     organizations:CreateOrganizationalUnit AccessDeniedException
             AWS says: not allowed
             request:  1a2b
             skipped because of it: 3 steps
             next: let the role create units

        What stands now: 0 accounts, 0 units, 0 stacks, 0 roles, 0 boundaries
          2 calls made: organizations:ListRoots 2 …
          next: run the same command again; it goes on from what is there
        ");
    }

    #[test]
    fn stacks_that_could_not_be_protected_are_named() {
        let fault = Fault::new(FaultKind::AccessDenied, "cloudformation:UpdateTerminationProtection", "not allowed");
        let mut ledger = Ledger::default();
        ledger.record(&Event::Unprotected { step: StepId::Organization, fault });
        let shown = text(Paint::Plain, &Standing::default(), &ledger, &RunSummary { done: 1, ..RunSummary::default() });
        insta::assert_snapshot!(shown, @r"
        Done after 0.0s; steps: 1 done.

        Stands, and could not be protected against termination:
          organization
          AWS says: cloudformation:UpdateTerminationProtection: not allowed

        What stands now: 0 accounts, 0 units, 0 stacks, 0 roles, 0 boundaries
          0 calls made
        ");
    }
}
