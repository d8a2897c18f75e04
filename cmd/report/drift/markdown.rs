//! What drifted, for an issue or a job summary.

use landfall_plan::{Class, Drift, DriftReport, Remedy};

use super::statement::lines;
use super::{Drifted, dates, grouped, places, title, unapplied};
use crate::report::count;

/// Characters that a comment or issue on GitHub may have are 65,536; the rest is room for a title and for links.
const LIMIT: usize = 64_000;
/// Room for the line that counts what is left out.
const COUNT: usize = 200;

/// The report as Markdown: what is dangerous first and open, the rest folded. What does not fit is counted.
pub(super) fn text(drifted: &Drifted<'_>) -> String {
    let head = format!("### Drift in {}: {}\n", drifted.desired.organization, drifted.headline());
    let report = drifted.report;
    body(head, report, &tail(report))
}

fn body(mut out: String, report: &DriftReport, tail: &str) -> String {
    let room = LIMIT.saturating_sub(tail.chars().count());
    let mut used = out.chars().count();
    let groups = grouped(report);
    let mut shown = 0;
    let mut class = None;
    for (first, all) in &groups {
        let mut part = String::new();
        if class != Some(first.class) {
            part.push_str(&format!("\n#### {}\n", heading(first.class)));
        }
        part.push_str(&one(first, all));
        let size = part.chars().count();
        if used + size + COUNT > room {
            break;
        }
        class = Some(first.class);
        used += size;
        shown += 1;
        out.push_str(&part);
    }
    let left: Vec<&Drift> = groups.iter().skip(shown).flat_map(|(_, all)| all).copied().collect();
    if let Some(worst) = left.iter().map(|drift| drift.class).max() {
        let among = if worst == Class::Benign { String::new() } else { format!(", {worst} ones among them") };
        let number = count(left.len(), "drift");
        let verb = if left.len() == 1 { "is" } else { "are" };
        out.push_str(&format!("\n**{number} {verb} left out here{among}**: the JSON report has them all.\n"));
    }
    out + tail
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

fn tail(report: &DriftReport) -> String {
    const SHOWN: usize = 20;
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
    list("It stands as it was last applied, and the folder has changed since", unapplied(report));
    if report.drifts.iter().any(|drift| drift.remedy != Remedy::Person) {
        out.push_str("\n`landfall remediate` shows the way back as a plan.\n");
    }
    out
}

/// Text that cannot begin HTML or mention anybody.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('@', "&#64;").replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use landfall_model::AccountName;
    use landfall_plan::{Rule, StepId, Subject, SubjectKind};
    use serde_json::{Value, json};

    use super::*;

    fn drift(number: usize, rule: Rule) -> Drift {
        let account = AccountName::new(format!("account-{number}")).unwrap();
        Drift {
            owner: StepId::Account(account.clone()),
            account: Some(account),
            subject: Subject { kind: SubjectKind::Role, name: format!("role-{number}") },
            property: "PermissionsBoundary".to_owned(),
            class: rule.class(),
            rule,
            remedy: Remedy::Iam,
            desired: json!("```<b>@somebody"),
            live: Value::Null,
            changes: Vec::new(),
            dates: None,
        }
    }

    #[test]
    fn what_does_not_fit_is_counted_and_what_is_dangerous_comes_first() {
        let dangerous = (0..1_000).map(|number| drift(number, Rule::BoundaryGone));
        let benign = (1_000..1_500).map(|number| drift(number, Rule::GrantsNothing));
        let report = DriftReport { drifts: dangerous.chain(benign).collect(), ..DriftReport::default() };
        let text = body("### Drift\n".to_owned(), &report, &tail(&report));
        assert!(text.chars().count() < 65_536, "{}", text.chars().count());
        assert!(text.contains("#### Dangerous") && !text.contains("#### Benign"));
        let shown = text.matches("<summary>").count();
        assert!(shown > 100, "{shown}");
        assert!(
            text.contains(&format!(
                "**{} are left out here, dangerous ones among them**",
                count(1_500 - shown, "drift")
            ))
        );
        assert!(text.ends_with("shows the way back as a plan.\n"));
    }

    #[test]
    fn the_same_in_many_accounts_is_told_once() {
        let drifts = (0..200).map(|number| {
            let one = drift(number, Rule::BoundaryGone);
            Drift { subject: Subject { kind: SubjectKind::Role, name: "acme-x".to_owned() }, ..one }
        });
        let report = DriftReport { drifts: drifts.collect(), ..DriftReport::default() };
        let text = body(String::new(), &report, "");
        assert_eq!(text.matches("<summary>").count(), 1);
        assert!(text.contains("in 200 accounts: account-0, ") && text.contains(" and 192 more"), "{text}");
    }

    #[test]
    fn foreign_text_ends_no_fence() {
        let report = DriftReport { drifts: vec![drift(1, Rule::BoundaryGone)], ..DriftReport::default() };
        let text = body(String::new(), &report, "");
        assert!(text.contains("````diff\n- ```<b>@somebody\n````\n"), "{text}");
    }
}
