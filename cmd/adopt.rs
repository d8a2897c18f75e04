//! `landfall adopt`.

use landfall_engine::Look;
use landfall_plan::{Mode, Plan, Request, StepId};

use crate::configuration;
use crate::confirm::{Consent, confirm};
use crate::error::{CommandError, Exit};
use crate::execution::{self, Journaling};
use crate::global::{Folder, Global};
use crate::plan::{self, Depth};
use crate::report::{self, Terminal};
use crate::session::Session;

/// Take roles, policies and providers that stand already into the stacks that would make them
///
/// Where a stack is missing and what it would make stands, an import change set takes that into the stack, and an update
/// brings the rest. Nothing is made anew. What differs from the configuration is shown, and put right afterwards. Units
/// and accounts need no import: they are found by their paths and addresses. The exit code is 2 when there is something
/// to adopt and --apply is not given.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    folder: Folder,

    /// Carry it out, after a question
    #[arg(long)]
    apply: bool,

    #[command(flatten)]
    depth: Depth,

    #[command(flatten)]
    journaling: Journaling,
}

/// Plans the adoption, and carries it out if that is asked for.
pub(crate) fn run(args: &Args, global: &Global, terminal: &Terminal) -> Result<Exit, CommandError> {
    let configuration = configuration::read(&args.folder.path, terminal)?;
    let session = Session::open(global, &configuration.desired)?;
    let request = Request { targets: global.targets.clone(), ..Request::new(Mode::Adopt) };
    let planned = plan::make(&configuration, &session, Look::Everywhere, &request, terminal)?;
    let reviews = planned.reviews(&configuration, &session, terminal);
    let plan = planned.plan;
    terminal.talk(&found(&plan));
    let detail = args.depth.detail();
    if !args.apply {
        report::plan(terminal, &plan, &reviews, detail, None)?;
        if !plan.is_empty() {
            terminal.talk("nothing was changed; `landfall adopt --apply` does this");
        }
        return Ok(if plan.is_empty() { Exit::Done } else { Exit::Changes });
    }
    report::plan_before_run(terminal, &plan, &reviews, detail)?;
    if plan.is_empty() {
        return Ok(execution::unseen(&plan));
    }
    let consent = if global.yes { Consent::Given } else { Consent::Asked };
    let question = format!("Take all of this over in organization `{}`?", plan.organization);
    confirm(terminal, consent, &question, "yes", "--yes")?;
    execution::run(session, plan, &configuration.desired, &args.journaling, terminal)
}

/// The units and accounts of the configuration that stand.
fn found(plan: &Plan) -> String {
    let count = |is: fn(&StepId) -> bool| plan.kept.iter().filter(|kept| is(&kept.id)).count();
    let units = report::count(count(|id| matches!(id, StepId::Unit(_))), "unit");
    let accounts = report::count(count(|id| matches!(id, StepId::Account(_))), "account");
    format!("{units} and {accounts} of the configuration stand and are used as they are")
}
