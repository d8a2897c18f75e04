//! A folder as it would be after some files were written or removed.

use std::collections::{BTreeMap, BTreeSet};

use crate::read::files::{FileError, Files};

/// Files to write and to remove. Names are relative to the configuration folder, with `/`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edits {
    files: BTreeMap<String, Option<String>>,
}

impl Edits {
    /// Writes a file, whether it is there or not.
    #[must_use]
    pub fn write(mut self, name: impl Into<String>, text: impl Into<String>) -> Self {
        self.files.insert(name.into(), Some(text.into()));
        self
    }

    /// The files that are written, each with its text.
    pub fn written(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().filter_map(|(name, text)| Some((name.as_str(), text.as_deref()?)))
    }

    /// Removes a file.
    #[must_use]
    pub fn remove(mut self, name: impl Into<String>) -> Self {
        self.files.insert(name.into(), None);
        self
    }
}

/// A folder with edits that nobody has made yet.
pub(crate) struct Edited<'a> {
    pub(crate) base: &'a dyn Files,
    pub(crate) edits: &'a Edits,
}

impl Files for Edited<'_> {
    fn list(&self, folder: &str) -> Result<Vec<String>, FileError> {
        let mut names: BTreeSet<String> = self.base.list(folder)?.into_iter().collect();
        for (path, text) in &self.edits.files {
            let Some(name) = path.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/')) else { continue };
            match text {
                Some(_) if !name.contains('/') => {
                    names.insert(name.to_owned());
                }
                Some(_) => {}
                None => {
                    names.remove(name);
                }
            }
        }
        Ok(names.into_iter().collect())
    }

    fn read(&self, name: &str, limit: u64) -> Result<Vec<u8>, FileError> {
        match self.edits.files.get(name) {
            Some(Some(text)) if text.len() as u64 > limit => Err(FileError::TooLarge(text.len() as u64)),
            Some(Some(text)) => Ok(text.clone().into_bytes()),
            Some(None) => Err(FileError::Missing),
            None => self.base.read(name, limit),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_hide_what_stands_below_them() {
        let base: BTreeMap<String, Vec<u8>> =
            ["landfall.yaml", "teams/a.yaml", "teams/b.yaml"].map(|name| (name.to_owned(), b"old".to_vec())).into();
        let edits = Edits::default().write("teams/c.yaml", "new").write("teams/a.yaml", "newer").remove("teams/b.yaml");
        let edited = Edited { base: &base, edits: &edits };
        assert_eq!(edited.list("teams"), Ok(vec!["a.yaml".to_owned(), "c.yaml".to_owned()]));
        assert_eq!(edited.read("landfall.yaml", 10), Ok(b"old".to_vec()));
        assert_eq!(edited.read("teams/a.yaml", 10), Ok(b"newer".to_vec()));
        assert_eq!(edited.read("teams/b.yaml", 10), Err(FileError::Missing));
        assert_eq!(edited.read("teams/c.yaml", 2), Err(FileError::TooLarge(3)));
    }
}
