//! `landfall onboard strategy`.

use clap::ValueEnum;
use landfall_plan::{Compliance, Structure, advise, migration, role_counts};

use crate::configuration;
use crate::error::{CommandError, Exit};
use crate::global::Folder;
use crate::report::{self, Strategy, Terminal};

/// Whether the batch jobs of each team should share their roles, why, and the way there
///
/// AWS is not asked. The decision follows from the teams and jobs of the folder, from how alike the jobs' permissions
/// are, and from the answers given here. For a team that has a pair of roles for each job and could share one, the way is
/// shown: which roles are made first, which job definitions move, and which roles go last.
#[derive(Debug, clap::Args)]
pub(crate) struct StrategyArgs {
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
pub(crate) enum ComplianceWord {
    /// Isolation of teams is enough
    Standard,
    /// Jobs must be isolated from each other: SOC 2 Type II, PCI DSS, HIPAA
    Strict,
}

impl From<ComplianceWord> for Compliance {
    fn from(word: ComplianceWord) -> Self {
        match word {
            ComplianceWord::Standard => Self::Standard,
            ComplianceWord::Strict => Self::Strict,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum StructureWord {
    /// Teams own their jobs
    Teams,
    /// Jobs belong to single people
    Projects,
}

/// Shows the decision.
pub(crate) fn run(args: &StrategyArgs, terminal: &Terminal) -> Result<Exit, CommandError> {
    let configuration = configuration::read(&args.folder.path, terminal)?;
    let teams = &configuration.foundation.teams;
    let structure = match args.structure {
        StructureWord::Teams => Structure::Teams,
        StructureWord::Projects => Structure::Projects,
    };
    let matrix = advise(teams, args.compliance.into(), structure);
    let mut ways = Vec::new();
    for team in teams {
        ways.extend(migration(team).map_err(CommandError::failed)?);
    }
    report::strategy(terminal, &Strategy { counts: role_counts(teams), matrix, ways })?;
    Ok(Exit::Done)
}
