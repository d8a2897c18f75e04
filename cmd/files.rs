//! Files that are written where none is.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::error::{CommandError, FileError};

/// Writes several files, or none where one of them is there.
///
/// # Errors
/// One is there, or cannot be written.
pub(crate) fn write_all_new(files: &[(PathBuf, String)]) -> Result<(), CommandError> {
    if let Some((path, _)) = files.iter().find(|(path, _)| path.symlink_metadata().is_ok()) {
        return Err(CommandError::usage(format!("{} is there already, and nothing was written", path.display()))
            .hint("name another folder: `landfall init FOLDER`"));
    }
    for (path, text) in files {
        write_new(path, text)?;
    }
    Ok(())
}

/// Writes a file with the folders above it. One that is there is never overwritten, not even one that came in between.
///
/// # Errors
/// It is there, or it cannot be written.
pub(crate) fn write_new(path: &Path, text: &str) -> Result<(), FileError> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| FileError::new("create", folder, error))?;
    }
    fs::File::create_new(path)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|error| FileError::new("write", path, error))
}
