//! `landfall validate`.

use crate::configuration::Examined;
use crate::error::{CommandError, Exit};
use crate::global::{Folder, Format};
use crate::report::{self, Terminal};

/// Show every mistake in a configuration, each with its file, line, column and what to do
///
/// AWS is not asked. Templates are made too, so that names and policies that are too long are found here. Warnings
/// alone are no failure.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    folder: Folder,
}

/// Validates.
pub(crate) fn run(args: &Args, terminal: &Terminal) -> Result<Exit, CommandError> {
    let folder = &args.folder.path;
    let examined = Examined::new(folder);
    report::diagnostics(terminal, report::Files { folder, sources: &examined.sources }, &examined.diagnostics)?;
    let totals = report::totals(&examined.diagnostics);
    let configuration = examined.accepted(folder)?;
    if terminal.format == Format::Human {
        report::inventory(terminal, &configuration, &totals)?;
    }
    Ok(Exit::Done)
}
