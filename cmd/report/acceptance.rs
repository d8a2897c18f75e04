//! What of the drift is written into the configuration, and what cannot be.

use landfall_plan::{Accepted, Drift};
use serde_json::{Value, json};
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

/// What is accepted, and what is not.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Acceptance<'a> {
    /// The files.
    pub(crate) edits: &'a [FileEdit],
    /// What they say.
    pub(crate) accepted: &'a Accepted<'a>,
    /// Warnings about the configuration that come with them.
    pub(crate) findings: &'a [String],
}

/// Shows the edits as differences, what they say, and what is left.
pub(crate) fn acceptance(terminal: &Terminal, acceptance: &Acceptance<'_>) -> Result<(), CommandError> {
    terminal.data(&match terminal.format {
        Format::Json | Format::Sarif => format!("{:#}\n", data(acceptance)),
        Format::Markdown => markdown(acceptance),
        Format::Human => words(terminal.out, acceptance),
    })
}

fn data(acceptance: &Acceptance<'_>) -> Value {
    let Acceptance { edits, accepted, findings } = acceptance;
    let drift = |drift: &&Drift| {
        json!({ "owner": drift.owner.to_string(), "subject": drift.subject, "property": drift.property,
            "class": drift.class })
    };
    let refused = accepted.refused.iter().map(|refused| {
        let mut out = drift(&refused.drift);
        out["why"] = json!(refused.why.to_string());
        out
    });
    json!({
        "edits": edits.iter().map(|edit| json!({ "file": edit.name, "text": edit.after })).collect::<Vec<_>>(),
        "accepted": accepted.taken.iter().map(drift).collect::<Vec<_>>(),
        "said": accepted.said.iter().map(drift).collect::<Vec<_>>(),
        "notes": accepted.notes,
        "findings": findings,
        "refused": refused.collect::<Vec<_>>(),
    })
}

/// A line of a difference between two files.
struct Line<'l> {
    tag: ChangeTag,
    text: &'l str,
}

/// What changes in a file, with two lines around it.
fn changed(edit: &FileEdit, mut show: impl FnMut(Line<'_>)) {
    let diff = TextDiff::from_lines(&edit.before, &edit.after);
    for group in diff.grouped_ops(2) {
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            show(Line { tag: change.tag(), text: change.value().trim_end_matches(['\n', '\r']) });
        }
    }
}

fn named(drift: &Drift) -> String {
    let what = if drift.property.is_empty() { String::new() } else { [" ", &drift.property].concat() };
    format!("{}{what} of {}", drift.subject, drift.owner)
}

fn words(paint: Paint, acceptance: &Acceptance<'_>) -> String {
    let mut out = String::new();
    for edit in acceptance.edits {
        out.push_str(&format!("{}\n", paint.bold(&edit.name)));
        changed(edit, |Line { tag, text }| {
            out.push_str(&match tag {
                ChangeTag::Equal => format!("    {text}\n"),
                ChangeTag::Delete => format!("  {}\n", paint.bad(format!("- {text}"))),
                ChangeTag::Insert => format!("  {}\n", paint.good(format!("+ {text}"))),
            });
        });
    }
    for line in remarks(acceptance) {
        out.push_str(&line);
        out.push('\n');
    }
    out
}

fn markdown(acceptance: &Acceptance<'_>) -> String {
    let mut out = "### Drift that is written into the configuration\n\n".to_owned();
    for edit in acceptance.edits {
        // A fence longer than any in the text.
        let longest = edit.after.split(|c| c != '`').map(str::len).max().unwrap_or_default();
        let fence = "`".repeat(longest.max(2) + 1);
        out.push_str(&format!("`{}`\n\n{fence}diff\n", edit.name));
        changed(edit, |Line { tag, text }| out.push_str(&format!("{tag}{text}\n")));
        out.push_str(&format!("{fence}\n\n"));
    }
    for line in remarks(acceptance) {
        out.push_str(&format!("- {line}\n"));
    }
    out
}

/// What is said beside the edits, a line each.
fn remarks(acceptance: &Acceptance<'_>) -> Vec<String> {
    let Acceptance { edits, accepted, findings } = acceptance;
    let mut out: Vec<String> = accepted.taken.iter().map(|drift| format!("{} is accepted", named(drift))).collect();
    out.extend(accepted.notes.iter().map(|note| format!("note: {note}")));
    out.extend(findings.iter().map(|finding| format!("warning: with this the configuration has {finding}")));
    let said = |drift: &&Drift| format!("{} is written already: `landfall apply` brings it to the stack", named(drift));
    out.extend(accepted.said.iter().map(said));
    let refused = accepted.refused.iter();
    out.extend(refused.map(|refused| format!("{} cannot be accepted: {}", named(refused.drift), refused.why)));
    if edits.is_empty() && out.is_empty() {
        out.push("nothing to accept".to_owned());
    }
    out
}
