//! `landfall destroy`.

use landfall_engine::Look;
use landfall_model::{Kind, OrganizationName};
use landfall_plan::{Action, Finding, Mode, Plan, Request};

use crate::configuration;
use crate::confirm::{Consent, confirm};
use crate::error::{CommandError, Exit};
use crate::execution::{self, Journaling};
use crate::global::{Folder, Global};
use crate::plan::{self, Depth, Planned};
use crate::report::{self, Terminal};
use crate::session::Session;

/// Delete every stack that Landfall owns, in the reverse order
///
/// Accounts and units stay: AWS does not give them back. The organization's name must be typed, or given with
/// `--yes --confirm NAME`. Emergency access is deleted last, and only with --emergency-access.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    folder: Folder,

    /// The organization's name, for where nobody is there to type it; needs --yes as well
    #[arg(long, value_name = "NAME")]
    confirm: Option<OrganizationName>,

    /// Delete break-glass stacks too, though they are protected
    #[arg(long)]
    emergency_access: bool,

    #[command(flatten)]
    depth: Depth,

    #[command(flatten)]
    journaling: Journaling,
}

/// Destroys.
pub(crate) fn run(args: &Args, global: &Global, terminal: &Terminal) -> Result<Exit, CommandError> {
    let configuration = configuration::read(&args.folder.path, terminal)?;
    let name = configuration.desired.organization.clone();
    if let Some(given) = args.confirm.as_ref().filter(|given| **given != name) {
        return Err(CommandError::usage(format!("--confirm names `{given}`, and the organization is `{name}`")));
    }
    let session = Session::open(global, &configuration.desired)?;
    let request = Request { targets: global.targets.clone(), ..Request::new(Mode::Destroy) };
    let planned = plan::make(&configuration, &session, Look::WhereUnproven, &request, terminal)?;
    let detail = args.depth.detail();
    let reviews = planned.reviews(&configuration, &session, terminal);
    let Planned { plan, .. } = planned;
    report::plan_before_run(terminal, &plan, &reviews, detail)?;
    let kept = plan.findings.iter().any(|finding| matches!(finding, Finding::InUse { .. }));
    let done = |exit| if kept && exit == Exit::Done { Exit::Partly } else { exit };
    if plan.is_empty() {
        return Ok(done(Exit::Done));
    }
    if !args.emergency_access && has_emergency_access(&plan) {
        return Err(CommandError::usage("emergency access would be deleted with the rest; nothing was changed")
            .hint("add --emergency-access if nobody must be able to get in any more")
            .hint("restrict the rest with --target, such as `--target kind:batch-team`"));
    }
    let consent = if global.yes && args.confirm.is_some() { Consent::Given } else { Consent::Asked };
    let question = format!("Delete all of this in organization `{name}`? It cannot be undone.");
    confirm(terminal, consent, &question, name.as_str(), &format!("--yes --confirm {name}"))?;
    execution::run(session, plan, &configuration.desired, &args.journaling, terminal).map(done)
}

fn has_emergency_access(plan: &Plan) -> bool {
    plan.steps.values().any(|step| matches!(step.action, Action::DeleteStack { kind: Kind::BreakGlass, .. }))
}
