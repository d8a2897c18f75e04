//! A plan, in the form that is asked for.

use landfall_plan::{Plan, Review};

use crate::error::CommandError;
use crate::global::Format;
use crate::report::plan_json::plan_json;
use crate::report::plan_markdown::plan_markdown;
use crate::report::plan_text::{Detail, plan_text};
use crate::report::{Footnotes, Paint, Terminal};

/// Shows a plan: it is what was asked for. Only Markdown has room for the reviews of its changes.
pub(crate) fn plan(
    terminal: &Terminal,
    plan: &Plan,
    reviews: &[Review],
    detail: Detail,
    footnotes: Option<&Footnotes<'_>>,
) -> Result<(), CommandError> {
    terminal.data(&match terminal.format {
        Format::Human => plan_text(terminal.out, plan, detail) + &below(terminal.out, footnotes, ""),
        Format::Json | Format::Sarif => {
            let mut value = plan_json(plan)?;
            if let Some(footnotes) = footnotes {
                value["footnotes"] = footnotes.json();
            }
            format!("{value:#}\n")
        }
        Format::Markdown => plan_markdown(plan, reviews, detail, &below(Paint::Plain, footnotes, "\n")),
    })
}

/// Shows a plan before it is carried out. Programs get the events of the run on stdout, so the plan goes to stderr.
pub(crate) fn plan_before_run(
    terminal: &Terminal,
    plan: &Plan,
    reviews: &[Review],
    detail: Detail,
) -> Result<(), CommandError> {
    match terminal.format {
        Format::Human | Format::Markdown => self::plan(terminal, plan, reviews, detail, None),
        Format::Json | Format::Sarif => {
            terminal.talk(plan_text(terminal.err, plan, detail).trim_end());
            Ok(())
        }
    }
}

fn below(paint: Paint, footnotes: Option<&Footnotes<'_>>, before: &str) -> String {
    let lines = footnotes.into_iter().flat_map(|footnotes| footnotes.lines(paint));
    lines.map(|line| format!("{before}{line}\n")).collect()
}
