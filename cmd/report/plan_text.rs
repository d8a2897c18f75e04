//! A plan, for people who read it in a terminal.

use indexmap::IndexMap;
use landfall_plan::{Action, Mode, Plan, Step, StepId};

use crate::report::change::{Verb, accounts, causes, changes, headline, site, tally};
use crate::report::{Paint, count, difference, difference_lines, finding};

/// How much of a plan is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Detail {
    /// Each change once, however many accounts it is made in.
    Grouped,
    /// Every step with what it waits for and what differs.
    EveryStep,
}

/// How many names of a long list are shown.
const NAMES: usize = 8;
/// How many findings of a sort are shown.
const FINDINGS: usize = 20;

/// The plan as text.
pub(crate) fn plan_text(paint: Paint, plan: &Plan, detail: Detail) -> String {
    let purpose = match plan.mode {
        Mode::Apply => "",
        Mode::Adopt => ", what stands taken into its stacks",
        Mode::Remediate => ", what drifted put right",
        Mode::Prune => ", with what is not wanted any more deleted",
        Mode::Destroy => ", everything taken down",
    };
    let mut out = format!("{}: {}{purpose}\n", paint.bold(&plan.organization), headline(plan));
    if !plan.is_empty() {
        out.push('\n');
        match detail {
            Detail::Grouped => grouped(paint, plan, &mut out),
            Detail::EveryStep => plan.steps.values().for_each(|step| every(paint, step, &mut out)),
        }
    }
    findings(paint, plan, &mut out);
    out.push_str(&format!("\n{}\n", totals(plan)));
    out
}

fn grouped(paint: Paint, plan: &Plan, out: &mut String) {
    for (change, ids) in changes(plan) {
        let verb = change.verb;
        let title = format!("{} {} {}", verb.symbol(), verb.as_str(), change.subject);
        out.push_str(&format!("  {}{}\n", verb.paint(paint, title), places(plan, &ids)));
        out.push_str(&format!("      {}\n", paint.dim(format!("because {}", causes(&change.causes)))));
        for difference in &change.differences {
            out.push_str(&format!("      {difference}\n"));
        }
    }
}

/// ` in 200 accounts: a, b, c and 197 more`
pub(crate) fn places(plan: &Plan, ids: &[&StepId]) -> String {
    let sites: Vec<String> = ids.iter().map(|id| site(plan, id)).collect();
    if let [only] = sites.as_slice() {
        return match ids.first() {
            Some(StepId::Stack(_) | StepId::Organization | StepId::Guardrail(_)) => format!(" in {only}"),
            Some(StepId::Attachment(..)) => format!(" on {only}"),
            _ => format!(": {only}"),
        };
    }
    if ids.iter().all(|id| matches!(id, StepId::Attachment(..))) {
        return format!(" on {}", sites.join(", "));
    }
    if ids.iter().all(|id| matches!(id, StepId::Record(_))) {
        return format!(": {}", sites.join(", "));
    }
    let noun = if ids.iter().all(|id| id.account().is_some()) { "account" } else { "unit" };
    let number = match noun {
        "account" => accounts(ids.iter().copied()).len(),
        _ => ids.len(),
    };
    let shown: Vec<&str> = sites.iter().take(NAMES).map(String::as_str).collect();
    let more = match sites.len() - shown.len() {
        0 => String::new(),
        rest => format!(" and {rest} more"),
    };
    format!(" in {}: {}{more}", count(number, noun), shown.join(", "))
}

fn every(paint: Paint, step: &Step, out: &mut String) {
    let verb = Verb::of(&step.action);
    let title = format!("{} {} {}", verb.symbol(), verb.as_str(), step.id);
    out.push_str(&format!("  {}\n", verb.paint(paint, title)));
    out.push_str(&format!("      because {}\n", causes(&step.causes)));
    for edge in &step.needs {
        out.push_str(&format!("      {}\n", paint.dim(format!("after {}: {}", edge.on, edge.reason))));
    }
    match &step.action {
        Action::RepairIdentities { differences, .. } => {
            for one in differences {
                out.push_str(&format!("      {}\n", difference(one)));
                for line in difference_lines(paint, one) {
                    out.push_str(&format!("        {line}\n"));
                }
            }
        }
        Action::CreateStack { replaces: Some(left_over), .. } => {
            out.push_str(&format!("      replaces what an earlier try left: {left_over}\n"));
        }
        Action::MoveAccount { from, to } => {
            let name = |unit: &Option<landfall_model::UnitPath>| {
                unit.as_ref().map_or_else(|| "the root".to_owned(), ToString::to_string)
            };
            out.push_str(&format!("      from {} to {}\n", name(from), name(to)));
        }
        Action::TagAccount { tags } => {
            for (key, value) in tags {
                out.push_str(&format!("      {key} = {value}\n"));
            }
        }
        _ => {}
    }
}

fn findings(paint: Paint, plan: &Plan, out: &mut String) {
    if plan.findings.is_empty() {
        return;
    }
    out.push_str(&format!("\n{}\n", paint.bold("Seen, and left alone:")));
    // What is to be done is said once for all findings that ask for the same.
    let mut by_next: IndexMap<Option<&str>, Vec<String>> = IndexMap::new();
    for one in &plan.findings {
        let (what, next) = finding(one);
        by_next.entry(next).or_default().push(what);
    }
    for (next, found) in by_next {
        for what in found.iter().take(FINDINGS) {
            out.push_str(&format!("  * {what}\n"));
        }
        if let Some(more @ 1..) = found.len().checked_sub(FINDINGS) {
            out.push_str(&format!("  * and {more} more of this sort; --format json has all of them\n"));
        }
        if let Some(next) = next {
            out.push_str(&format!("      {} {next}\n", paint.note("next:")));
        }
    }
}

/// `44 steps: 40 to create, 4 to update; 12 stay as they are`
pub(crate) fn totals(plan: &Plan) -> String {
    let tally = tally(plan);
    let parts: Vec<String> = Verb::ALL
        .into_iter()
        .filter_map(|verb| tally.get(&verb).map(|number| format!("{number} to {}", verb.as_str())))
        .collect();
    let steps = match parts.is_empty() {
        true => "nothing to do".to_owned(),
        false => format!("{}: {}", count(plan.steps.len(), "step"), parts.join(", ")),
    };
    match plan.kept.len() {
        0 => steps,
        1 => format!("{steps}; 1 thing stays as it is"),
        kept => format!("{steps}; {} stay as they are", count(kept, "thing")),
    }
}
