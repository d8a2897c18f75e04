//! The state on disk: JSON lines. The first names the format; every other is what one call changed, whole rows each
//! with its sort and key. A call appends one line, so that saving costs what changed; a line that a kill cut off is not
//! there. When most of the file is history, it is written anew beside and renamed over.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::Settings;
use crate::clock::Millis;
use crate::table::Line;
use crate::world::World;

const FORMAT: &str = r#"{"landfall-sandbox":1}"#;
/// Rows of history that are not worth a new file.
const SLACK: usize = 2_000;

/// Why a sandbox cannot be opened or saved.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// Another process has it open.
    #[error("the sandbox {} is in use by another process: wait until it is done", path.display())]
    InUse {
        /// The state file.
        path: PathBuf,
    },
    /// There is none.
    #[error("there is no sandbox at {}: the first apply against the sandbox makes it", path.display())]
    Absent {
        /// The state file.
        path: PathBuf,
    },
    /// It belongs to another management account.
    #[error(
        "the sandbox {} belongs to management account {found}, the configuration says {wanted}: reset the sandbox or \
         use another file",
        path.display()
    )]
    OtherOrganization {
        /// The state file.
        path: PathBuf,
        /// The account in the file.
        found: String,
        /// The account that was wanted.
        wanted: String,
    },
    /// A line of it cannot be read.
    #[error("line {line} of the sandbox {} cannot be read: reset the sandbox", path.display())]
    Corrupt {
        /// The state file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        #[source]
        source: Option<serde_json::Error>,
    },
    /// The file system refused.
    #[error("the sandbox {} cannot be read or written", path.display())]
    Io {
        /// The state file.
        path: PathBuf,
        /// What it said.
        #[source]
        source: io::Error,
    },
}

/// What one call changed.
#[derive(Debug, Serialize, Deserialize)]
struct Batch {
    now: Millis,
    rows: Vec<Line>,
}

/// An open state file, locked until it is dropped.
#[derive(Debug)]
pub(crate) struct Store {
    path: PathBuf,
    file: File,
    written: usize,
    _lock: Lock,
}

/// What an opened file held.
pub(crate) struct Opened {
    pub(crate) store: Store,
    pub(crate) world: World,
    pub(crate) now: Millis,
}

impl Store {
    /// Opens a state file, or begins one with `settings`.
    pub(crate) fn open(path: &Path, settings: Option<Settings>) -> Result<Opened, SandboxError> {
        let io = |source| SandboxError::Io { path: path.to_owned(), source };
        if settings.is_none() && !path.exists() {
            return Err(SandboxError::Absent { path: path.to_owned() });
        }
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(io)?;
        }
        let lock = lock(path)?;
        let old = match File::open(path) {
            Ok(file) => Some(read(path, file)?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(io(error)),
        };
        let wanted = settings.as_ref().map(|settings| settings.management.clone());
        let (world, now) = match (old, settings) {
            (Some((Some(world), now)), _) => (world, now),
            (_, Some(settings)) => (World::new(settings), 0),
            _ => return Err(SandboxError::Absent { path: path.to_owned() }),
        };
        let found = &world.settings().management;
        if let Some(wanted) = wanted.filter(|wanted| wanted != found) {
            return Err(SandboxError::OtherOrganization {
                path: path.to_owned(),
                found: found.as_str().to_owned(),
                wanted: wanted.as_str().to_owned(),
            });
        }
        // Written anew at once, so that a line which a kill cut off is not built upon.
        let file = rewrite(path, &world, now)?;
        let store = Self { path: path.to_owned(), file, written: world.rows(), _lock: lock };
        Ok(Opened { store, world, now })
    }

    /// Appends what changed.
    pub(crate) fn append(&mut self, world: &mut World, now: Millis) -> Result<(), SandboxError> {
        let io = |source: io::Error| SandboxError::Io { path: self.path.clone(), source };
        let rows = world.drain().map_err(|error| io(error.into()))?;
        self.written += rows.len();
        if self.written > 4 * world.rows() + SLACK {
            self.file = rewrite(&self.path, world, now)?;
            self.written = world.rows();
            return Ok(());
        }
        let mut line = serde_json::to_vec(&Batch { now, rows }).map_err(|error| io(error.into()))?;
        line.push(b'\n');
        self.file.write_all(&line).map_err(io)
    }

    /// Makes sure that the machine itself may stop.
    pub(crate) fn sync(&self) -> Result<(), SandboxError> {
        self.file.sync_all().map_err(|source| SandboxError::Io { path: self.path.clone(), source })
    }
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(suffix);
    path.with_file_name(name)
}

/// A lock on a file of its own, because the state file itself is replaced. The system gives it back when the process
/// ends, however it ends.
#[derive(Debug)]
struct Lock(File);

impl Drop for Lock {
    /// Closing the file is not enough: a process that was started a moment ago holds it too until it becomes another
    /// program. What fails here is given back by the system.
    fn drop(&mut self) {
        let _given_back = self.0.unlock();
    }
}

fn lock(path: &Path) -> Result<Lock, SandboxError> {
    let io = |source| SandboxError::Io { path: path.to_owned(), source };
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(beside(path, ".lock")).map_err(io)?;
    match file.try_lock() {
        Ok(()) => Ok(Lock(file)),
        Err(TryLockError::WouldBlock) => Err(SandboxError::InUse { path: path.to_owned() }),
        Err(TryLockError::Error(error)) => Err(io(error)),
    }
}

/// Reads a state file; no world if it holds none yet.
fn read(path: &Path, file: File) -> Result<(Option<World>, Millis), SandboxError> {
    let corrupt = |line, source| SandboxError::Corrupt { path: path.to_owned(), line, source };
    let mut reader = BufReader::new(file);
    let (mut world, mut now, mut number) = (None, 0, 0);
    let mut text = Vec::new();
    loop {
        text.clear();
        let length =
            reader.read_until(b'\n', &mut text).map_err(|source| SandboxError::Io { path: path.to_owned(), source })?;
        // Only a whole line ends with a line feed: it is written last.
        if length == 0 || text.last() != Some(&b'\n') {
            break;
        }
        number += 1;
        if number == 1 {
            if text.trim_ascii() != FORMAT.as_bytes() {
                return Err(corrupt(number, None));
            }
            continue;
        }
        let batch: Batch = serde_json::from_slice(&text).map_err(|error| corrupt(number, Some(error)))?;
        now = batch.now;
        for row in batch.rows {
            let error = |error| corrupt(number, Some(error));
            let world = match &mut world {
                Some(world) => world,
                None => {
                    let settings =
                        row.2.clone().filter(|_| row.0 == "settings").ok_or_else(|| corrupt(number, None))?;
                    world.insert(World::new(serde_json::from_value(settings).map_err(error)?))
                }
            };
            if !world.restore(row).map_err(error)? {
                return Err(corrupt(number, None));
            }
        }
    }
    if let Some(world) = &mut world {
        world.resume();
    }
    Ok((world, now))
}

/// Writes the whole state beside and renames it over.
fn rewrite(path: &Path, world: &World, now: Millis) -> Result<File, SandboxError> {
    let io = |source| SandboxError::Io { path: path.to_owned(), source };
    let beside = beside(path, ".new");
    let mut out = BufWriter::new(File::create(&beside).map_err(io)?);
    let mut write = || -> io::Result<()> {
        writeln!(out, "{FORMAT}")?;
        world.each::<io::Error>(&mut |row| {
            serde_json::to_writer(&mut out, &Batch { now, rows: vec![row] })?;
            out.write_all(b"\n")
        })
    };
    write().map_err(io)?;
    let file = out.into_inner().map_err(|error| io(error.into_error()))?;
    file.sync_all().map_err(io)?;
    std::fs::rename(&beside, path).map_err(io)?;
    Ok(file)
}
