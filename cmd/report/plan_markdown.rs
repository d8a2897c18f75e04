//! A plan, for pull requests and job summaries.

use landfall_plan::Plan;

use crate::report::change::{causes, changes, headline};
use crate::report::plan::{Detail, places, plan_text, totals};
use crate::report::{Paint, finding};

/// The plan as Markdown; every step is in it, folded, where that is asked for.
pub(crate) fn plan_markdown(plan: &Plan, detail: Detail) -> String {
    let mut out = format!("### {}: {}\n", plan.organization, headline(plan));
    if !plan.is_empty() {
        out.push_str("\n| | change | where | why |\n|---|---|---|---|\n");
        for (change, ids) in changes(plan) {
            let differences: String = change.differences.iter().map(|one| format!("<br>{}", cell(one))).collect();
            out.push_str(&format!(
                "| `{}` | {} {} | {} | {}{differences} |\n",
                change.verb.symbol(),
                change.verb.as_str(),
                cell(&change.subject),
                cell(places(plan, &ids).trim_start_matches(" in ").trim_start_matches(": ")),
                causes(&change.causes),
            ));
        }
    }
    if !plan.findings.is_empty() {
        out.push_str("\n**Seen, and left alone**\n\n");
        for one in &plan.findings {
            let (what, next) = finding(one);
            let next = next.map(|next| format!(" ({next})")).unwrap_or_default();
            out.push_str(&format!("- {}{next}\n", cell(&what)));
        }
    }
    if detail == Detail::EveryStep && !plan.is_empty() {
        let text = plan_text(Paint::Plain, plan, detail);
        out.push_str(&format!("\n<details><summary>Every step</summary>\n\n````text\n{text}````\n\n</details>\n"));
    }
    out.push_str(&format!("\n{}\n", totals(plan)));
    out
}

/// Text that cannot end a table's cell or begin HTML.
fn cell(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('|', "\\|").replace('\n', " ")
}
