//! What of the drift is written into the configuration, and what cannot be.

use landfall_plan::Drift;
use serde_json::json;
use similar::{ChangeTag, TextDiff};

use crate::error::CommandError;
use crate::global::Format;
use crate::report::{Paint, Terminal};

/// A file as it is and as it would be.
#[derive(Debug, Clone)]
pub(crate) struct FileEdit {
    /// Its name in the folder.
    pub(crate) name: String,
    /// As it is.
    pub(crate) before: String,
    /// As it would be.
    pub(crate) after: String,
}

/// A drift that is not accepted.
#[derive(Debug, Clone)]
pub(crate) struct Refusal<'a> {
    /// Which.
    pub(crate) drift: &'a Drift,
    /// Why.
    pub(crate) why: String,
}

/// Shows the edits as differences, and what is left.
pub(crate) fn acceptance(
    terminal: &Terminal,
    edits: &[FileEdit],
    refusals: &[Refusal<'_>],
) -> Result<(), CommandError> {
    terminal.data(&match terminal.format {
        Format::Json | Format::Sarif => {
            let value = json!({
                "edits": edits.iter().map(|edit| json!({
                    "file": edit.name, "text": edit.after,
                })).collect::<Vec<_>>(),
                "refused": refusals.iter().map(|refusal| json!({
                    "owner": refusal.drift.owner.to_string(), "subject": refusal.drift.subject,
                    "property": refusal.drift.property, "class": refusal.drift.class, "why": refusal.why,
                })).collect::<Vec<_>>(),
            });
            format!("{value:#}\n")
        }
        Format::Human | Format::Markdown => words(terminal.out, edits, refusals),
    })
}

fn words(paint: Paint, edits: &[FileEdit], refusals: &[Refusal<'_>]) -> String {
    let mut out = String::new();
    for edit in edits {
        out.push_str(&format!("{}\n", paint.bold(&edit.name)));
        let diff = TextDiff::from_lines(&edit.before, &edit.after);
        for group in diff.grouped_ops(2) {
            for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
                let line = change.value().trim_end_matches('\n');
                out.push_str(&match change.tag() {
                    ChangeTag::Equal => format!("    {line}\n"),
                    ChangeTag::Delete => format!("  {}\n", paint.bad(format!("- {line}"))),
                    ChangeTag::Insert => format!("  {}\n", paint.good(format!("+ {line}"))),
                });
            }
        }
    }
    for Refusal { drift, why } in refusals {
        let what = if drift.property.is_empty() { String::new() } else { [" ", &drift.property].concat() };
        out.push_str(&format!("{}{what} of {} cannot be accepted: {why}\n", drift.subject, drift.owner));
    }
    if edits.is_empty() && refusals.is_empty() {
        out.push_str("nothing to accept\n");
    }
    out
}
