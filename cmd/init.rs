//! `landfall init`.

use std::path::PathBuf;

use landfall_model::{AccountId, Email, NameError, OrganizationName, Region};

use crate::error::{CommandError, Exit};
use crate::files::write_new;
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

    /// The organization's short name, the prefix of all that Landfall will own
    #[arg(long, value_name = "NAME", default_value = "example", value_parser = organization)]
    name: OrganizationName,

    /// The id of the management account
    #[arg(long, value_name = "ID", default_value = "111111111111", value_parser = account_id)]
    management_id: AccountId,

    /// The address of the management account; the other accounts get plus-addresses of it
    #[arg(long, value_name = "ADDRESS", default_value = "aws@example.com", value_parser = email)]
    email: Email,

    /// The Region where the stacks live
    #[arg(long, value_name = "REGION", default_value = "eu-west-1", value_parser = region)]
    region: Region,
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
pub(crate) fn run(args: &Args, terminal: &Terminal) -> Result<Exit, CommandError> {
    let wanted: Vec<(PathBuf, String)> =
        FILES.iter().map(|(name, text)| (args.folder.join(name), filled(text, args))).collect();
    if let Some((path, _)) = wanted.iter().find(|(path, _)| path.symlink_metadata().is_ok()) {
        return Err(CommandError::usage(format!("{} is there already, and nothing was written", path.display()))
            .hint("name another folder: `landfall init FOLDER`"));
    }
    for (path, text) in &wanted {
        write_new(path, text)?;
        terminal.talk(&format!("wrote {}", path.display()));
    }
    let folder = args.folder.display();
    terminal.talk(&format!("next: `landfall validate {folder}`, then `landfall apply {folder} --sandbox`"));
    Ok(Exit::Done)
}

fn filled(text: &str, args: &Args) -> String {
    let (local, domain) = args.email.as_str().split_once('@').unwrap_or_default();
    let home = args.region.as_str();
    // A sign-in is recorded in the partition's global Region, so the alarm must listen there too.
    let global = args.region.partition().global_region();
    let regions = if home == global { home.to_owned() } else { [home, global].join(", ") };
    let values = [
        ("{{organization}}", args.name.as_str()),
        ("{{management_id}}", args.management_id.as_str()),
        ("{{local}}", local),
        ("{{domain}}", domain),
        ("{{regions}}", &regions),
        ("{{region}}", home),
    ];
    values.into_iter().fold(text.to_owned(), |text, (token, value)| text.replace(token, value))
}
