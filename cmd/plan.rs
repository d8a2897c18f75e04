//! `landfall plan`.

use std::fs;
use std::path::PathBuf;

use landfall_engine::Look;
use landfall_plan::{EmergencyAccess, Mode, Observed, Plan, Request, Review, review, templates_to_read};

use crate::configuration::{self, Configuration};
use crate::error::{CommandError, Exit, FileError};
use crate::global::{Folder, Format, Global};
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

    /// With --prune, delete break-glass stacks that are not wanted any more too, after everything else
    #[arg(long, requires = "prune")]
    pub(crate) prune_break_glass: bool,

    /// Read IAM in every account, and so find what was changed behind Landfall's back
    ///
    /// Without it IAM is only read where a stack is to be made or was not read back after its last change, which spares a
    /// call for every account. `apply --drift` puts right what it finds.
    #[arg(long)]
    pub(crate) drift: bool,

    #[command(flatten)]
    pub(crate) depth: Depth,
}

/// How much of a plan is shown.
#[derive(Debug, clap::Args)]
pub(crate) struct Depth {
    /// Show every step with what it waits for and what differs, not each change once
    #[arg(long)]
    detailed: bool,
}

impl Depth {
    /// As a report takes it.
    pub(crate) fn detail(&self) -> Detail {
        if self.detailed { Detail::EveryStep } else { Detail::Grouped }
    }
}

impl Scope {
    /// As the planner takes it.
    pub(crate) fn request(&self, global: &Global) -> Request {
        let mode = if self.prune { Mode::Prune } else { Mode::Apply };
        let emergency_access = if self.prune_break_glass { EmergencyAccess::Remove } else { EmergencyAccess::Keep };
        Request { targets: global.targets.clone(), emergency_access, ..Request::new(mode) }
    }

    /// In which accounts IAM is read.
    pub(crate) fn look(&self) -> Look {
        if self.drift { Look::Everywhere } else { Look::WhereUnproven }
    }
}

/// Plans.
pub(crate) fn run(args: &Args, global: &Global, terminal: &Terminal) -> Result<Exit, CommandError> {
    let configuration = configuration::read(&args.folder.path, terminal)?;
    let session = Session::open(global, &configuration.desired)?;
    let planned = make(&configuration, &session, args.scope.look(), &args.scope.request(global), terminal)?;
    let footnotes = Footnotes::of(&configuration);
    let reviews = planned.reviews(&configuration, &session, terminal);
    let Planned { plan, .. } = planned;
    report::plan(terminal, &plan, &reviews, args.scope.depth.detail(), Some(&footnotes))?;
    if let Some(path) = &args.out {
        let saved = plan.save().map_err(CommandError::failed)?;
        fs::write(path, saved).map_err(|error| FileError::new("write", path, error))?;
        terminal.talk(&format!("saved; `landfall apply --plan {}` does exactly this", path.display()));
    }
    Ok(if plan.is_empty() { Exit::Done } else { Exit::Changes })
}

/// A plan, and what it was made from.
pub(crate) struct Planned {
    /// The plan.
    pub(crate) plan: Plan,
    /// What is there.
    pub(crate) observed: Observed,
}

impl Planned {
    /// What the changes come to, where that is shown: reading what is deployed costs a call for each different change.
    pub(crate) fn reviews(&self, configuration: &Configuration, session: &Session, terminal: &Terminal) -> Vec<Review> {
        if terminal.format != Format::Markdown {
            return Vec::new();
        }
        let templates = session.deployed_templates(&self.plan, &templates_to_read(&self.plan, &self.observed));
        review(&self.plan, &configuration.desired, &self.observed, &templates)
    }
}

/// Reads what is there and plans.
pub(crate) fn make(
    configuration: &Configuration,
    session: &Session,
    look: Look,
    request: &Request,
    terminal: &Terminal,
) -> Result<Planned, CommandError> {
    let Configuration { desired, graph, .. } = configuration;
    let observed = session.observe(desired, look, terminal)?;
    let plan = landfall_plan::plan(desired, graph, &observed, request).map_err(refused)?;
    Ok(Planned { plan, observed })
}

/// Why there is no plan: what the user asked for, what AWS shows, or a mistake of ours.
pub(crate) fn refused(error: landfall_plan::PlanError) -> CommandError {
    use landfall_plan::PlanError::{TargetForm, TargetUnknown};
    match error {
        TargetForm { .. } | TargetUnknown { .. } => CommandError::usage(error),
        _ => CommandError::failed(error),
    }
}
