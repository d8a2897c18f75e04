//! The journal of a run: every event as a line of JSON, for audit and replay, never the truth.

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use landfall_engine::{Event, Stamped};
use landfall_plan::Plan;
use serde_json::json;

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
    file: BufWriter<File>,
    failed: Option<std::io::Error>,
}

impl Journal {
    /// Begins `.landfall/journal/TIME.jsonl` in the current directory; the first line says which plan is run.
    ///
    /// # Errors
    /// It cannot be written.
    pub(crate) fn begin(plan: &Plan) -> Result<Self, CommandError> {
        let folder = Path::new(".landfall").join("journal");
        fs::create_dir_all(&folder).map_err(|error| unwritable(&folder, error))?;
        let now = Timestamp::now();
        let name = now.strftime("%Y%m%dT%H%M%S%3fZ").to_string();
        let path = folder.join(name).with_extension("jsonl");
        let file = File::create_new(&path).map_err(|error| unwritable(&path, error))?;
        let mut file = BufWriter::new(file);
        let head = json!({
            "journal": 1,
            "began": now.to_string(),
            "organization": plan.organization,
            "mode": plan.mode,
            "fingerprint": plan.fingerprint,
        });
        writeln!(file, "{head}").map_err(|error| unwritable(&path, error))?;
        forget_old(&folder);
        Ok(Self { path, inner: Mutex::new(Inner { file, failed: None }) })
    }

    /// Keeps an event. A full disk does not stop a run; it is told at the end.
    pub(crate) fn write(&self, stamped: &Stamped) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        if inner.failed.is_some() {
            return;
        }
        let Ok(line) = serde_json::to_string(stamped) else { return };
        // What a step came to must be on disk when the process is killed; a stack's statuses need not.
        let matters = !matches!(stamped.event, Event::StackChanged { .. } | Event::Retrying { .. });
        let written = writeln!(inner.file, "{line}").and_then(|()| if matters { inner.file.flush() } else { Ok(()) });
        inner.failed = written.err();
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
