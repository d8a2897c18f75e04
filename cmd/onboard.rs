//! `landfall onboard`.

use clap::{Subcommand, ValueEnum};
use landfall_plan::{Compliance, Structure, advise, migration, role_counts};

use crate::cli::Folder;
use crate::configuration;
use crate::error::{CommandError, Exit};
use crate::report::{self, Strategy, Terminal};

/// Decide how what is there, or what is to come, fits into the configuration
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Strategy(StrategyArgs),
}

/// Whether the batch jobs of each team should share their roles, why, and the way there
///
/// AWS is not asked. The decision follows from the teams and jobs of the folder, from how alike the jobs' permissions
/// are, and from the answers given here. For a team that has a pair of roles for each job and could share one, the way is
/// shown: which roles are made first, which job definitions move, and which roles go last.
#[derive(Debug, clap::Args)]
struct StrategyArgs {
    #[command(flatten)]
    folder: Folder,

    /// Which rules the jobs are audited by
    #[arg(long, value_name = "RULES", default_value = "standard")]
    compliance: ComplianceWord,

    /// How work is organized
    #[arg(long, value_name = "STRUCTURE", default_value = "teams")]
    structure: StructureWord,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ComplianceWord {
    /// Isolation of teams is enough
    Standard,
    /// Jobs must be isolated from each other: SOC 2 Type II, PCI DSS, HIPAA
    Strict,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum StructureWord {
    /// Teams own their jobs
    Teams,
    /// Jobs belong to single people
    Projects,
}

/// Onboards.
pub(crate) fn run(args: &Args, terminal: &Terminal) -> Result<Exit, CommandError> {
    match &args.what {
        What::Strategy(args) => strategy(args, terminal),
    }
}

fn strategy(args: &StrategyArgs, terminal: &Terminal) -> Result<Exit, CommandError> {
    let configuration = configuration::read(&args.folder.path, terminal)?;
    let teams = &configuration.foundation.teams;
    let compliance = match args.compliance {
        ComplianceWord::Standard => Compliance::Standard,
        ComplianceWord::Strict => Compliance::Strict,
    };
    let structure = match args.structure {
        StructureWord::Teams => Structure::Teams,
        StructureWord::Projects => Structure::Projects,
    };
    let matrix = advise(teams, compliance, structure);
    let mut ways = Vec::new();
    for team in teams {
        ways.extend(migration(team).map_err(CommandError::failed)?);
    }
    report::strategy(terminal, &Strategy { counts: role_counts(teams), matrix, ways })?;
    Ok(Exit::Done)
}
