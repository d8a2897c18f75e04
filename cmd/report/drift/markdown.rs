//! What drifted, for an issue or a job summary.

use landfall_plan::{Class, Drift, Remedy};

use super::statement::lines;
use super::{Drifted, dates, grouped, places, title};
use crate::report::count;

/// Characters that a comment or issue on GitHub may have are 65,536; the rest is room for a title and for links.
const LIMIT: usize = 64_000;

/// The report as Markdown: what is dangerous first and open, the rest folded. What does not fit is counted.
pub(super) fn text(drifted: &Drifted<'_>) -> String {
    let report = drifted.report;
    let mut out = format!("### Drift in {}: {}\n", drifted.desired.organization, drifted.headline());
    let tail = tail(drifted);
    let room = LIMIT.saturating_sub(tail.chars().count());
    let mut used = out.chars().count();
    let groups = grouped(report);
    let mut left = groups.len();
    let mut class = None;
    for (first, all) in &groups {
        let mut part = String::new();
        if class != Some(first.class) {
            part.push_str(&format!("\n#### {}\n", heading(first.class)));
        }
        part.push_str(&one(first, all));
        let size = part.chars().count();
        // Room for the line that counts what is left out.
        if used + size + 200 > room {
            break;
        }
        class = Some(first.class);
        used += size;
        left -= 1;
        out.push_str(&part);
    }
    if left > 0 {
        let worst = groups.iter().rev().take(left).map(|(first, _)| first.class).max();
        let worst = worst.map(|class| format!(", {class} ones among them")).filter(|_| worst > Some(Class::Benign));
        out.push_str(&format!(
            "\n**{} {} left out here{}**; the JSON report has them all.\n",
            count(left, "drift"),
            if left == 1 { "is" } else { "are" },
            worst.unwrap_or_default()
        ));
    }
    out + &tail
}

fn heading(class: Class) -> &'static str {
    match class {
        Class::Dangerous => "Dangerous",
        Class::Repairable => "Repairable",
        Class::Benign => "Benign",
    }
}

fn one(first: &Drift, all: &[&Drift]) -> String {
    let open = if first.class == Class::Dangerous { " open" } else { "" };
    let mut out = format!(
        "\n<details{open}><summary><code>{}</code>{}: {}</summary>\n\n",
        escape(&title(first)),
        escape(&places(all)),
        first.rule.words()
    );
    let lines = lines(first);
    if !lines.is_empty() {
        let text: Vec<String> = lines.iter().map(|(side, line)| format!("{} {line}", side.symbol())).collect();
        let text = text.join("\n");
        let fence = fence(&text);
        out.push_str(&format!("{fence}diff\n{text}\n{fence}\n\n"));
    }
    if let Some(known) = &first.dates {
        out.push_str(&format!("{}. ", dates(known)));
    }
    out.push_str(&format!("Put right by: {}.\n\n</details>\n", first.remedy));
    out
}

/// A fence that the text cannot end.
fn fence(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    "`".repeat(longest.max(2) + 1)
}

fn tail(drifted: &Drifted<'_>) -> String {
    const SHOWN: usize = 20;
    let report = drifted.report;
    let mut out = String::new();
    let mut list = |title: &str, all: Vec<String>| {
        if all.is_empty() {
            return;
        }
        out.push_str(&format!("\n<details><summary>{} ({})</summary>\n\n", title, all.len()));
        for line in all.iter().take(SHOWN) {
            out.push_str(&format!("- {}\n", escape(&line.chars().take(500).collect::<String>())));
        }
        if all.len() > SHOWN {
            out.push_str(&format!("- and {} more\n", all.len() - SHOWN));
        }
        out.push_str("\n</details>\n");
    };
    let unread = report.unread.iter().map(|one| format!("{} {}: {}", one.account, one.what, one.reason));
    let not_compared = report.not_compared.iter().map(|one| format!("{}: {}", one.owner, one.reason));
    list("Could not be read", unread.chain(not_compared).collect());
    let seen = report.sightings.iter().map(|one| {
        let about = one.about.iter().take(super::NAMES).cloned().collect::<Vec<_>>().join(", ");
        let about = if about.is_empty() { about } else { format!(": {about}") };
        format!("role {} in {} {}{about}", one.role, one.account, one.kind.words())
    });
    list("Seen, not Landfall's, and left alone", seen.collect());
    if report.drifts.iter().any(|drift| drift.remedy != Remedy::Person) {
        out.push_str("\n`landfall remediate` shows the way back as a plan.\n");
    }
    out
}

/// Text that cannot begin HTML or mention anybody.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('@', "&#64;").replace('\n', " ")
}
