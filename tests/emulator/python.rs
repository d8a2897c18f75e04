//! The Python tools of the tests: emulators, linters, and the reader that shares no code with Landfall.
//!
//! They stand in two virtual environments, since the emulators pin an older botocore than the linters of policies take.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// What is installed in one place, pinned to the last patch.
struct Set {
    folder: &'static str,
    file: &'static str,
    text: &'static str,
}

const EMULATORS: Set =
    Set { folder: "python", file: "tests/requirements.txt", text: include_str!("../requirements.txt") };

const ORACLES: Set = Set {
    folder: "oracles",
    file: "tests/oracles/requirements.txt",
    text: include_str!("../oracles/requirements.txt"),
};

/// A virtual environment below `target`.
pub(crate) struct Python {
    folder: PathBuf,
}

impl Python {
    /// The emulators, and the linters of templates and workflows; made on first use.
    pub(crate) fn ready() -> &'static Self {
        static READY: OnceLock<Python> = OnceLock::new();
        READY.get_or_init(|| Self::made(&EMULATORS))
    }

    /// The linters of policies; made on first use.
    pub(crate) fn oracles() -> &'static Self {
        static READY: OnceLock<Python> = OnceLock::new();
        READY.get_or_init(|| Self::made(&ORACLES))
    }

    /// Parallel tests, and parallel test runs, wait for whoever makes it.
    fn made(set: &Set) -> Self {
        let folder = target().join(set.folder);
        let lock = File::create(folder.with_extension("lock")).unwrap();
        lock.lock().unwrap();
        let stamp = folder.join("installed.txt");
        if fs::read_to_string(&stamp).ok().as_deref() != Some(set.text) {
            install(&folder, set.file);
            fs::write(stamp, set.text).unwrap();
        }
        Self { folder }
    }

    /// An installed program.
    pub(crate) fn tool(&self, name: &str) -> Command {
        Command::new(self.folder.join("bin").join(name))
    }

    /// Where the installed programs stand.
    pub(crate) fn programs(&self) -> PathBuf {
        self.folder.join("bin")
    }

    /// The interpreter, to run one of our scripts, which stand beside this file.
    pub(crate) fn script(&self, name: &str) -> Command {
        self.run(&Path::new("tests/emulator").join(name))
    }

    /// The interpreter, to run a script of the repository.
    pub(crate) fn run(&self, script: &Path) -> Command {
        let mut command = Command::new(self.folder.join("bin/python"));
        command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join(script));
        command.env("PYTHONUNBUFFERED", "1").env("NO_PROXY", "127.0.0.1");
        command
    }
}

/// The `target` folder of this build.
pub(crate) fn target() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap()
}

fn install(folder: &Path, requirements: &str) {
    if folder.exists() {
        fs::remove_dir_all(folder).unwrap();
    }
    let interpreter = std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
    run(Command::new(interpreter).args(["-m", "venv"]).arg(folder));
    let requirements = Path::new(env!("CARGO_MANIFEST_DIR")).join(requirements);
    run(Command::new(folder.join("bin/pip"))
        .args(["install", "--quiet", "--disable-pip-version-check", "--no-input", "-r"])
        .arg(requirements));
}

fn run(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(
        output.status.success(),
        "{command:?} ended with {}; LANDFALL_TEST_EMULATORS=off leaves out the tests that need it\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
}
