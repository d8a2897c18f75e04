//! `landfall sandbox`.

use std::fs;
use std::path::PathBuf;

use landfall_sandbox::Sandbox;

use crate::configuration;
use crate::confirm::{Consent, confirm};
use crate::error::{CommandError, Exit, FileError};
use crate::global::{Folder, Format, Global};
use crate::report::{self, Terminal};
use crate::session::sandbox_path;

mod tamper;

/// Look at the sandbox, tamper with it, throw it away
///
/// The sandbox is an AWS organization on this machine. Every command with --sandbox uses the one of the configuration's
/// organization; the first `landfall apply --sandbox` makes it.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, clap::Subcommand)]
enum Act {
    /// Show what stands in the sandbox
    Show(Folder),
    /// Throw the sandbox away
    Reset(Folder),
    Tamper(tamper::Args),
}

/// Does it.
pub(crate) fn run(args: &Args, global: &Global, terminal: &Terminal) -> Result<Exit, CommandError> {
    match &args.act {
        Act::Show(folder) => show(folder, global, terminal),
        Act::Reset(folder) => reset(folder, global, terminal),
        Act::Tamper(args) => tamper::run(args, global, terminal),
    }
}

fn path(folder: &Folder, global: &Global, terminal: &Terminal) -> Result<PathBuf, CommandError> {
    if let Some(path) = &global.sandbox_file {
        return Ok(path.clone());
    }
    let configuration = configuration::read(&folder.path, terminal)?;
    Ok(sandbox_path(global, &configuration.desired.organization))
}

fn show(folder: &Folder, global: &Global, terminal: &Terminal) -> Result<Exit, CommandError> {
    let sandbox = Sandbox::open_existing(path(folder, global, terminal)?).map_err(CommandError::failed)?;
    let view = sandbox.view().map_err(CommandError::failed)?;
    terminal.data(&match terminal.format {
        Format::Json | Format::Sarif => format!("{:#}\n", serde_json::to_value(&view).map_err(CommandError::failed)?),
        Format::Human | Format::Markdown => report::sandbox(terminal.out, &view),
    })?;
    Ok(Exit::Done)
}

fn reset(folder: &Folder, global: &Global, terminal: &Terminal) -> Result<Exit, CommandError> {
    let path = path(folder, global, terminal)?;
    // Opening it shows that it is a sandbox, and that no other process is at work in it.
    drop(Sandbox::open_existing(&path).map_err(CommandError::failed)?);
    let consent = if global.yes { Consent::Given } else { Consent::Asked };
    confirm(terminal, consent, &format!("Throw the sandbox {} away?", path.display()), "yes", "--yes")?;
    fs::remove_file(&path).map_err(|error| FileError::new("delete", &path, error))?;
    terminal.talk(&format!("{} is gone", path.display()));
    Ok(Exit::Done)
}
