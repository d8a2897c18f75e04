//! The command line: the subcommands, and which of them each global option is for.

use clap::{Parser, Subcommand};

use crate::error::{CommandError, Exit};
use crate::global::{Format, Global};
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
                | Self::Access(_)
                | Self::Workflow(_)
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
