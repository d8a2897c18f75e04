//! Files that are written: where none is, or in place of another, whole or not at all.

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

/// A file that gets another text.
#[derive(Debug)]
pub(crate) struct Replacement {
    /// Where it is.
    pub(crate) path: PathBuf,
    /// Its text as it was read, without a byte order mark.
    pub(crate) before: String,
    /// Its new text.
    pub(crate) after: String,
}

/// What stands in front of some files and is no content.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Replaces files, each whole or not at all: the new text is written beside the old one, and takes its name when all of
/// them are there.
///
/// # Errors
/// One was changed since it was read, or cannot be written.
pub(crate) fn replace_all(files: &[Replacement]) -> Result<(), CommandError> {
    let mut written: Vec<(PathBuf, PathBuf)> = Vec::new();
    let result = files.iter().try_for_each(|file| {
        let pair = beside(file)?;
        written.push(pair);
        Ok::<(), CommandError>(())
    });
    if let Err(error) = result {
        // What is beside is nobody's; the first error is the one to tell.
        for (new, _) in &written {
            let _ = fs::remove_file(new);
        }
        return Err(error);
    }
    for (done, (new, path)) in written.iter().enumerate() {
        if let Err(error) = fs::rename(new, path) {
            for (new, _) in written.iter().skip(done) {
                let _ = fs::remove_file(new);
            }
            return Err(FileError::new("write", path, error).into());
        }
    }
    Ok(())
}

/// Writes a new text beside its file: where it is, and where it belongs.
fn beside(file: &Replacement) -> Result<(PathBuf, PathBuf), CommandError> {
    let failed = |what, path: &Path, error| CommandError::from(FileError::new(what, path, error));
    // A link stays one: the file that it leads to is replaced.
    let path = fs::canonicalize(&file.path).map_err(|error| failed("read", &file.path, error))?;
    let now = fs::read_to_string(&path).map_err(|error| failed("read", &path, error))?;
    let (mark, now) = now.strip_prefix(BYTE_ORDER_MARK).map_or(("", now.as_str()), |rest| (BYTE_ORDER_MARK, rest));
    if now != file.before {
        return Err(CommandError::usage(format!("{} was changed meanwhile, and nothing was written", path.display()))
            .hint("run the command again"));
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".landfall-new");
    let new = path.with_file_name(name);
    let write = || -> std::io::Result<()> {
        let mut out = fs::File::create(&new)?;
        out.write_all([mark, &file.after].concat().as_bytes())?;
        out.set_permissions(fs::metadata(&path)?.permissions())?;
        out.sync_all()
    };
    if let Err(error) = write() {
        let _ = fs::remove_file(&new);
        return Err(failed("write", &new, error));
    }
    Ok((new, path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_replaced_together_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("a"), "\u{feff}one").unwrap();
        fs::write(path("b"), "two").unwrap();
        let change = |name: &str, before: &str| Replacement {
            path: path(name),
            before: before.to_owned(),
            after: [before, " more"].concat(),
        };
        let changed = replace_all(&[change("a", "one"), change("b", "another")]).unwrap_err();
        assert!(format!("{changed:?}").contains("changed meanwhile"), "{changed:?}");
        let names = || {
            let mut names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|one| one.unwrap().file_name()).collect();
            names.sort();
            names
        };
        assert_eq!(names(), ["a", "b"]);
        assert_eq!(fs::read_to_string(path("a")).unwrap(), "\u{feff}one");
        replace_all(&[change("a", "one"), change("b", "two")]).unwrap();
        assert_eq!(fs::read_to_string(path("a")).unwrap(), "\u{feff}one more");
        assert_eq!(fs::read_to_string(path("b")).unwrap(), "two more");
        assert_eq!(names(), ["a", "b"]);
    }
}
