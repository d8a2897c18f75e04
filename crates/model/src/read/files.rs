//! Where the bytes come from: a folder, or memory.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

/// The files of a configuration. Names are relative to its folder, with `/`.
pub(crate) trait Files {
    /// The names of the files right inside a folder, sorted; nothing where there is no such folder.
    fn list(&self, folder: &str) -> Result<Vec<String>, FileError>;

    /// The bytes of a file, unless there are more than `limit`.
    fn read(&self, name: &str, limit: u64) -> Result<Vec<u8>, FileError>;
}

/// Why there are no bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FileError {
    Missing,
    NotAFile,
    Denied(String),
    TooLarge(u64),
}

/// A folder on disk.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new(path: &Path) -> Self {
        Self(path.to_owned())
    }
}

fn denied(error: &std::io::Error) -> FileError {
    match error.kind() {
        std::io::ErrorKind::NotFound => FileError::Missing,
        kind => FileError::Denied(kind.to_string()),
    }
}

impl Files for Folder {
    fn list(&self, folder: &str) -> Result<Vec<String>, FileError> {
        let path = self.0.join(folder);
        let entries = match fs::read_dir(&path) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) if error.kind() == std::io::ErrorKind::NotADirectory => return Err(FileError::NotAFile),
            Err(error) => return Err(denied(&error)),
        };
        let mut names: Vec<String> =
            entries.filter_map(Result::ok).map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort_unstable();
        Ok(names)
    }

    fn read(&self, name: &str, limit: u64) -> Result<Vec<u8>, FileError> {
        let path = self.0.join(name);
        // Asked before the file is opened: opening a pipe would wait for its writer.
        let metadata = fs::metadata(&path).map_err(|error| denied(&error))?;
        if !metadata.is_file() {
            return Err(FileError::NotAFile);
        }
        if metadata.len() > limit {
            return Err(FileError::TooLarge(metadata.len()));
        }
        let file = fs::File::open(&path).map_err(|error| denied(&error))?;
        let mut bytes = Vec::new();
        // The file may grow between the two looks at it.
        file.take(limit + 1).read_to_end(&mut bytes).map_err(|error| denied(&error))?;
        match bytes.len() as u64 {
            size if size > limit => Err(FileError::TooLarge(size)),
            _ => Ok(bytes),
        }
    }
}

impl Files for BTreeMap<String, Vec<u8>> {
    fn list(&self, folder: &str) -> Result<Vec<String>, FileError> {
        Ok(self
            .keys()
            .filter_map(|name| name.strip_prefix(folder)?.strip_prefix('/'))
            .filter(|name| !name.contains('/'))
            .map(str::to_owned)
            .collect())
    }

    fn read(&self, name: &str, limit: u64) -> Result<Vec<u8>, FileError> {
        let bytes = self.get(name).ok_or(FileError::Missing)?;
        match bytes.len() as u64 {
            size if size > limit => Err(FileError::TooLarge(size)),
            _ => Ok(bytes.clone()),
        }
    }
}
