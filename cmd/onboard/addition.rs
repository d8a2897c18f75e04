//! A file that joins a folder: checked with everything else, shown with what it touches, then written.

use std::path::Path;

use landfall_model::Edits;
use landfall_plan::{Radius, Target};

use crate::configuration::{Configuration, Examined};
use crate::error::{CommandError, Exit};
use crate::files::write_new;
use crate::report::{self, FileFate, Files, FolderChange, Terminal, in_folder};

/// A file to write.
#[derive(Debug)]
pub(crate) struct Addition<'a> {
    /// The configuration's folder.
    pub(crate) folder: &'a Path,
    /// The file's name in it.
    pub(crate) name: String,
    /// The file.
    pub(crate) text: String,
    /// What brings it to AWS, and nothing else.
    pub(crate) target: Target,
}

/// Whether the file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Writing {
    /// It is.
    Real,
    /// It is only shown.
    Dry,
}

impl Addition<'_> {
    /// Checks that nothing stands in the file's place, under either ending.
    ///
    /// # Errors
    /// Something does.
    pub(crate) fn is_new(folder: &Path, name: &str) -> Result<(), CommandError> {
        let path = folder.join(name);
        let other = path.with_extension("yml");
        match [path, other].into_iter().find(|path| path.symlink_metadata().is_ok()) {
            None => Ok(()),
            Some(path) => Err(CommandError::usage(format!("{} is there already; nothing was written", path.display()))
                .hint("change it in an editor, then `landfall validate`")),
        }
    }

    /// Adds it to a configuration.
    ///
    /// # Errors
    /// The folder would have mistakes with it, or it cannot be written.
    pub(crate) fn add(
        self,
        before: &Configuration,
        writing: Writing,
        terminal: &Terminal,
    ) -> Result<Exit, CommandError> {
        let edits = Edits::default().write(self.name.as_str(), self.text.as_str());
        let examined = Examined::edited(self.folder, &edits);
        let files = Files { folder: self.folder, sources: &examined.sources };
        report::objections(terminal, files, &examined.diagnostics);
        let after = examined.accepted(self.folder).map_err(|error| {
            error.hint(format!("nothing was written to {}", self.folder.join(&self.name).display()))
        })?;
        let radius = Radius::between(&before.desired, &after.desired).map_err(CommandError::failed)?;
        let path = self.folder.join(&self.name);
        if writing == Writing::Real {
            write_new(&path, &self.text)?;
        }
        let fate = match writing {
            Writing::Real => FileFate::Written,
            Writing::Dry => FileFate::NotWritten(&self.text),
        };
        let next = format!("landfall plan{} --target {}", in_folder(self.folder), self.target);
        report::folder_change(terminal, &FolderChange { path: &path, fate, radius: &radius, next: vec![next] })?;
        Ok(Exit::Done)
    }
}
