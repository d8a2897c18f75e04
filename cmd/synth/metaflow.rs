//! `landfall synth --metaflow-config`: what `metaflow configure import` takes.

use landfall_model::{AccountId, AccountName, Foundation, Metaflow};
use landfall_stacks::metaflow_configuration;
use serde_json::Value;

use crate::error::CommandError;

#[derive(Debug, clap::Args)]
pub(super) struct MetaflowArgs {
    /// Show the JSON that `metaflow configure import` takes for the deployment of this name, and nothing else
    #[arg(long, value_name = "NAME_PREFIX", conflicts_with = "out")]
    pub(super) metaflow_config: Option<String>,

    /// Which of the deployment's accounts; needed where it has several
    #[arg(long, value_name = "NAME", requires = "metaflow_config")]
    account: Option<AccountNameArg>,

    /// The account's id; needed where the configuration does not give it
    #[arg(long, value_name = "ID", requires = "metaflow_config")]
    account_id: Option<AccountIdArg>,
}

#[derive(Debug, Clone)]
struct AccountNameArg(AccountName);

#[derive(Debug, Clone)]
struct AccountIdArg(AccountId);

impl std::str::FromStr for AccountNameArg {
    type Err = landfall_model::NameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        AccountName::new(text).map(Self)
    }
}

impl std::str::FromStr for AccountIdArg {
    type Err = landfall_model::NameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        AccountId::new(text).map(Self)
    }
}

/// The configuration of one deployment in one account.
pub(super) fn configuration(
    foundation: &Foundation,
    deployment: &str,
    args: &MetaflowArgs,
) -> Result<Value, CommandError> {
    let names = || foundation.metaflow.iter().map(|item| item.name_prefix.as_str()).collect::<Vec<_>>().join(", ");
    let item = foundation.metaflow.iter().find(|item| item.name_prefix == deployment).ok_or_else(|| {
        CommandError::usage(format!("no Metaflow deployment is named `{deployment}`"))
            .hint(format!("the configuration has: {}", names()))
    })?;
    let account = account(item, args)?;
    let known = foundation.accounts.get(account).and_then(|known| known.id.clone());
    let given = args.account_id.as_ref().map(|id| id.0.clone());
    let id = given.or(known).ok_or_else(|| {
        CommandError::usage(format!("the configuration does not give the id of account `{account}`"))
            .hint("name it: `--account-id 123456789012`; `landfall plan` shows it")
    })?;
    Ok(metaflow_configuration(&foundation.organization, item, &id))
}

fn account<'a>(item: &'a Metaflow, args: &MetaflowArgs) -> Result<&'a AccountName, CommandError> {
    let accounts = || item.accounts.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(", ");
    let wanted = args.account.as_ref().map(|name| &name.0);
    let mut matching = item.accounts.iter().filter(|name| wanted.is_none_or(|wanted| wanted == *name));
    match (matching.next(), matching.next()) {
        (Some(only), None) => Ok(only),
        _ => Err(CommandError::usage(format!("`{}` stands in: {}", item.name_prefix, accounts()))
            .hint("name one of them: `--account NAME`")),
    }
}
