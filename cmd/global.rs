//! What every command takes: the global options, and the folder of a configuration.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{ArgAction, Args, ValueEnum};

use landfall_plan::Target;

/// What every command takes.
#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// How to show the result on stdout
    #[arg(long, global = true, value_name = "FORMAT", default_value = "human")]
    pub(crate) format: Format,

    /// Run against an organization on this machine; AWS is not asked
    #[arg(long, global = true)]
    pub(crate) sandbox: bool,

    /// Where the sandbox is kept [default: .landfall/ORGANIZATION.json in the current directory]
    #[arg(long, global = true, value_name = "PATH")]
    pub(crate) sandbox_file: Option<PathBuf>,

    /// Restrict to a part and what it needs: account:NAME, unit:PATH, tag:KEY=VALUE, kind:KIND, team:NAME, stack:NAME
    #[arg(long = "target", global = true, value_name = "TARGET")]
    pub(crate) targets: Vec<Target>,

    /// How many things may be under way at once
    #[arg(long, global = true, value_name = "N", default_value = "128")]
    pub(crate) parallelism: NonZeroUsize,

    /// Do not ask before changing anything
    #[arg(long, short, global = true)]
    pub(crate) yes: bool,

    /// Whether to colour; NO_COLOR in the environment means never
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: ColorWhen,

    /// Say nothing on stderr but what went wrong
    #[arg(long, short, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,

    /// Say more: every status of a stack, every call that is tried again
    #[arg(long, short, global = true, action = ArgAction::Count)]
    pub(crate) verbose: u8,
}

impl Global {
    /// Whether AWS is not to be asked; naming a sandbox's file means it too.
    pub(crate) fn in_sandbox(&self) -> bool {
        self.sandbox || self.sandbox_file.is_some()
    }
}

/// The form of what stands on stdout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Human,
    /// For programs; `apply` and `destroy` write one event a line
    Json,
    /// For pull requests and job summaries
    Markdown,
    /// For code scanning; `validate` and `drift` only
    Sarif,
}

/// Whether to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorWhen {
    /// Where a terminal is
    Auto,
    /// Everywhere
    Always,
    /// Nowhere
    Never,
}

/// The folder of a configuration.
#[derive(Debug, Args)]
pub(crate) struct Folder {
    /// The folder with landfall.yaml
    #[arg(value_name = "FOLDER", default_value = ".")]
    pub(crate) path: PathBuf,
}
