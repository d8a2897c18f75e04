//! The pipelines: clean under linters that others wrote, and every step run as a runner would.

mod expression;
mod form;
mod laws;
mod lint;
mod own;
mod pins;
mod runner;
mod stage;
mod steps;
mod watch;
mod written;
pub(crate) mod yaml;

use std::path::{Path, PathBuf};

use crate::desk::{Desk, root};

/// `jq FILTER FILE` in Python, so that nothing is asked of the machine.
pub(crate) const JQ: &str = "import jq, json, sys\nfor out in jq.compile(sys.argv[1]).input_value(json.load(open(sys.argv[2]))): print(json.dumps(out))";

/// A desk with the example in the folder `it`.
fn acme() -> Desk {
    copied("examples/acme")
}

/// A desk with a folder of the repository as `it`.
fn copied(folder: &str) -> Desk {
    let desk = Desk::new();
    desk.copy(&root().join(folder), "it");
    desk
}

/// The YAML files of a folder, in order; none if it is not there.
fn yaml_files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut out: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    out.retain(|path| path.extension().is_some_and(|extension| extension == "yml"));
    out.sort();
    out
}
