//! Where the journals of runs are kept, and how many.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use landfall_engine::Stamped;
use landfall_engine::journal::{Header, JournalWriter};
use landfall_plan::Plan;

use crate::error::{CommandError, FileError};

/// How many journals are kept.
const KEPT: usize = 20;

/// An open journal.
#[derive(Debug)]
pub(crate) struct Journal {
    path: PathBuf,
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    writer: JournalWriter<File>,
    failed: Option<std::io::Error>,
}

impl Journal {
    /// Begins `.landfall/journal/TIME.jsonl` in the current directory; the first line says what is run.
    ///
    /// # Errors
    /// It cannot be written.
    pub(crate) fn begin(plan: &Plan) -> Result<Self, CommandError> {
        let folder = Path::new(".landfall").join("journal");
        fs::create_dir_all(&folder).map_err(|error| unwritable(&folder, error))?;
        let now = Timestamp::now();
        let path = folder.join(now.strftime("%Y%m%dT%H%M%S%3fZ.jsonl").to_string());
        let header = Header::new(now, plan.mode, plan.fingerprint.clone());
        let writer = File::create_new(&path).and_then(|file| JournalWriter::begin(file, &header));
        let writer = writer.map_err(|error| unwritable(&path, error))?;
        forget_old(&folder);
        Ok(Self { path, inner: Mutex::new(Inner { writer, failed: None }) })
    }

    /// Keeps an event. A full disk does not stop a run; it is told at the end.
    pub(crate) fn write(&self, stamped: &Stamped) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        if inner.failed.is_none() {
            inner.failed = inner.writer.add(stamped).err();
        }
    }

    /// Where it is, or that it is not whole.
    pub(crate) fn farewell(&self) -> String {
        let inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        match &inner.failed {
            None => format!("journal: {}", self.path.display()),
            Some(error) => format!("journal: {} is not whole: {error}", self.path.display()),
        }
    }
}

fn unwritable(path: &Path, error: std::io::Error) -> CommandError {
    CommandError::from(FileError::new("write", path, error)).hint("run it from another directory, or add --no-journal")
}

/// Keeps the newest ones. One that cannot be deleted does no harm.
fn forget_old(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut journals: Vec<PathBuf> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "jsonl"))
        .collect();
    journals.sort_unstable();
    for old in journals.iter().rev().skip(KEPT) {
        fs::remove_file(old).ok();
    }
}
