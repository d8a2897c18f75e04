//! `landfall remediate`.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use clap::ValueEnum;
use landfall_engine::Look;
use landfall_plan::{Class, Finding, Mode, Observed, Plan, Request, Via};

use crate::configuration::{self, Configuration};
use crate::confirm::{Consent, confirm};
use crate::error::{CommandError, Exit, FileError};
use crate::execution::{self, Journaling};
use crate::global::{Folder, Global};
use crate::plan::{self, Depth, refused};
use crate::report::{self, Terminal};
use crate::session::Session;

mod accept;

/// Put right what was changed behind Landfall's back, and nothing else
///
/// Shows the way back as a plan; --apply carries it out. What is dangerous goes first. IAM is put right by the smallest
/// calls, in an order in which nobody is ever allowed what neither was nor shall be allowed; what is gone is made anew
/// under its own name, so that its stack is whole again. What the configuration has changed since it was deployed is not
/// touched: `landfall apply` brings that; in such a stack only what is dangerous is put right, as it was deployed. The
/// exit code is 2 when there is something to put right and --apply is not given, and 3 when something could not be read,
/// or when --apply leaves something for somebody to decide about. Run it again after an interruption: it finds what is
/// left.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    folder: Folder,

    /// Carry it out, after a question
    #[arg(long, conflicts_with = "out")]
    apply: bool,

    /// Write what stands into the configuration instead, where that can be said there; what is dangerous only with
    /// `--only dangerous`
    #[arg(long, conflicts_with_all = ["apply", "out", "detailed"])]
    accept: bool,

    /// Put right only what is of this class; may be given twice
    #[arg(long, value_name = "CLASS")]
    only: Vec<Only>,

    /// By which way IAM is put right
    #[arg(long, value_name = "WAY", default_value = "iam")]
    via: Way,

    /// Save the plan, so that `landfall apply --plan` does exactly this or refuses
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,

    #[command(flatten)]
    depth: Depth,

    #[command(flatten)]
    journaling: Journaling,
}

/// How grave what is put right is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Only {
    /// A guard is gone, or somebody more comes in
    Dangerous,
    /// It is not as it shall be, and the guards still hold
    Repairable,
    /// It grants nothing to anybody
    Benign,
}

/// By which way IAM is put right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Way {
    /// By calls to IAM, the smallest ones
    Iam,
    /// By a change set for each stack that reverts drift, refused if it would do anything else
    Cloudformation,
}

impl Only {
    fn class(self) -> Class {
        match self {
            Self::Dangerous => Class::Dangerous,
            Self::Repairable => Class::Repairable,
            Self::Benign => Class::Benign,
        }
    }
}

impl Args {
    fn request(&self, global: &Global) -> Request {
        Request {
            targets: global.targets.clone(),
            only: self.only.iter().map(|only| only.class()).collect::<BTreeSet<_>>(),
            via: match self.via {
                Way::Iam => Via::Iam,
                Way::Cloudformation => Via::CloudFormation,
            },
            ..Request::new(Mode::Remediate)
        }
    }
}

/// Plans the way back, and goes it if that is asked for.
pub(crate) fn run(args: &Args, global: &Global, terminal: &Terminal) -> Result<Exit, CommandError> {
    if args.accept {
        return accept::run(args, global, terminal);
    }
    let configuration = configuration::read(&args.folder.path, terminal)?;
    let session = Session::open(global, &configuration.desired)?;
    let planned = plan::make(&configuration, &session, Look::Behind, &args.request(global), terminal)?;
    let sight = sight(&configuration, &planned.observed, global, terminal)?;
    let reviews = planned.reviews(&configuration, &session, terminal);
    let plan = planned.plan;
    let detail = args.depth.detail();
    if !args.apply {
        report::plan(terminal, &plan, &reviews, detail, None)?;
        if let Some(path) = &args.out {
            let saved = plan.save().map_err(CommandError::failed)?;
            fs::write(path, saved).map_err(|error| FileError::new("write", path, error))?;
            terminal.talk(&format!("saved; `landfall apply --plan {}` does exactly this", path.display()));
        } else if !plan.is_empty() {
            terminal.talk("nothing was changed; `landfall remediate --apply` does this");
        }
        return Ok(sight.at_least(if plan.is_empty() && !leaves_something(&plan) {
            Exit::Done
        } else {
            Exit::Changes
        }));
    }
    report::plan_before_run(terminal, &plan, &reviews, detail)?;
    let left = sight.at_least(if leaves_something(&plan) { Exit::Partly } else { Exit::Done });
    if plan.is_empty() {
        return Ok(execution::unseen(&plan).at_least(left));
    }
    let consent = if global.yes { Consent::Given } else { Consent::Asked };
    let question = format!("Put all of this right in organization `{}`?", plan.organization);
    confirm(terminal, consent, &question, "yes", "--yes")?;
    Ok(execution::run(session, plan, &configuration.desired, &args.journaling, terminal)?.at_least(left))
}

/// What could not be read may have drifted too, and no plan can say so: it is told, and goes before what was found.
fn sight(
    configuration: &Configuration,
    observed: &Observed,
    global: &Global,
    terminal: &Terminal,
) -> Result<Exit, CommandError> {
    let Configuration { desired, graph, .. } = configuration;
    let found = landfall_plan::drift(desired, graph, observed, &global.targets).map_err(refused)?;
    if found.is_complete() {
        return Ok(Exit::Done);
    }
    terminal.talk("not all could be read, and what was not may have drifted too; `landfall drift` names it");
    Ok(Exit::Partly)
}

/// Whether something drifted that the plan does not put right.
fn leaves_something(plan: &Plan) -> bool {
    let left = |finding: &Finding| matches!(finding, Finding::NeedsPerson { .. } | Finding::PendingFirst { .. });
    plan.findings.iter().any(left)
}
