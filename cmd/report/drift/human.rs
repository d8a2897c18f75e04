//! What drifted, for people: the gravest first.

use landfall_plan::{Class, Sighting, SightingKind};

use super::statement::{Side, lines};
use super::{Drifted, dates, grouped, places, title, unapplied};
use crate::report::{Paint, clean, count};

/// How many sightings of a sort are shown.
const SIGHTINGS: usize = 10;

/// How much of what is pending in the organization is shown.
const UNAPPLIED: usize = 20;

/// The report as text.
pub(super) fn text(paint: Paint, drifted: &Drifted<'_>) -> String {
    let report = drifted.report;
    let mut out = format!("{}: {}\n", paint.bold(&drifted.desired.organization), drifted.headline());
    for (first, all) in grouped(report) {
        let class = match first.class {
            Class::Dangerous => paint.bad("! dangerous"),
            Class::Repairable => paint.warn("~ repairable"),
            Class::Benign => paint.dim("  benign"),
        };
        out.push_str(&format!("\n{class}  {}{}\n", paint.bold(clean(&title(first))), places(&all)));
        out.push_str(&format!(
            "      {}; {}\n",
            first.rule.words(),
            paint.dim(format!("put right by: {}", first.remedy))
        ));
        for (side, line) in lines(first) {
            let line = format!("{} {}", side.symbol(), clean_line(&line));
            let line = match side {
                Side::Added => paint.bad(line),
                Side::Removed => paint.good(line),
                Side::About => line,
            };
            out.push_str(&format!("      {line}\n"));
        }
        if let Some(known) = &first.dates {
            out.push_str(&format!("      {}\n", paint.dim(dates(known))));
        }
    }
    sightings(paint, &report.sightings, &mut out);
    below(paint, drifted, &mut out);
    out
}

/// Nothing that a terminal would obey, and the indentation stays.
fn clean_line(line: &str) -> String {
    let indent = line.len() - line.trim_start().len();
    [" ".repeat(indent).as_str(), &clean(line)].concat()
}

fn sightings(paint: Paint, all: &[Sighting], out: &mut String) {
    if all.is_empty() {
        return;
    }
    out.push_str(&format!("\n{}\n", paint.bold("Seen, not Landfall's, and left alone")));
    for kind in [SightingKind::TrustsOutside, SightingKind::CanAssume, SightingKind::CanPass, SightingKind::Unbounded] {
        let these: Vec<&Sighting> = all.iter().filter(|sighting| sighting.kind == kind).collect();
        for sighting in these.iter().take(SIGHTINGS) {
            let about = sighting.about.iter().take(super::NAMES).cloned().collect::<Vec<_>>().join(", ");
            let more = sighting.about.len().saturating_sub(super::NAMES);
            let more = if more == 0 { String::new() } else { format!(" and {more} more") };
            let about = if about.is_empty() { about } else { format!(": {}{more}", clean(&about)) };
            out.push_str(&format!("  role {} in {} {}{about}\n", sighting.role, sighting.account, kind.words()));
        }
        if these.len() > SIGHTINGS {
            let more = count(these.len() - SIGHTINGS, "more role");
            out.push_str(&format!("  {more} like that: `--format json` shows all\n"));
        }
    }
}

fn below(paint: Paint, drifted: &Drifted<'_>, out: &mut String) {
    let report = drifted.report;
    if !report.is_complete() {
        out.push_str(&format!("\n{}\n", paint.bad("Could not be read")));
        for unread in &report.unread {
            let what = if unread.what.is_empty() { String::new() } else { format!(", {}", unread.what) };
            out.push_str(&format!("  {}{what}: {}\n", unread.account, clean(&unread.reason)));
        }
        for one in &report.not_compared {
            out.push_str(&format!("  {}: {}\n", one.owner, clean(&one.reason)));
        }
    }
    for blind in &report.blind {
        let line = format!("roles of others in {} were not looked at: {}", blind.account, clean(&blind.reason));
        out.push_str(&format!("\n{}\n", paint.dim(line)));
    }
    let unapplied = unapplied(report);
    if !unapplied.is_empty() {
        out.push_str(&format!(
            "\n{}\n",
            paint.bold("It stands as it was last applied, and the folder has changed since")
        ));
        for line in unapplied.iter().take(UNAPPLIED) {
            out.push_str(&format!("  {}\n", clean(line)));
        }
        if let Some(more @ 1..) = unapplied.len().checked_sub(UNAPPLIED) {
            out.push_str(&format!("  and {more} more: `--format json` shows all\n"));
        }
    }
    if !report.pending.is_empty() {
        let pending = count(report.pending.len(), "thing");
        out.push_str(&format!(
            "\n{}\n",
            paint.dim(format!(
                "{pending} the folder has changed since or still wants made is no drift: `landfall plan`"
            ))
        ));
    }
    if report.drifts.iter().any(|drift| drift.remedy != landfall_plan::Remedy::Person) {
        out.push_str(&format!("\n{}\n", paint.note("`landfall remediate` shows the way back as a plan")));
    }
}
