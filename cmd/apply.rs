//! `landfall apply`.

use std::fs;
use std::path::{Path, PathBuf};

use landfall_engine::Look;
use landfall_plan::{Action, Mode, Plan};

use crate::configuration::{self, Configuration};
use crate::confirm::{Consent, confirm};
use crate::error::{CommandError, Exit, FileError};
use crate::execution::{self, Journaling};
use crate::global::{Folder, Global};
use crate::plan::{self, Planned, Scope};
use crate::report::{self, Terminal};
use crate::session::Session;

/// Bring the organization to what the configuration says
///
/// Plans, shows the plan, asks, and carries it out: every account in the order in which things depend on each other, as
/// many at once as can be. A failure skips only what needs what failed. Run it again after a failure or an interruption:
/// it finds what is there and goes on. Ctrl-C starts nothing more; a second one leaves at once.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    folder: Folder,

    /// Carry out a plan that `landfall plan --out` saved; refused if the folder or reality changed since
    #[arg(long, value_name = "FILE", conflicts_with_all = ["prune", "prune_break_glass", "targets"])]
    plan: Option<PathBuf>,

    #[command(flatten)]
    scope: Scope,

    #[command(flatten)]
    journaling: Journaling,
}

/// Applies.
pub(crate) fn run(args: &Args, global: &Global, terminal: &Terminal) -> Result<Exit, CommandError> {
    let configuration = configuration::read(&args.folder.path, terminal)?;
    let session = Session::open(global, &configuration.desired)?;
    let planned = match &args.plan {
        Some(path) => saved(path, &configuration, &session, args.scope.look(), terminal)?,
        None => plan::make(&configuration, &session, args.scope.look(), &args.scope.request(global), terminal)?,
    };
    let reviews = planned.reviews(&configuration, &session, terminal);
    let Planned { plan, .. } = planned;
    report::plan_before_run(terminal, &plan, &reviews, args.scope.depth.detail())?;
    if plan.is_empty() {
        return Ok(execution::unseen(&plan));
    }
    let consent = if global.yes { Consent::Given } else { Consent::Asked };
    let question = format!("Change organization `{}`?", plan.organization);
    confirm(terminal, consent, &question, "yes", "--yes")?;
    execution::run(session, plan, &configuration.desired, &args.journaling, terminal)
}

/// A saved plan, if a plan made now would be the same.
fn saved(
    path: &Path,
    configuration: &Configuration,
    session: &Session,
    look: Look,
    terminal: &Terminal,
) -> Result<Planned, CommandError> {
    let text = fs::read_to_string(path).map_err(|error| FileError::new("read", path, error))?;
    let saved = Plan::load(&text).map_err(CommandError::usage)?;
    if saved.mode == Mode::Destroy {
        return Err(CommandError::usage("the saved plan takes everything down, and apply does not do that")
            .hint("use `landfall destroy`"));
    }
    let request = saved.request();
    // What IAM showed is part of what a repair was planned from.
    let repairs = saved.steps.values().any(|step| matches!(step.action, Action::RepairIdentities { .. }));
    let look = match saved.mode {
        Mode::Remediate => Look::Behind,
        _ if repairs => Look::Everywhere,
        _ => look,
    };
    let fresh = plan::make(configuration, session, look, &request, terminal)?;
    landfall_plan::check_fresh(&saved, &fresh.plan).map_err(CommandError::failed)?;
    Ok(Planned { plan: saved, ..fresh })
}
