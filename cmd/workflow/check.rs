//! `landfall workflow check`.

use landfall_engine::Look;
use landfall_model::Kind;
use landfall_plan::{Mode, Request, Target};
use landfall_workflows::{Standing, settings};

use super::{Deployed, Files};
use crate::configuration;
use crate::error::{CommandError, Exit};
use crate::global::Global;
use crate::plan;
use crate::report::{self, PipelineCheck, Terminal};
use crate::session::Session;

/// Say what the pipelines still need
///
/// Whether their files are up to date; with --deployed, or in the sandbox, whether the roles stand that they come in by,
/// and trust this repository and its environment; and, as a list with commands, what GitHub must be told by hand. The
/// exit code is 2 when something is missing that can be seen from here.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    files: Files,

    /// Ask AWS whether the roles stand
    #[arg(long)]
    deployed: bool,
}

/// Checks.
pub(super) fn run(args: &Args, global: &Global, terminal: &Terminal) -> Result<Exit, CommandError> {
    let configuration = configuration::read(&args.files.folder.path, terminal)?;
    let values = args.files.values(&configuration)?;
    let files = args.files.files(&values)?;
    let deployed = if args.deployed || global.in_sandbox() {
        let session = Session::open(global, &configuration.desired)?;
        let target = Target::Kind(Kind::Automation);
        let request = Request::new(Mode::Apply).target(target);
        // What the roles trust is compared in IAM itself: a stack says nothing of what was changed by hand.
        let plan = plan::make(&configuration, &session, Look::Everywhere, &request, terminal)?.plan;
        Deployed::Seen(Box::new(plan))
    } else {
        Deployed::NotLookedAt
    };
    let missing = files.iter().any(|file| file.standing != Standing::Same) || deployed.lacks_something();
    report::pipeline_check(
        terminal,
        &PipelineCheck { files: &files, deployed: &deployed, settings: settings(&values) },
    )?;
    Ok(if missing { Exit::Changes } else { Exit::Done })
}
