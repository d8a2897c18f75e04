//! `landfall sandbox tamper`.

use std::str::FromStr;

use landfall_model::{AccountName, NameError, PolicyName, RoleName};
use landfall_sandbox::{Sandbox, TamperError, Tampering, UnknownTampering, Wish};

use crate::error::{CommandError, Exit};
use crate::global::{Folder, Global};
use crate::report::{self, Terminal};

/// Change something behind Landfall's back, to see that it is found and put right
///
/// `list` shows all that can be done, `all` does one of each as far as it can be done. What it is done to is picked
/// among what stands, and said; --account and --role name it.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// What is done: `list`, `all`, or one of those that `list` shows
    #[arg(value_name = "WHAT")]
    what: What,
    #[command(flatten)]
    folder: Folder,
    /// The account's name
    #[arg(long, value_parser = account_name)]
    account: Option<AccountName>,
    /// The role's name
    #[arg(long, value_parser = role_name)]
    role: Option<RoleName>,
    /// The ARN of the managed policy that is attached, detached or made the boundary
    #[arg(long, value_name = "ARN")]
    policy: Option<String>,
    /// Who is let in: an account's id or an ARN
    #[arg(long)]
    principal: Option<String>,
    /// The inline policy's name
    #[arg(long, value_parser = policy_name)]
    name: Option<PolicyName>,
}

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    List,
    All,
    One(Tampering),
}

impl FromStr for What {
    type Err = UnknownTampering;
    fn from_str(text: &str) -> Result<Self, UnknownTampering> {
        match text {
            "list" => Ok(Self::List),
            "all" => Ok(Self::All),
            name => name.parse().map(Self::One),
        }
    }
}

fn account_name(text: &str) -> Result<AccountName, NameError> {
    AccountName::new(text)
}

fn role_name(text: &str) -> Result<RoleName, NameError> {
    RoleName::new(text)
}

fn policy_name(text: &str) -> Result<PolicyName, NameError> {
    PolicyName::new(text)
}

/// Does it.
pub(super) fn run(args: &Args, global: &Global, terminal: &Terminal) -> Result<Exit, CommandError> {
    if args.what == What::List {
        terminal.data(&report::tamperings(terminal.out))?;
        return Ok(Exit::Done);
    }
    let path = super::path(&args.folder, global, terminal)?;
    let hand = Sandbox::open_existing(path).map_err(CommandError::failed)?.hand();
    let wish = Wish {
        account: args.account.as_ref().map(ToString::to_string),
        role: args.role.clone(),
        policy: args.policy.clone(),
        principal: args.principal.clone(),
        inline: args.name.clone(),
    };
    match args.what {
        What::One(how) => terminal.talk(&hand.tamper(how, &wish).map_err(refused)?.what),
        What::List | What::All => {
            for how in Tampering::ALL {
                match hand.tamper(*how, &wish) {
                    Ok(done) => terminal.talk(&format!("{}: {}", how.name(), done.what)),
                    // What was done before may stand in the way.
                    Err(error) => terminal.talk(&format!("{}: left out: {error}", how.name())),
                }
            }
        }
    }
    terminal.talk("`landfall drift --sandbox` shows it");
    Ok(Exit::Done)
}

fn refused(error: TamperError) -> CommandError {
    match error {
        TamperError::NoAccount { .. } | TamperError::NoRole { .. } => CommandError::usage(error),
        TamperError::Nothing { .. } | TamperError::Hand(_) => CommandError::failed(error),
    }
}
