//! `landfall plan`.

use std::fs;
use std::path::PathBuf;

use landfall_engine::Look;
use landfall_plan::{Mode, Request};

use crate::cli::{Folder, Global};
use crate::configuration::{self, Configuration};
use crate::error::{CommandError, Exit, FileError};
use crate::report::{self, Detail, Footnotes, Terminal};
use crate::session::Session;

/// Show what would change, compared with what is really there
///
/// Nothing is changed. The exit code is 2 when there are changes and 0 when there are none.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    folder: Folder,

    /// Save the plan, so that `landfall apply --plan` does exactly this or refuses
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) scope: Scope,
}

/// What a plan is asked for.
#[derive(Debug, clap::Args)]
pub(crate) struct Scope {
    /// Delete the stacks that Landfall owns and the configuration does not want any more
    #[arg(long)]
    pub(crate) prune: bool,

    /// Read IAM in every account, and so find what was changed behind Landfall's back
    ///
    /// Without it IAM is only read where a stack was not read back after its last change, which spares a call for every
    /// account. `apply --drift` puts right what it finds.
    #[arg(long)]
    pub(crate) drift: bool,

    /// Show every step with what it waits for and what differs, not each change once
    #[arg(long)]
    pub(crate) detailed: bool,
}

impl Scope {
    /// As the planner takes it.
    pub(crate) fn request(&self, global: &Global) -> Request {
        let mode = if self.prune { Mode::Prune } else { Mode::Apply };
        Request { targets: global.targets.clone(), ..Request::new(mode) }
    }

    /// In which accounts IAM is read.
    pub(crate) fn look(&self) -> Look {
        if self.drift { Look::Everywhere } else { Look::WhereUnproven }
    }

    /// How much of it is shown.
    pub(crate) fn detail(&self) -> Detail {
        if self.detailed { Detail::EveryStep } else { Detail::Grouped }
    }
}

/// Plans.
pub(crate) fn run(args: &Args, global: &Global, terminal: &Terminal) -> Result<Exit, CommandError> {
    let configuration = configuration::read(&args.folder.path, terminal)?;
    let session = Session::open(global, &configuration.desired)?;
    let plan = make(&configuration, &session, args.scope.look(), &args.scope.request(global), terminal)?;
    let footnotes = Footnotes::of(&configuration);
    report::plan(terminal, &plan, args.scope.detail(), Some(&footnotes))?;
    if let Some(path) = &args.out {
        let saved = plan.save().map_err(CommandError::failed)?;
        fs::write(path, saved).map_err(|error| FileError::new("write", path, error))?;
        terminal.talk(&format!("saved; `landfall apply --plan {}` does exactly this", path.display()));
    }
    Ok(if plan.is_empty() { Exit::Done } else { Exit::Changes })
}

/// Reads what is there and plans.
pub(crate) fn make(
    configuration: &Configuration,
    session: &Session,
    look: Look,
    request: &Request,
    terminal: &Terminal,
) -> Result<landfall_plan::Plan, CommandError> {
    let Configuration { desired, graph, .. } = configuration;
    let observed = session.observe(desired, look, terminal)?;
    landfall_plan::plan(desired, graph, &observed, request).map_err(refused)
}

/// Why there is no plan: what the user asked for, what AWS shows, or a mistake of ours.
pub(crate) fn refused(error: landfall_plan::PlanError) -> CommandError {
    use landfall_plan::PlanError::{TargetForm, TargetUnknown};
    match error {
        TargetForm { .. } | TargetUnknown { .. } => CommandError::usage(error),
        _ => CommandError::failed(error),
    }
}
