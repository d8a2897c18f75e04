//! Sets up and keeps the identity foundation of a whole AWS organization from one folder of YAML.

mod access;
mod adopt;
mod apply;
mod cli;
mod configuration;
mod confirm;
mod destroy;
mod drift;
mod error;
mod execution;
mod explain;
mod files;
mod global;
mod graph;
mod init;
mod interrupt;
mod interview;
mod journal;
mod offboard;
mod onboard;
mod plan;
mod remediate;
mod report;
mod sandbox;
mod schema;
mod session;
mod synth;
mod validate;
mod workflow;

use std::process::ExitCode;

use clap::Parser as _;

use crate::cli::Cli;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(usage) => return report::usage(&usage).into(),
    };
    let terminal = report::Terminal::new(&cli.global);
    match cli.command.run(&cli.global, &terminal) {
        Ok(exit) => exit.into(),
        Err(error) => report::error(&terminal, &error).into(),
    }
}
