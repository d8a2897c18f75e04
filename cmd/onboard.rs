//! `landfall onboard`.

mod account;
mod addition;
mod strategy;
mod team;

use clap::Subcommand;

use crate::error::{CommandError, Exit};
use crate::global::Global;
use crate::report::Terminal;

/// Take a new team or account on: writes its file and shows what that touches
///
/// AWS is not asked. What is not given on the command line is asked for where a terminal is. The whole folder is
/// checked with the new file before it is written; nothing is ever overwritten.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Team(team::TeamArgs),
    Account(account::AccountArgs),
    Strategy(strategy::StrategyArgs),
}

/// Onboards.
pub(crate) fn run(args: &Args, global: &Global, terminal: &Terminal) -> Result<Exit, CommandError> {
    match &args.what {
        What::Team(args) => team::run(args, global, terminal),
        What::Account(args) => account::run(args, global, terminal),
        What::Strategy(args) => strategy::run(args, terminal),
    }
}
