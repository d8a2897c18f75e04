//! `landfall onboard team`.

use std::collections::BTreeMap;

use clap::ValueEnum;
use landfall_model::{BoundaryName, Edits, Foundation, ItemName, NameError, RoleStrategy, TeamDraft, load_edited};
use landfall_plan::{Advice, Target, decide};

use super::addition::{Addition, Writing};
use super::strategy::ComplianceWord;
use crate::configuration;
use crate::error::{CommandError, Exit};
use crate::global::{Folder, Global};
use crate::interview::{Default, Interview};
use crate::report::Terminal;

/// Write the file of a new team that runs AWS Batch jobs
///
/// `landfall plan --target team:NAME` and `landfall apply --target team:NAME` then bring just that to AWS.
#[derive(Debug, clap::Args)]
pub(crate) struct TeamArgs {
    /// The team's name, the prefix of its roles
    #[arg(value_name = "NAME", value_parser = item_name)]
    name: Option<ItemName>,

    #[command(flatten)]
    folder: Folder,

    /// Where its jobs run, separated by commas: account names, unit:PATH, tag:KEY=VALUE; `!` takes away
    #[arg(long, value_name = "ACCOUNTS", value_delimiter = ',', value_parser = trimmed)]
    accounts: Option<Vec<String>>,

    /// Its buckets, separated by commas; it gets only what is below NAME/ in each
    #[arg(long, value_name = "BUCKETS", value_delimiter = ',', value_parser = trimmed)]
    buckets: Option<Vec<String>>,

    /// Its jobs, separated by commas
    #[arg(long, value_name = "JOBS", value_delimiter = ',', value_parser = item_name)]
    jobs: Option<Vec<ItemName>>,

    /// How its jobs get their roles [default: what `landfall onboard strategy` decides]
    #[arg(long, value_name = "STRATEGY")]
    strategy: Option<StrategyWord>,

    /// Which rules the jobs are audited by; the strategy follows from it where none is given
    #[arg(long, value_name = "RULES", default_value = "standard")]
    compliance: ComplianceWord,

    /// The most that its roles can do, one of `boundaries:` [default: the one that most teams have]
    #[arg(long, value_name = "BOUNDARY", value_parser = boundary_name)]
    boundary: Option<BoundaryName>,

    /// The path of its secrets [default: /batch-jobs/NAME]
    #[arg(long, value_name = "PATH")]
    secrets: Option<String>,

    /// Show the file and what it touches, and write nothing
    #[arg(long)]
    dry_run: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum StrategyWord {
    /// One pair of roles for all jobs
    PerTeam,
    /// A pair of roles for each job
    PerJob,
    /// Both, side by side
    Both,
}

impl From<StrategyWord> for RoleStrategy {
    fn from(word: StrategyWord) -> Self {
        match word {
            StrategyWord::PerTeam => Self::PerTeam,
            StrategyWord::PerJob => Self::PerJob,
            StrategyWord::Both => Self::Both,
        }
    }
}

fn item_name(text: &str) -> Result<ItemName, NameError> {
    ItemName::new(text.trim())
}

/// People write a space after a comma.
fn trimmed(text: &str) -> Result<String, std::convert::Infallible> {
    Ok(text.trim().to_owned())
}

fn boundary_name(text: &str) -> Result<BoundaryName, NameError> {
    BoundaryName::new(text)
}

/// Writes it.
pub(crate) fn run(args: &TeamArgs, global: &Global, terminal: &Terminal) -> Result<Exit, CommandError> {
    let folder = &args.folder.path;
    let before = configuration::read(folder, terminal)?;
    let draft = draft(args, &before.foundation, global, terminal)?;
    let name = draft.file();
    Addition::is_new(folder, &name)?;
    let text = draft.yaml().map_err(CommandError::usage)?;
    let target = Target::Team(draft.name);
    let writing = if args.dry_run { Writing::Dry } else { Writing::Real };
    Addition { folder, name, text, target }.add(&before, writing, terminal)
}

/// The team as it is told.
fn draft(
    args: &TeamArgs,
    foundation: &Foundation,
    global: &Global,
    terminal: &Terminal,
) -> Result<TeamDraft, CommandError> {
    let mut interview = Interview::new(terminal, global.yes);
    let name =
        interview.ask(args.name.clone(), "NAME", "The team's name", Default::None, |text| parsed(item_name(text)))?;
    if let Some(name) = &name {
        Addition::is_new(&args.folder.path, &TeamDraft::file_of(name))?;
    }
    let accounts = interview.ask(
        args.accounts.clone(),
        "--accounts",
        &format!("Accounts, of {}", names(foundation.accounts.keys())),
        where_others_run(foundation),
        |text| filled(list(text)),
    )?;
    let boundary = interview.ask(
        args.boundary.clone(),
        "--boundary",
        &format!("Boundary, one of {}", names(foundation.boundaries.keys())),
        usual_boundary(foundation),
        |text| {
            let name = parsed(boundary_name(text))?;
            let known = foundation.boundaries.contains_key(&name);
            known.then_some(name).ok_or_else(|| format!("there is no boundary `{text}`"))
        },
    )?;
    let none = || Default::Taken(String::new());
    let buckets = interview.ask(args.buckets.clone(), "--buckets", "Buckets", none(), |text| Ok(list(text)))?;
    let jobs = interview.ask(args.jobs.clone(), "--jobs", "Jobs", none(), |text| {
        list(text).iter().map(|job| parsed(item_name(job))).collect()
    })?;
    let usual_path = name.as_ref().map_or(Default::None, |name| Default::Taken(format!("/batch-jobs/{name}")));
    let secrets = match &name {
        Some(_) => interview
            .ask(args.secrets.clone(), "--secrets", "Path of its secrets", usual_path, |text| Ok(text.to_owned()))?,
        None => None,
    };
    let (Some(name), Some(accounts), Some(boundary)) = (name, accounts, boundary) else {
        return Err(interview.missed());
    };
    let mut draft = TeamDraft {
        name,
        accounts,
        boundary,
        roles: RoleStrategy::PerTeam,
        buckets: buckets.unwrap_or_default(),
        secrets,
        jobs: jobs.unwrap_or_default(),
    };
    let advised = advised(args, &draft, terminal)?;
    let strategy = interview.ask(
        args.strategy,
        "--strategy",
        "Roles: per-team, per-job or both",
        Default::Taken(advised.as_str().to_owned()),
        |text| StrategyWord::from_str(text, false).map_err(|_| format!("`{text}` is no strategy")),
    )?;
    draft.roles = strategy.map_or(advised, RoleStrategy::from);
    Ok(draft)
}

/// What the decision of `landfall onboard strategy` is for the team, with the reason on stderr.
fn advised(args: &TeamArgs, draft: &TeamDraft, terminal: &Terminal) -> Result<RoleStrategy, CommandError> {
    if args.strategy.is_some() {
        return Ok(draft.roles);
    }
    let text = draft.yaml().map_err(CommandError::usage)?;
    let loaded = load_edited(&args.folder.path, &Edits::default().write(draft.file(), text));
    // A team with mistakes is not read; they are told when the whole folder is checked.
    let team = loaded.foundation.and_then(|all| all.teams.into_iter().find(|team| team.name == draft.name));
    let Some(team) = team else { return Ok(draft.roles) };
    let decision = decide(&team, args.compliance.into());
    let roles = match decision.advice {
        Advice::PerJob => RoleStrategy::PerJob,
        Advice::PerTeam | Advice::Hybrid(_) => RoleStrategy::PerTeam,
    };
    let reasons: Vec<String> = decision.evidence.iter().map(ToString::to_string).collect();
    terminal.talk(&format!("roles: {}, because {}", roles.as_str(), reasons.join("; ")));
    Ok(roles)
}

/// The accounts of the last team, which is most likely the newest.
fn where_others_run(foundation: &Foundation) -> Default {
    match foundation.teams.last() {
        Some(team) => Default::Proposed(names(&team.accounts)),
        None => Default::None,
    }
}

/// The boundary that most teams have, or the only one there is.
fn usual_boundary(foundation: &Foundation) -> Default {
    let mut used: BTreeMap<&BoundaryName, usize> = BTreeMap::new();
    for team in &foundation.teams {
        *used.entry(&team.boundary).or_default() += 1;
    }
    let most = used.iter().max_by_key(|(name, number)| (**number, std::cmp::Reverse(*name))).map(|(name, _)| *name);
    let only = || (foundation.boundaries.len() == 1).then(|| foundation.boundaries.keys().next()).flatten();
    most.or_else(only).map_or(Default::None, |name| Default::Taken(name.to_string()))
}

fn names<'n, T: ToString + 'n>(all: impl IntoIterator<Item = &'n T>) -> String {
    all.into_iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn list(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
}

fn filled(items: Vec<String>) -> Result<Vec<String>, String> {
    if items.is_empty() { Err("at least one is needed".to_owned()) } else { Ok(items) }
}

fn parsed<T>(result: Result<T, NameError>) -> Result<T, String> {
    result.map_err(|error| error.to_string())
}
