//! A file of the folder that joins it or goes, with what that touches.

use std::path::Path;

use landfall_plan::Radius;
use serde_json::json;

use crate::error::CommandError;
use crate::global::Format;
use crate::report::radius::{headline, json, lines};
use crate::report::{Paint, Terminal};

/// What became of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileFate<'a> {
    /// It was written.
    Written,
    /// It would have been written, with this text.
    NotWritten(&'a str),
    /// It was removed.
    Removed,
    /// It would have been removed.
    Kept,
}

/// A change of the folder.
#[derive(Debug)]
pub(crate) struct FolderChange<'a> {
    /// The file.
    pub(crate) path: &'a Path,
    /// What became of it.
    pub(crate) fate: FileFate<'a>,
    /// What that touches.
    pub(crate) radius: &'a Radius,
    /// The commands that bring it to AWS.
    pub(crate) next: Vec<String>,
}

/// Shows a change of the folder.
pub(crate) fn folder_change(terminal: &Terminal, change: &FolderChange<'_>) -> Result<(), CommandError> {
    terminal.data(&match terminal.format {
        Format::Human => human(terminal.out, change),
        Format::Markdown => markdown(change),
        Format::Json | Format::Sarif => {
            let (fate, text) = match change.fate {
                FileFate::Written => ("written", None),
                FileFate::NotWritten(text) => ("not-written", Some(text)),
                FileFate::Removed => ("removed", None),
                FileFate::Kept => ("kept", None),
            };
            let value = json!({
                "schema": "landfall/folder-change/1",
                "file": change.path.display().to_string(),
                "fate": fate,
                "text": text,
                "radius": json(change.radius),
                "next": change.next,
            });
            format!("{value:#}\n")
        }
    })
}

/// Says what a change would touch before somebody is asked to agree.
pub(crate) fn radius_before(terminal: &Terminal, radius: &Radius) {
    terminal.talk(&touched(terminal.err, radius));
}

fn touched(paint: Paint, radius: &Radius) -> String {
    let mut out = paint.bold(headline(radius));
    for line in lines(paint, radius) {
        out.push_str(&format!("\n  {line}"));
    }
    out
}

fn fate(change: &FolderChange<'_>) -> String {
    let path = change.path.display();
    match change.fate {
        FileFate::Written => format!("wrote {path}"),
        FileFate::NotWritten(_) => format!("would write {path}"),
        FileFate::Removed => format!("removed {path}"),
        FileFate::Kept => format!("would remove {path}"),
    }
}

fn human(paint: Paint, change: &FolderChange<'_>) -> String {
    let mut out = format!("{}\n", fate(change));
    if let FileFate::NotWritten(text) = change.fate {
        out.push_str(&format!("\n{text}\n"));
    }
    out.push_str(&format!("{}\n", touched(paint, change.radius)));
    for command in &change.next {
        out.push_str(&format!("{} {command}\n", paint.note("next:")));
    }
    out
}

fn markdown(change: &FolderChange<'_>) -> String {
    let mut out = format!("### {}\n\n{}\n", headline(change.radius), fate(change));
    if let FileFate::NotWritten(text) = change.fate {
        out.push_str(&format!("\n````yaml\n{text}````\n"));
    }
    let lines = lines(Paint::Plain, change.radius);
    if !lines.is_empty() {
        out.push_str(&format!("\n````diff\n{}\n````\n", lines.join("\n")));
    }
    let commands: Vec<String> = change.next.iter().map(|command| format!("`{command}`")).collect();
    out.push_str(&format!("\nNext: {}\n", commands.join(", then ")));
    out
}
