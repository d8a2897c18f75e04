//! `landfall drift`.

use std::fs;
use std::path::PathBuf;

use landfall_engine::Look;
use landfall_plan::DriftReport;

use crate::configuration::Examined;
use crate::error::{CommandError, Exit, FileError};
use crate::global::{Folder, Global};
use crate::plan::refused;
use crate::report::{self, Drifted, Files, Terminal};
use crate::session::Session;

/// Show what was changed behind Landfall's back, down to the single statement
///
/// IAM, stacks, units and guardrails are read in every account, and nothing is changed. Each drift is dangerous (a guard
/// is gone, or somebody more comes in), repairable, or benign (it grants nothing). The exit code is 0 when nothing
/// drifted, 2 when something did, and 3 when something could not be read. No history is kept: AWS is the state.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    folder: Folder,

    /// Write the report as JSON to a file too, so that a pipeline reads AWS once
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Looks.
pub(crate) fn run(args: &Args, global: &Global, terminal: &Terminal) -> Result<Exit, CommandError> {
    let folder = &args.folder.path;
    let mut examined = Examined::new(folder);
    report::objections(terminal, Files { folder, sources: &examined.sources }, &examined.diagnostics);
    let sources = std::mem::take(&mut examined.sources);
    let configuration = examined.accepted(folder)?;
    let desired = &configuration.desired;
    let session = Session::open(global, desired)?;
    let observed = session.observe(desired, Look::Behind, terminal)?;
    let found = landfall_plan::drift(desired, &configuration.graph, &observed, &global.targets).map_err(refused)?;
    let drifted = Drifted::of(desired, &observed, &found, Files { folder, sources: &sources });
    if let Some(path) = &args.out {
        fs::write(path, drifted.json()).map_err(|error| FileError::new("write", path, error))?;
    }
    report::drift(terminal, &drifted)?;
    Ok(exit(&found))
}

/// What could not be read may hide anything, so it goes before what was found.
fn exit(found: &DriftReport) -> Exit {
    if !found.is_complete() {
        Exit::Partly
    } else if found.is_clean() {
        Exit::Done
    } else {
        Exit::Changes
    }
}

#[cfg(test)]
mod tests {
    use landfall_model::AccountName;
    use landfall_plan::Unread;

    use super::*;

    #[test]
    fn what_was_not_read_goes_before_what_was_found() {
        let mut found = DriftReport::default();
        assert_eq!(exit(&found), Exit::Done);
        let account = AccountName::new("data").unwrap();
        found.unread.push(Unread { account, what: String::new(), reason: "no entry".to_owned() });
        assert_eq!(exit(&found), Exit::Partly);
    }
}
