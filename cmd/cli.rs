//! The command line: global options and the subcommands.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};

use landfall_plan::Target;

use crate::error::{CommandError, Exit};
use crate::report::Terminal;
use crate::{
    access, adopt, apply, destroy, drift, explain, graph, init, offboard, onboard, plan, remediate, sandbox, schema,
    synth, validate, workflow,
};

/// Sets up and keeps the identity foundation of a whole AWS organization from one folder of YAML
///
/// Write the folder (`landfall init`), check it (`landfall validate`), see what would change (`landfall plan`), and
/// change it (`landfall apply`). Commands read the folder that is their argument, the current one if
/// there is none. With `--sandbox` all of it runs against an organization on this machine.
#[derive(Debug, Parser)]
#[command(name = "landfall", version, max_term_width = 100, arg_required_else_help = true)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_CODES: &str = "Exit codes: 0 done or nothing to do, 1 failed, 2 the plan has changes or something drifted, \
3 some steps failed or something could not be read, and the rest is done, 64 wrong usage or configuration, 130 interrupted twice.";

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

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Init(init::Args),
    Validate(validate::Args),
    Explain(explain::Args),
    Graph(graph::Args),
    Synth(synth::Args),
    Plan(plan::Args),
    Apply(apply::Args),
    Drift(drift::Args),
    Remediate(remediate::Args),
    Adopt(adopt::Args),
    Destroy(destroy::Args),
    Access(access::Args),
    Sandbox(sandbox::Args),
    Onboard(onboard::Args),
    Offboard(offboard::Args),
    Workflow(workflow::Args),
    Schema(schema::Args),
}

impl Command {
    /// Does it.
    pub(crate) fn run(&self, global: &Global, terminal: &Terminal) -> Result<Exit, CommandError> {
        if global.format == Format::Sarif && !matches!(self, Self::Validate(_) | Self::Drift(_)) {
            return Err(CommandError::usage("only `validate` and `drift` have something to show as SARIF")
                .hint("use `--format json`"));
        }
        let whole = matches!(
            self,
            Self::Init(_)
                | Self::Validate(_)
                | Self::Explain(_)
                | Self::Graph(_)
                | Self::Synth(_)
                | Self::Schema(_)
                | Self::Onboard(_)
                | Self::Offboard(_)
        );
        if whole && let Some(target) = global.targets.first() {
            return Err(CommandError::usage(format!(
                "--target {target}: this command is always about all of the folder"
            ))
            .hint("`landfall plan` and `landfall apply` take a target"));
        }
        match self {
            Self::Init(args) => init::run(args, global, terminal),
            Self::Validate(args) => validate::run(args, terminal),
            Self::Explain(args) => explain::run(args, terminal),
            Self::Graph(args) => graph::run(args, terminal),
            Self::Synth(args) => synth::run(args, terminal),
            Self::Plan(args) => plan::run(args, global, terminal),
            Self::Apply(args) => apply::run(args, global, terminal),
            Self::Drift(args) => drift::run(args, global, terminal),
            Self::Remediate(args) => remediate::run(args, global, terminal),
            Self::Adopt(args) => adopt::run(args, global, terminal),
            Self::Destroy(args) => destroy::run(args, global, terminal),
            Self::Access(args) => access::run(args, global, terminal),
            Self::Sandbox(args) => sandbox::run(args, global, terminal),
            Self::Onboard(args) => onboard::run(args, global, terminal),
            Self::Offboard(args) => offboard::run(args, global, terminal),
            Self::Workflow(args) => workflow::run(args, global, terminal),
            Self::Schema(args) => schema::run(args, terminal),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_consistent() {
        super::Cli::command().debug_assert();
    }
}
