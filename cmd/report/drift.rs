//! What drifted: one report in four forms.

use landfall_model::Place;
use landfall_plan::{Class, Desired, Drift, DriftReport, Observed, StepId, SubjectKind};

use crate::error::CommandError;
use crate::global::Format;
use crate::report::{Files, Terminal, count};

mod human;
mod json;
mod markdown;
mod sarif;
mod statement;

/// A report with what it takes to show it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Drifted<'a> {
    desired: &'a Desired,
    observed: &'a Observed,
    report: &'a DriftReport,
    files: Files<'a>,
}

/// Shows what drifted: it is what was asked for.
pub(crate) fn drift(terminal: &Terminal, drifted: &Drifted<'_>) -> Result<(), CommandError> {
    terminal.data(&match terminal.format {
        Format::Human => human::text(terminal.out, drifted),
        Format::Json => drifted.json(),
        Format::Markdown => markdown::text(drifted),
        Format::Sarif => format!("{:#}\n", sarif::log(drifted)),
    })
}

impl<'a> Drifted<'a> {
    /// Of a look at what was observed.
    pub(crate) fn of(desired: &'a Desired, observed: &'a Observed, report: &'a DriftReport, files: Files<'a>) -> Self {
        Self { desired, observed, report, files }
    }

    /// The report for programs.
    pub(crate) fn json(&self) -> String {
        format!("{:#}\n", json::report(self))
    }

    /// Where the configuration asks for what drifted.
    fn place(&self, owner: &StepId) -> Option<Place> {
        match owner {
            StepId::Stack(key) => self.desired.stacks.get(key).map(|stack| stack.place),
            StepId::Guardrail(key) | StepId::Attachment(key, _) => {
                self.desired.guardrails.get(key).map(|guardrail| guardrail.place)
            }
            StepId::Account(name) | StepId::Placement(name) | StepId::AccountTags(name) | StepId::Identities(name) => {
                self.desired.accounts.get(name).map(|account| account.place)
            }
            StepId::Organization | StepId::Unit(_) | StepId::PolicyType(_) | StepId::Record(_) => {
                Some(self.desired.place)
            }
        }
    }

    /// `3 drifts: 1 dangerous, 2 repairable`
    fn headline(&self) -> String {
        let report = self.report;
        if report.is_clean() {
            return "nothing drifted".to_owned();
        }
        let classes = [Class::Dangerous, Class::Repairable, Class::Benign];
        let counted = classes.map(|class| (report.count(class), class));
        let parts: Vec<String> = counted
            .iter()
            .filter(|(number, _)| *number > 0)
            .map(|(number, class)| format!("{number} {class}"))
            .collect();
        format!("{}: {}", count(report.drifts.len(), "drift"), parts.join(", "))
    }
}

/// `role acme-x: PermissionsBoundary`
fn title(drift: &Drift) -> String {
    let what = match (drift.property.as_str(), drift.live.is_null()) {
        ("", true) => "is not there",
        ("", false) => "does not stand as it shall",
        (property, _) => property,
    };
    format!("{}: {what}", drift.subject)
}

/// What of the organization is pending, the gravest first, each with what it would be if somebody else had done it.
fn unapplied(report: &DriftReport) -> Vec<String> {
    let one = |drift: &Drift| {
        let (title, words) = (title(drift), drift.rule.words());
        let words = if title.ends_with(words) { String::new() } else { format!(": {words}") };
        format!("{title}{words}; as drift it would be {}", drift.class)
    };
    report.unapplied.iter().map(one).collect()
}

/// Drifts that are the same in several accounts, each once.
fn grouped(report: &DriftReport) -> Vec<(&Drift, Vec<&Drift>)> {
    let mut out: Vec<(&Drift, Vec<&Drift>)> = Vec::new();
    let mut index = std::collections::HashMap::new();
    for drift in &report.drifts {
        let key = (drift.class, drift.rule, title(drift), drift.desired.to_string(), drift.live.to_string());
        match index.get(&key) {
            Some(&at) => {
                if let Some((_, all)) = out.get_mut::<usize>(at) {
                    all.push(drift);
                }
            }
            None => {
                index.insert(key, out.len());
                out.push((drift, vec![drift]));
            }
        }
    }
    out
}

/// How many names of a long list are shown.
const NAMES: usize = 8;

/// ` in data-prod`, ` in 200 accounts: a, b, c and 197 more`; nothing where the organization or the account
/// itself drifted.
fn places(all: &[&Drift]) -> String {
    if all.first().is_some_and(|drift| drift.subject.kind == SubjectKind::Account) {
        return String::new();
    }
    let names: Vec<&str> = all.iter().filter_map(|drift| Some(drift.account.as_ref()?.as_str())).collect();
    match names.as_slice() {
        [] => String::new(),
        [one] => format!(" in {one}"),
        many => {
            let shown = many.iter().take(NAMES).copied().collect::<Vec<_>>().join(", ");
            let more = many.len().saturating_sub(NAMES);
            let more = if more == 0 { String::new() } else { format!(" and {more} more") };
            format!(" in {}: {shown}{more}", count(many.len(), "account"))
        }
    }
}

/// `made 2026-01-01T00:00:00Z, last used …`
fn dates(dates: &landfall_plan::Dates) -> String {
    let all = [("made", &dates.created), ("changed", &dates.updated), ("last used", &dates.last_used)];
    let known: Vec<String> =
        all.into_iter().filter_map(|(word, date)| Some([word, date.as_deref()?].join(" "))).collect();
    known.join(", ")
}
