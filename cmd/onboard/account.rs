//! `landfall onboard account`.

use std::collections::BTreeMap;

use landfall_model::{AccountDraft, AccountId, AccountName, Email, Foundation, NameError, TagKey, UnitPath};
use landfall_plan::Target;

use super::addition::{Addition, Writing};
use crate::configuration;
use crate::error::{CommandError, Exit};
use crate::global::{Folder, Global};
use crate::interview::{Default, Interview};
use crate::report::Terminal;

/// Write the file of an account: a new one, or one that exists and shall be looked after
///
/// `landfall plan --target account:NAME` and `landfall apply --target account:NAME` then bring just that to AWS. AWS
/// does not give an account back, nor its e-mail address.
#[derive(Debug, clap::Args)]
pub(crate) struct AccountArgs {
    /// The account's name
    #[arg(value_name = "NAME", value_parser = account_name)]
    name: Option<AccountName>,

    #[command(flatten)]
    folder: Folder,

    /// The address of its root user, which no other AWS account may have
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    email: Option<Email>,

    /// The unit that it belongs in, one of the organization's; `/` or nothing is the root
    #[arg(long, value_name = "PATH", value_parser = unit)]
    unit: Option<Place>,

    /// Its id, of an account that exists
    #[arg(long, value_name = "ID", value_parser = account_id)]
    id: Option<AccountId>,

    /// Its tags, separated by commas: KEY=VALUE
    #[arg(long, value_name = "TAGS", value_delimiter = ',', value_parser = tag)]
    tags: Vec<(TagKey, String)>,

    /// Show the file and what it touches, and write nothing
    #[arg(long)]
    dry_run: bool,
}

/// Where an account stands; `None` is the root.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Place(Option<UnitPath>);

fn account_name(text: &str) -> Result<AccountName, NameError> {
    AccountName::new(text)
}

fn account_id(text: &str) -> Result<AccountId, NameError> {
    AccountId::new(text)
}

fn address(text: &str) -> Result<Email, NameError> {
    Email::new(text)
}

fn unit(text: &str) -> Result<Place, NameError> {
    if matches!(text, "" | "/") { Ok(Place(None)) } else { UnitPath::new(text).map(|path| Place(Some(path))) }
}

fn tag(text: &str) -> Result<(TagKey, String), String> {
    let (key, value) = text.split_once('=').ok_or_else(|| format!("`{text}` is no tag: write KEY=VALUE"))?;
    Ok((TagKey::new(key).map_err(|error| error.to_string())?, value.to_owned()))
}

/// Writes it.
pub(crate) fn run(args: &AccountArgs, global: &Global, terminal: &Terminal) -> Result<Exit, CommandError> {
    let folder = &args.folder.path;
    let before = configuration::read(folder, terminal)?;
    let foundation = &before.foundation;
    let mut interview = Interview::new(terminal, global.yes);
    let shown = |error: NameError| error.to_string();
    let name = interview.ask(args.name.clone(), "NAME", "The account's name", Default::None, |text| {
        account_name(text).map_err(shown)
    })?;
    let proposed = name.as_ref().map_or(Default::None, |name| usual_address(foundation, name));
    let email = interview.ask(args.email.clone(), "--email", "Address of its root user", proposed, |text| {
        address(text).map_err(shown)
    })?;
    let units: Vec<&str> = foundation.organization.units.iter().map(UnitPath::as_str).collect();
    let question = format!("Unit, one of {}, or / for the root", units.join(", "));
    let place = interview
        .ask(args.unit.clone(), "--unit", &question, usual_unit(foundation), |text| unit(text).map_err(shown))?;
    let (Some(name), Some(email), Some(Place(unit))) = (name, email, place) else {
        return Err(interview.missed());
    };
    let tags: BTreeMap<TagKey, String> = args.tags.iter().cloned().collect();
    let target = Target::Account(name.clone());
    let draft = AccountDraft { name, id: args.id.clone(), email, unit, tags };
    let file = draft.file();
    Addition::is_new(folder, &file)?;
    let writing = if args.dry_run { Writing::Dry } else { Writing::Real };
    Addition { folder, name: file, text: draft.yaml(), target }.add(&before, writing, terminal)
}

/// `aws+NAME@example.com`, where the management account's address is `aws@example.com`.
fn usual_address(foundation: &Foundation, name: &AccountName) -> Default {
    let management = foundation.accounts.get(&foundation.organization.management_account);
    let parts = management.and_then(|account| account.email.as_str().split_once('@'));
    parts.map_or(Default::None, |(local, domain)| {
        let stem = local.split('+').next().unwrap_or_default();
        Default::Proposed([stem, "+", name.as_str(), "@", domain].concat())
    })
}

/// The unit that most accounts stand in.
fn usual_unit(foundation: &Foundation) -> Default {
    let mut used: BTreeMap<&UnitPath, usize> = BTreeMap::new();
    for unit in foundation.accounts.values().filter_map(|account| account.unit.as_ref()) {
        *used.entry(unit).or_default() += 1;
    }
    let most = used.iter().max_by_key(|(unit, number)| (**number, std::cmp::Reverse(*unit)));
    Default::Proposed(most.map_or("/", |(unit, _)| unit.as_str()).to_owned())
}
