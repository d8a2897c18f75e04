//! Where something stands in the user's files.

use std::ops::Range;

/// A file of the configuration, by its position in [`Sources`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// A stretch of a file. Offsets are bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Which file.
    pub file: FileId,
    /// The first byte.
    pub start: u32,
    /// The byte after the last one.
    pub end: u32,
}

impl Place {
    /// The stretch as a range of bytes.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// One file as it was read.
#[derive(Debug, Clone)]
pub struct Source {
    /// The path relative to the configuration folder, with `/`.
    pub name: String,
    /// The text.
    pub text: String,
}

/// All files of a configuration.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    files: Vec<Source>,
}

impl Sources {
    /// Takes a file in and gives it an id.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> FileId {
        let id = FileId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        self.files.push(Source { name: name.into(), text: text.into() });
        id
    }

    /// The file of an id that this collection gave out.
    pub fn get(&self, id: FileId) -> Option<&Source> {
        self.files.get(id.0 as usize)
    }

    /// The file of a name.
    pub fn named(&self, name: &str) -> Option<&Source> {
        self.files.iter().find(|source| source.name == name)
    }

    /// Line and column of a place's start, both from 1; columns count characters.
    pub fn line_column(&self, place: Place) -> Option<(usize, usize)> {
        let text = &self.get(place.file)?.text;
        let before = text.get(..place.start as usize)?;
        let line = before.bytes().filter(|b| *b == b'\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |tail| tail.chars().count()) + 1;
        Some((line, column))
    }
}
