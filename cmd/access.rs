//! `landfall access`.

use clap::{Subcommand, ValueEnum};
use landfall_engine::Look;
use landfall_model::{RoleIndex, Sources};
use landfall_policies::{Inquiry, InquiryError};
use landfall_stacks::access::{Permissions, Picture, Question, Reach, RoleId, World, permissions};

use crate::configuration::{self, Configuration};
use crate::error::{CommandError, Exit};
use crate::global::{Folder, Global};
use crate::report::{self, Files, Terminal};
use crate::session::Session;

/// Ask who may assume a role, what a role may do, and which statement decides
///
/// Every layer is asked: the role's own policies with those that AWS manages, its permissions boundary, the guardrails
/// at each level above its account, and the trust policy of the role that is assumed. AWS is not asked: answers are
/// about what the configuration comes to, or, with --deployed, about what was read in the accounts.
///
/// A ROLE is written as the configuration refers to it (data-prod/data-lake-reader), by its name in IAM, with or without
/// the account, or by its ARN, in which the account may be told by its name.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    WhoCanAssume(WhoCanAssume),
    Can(Can),
    WhatCan(WhatCan),
    Picture(PictureArgs),
}

/// Everyone whom a role's trust policy lets in, what must hold, and whether the other end allows it too
///
/// Below that, everyone who gets there over other roles, by a shortest way.
#[derive(Debug, clap::Args)]
struct WhoCanAssume {
    /// The role
    #[arg(value_name = "ROLE")]
    role: String,

    #[command(flatten)]
    of: Of,
}

/// Whether a role may do something, and which statement decides or which layer lacks an allow
///
/// What is not told of the request is taken as missing, apart from the Region (the resource's, or else the home Region)
/// and that TLS is used. What would turn the answer is shown. A resource's own policy is only known of roles: of any
/// other resource in another account it is taken that its policy lets nobody in.
#[derive(Debug, clap::Args)]
struct Can {
    /// The role
    #[arg(value_name = "ROLE")]
    role: String,

    /// One action, such as s3:GetObject
    #[arg(value_name = "ACTION")]
    action: String,

    /// The ARN of the resource, `*` for an action without one, or ACCOUNT/ROLE for a role
    #[arg(value_name = "RESOURCE")]
    resource: String,

    /// What is known of the request, such as aws:SourceIp=203.0.113.7; again for more
    #[arg(long = "context", value_name = "KEY=VALUE")]
    context: Vec<String>,

    /// Exit with 1 if the answer is another one
    #[arg(long, value_name = "ANSWER")]
    expect: Option<Expected>,

    #[command(flatten)]
    of: Of,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Expected {
    /// It may
    Allow,
    /// It may not
    Deny,
}

/// Everything that a role can do, by service and level, and what its boundary or a guardrail takes away
///
/// Patterns are compared, not requests: what a condition may take away is told as that.
#[derive(Debug, clap::Args)]
struct WhatCan {
    /// The role
    #[arg(value_name = "ROLE")]
    role: String,

    #[command(flatten)]
    of: Of,
}

/// Who may become whom, over all accounts, as a Mermaid diagram
///
/// Accounts in which the same roles can be assumed by the same are drawn as one; `--format json` has each by itself, and
/// `--format markdown` the diagram in a fence, as GitHub draws it.
#[derive(Debug, clap::Args)]
struct PictureArgs {
    #[command(flatten)]
    of: Of,
}

/// What is asked about.
#[derive(Debug, clap::Args)]
struct Of {
    #[command(flatten)]
    folder: Folder,

    /// Ask about what is deployed, which is read from every account, and not about the configuration
    #[arg(long)]
    deployed: bool,
}

/// The roles, and what is known of the configuration behind them.
struct Subject {
    world: World,
    index: RoleIndex,
    sources: Sources,
}

/// Answers.
pub(crate) fn run(args: &Args, global: &Global, terminal: &Terminal) -> Result<Exit, CommandError> {
    match &args.verb {
        Verb::WhoCanAssume(args) => {
            let subject = Subject::read(&args.of, global, terminal)?;
            let role = subject.role(&args.role)?;
            let reach = Reach::new(&subject.world);
            report::ways_in(terminal, subject.files(&args.of), &subject.world, role, &reach)?;
            Ok(Exit::Done)
        }
        Verb::Can(args) => can(args, global, terminal),
        Verb::WhatCan(args) => {
            let subject = Subject::read(&args.of, global, terminal)?;
            let role = subject.role(&args.role)?;
            let all: Permissions = permissions(&subject.world, role);
            report::permissions(terminal, subject.files(&args.of), &subject.world, role, &all)?;
            Ok(Exit::Done)
        }
        Verb::Picture(args) => {
            let subject = Subject::read(&args.of, global, terminal)?;
            report::picture(terminal, &subject.world, &Picture::of(&subject.world))?;
            Ok(Exit::Done)
        }
    }
}

fn can(args: &Can, global: &Global, terminal: &Terminal) -> Result<Exit, CommandError> {
    let inquiry = Inquiry::of(&args.action).map_err(cannot_ask)?;
    let context = landfall_policies::context(args.context.iter().map(String::as_str)).map_err(cannot_ask)?;
    let subject = Subject::read(&args.of, global, terminal)?;
    let role = subject.role(&args.role)?;
    let resource = match args.resource.as_str() {
        "*" => "*".to_owned(),
        arn if arn.starts_with("arn:") => subject.world.with_ids(arn),
        other if inquiry.is_on_roles() => subject.world.arn(subject.role(other)?),
        other => other.to_owned(),
    };
    inquiry.resource(&resource).map_err(cannot_ask)?;
    let owner = args.context.iter().find_map(|pair| {
        let (key, value) = pair.split_once('=')?;
        key.eq_ignore_ascii_case("aws:ResourceAccount").then(|| value.to_owned())
    });
    let now = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let question = Question { role, action: inquiry.name(), resource, context, owner, now: Some(now) };
    let answer = subject.world.ask(&question).map_err(CommandError::failed)?;
    report::answer(terminal, subject.files(&args.of), &subject.world, &question, &answer)?;
    let wanted = args.expect.map(|expected| expected == Expected::Allow);
    match wanted {
        Some(wanted) if wanted != answer.allowed => {
            let word = |allowed| if allowed { "allow" } else { "deny" };
            terminal.complain(&format!("expected {}, and the answer is {}", word(wanted), word(answer.allowed)));
            Ok(Exit::Failed)
        }
        _ => Ok(Exit::Done),
    }
}

fn cannot_ask(error: InquiryError) -> CommandError {
    let hint = error.hint.clone();
    CommandError::usage(error).hint(hint)
}

impl Subject {
    fn read(of: &Of, global: &Global, terminal: &Terminal) -> Result<Self, CommandError> {
        let (configuration, sources) = configuration::read_with_files(&of.folder.path, terminal)?;
        let Configuration { foundation, desired, .. } = &configuration;
        let index = RoleIndex::of(foundation);
        let configured = World::configured(foundation, desired.stacks.values(), desired.guardrails.values());
        if !of.deployed {
            return Ok(Self { world: configured, index, sources });
        }
        let session = Session::open(global, desired)?;
        let observed = session.observe(desired, Look::Everywhere, terminal)?;
        let deployed = landfall_plan::deployed(desired, &configured, &observed).map_err(crate::plan::refused)?;
        if !deployed.unread.is_empty() {
            let names: Vec<&str> = deployed.unread.iter().map(|name| name.as_str()).collect();
            terminal.complain(&format!("not read, and so without roles here: {}", names.join(", ")));
        }
        Ok(Self { world: deployed.world, index, sources })
    }

    fn role(&self, text: &str) -> Result<RoleId, CommandError> {
        self.world.find(&self.index, text).map_err(|error| {
            let candidates = error.candidates.clone();
            let refused = CommandError::usage(error);
            match candidates.as_slice() {
                [] => refused.hint("`landfall access picture` shows the roles that can be assumed"),
                [one] => refused.hint(format!("did you mean {one}?")),
                several => refused.hint(format!("write one of {}", several.join(", "))),
            }
        })
    }

    fn files<'a>(&'a self, of: &'a Of) -> Files<'a> {
        Files { folder: &of.folder.path, sources: &self.sources }
    }
}
