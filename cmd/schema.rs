//! `landfall schema`.

use clap::ValueEnum;
use landfall_model::{SchemaOf, schema};

use crate::error::{CommandError, Exit};
use crate::report::Terminal;

/// Print the JSON Schema of the configuration, for completion and checks in an editor
///
/// `landfall schema > landfall.schema.json`, and as the first line of landfall.yaml:
/// `# yaml-language-server: $schema=landfall.schema.json`. `landfall validate` finds more than any schema can.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Which file
    #[arg(value_name = "FILE", default_value = "configuration")]
    of: File,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum File {
    /// landfall.yaml
    Configuration,
    /// accounts/NAME.yaml
    Account,
    /// teams/NAME.yaml
    Team,
}

/// Prints it.
pub(crate) fn run(args: &Args, terminal: &Terminal) -> Result<Exit, CommandError> {
    terminal.data(&schema(match args.of {
        File::Configuration => SchemaOf::Configuration,
        File::Account => SchemaOf::Account,
        File::Team => SchemaOf::Team,
    }))?;
    Ok(Exit::Done)
}
