//! `landfall init`.

mod adoption;

use std::path::PathBuf;

use landfall_model::{AccountId, Email, NameError, OrganizationName, Region, RoleName};

use crate::error::{CommandError, Exit};
use crate::files::write_all_new;
use crate::global::Global;
use crate::report::Terminal;

/// Write a commented starter folder
///
/// The folder is a working configuration: it validates as it stands, and `landfall apply --sandbox` sets it up on this
/// machine. Nothing is ever overwritten.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Where to write; made if it is not there
    #[arg(value_name = "FOLDER", default_value = ".")]
    folder: PathBuf,

    /// Read the organization that exists, and write a folder with which a plan has nothing to do
    ///
    /// Accounts, units, tags, and guardrails that Landfall made are written down; what cannot be is said at the top of
    /// the file. Nothing is changed in AWS. It needs --name.
    #[arg(long, conflicts_with_all = ["management_id", "email"])]
    from_organization: bool,

    /// The organization's short name, the prefix of all that Landfall will own [default: example]
    #[arg(long, value_name = "NAME", value_parser = organization)]
    name: Option<OrganizationName>,

    /// The id of the management account
    #[arg(long, value_name = "ID", default_value = "111111111111", value_parser = account_id)]
    management_id: AccountId,

    /// The address of the management account; the other accounts get plus-addresses of it
    #[arg(long, value_name = "ADDRESS", default_value = "aws@example.com", value_parser = email)]
    email: Email,

    /// The Region where the stacks live [default: eu-west-1; with --from-organization that of the environment first]
    #[arg(long, value_name = "REGION", value_parser = region)]
    region: Option<Region>,

    /// The role to assume in member accounts [default: OrganizationAccountAccessRole]
    #[arg(long, value_name = "ROLE", value_parser = role, requires = "from_organization")]
    access_role: Option<RoleName>,
}

/// The Region where nobody says another.
const REGION: &str = "eu-west-1";
/// The role that Organizations makes in every account.
const ACCESS_ROLE: &str = "OrganizationAccountAccessRole";

fn role(text: &str) -> Result<RoleName, NameError> {
    RoleName::new(text)
}

fn organization(text: &str) -> Result<OrganizationName, NameError> {
    OrganizationName::new(text)
}

fn account_id(text: &str) -> Result<AccountId, NameError> {
    AccountId::new(text)
}

fn email(text: &str) -> Result<Email, NameError> {
    Email::new(text)
}

fn region(text: &str) -> Result<Region, landfall_model::ArnError> {
    Region::new(text)
}

/// The files of a starter folder by name.
const FILES: [(&str, &str); 3] = [
    ("landfall.yaml", include_str!("starter/landfall.yaml")),
    ("teams/data.yaml", include_str!("starter/teams/data.yaml")),
    (".gitignore", include_str!("starter/gitignore")),
];

/// Writes it.
pub(crate) fn run(args: &Args, global: &Global, terminal: &Terminal) -> Result<Exit, CommandError> {
    if args.from_organization { adoption::run(args, global, terminal) } else { starter(args, terminal) }
}

fn starter(args: &Args, terminal: &Terminal) -> Result<Exit, CommandError> {
    let name = args.name.as_ref().map_or("example", OrganizationName::as_str);
    let region = args.region.clone().map_or_else(|| Region::new(REGION), Ok).map_err(CommandError::failed)?;
    let wanted: Vec<(PathBuf, String)> =
        FILES.iter().map(|(file, text)| (args.folder.join(file), filled(text, args, name, &region))).collect();
    write_all_new(&wanted)?;
    for (path, _) in &wanted {
        terminal.talk(&format!("wrote {}", path.display()));
    }
    let folder = args.folder.display();
    terminal.talk(&format!("next: `landfall validate {folder}`, then `landfall apply {folder} --sandbox`"));
    Ok(Exit::Done)
}

fn filled(text: &str, args: &Args, name: &str, region: &Region) -> String {
    let (local, domain) = args.email.as_str().split_once('@').unwrap_or_default();
    let home = region.as_str();
    // A sign-in is recorded in the partition's global Region, so the alarm must listen there too.
    let global = region.partition().global_region();
    let regions = if home == global { home.to_owned() } else { [home, global].join(", ") };
    let values = [
        ("{{organization}}", name),
        ("{{management_id}}", args.management_id.as_str()),
        ("{{local}}", local),
        ("{{domain}}", domain),
        ("{{regions}}", &regions),
        ("{{region}}", home),
    ];
    values.into_iter().fold(text.to_owned(), |text, (token, value)| text.replace(token, value))
}
