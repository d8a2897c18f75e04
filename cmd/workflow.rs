//! `landfall workflow`.

mod check;

use std::fs;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use landfall_plan::{Finding, Plan};
use landfall_workflows::{Pipeline, Standing, Values};

use crate::configuration::{self, Configuration};
use crate::confirm::Consent;
use crate::error::{CommandError, Exit, FileError};
use crate::global::{Folder, Global};
use crate::report::{self, Terminal};

/// Write the GitHub Actions pipelines: bootstrap, plan, apply, drift, onboard
///
/// Run it at the root of the repository. The pipelines follow from `automation:` in the configuration; write them again
/// after it changed. A file that was changed by hand is not overwritten unasked.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: Option<What>,

    #[command(flatten)]
    files: Files,
}

#[derive(Debug, Subcommand)]
enum What {
    Check(check::Args),
}

/// Where the configuration and the pipelines stand.
#[derive(Debug, clap::Args)]
pub(crate) struct Files {
    #[command(flatten)]
    folder: Folder,

    /// Where the pipelines stand
    #[arg(long, value_name = "FOLDER", default_value = ".github/workflows")]
    out: PathBuf,
}

/// A pipeline's file.
#[derive(Debug)]
pub(crate) struct PipelineFile {
    /// Which pipeline.
    pub(crate) pipeline: Pipeline,
    /// Where it stands or shall stand.
    pub(crate) path: PathBuf,
    /// How what is there stands to what would be written.
    pub(crate) standing: Standing,
    text: String,
}

/// What stands of the roles that the pipelines come in by.
#[derive(Debug)]
pub(crate) enum Deployed {
    /// AWS was not asked.
    NotLookedAt,
    /// What it would take to bring them to what the configuration says.
    Seen(Box<Plan>),
}

impl Deployed {
    /// Whether a pipeline would be refused somewhere.
    fn lacks_something(&self) -> bool {
        match self {
            Self::NotLookedAt => false,
            Self::Seen(plan) => !plan.is_empty() || plan.findings.iter().any(Self::is_in_the_way),
        }
    }

    /// Whether a finding keeps a role from being seen or made.
    pub(crate) fn is_in_the_way(finding: &Finding) -> bool {
        matches!(
            finding,
            Finding::Unreachable { .. }
                | Finding::NotOurs { .. }
                | Finding::LeftOut { .. }
                | Finding::BeyondRepair { .. }
        )
    }
}

/// Writes, or checks.
pub(crate) fn run(args: &Args, global: &Global, terminal: &Terminal) -> Result<Exit, CommandError> {
    match &args.what {
        Some(What::Check(args)) => check::run(args, global, terminal),
        None => write(&args.files, global, terminal),
    }
}

fn write(args: &Files, global: &Global, terminal: &Terminal) -> Result<Exit, CommandError> {
    let configuration = configuration::read(&args.folder.path, terminal)?;
    let files = args.files(&args.values(&configuration)?)?;
    report::pipelines(terminal, &files)?;
    let consent = if global.yes { Consent::Given } else { Consent::Asked };
    overwriting(terminal, consent, &files)?;
    fs::create_dir_all(&args.out).map_err(|error| FileError::new("create", &args.out, error))?;
    for file in files.iter().filter(|file| file.standing != Standing::Same) {
        fs::write(&file.path, &file.text).map_err(|error| FileError::new("write", &file.path, error))?;
        terminal.talk(&format!("wrote {}", file.path.display()));
    }
    terminal.talk("next: `landfall workflow check` says what else they need");
    Ok(Exit::Done)
}

/// Asks before somebody's own work is lost.
fn overwriting(terminal: &Terminal, consent: Consent, files: &[PipelineFile]) -> Result<(), CommandError> {
    let lost: Vec<String> =
        files.iter().filter(|file| file.standing.is_somebodys()).map(|file| file.path.display().to_string()).collect();
    if lost.is_empty() || consent == Consent::Given {
        return Ok(());
    }
    let lost = lost.join(", ");
    if !terminal.can_ask() {
        return Err(CommandError::usage(format!("changed by hand, and so nothing was written: {lost}"))
            .hint("keep what you need of it elsewhere, then add --yes"));
    }
    let answer = terminal.ask(&format!("Overwrite what was changed by hand in {lost}? Type `yes` to go on:"))?;
    match answer.as_deref() {
        Some("yes") => Ok(()),
        _ => Err(CommandError::failed("not confirmed; nothing was written")),
    }
}

impl Files {
    /// What the pipelines are filled in with. The repository's root is the current directory.
    fn values(&self, configuration: &Configuration) -> Result<Values, CommandError> {
        let here = std::env::current_dir().map_err(|error| FileError::new("find", Path::new("."), error))?;
        let relative = self.folder.path.strip_prefix(&here).unwrap_or(&self.folder.path);
        let folder = landfall_workflows::Folder::new(relative).map_err(|error| {
            CommandError::usage(error).hint("run it at the root of the repository that holds the configuration")
        })?;
        Values::of(&configuration.foundation, folder).map_err(|missing| {
            CommandError::usage(missing)
                .hint("write `automation: { github: { repository: OWNER/REPOSITORY, environment: NAME } }`")
        })
    }

    /// The pipelines and what is there of them.
    fn files(&self, values: &Values) -> Result<Vec<PipelineFile>, CommandError> {
        let mut out = Vec::new();
        for pipeline in Pipeline::ALL {
            let path = self.out.join(pipeline.file());
            let text = pipeline.text(values).map_err(CommandError::failed)?;
            let there = match fs::read(&path) {
                Ok(bytes) => Some(String::from_utf8_lossy(&bytes).into_owned()),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
                Err(error) => return Err(FileError::new("read", &path, error).into()),
            };
            let standing = landfall_workflows::standing(there.as_deref(), &text);
            out.push(PipelineFile { pipeline, path, standing, text });
        }
        Ok(out)
    }
}
