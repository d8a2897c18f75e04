//! `landfall sandbox`.

use std::fs;
use std::path::PathBuf;

use landfall_model::{AccountId, AccountName, NameError, PolicyName, RoleName};
use landfall_sandbox::{Hand, HandError, Sandbox};
use serde_json::json;

use crate::cli::{Folder, Format, Global};
use crate::configuration;
use crate::confirm::{Consent, confirm};
use crate::error::{CommandError, Exit, FileError};
use crate::report::{self, Terminal};
use crate::session::sandbox_path;

/// Look at the sandbox, tamper with it, throw it away
///
/// The sandbox is an AWS organization on this machine. Every command with --sandbox uses the one of the configuration's
/// organization; the first `landfall apply --sandbox` makes it.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, clap::Subcommand)]
enum Act {
    /// Show what stands in the sandbox
    Show(Folder),
    /// Throw the sandbox away
    Reset(Folder),
    /// Change a role behind Landfall's back, to see that it is found and put right
    Tamper(Tamper),
}

#[derive(Debug, clap::Args)]
struct Tamper {
    /// What is done to the role
    #[command(subcommand)]
    how: How,
}

#[derive(Debug, clap::Subcommand)]
enum How {
    /// Take the role's permissions boundary away
    RemoveBoundary(Whom),
    /// Let another principal assume the role
    WidenTrust {
        #[command(flatten)]
        whom: Whom,
        /// The principal: an account's id or an ARN
        #[arg(long, default_value = "*")]
        principal: String,
    },
    /// Attach a managed policy
    AttachPolicy {
        #[command(flatten)]
        whom: Whom,
        /// The policy's ARN
        #[arg(long, default_value = "arn:aws:iam::aws:policy/AdministratorAccess")]
        policy: String,
    },
    /// Add an inline policy that allows everything
    AddInline {
        #[command(flatten)]
        whom: Whom,
        /// The policy's name
        #[arg(long, default_value = "by-hand", value_parser = policy_name)]
        name: PolicyName,
    },
    /// Delete the role
    DeleteRole(Whom),
}

/// A role in an account.
#[derive(Debug, clap::Args)]
struct Whom {
    /// The account's name
    #[arg(long, value_parser = account_name)]
    account: AccountName,
    /// The role's name
    #[arg(long, value_parser = role_name)]
    role: RoleName,
    #[command(flatten)]
    folder: Folder,
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
pub(crate) fn run(args: &Args, global: &Global, terminal: &Terminal) -> Result<Exit, CommandError> {
    match &args.act {
        Act::Show(folder) => show(folder, global, terminal),
        Act::Reset(folder) => reset(folder, global, terminal),
        Act::Tamper(tamper) => tampered(&tamper.how, global, terminal),
    }
}

fn path(folder: &Folder, global: &Global, terminal: &Terminal) -> Result<PathBuf, CommandError> {
    if let Some(path) = &global.sandbox_file {
        return Ok(path.clone());
    }
    let configuration = configuration::read(&folder.path, terminal)?;
    Ok(sandbox_path(global, &configuration.desired.organization))
}

fn show(folder: &Folder, global: &Global, terminal: &Terminal) -> Result<Exit, CommandError> {
    let sandbox = Sandbox::open_existing(path(folder, global, terminal)?).map_err(CommandError::failed)?;
    let view = sandbox.view().map_err(CommandError::failed)?;
    terminal.data(&match terminal.format {
        Format::Json | Format::Sarif => format!("{:#}\n", serde_json::to_value(&view).map_err(CommandError::failed)?),
        Format::Human | Format::Markdown => report::sandbox(terminal.out, &view),
    })?;
    Ok(Exit::Done)
}

fn reset(folder: &Folder, global: &Global, terminal: &Terminal) -> Result<Exit, CommandError> {
    let path = path(folder, global, terminal)?;
    // Opening it shows that it is a sandbox, and that no other process is at work in it.
    drop(Sandbox::open_existing(&path).map_err(CommandError::failed)?);
    let consent = if global.yes { Consent::Given } else { Consent::Asked };
    confirm(terminal, consent, &format!("Throw the sandbox {} away?", path.display()), "yes", "--yes")?;
    fs::remove_file(&path).map_err(|error| FileError::new("delete", &path, error))?;
    terminal.talk(&format!("{} is gone", path.display()));
    Ok(Exit::Done)
}

fn tampered(how: &How, global: &Global, terminal: &Terminal) -> Result<Exit, CommandError> {
    let whom = match how {
        How::RemoveBoundary(whom)
        | How::DeleteRole(whom)
        | How::WidenTrust { whom, .. }
        | How::AttachPolicy { whom, .. }
        | How::AddInline { whom, .. } => whom,
    };
    let sandbox = Sandbox::open_existing(path(&whom.folder, global, terminal)?).map_err(CommandError::failed)?;
    let account = account(&sandbox, &whom.account)?;
    act(&sandbox.hand(), &account, how).map_err(CommandError::failed)?;
    terminal.talk(&format!(
        "done to role {} in account {}; `landfall plan --sandbox --drift` shows it",
        whom.role, whom.account
    ));
    Ok(Exit::Done)
}

fn act(hand: &Hand, account: &AccountId, how: &How) -> Result<(), HandError> {
    match how {
        How::RemoveBoundary(whom) => hand.remove_boundary(account, &whom.role),
        How::WidenTrust { whom, principal } => hand.widen_trust(account, &whom.role, principal),
        How::AttachPolicy { whom, policy } => hand.attach(account, &whom.role, policy),
        How::AddInline { whom, name } => {
            let all = json!({
                "Version": "2012-10-17",
                "Statement": [{ "Effect": "Allow", "Action": "*", "Resource": "*" }],
            });
            hand.put_inline(account, &whom.role, name, &all)
        }
        How::DeleteRole(whom) => hand.delete_role(account, &whom.role),
    }
}

fn account(sandbox: &Sandbox, name: &AccountName) -> Result<AccountId, CommandError> {
    let view = sandbox.view().map_err(CommandError::failed)?;
    let mut accounts = view.accounts.iter();
    let found = accounts.find(|account| account.name == name.as_str()).map(|account| account.id.clone());
    found.ok_or_else(|| {
        let names: Vec<&str> = view.accounts.iter().map(|account| account.name.as_str()).collect();
        CommandError::usage(format!("there is no account `{name}` in the sandbox"))
            .hint(format!("there are: {}", names.join(", ")))
    })
}
