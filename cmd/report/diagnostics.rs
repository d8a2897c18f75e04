//! What is wrong with a configuration, each mistake with its file, line, column and what to do.

use std::path::Path;

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Renderer, Snippet};
use landfall_model::{Diagnostic, Diagnostics, FileId, Place, Severity, Sources};
use serde_json::{Value, json};

use crate::error::CommandError;
use crate::global::Format;
use crate::report::sarif::sarif;
use crate::report::{Paint, Terminal, count};

/// A configuration's files, and the folder they stand in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Files<'a> {
    /// The folder as the user named it.
    pub(crate) folder: &'a Path,
    /// The files by names relative to it.
    pub(crate) sources: &'a Sources,
}

impl Files<'_> {
    /// A file as the user would name it.
    pub(crate) fn path(self, name: &str) -> String {
        if self.folder == Path::new(".") { name.to_owned() } else { self.folder.join(name).display().to_string() }
    }
}

/// Shows all of them on stdout, in the order of files and places: they are what was asked for.
pub(crate) fn diagnostics(terminal: &Terminal, files: Files<'_>, all: &Diagnostics) -> Result<(), CommandError> {
    terminal.data(&match terminal.format {
        Format::Json => machine(files, all).to_string() + "\n",
        Format::Markdown => markdown(files, all),
        Format::Sarif => format!("{:#}\n", sarif(files, all)),
        Format::Human => human(terminal.out, files, all),
    })
}

/// Says all of them on stderr, in the order of files and places: something else was asked for.
pub(crate) fn objections(terminal: &Terminal, files: Files<'_>, all: &Diagnostics) {
    if all.has_errors() {
        terminal.complain(human(terminal.err, files, all).trim_end());
    } else if all.count(Severity::Warning) > 0 {
        terminal.talk(human(terminal.err, files, all).trim_end());
    }
}

/// `3 errors, 1 warning`
pub(crate) fn totals(all: &Diagnostics) -> String {
    let counted = [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Note, "note")];
    let parts: Vec<String> = counted
        .into_iter()
        .map(|(severity, noun)| (all.count(severity), noun))
        .filter(|(number, _)| *number > 0)
        .map(|(number, noun)| count(number, noun))
        .collect();
    if parts.is_empty() { "no errors".to_owned() } else { parts.join(", ") }
}

fn human(paint: Paint, files: Files<'_>, all: &Diagnostics) -> String {
    let renderer = match paint {
        Paint::Plain => Renderer::plain(),
        Paint::Colour => Renderer::styled(),
    };
    let mut out = String::new();
    for diagnostic in all.sorted() {
        out.push_str(&renderer.render(&[group(files, diagnostic)]));
        out.push_str("\n\n");
    }
    out
}

fn group<'a>(files: Files<'a>, diagnostic: &'a Diagnostic) -> Group<'a> {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let mut group = Group::with_title(level.primary_title(&diagnostic.message).id(diagnostic.code.0));
    for marks in by_file(diagnostic) {
        if let Some(snippet) = snippet(files, &marks) {
            group = group.element(snippet);
        }
    }
    match &diagnostic.help {
        Some(help) => group.element(Level::HELP.message(help)),
        None => group,
    }
}

/// A place to mark, and the words beside it.
struct Mark<'a> {
    place: Place,
    kind: AnnotationKind,
    text: Option<&'a str>,
}

/// The marks of one diagnostic, those of the same file together, the diagnostic's own file first.
fn by_file(diagnostic: &Diagnostic) -> Vec<Vec<Mark<'_>>> {
    let own =
        diagnostic.place.map(|place| Mark { place, kind: AnnotationKind::Primary, text: diagnostic.label.as_deref() });
    let related = diagnostic.related.iter().map(|label| Mark {
        place: label.place,
        kind: AnnotationKind::Context,
        text: Some(&label.text),
    });
    let mut files: Vec<(FileId, Vec<Mark<'_>>)> = Vec::new();
    for mark in own.into_iter().chain(related) {
        match files.iter_mut().find(|(file, _)| *file == mark.place.file) {
            Some((_, marks)) => marks.push(mark),
            None => files.push((mark.place.file, vec![mark])),
        }
    }
    files.into_iter().map(|(_, marks)| marks).collect()
}

/// The lines that the marks stand on, and no more of the file, so that a thousand mistakes in a long file stay cheap.
fn snippet<'a>(files: Files<'a>, marks: &[Mark<'a>]) -> Option<Snippet<'a, Annotation<'a>>> {
    let source = files.sources.get(marks.first()?.place.file)?;
    let text = source.text.as_str();
    let first = marks.iter().map(|mark| mark.place.start as usize).min()?.min(text.len());
    let last = marks.iter().map(|mark| mark.place.end as usize).max()?.min(text.len());
    let begin = text.get(..first)?.rfind('\n').map_or(0, |newline| newline + 1);
    let end = text.get(last..)?.find('\n').map_or(text.len(), |newline| last + newline);
    let line = text.get(..begin)?.bytes().filter(|byte| *byte == b'\n').count() + 1;
    let mut snippet = Snippet::source(text.get(begin..end)?).path(files.path(&source.name)).line_start(line);
    for mark in marks {
        let range = mark.place.range();
        let span = range.start.min(text.len()) - begin..range.end.min(text.len()) - begin;
        snippet = snippet.annotation(mark.kind.span(span).label(mark.text));
    }
    Some(snippet)
}

fn machine(files: Files<'_>, all: &Diagnostics) -> Value {
    let list: Vec<Value> = all
        .sorted()
        .into_iter()
        .map(|diagnostic| {
            let mut object = located(files, diagnostic.place);
            object["code"] = json!(diagnostic.code.0);
            object["severity"] = json!(severity(diagnostic.severity));
            object["message"] = json!(diagnostic.message);
            object["label"] = json!(diagnostic.label);
            object["help"] = json!(diagnostic.help);
            object["related"] = diagnostic
                .related
                .iter()
                .map(|label| {
                    let mut related = located(files, Some(label.place));
                    related["message"] = json!(label.text);
                    related
                })
                .collect();
            object
        })
        .collect();
    json!({
        "schema": "landfall/diagnostics/1",
        "errors": all.count(Severity::Error),
        "warnings": all.count(Severity::Warning),
        "notes": all.count(Severity::Note),
        "diagnostics": list,
    })
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

fn located(files: Files<'_>, place: Option<Place>) -> Value {
    let file = place.and_then(|place| files.sources.get(place.file)).map(|source| files.path(&source.name));
    let (line, column) = place.and_then(|place| files.sources.line_column(place)).unzip();
    json!({ "file": file, "line": line, "column": column })
}

fn markdown(files: Files<'_>, all: &Diagnostics) -> String {
    let mut out = format!("**{}**\n", totals(all));
    if all.is_empty() {
        return out;
    }
    out.push_str("\n| | where | what | what to do |\n|---|---|---|---|\n");
    for diagnostic in all.sorted() {
        let place = diagnostic.place.and_then(|place| {
            let (line, column) = files.sources.line_column(place)?;
            Some(format!("`{}:{line}:{column}`", files.path(&files.sources.get(place.file)?.name)))
        });
        let cells = [
            format!("{} {}", severity(diagnostic.severity), diagnostic.code.0),
            place.unwrap_or_default(),
            diagnostic.message.replace('|', "\\|"),
            diagnostic.help.as_deref().unwrap_or_default().replace('|', "\\|"),
        ];
        out.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use landfall_model::Code;

    fn here(sources: &Sources) -> Files<'_> {
        Files { folder: Path::new("."), sources }
    }

    fn example() -> (Sources, Diagnostics) {
        let text = "accounts:\n  ci: {}\n  prod: {}\n  ci: {}\n";
        let mut sources = Sources::default();
        let file = sources.add("landfall.yaml", text);
        let place = |start: u32| Place { file, start, end: start + 2 };
        let again = u32::try_from(text.rfind("ci").unwrap()).unwrap();
        let mut all = Diagnostics::default();
        all.push(
            Diagnostic::error(Code("LF0002"), place(again), "account `ci` is defined twice")
                .label("again here")
                .related(place(12), "first defined here")
                .help("give one of them another name"),
        );
        all.push(Diagnostic::warning(Code("LF0900"), None, "the folder has no teams"));
        (sources, all)
    }

    #[test]
    fn a_mistake_is_shown_where_it_stands() {
        let (sources, all) = example();
        insta::assert_snapshot!(human(Paint::Plain, here(&sources), &all), @r"
        warning[LF0900]: the folder has no teams

        error[LF0002]: account `ci` is defined twice
         --> landfall.yaml:4:3
          |
        2 |   ci: {}
          |   -- first defined here
        3 |   prod: {}
        4 |   ci: {}
          |   ^^ again here
          |
          = help: give one of them another name
        ");
    }

    #[test]
    fn programs_get_line_and_column() {
        let (sources, all) = example();
        let value = machine(here(&sources), &all);
        let first = value["diagnostics"].as_array().unwrap().iter().find(|d| d["code"] == "LF0002").unwrap();
        assert_eq!((&first["file"], &first["line"], &first["column"]), (&json!("landfall.yaml"), &json!(4), &json!(3)));
        assert_eq!(first["related"][0]["line"], 2);
        assert_eq!((&value["errors"], &value["warnings"]), (&json!(1), &json!(1)));
    }

    #[test]
    fn a_mark_at_the_very_end_of_a_file_does_not_panic() {
        let mut sources = Sources::default();
        let file = sources.add("landfall.yaml", "a: [");
        let mut all = Diagnostics::default();
        all.push(Diagnostic::error(Code("LF0001"), Place { file, start: 4, end: 4 }, "the list does not end"));
        all.push(Diagnostic::error(Code("LF0001"), Place { file, start: 3, end: 900 }, "beyond the end"));
        assert!(human(Paint::Plain, here(&sources), &all).contains("landfall.yaml:1:5"));
    }

    #[test]
    fn nothing_wrong_is_said_so() {
        assert_eq!(totals(&Diagnostics::default()), "no errors");
        assert!(markdown(here(&example().0), &example().1).contains("error LF0002"));
    }
}
