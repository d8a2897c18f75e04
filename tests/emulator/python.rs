//! The Python tools of the tests: emulators, linters, and the reader that shares no code with Landfall.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// What is installed, pinned to the last patch.
const REQUIREMENTS: &str = include_str!("../requirements.txt");

/// The virtual environment `target/python`.
pub(crate) struct Python {
    folder: PathBuf,
}

impl Python {
    /// The environment, made on first use. Parallel tests, and parallel test runs, wait for whoever makes it.
    pub(crate) fn ready() -> &'static Self {
        static READY: OnceLock<Python> = OnceLock::new();
        READY.get_or_init(|| {
            let folder = target().join("python");
            let lock = File::create(target().join("python.lock")).unwrap();
            lock.lock().unwrap();
            let stamp = folder.join("installed.txt");
            if fs::read_to_string(&stamp).ok().as_deref() != Some(REQUIREMENTS) {
                install(&folder);
                fs::write(stamp, REQUIREMENTS).unwrap();
            }
            Python { folder }
        })
    }

    /// An installed program.
    pub(crate) fn tool(&self, name: &str) -> Command {
        Command::new(self.folder.join("bin").join(name))
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

fn install(folder: &Path) {
    if folder.exists() {
        fs::remove_dir_all(folder).unwrap();
    }
    let interpreter = std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
    run(Command::new(interpreter).args(["-m", "venv"]).arg(folder));
    let requirements = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/requirements.txt");
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
