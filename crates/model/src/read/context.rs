//! What a run of the reader carries along: files, their texts, and what was found wrong.

use std::collections::HashMap;

use crate::read::files::{FileError, Files};
use crate::{Diagnostic, Diagnostics, FileId, Place, Severity, Sources, TextPlaces, codes};

/// More than any hand-written configuration; a file beyond is refused before it is read.
pub(crate) const LIMIT: u64 = 1024 * 1024;

/// A megabyte of nonsense has a mistake in every line: nobody reads on, and each costs time to show.
const MOST: usize = 1000;

const BYTE_ORDER_MARK: char = '\u{feff}';

pub(crate) struct Context<'a> {
    pub(crate) sources: Sources,
    pub(crate) texts: TextPlaces,
    diagnostics: Diagnostics,
    pub(crate) files: &'a dyn Files,
    /// Entries that were dropped, by the names that others may refer to them with.
    pub(crate) dropped: Vec<String>,
    referenced: HashMap<String, Option<FileId>>,
    reported: usize,
    withheld: Vec<Severity>,
}

impl<'a> Context<'a> {
    pub(crate) fn new(files: &'a dyn Files) -> Self {
        Self {
            sources: Sources::default(),
            texts: TextPlaces::default(),
            diagnostics: Diagnostics::default(),
            files,
            dropped: Vec::new(),
            referenced: HashMap::new(),
            reported: 0,
            withheld: Vec::new(),
        }
    }

    pub(crate) fn report(&mut self, diagnostic: Diagnostic) {
        if self.reported < MOST {
            self.reported += 1;
            self.diagnostics.push(diagnostic);
        } else {
            self.withheld.push(diagnostic.severity);
        }
    }

    /// How many mistakes were found so far.
    pub(crate) fn found(&self) -> usize {
        self.reported + self.withheld.len()
    }

    /// Says how many mistakes were not told, an error if one of them is.
    pub(crate) fn finish(mut self) -> (Sources, Diagnostics) {
        let Some(severity) = self.withheld.iter().copied().max() else { return (self.sources, self.diagnostics) };
        let message = format!("{} more mistakes are not shown", self.withheld.len());
        let help = "correct those above first; so many often have one cause";
        self.diagnostics.push(Diagnostic { severity, ..Diagnostic::error(codes::WITHHELD, None, message).help(help) });
        (self.sources, self.diagnostics)
    }

    /// Reads a file that a section refers to. The same file is read, and complained about, once.
    pub(crate) fn referenced(&mut self, name: &str, place: Place, limit: u64) -> Option<FileId> {
        if let Some(known) = self.referenced.get(name) {
            return *known;
        }
        let file = self.file(name, Some(place), limit);
        self.referenced.insert(name.to_owned(), file);
        file
    }

    /// Reads a file as text. `place` is where it is referred to.
    pub(crate) fn file(&mut self, name: &str, place: Option<Place>, limit: u64) -> Option<FileId> {
        let bytes = match self.files.read(name, limit) {
            Ok(bytes) => bytes,
            Err(error) => {
                // A file without a reference is still shown by its name: as an empty source.
                let place = place.or_else(|| {
                    let missing = matches!(error, FileError::Missing);
                    (!missing).then(|| start(self.sources.add(name, "")))
                });
                self.report(unreadable(name, place, &error, limit));
                return None;
            }
        };
        let text = match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                self.not_utf8(name, &error);
                return None;
            }
        };
        let mut text = text;
        if text.starts_with(BYTE_ORDER_MARK) {
            // It is no content; without it offsets are those of what an editor shows.
            text.drain(..BYTE_ORDER_MARK.len_utf8());
        }
        let blank = text.trim().is_empty();
        let file = self.sources.add(name, text);
        if blank {
            self.report(
                Diagnostic::error(codes::FILE_EMPTY, start(file), format!("`{name}` is empty"))
                    .help("`landfall init` writes a commented example of every file"),
            );
            return None;
        }
        Some(file)
    }

    /// The text of a file that was read, shared with nobody, so that diagnostics can be added meanwhile.
    pub(crate) fn text(&self, file: FileId) -> String {
        self.sources.get(file).map(|source| source.text.clone()).unwrap_or_default()
    }

    fn not_utf8(&mut self, name: &str, error: &std::string::FromUtf8Error) {
        let at = error.utf8_error().valid_up_to();
        let bytes = error.as_bytes();
        let line = bytes.iter().take(at).filter(|byte| **byte == b'\n').count() + 1;
        let byte = bytes.get(at).copied().unwrap_or_default();
        let file = self.sources.add(name, String::from_utf8_lossy(bytes.get(..at).unwrap_or_default()));
        let end = u32::try_from(at).unwrap_or(u32::MAX);
        self.report(
            Diagnostic::error(
                codes::NOT_UTF8,
                Place { file, start: end, end },
                format!("`{name}` is no UTF-8: byte {at}, in line {line}, is 0x{byte:02x}"),
            )
            .label("up to here it can be read")
            .help("save the file as UTF-8"),
        );
    }
}

/// The very beginning of a file.
pub(crate) fn start(file: FileId) -> Place {
    Place { file, start: 0, end: 0 }
}

/// The one character at an offset, where a parser stopped; nothing at the end of a line.
pub(crate) fn character(file: FileId, text: &str, at: usize) -> Place {
    let length =
        text.get(at..).and_then(|rest| rest.chars().next()).filter(|c| !c.is_whitespace()).map_or(0, char::len_utf8);
    let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Place { file, start: offset(at), end: offset(at + length) }
}

fn unreadable(name: &str, place: Option<Place>, error: &FileError, limit: u64) -> Diagnostic {
    match error {
        FileError::Missing => Diagnostic::error(codes::FILE_MISSING, place, format!("`{name}` does not exist"))
            .help("paths are relative to the configuration folder"),
        FileError::NotAFile => Diagnostic::error(codes::FILE_UNREADABLE, place, format!("`{name}` is no regular file"))
            .help("a file is wanted here, not a folder or a device"),
        FileError::Denied(reason) => {
            Diagnostic::error(codes::FILE_UNREADABLE, place, format!("`{name}` cannot be read: {reason}"))
                .help("check the file's owner and permissions")
        }
        FileError::TooLarge(size) => Diagnostic::error(
            codes::FILE_TOO_LARGE,
            place,
            format!("`{name}` has {size} bytes, and at most {limit} are read"),
        )
        .help("a configuration is split into one file a team, each far smaller than that"),
    }
}
