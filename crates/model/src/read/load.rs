//! From a folder to a foundation.

use std::collections::BTreeMap;
use std::path::Path;

use indexmap::IndexMap;

use crate::read::accounts::Accounts;
use crate::read::context::{Context, LIMIT};
use crate::read::edits::{Edited, Edits};
use crate::read::entry_files::{EntryFiles, parsed};
use crate::read::fields::Fields;
use crate::read::files::{FileError, Files, Folder};
use crate::read::known::Known;
use crate::read::node::{Meaning, Node, Value};
use crate::read::sections::Names;
use crate::read::{
    acceptances, accounts, automation, boundaries, break_glass, ci_deployers, cross_account, federation, guardrails,
    metaflow, organization, references, services, teams,
};
use crate::role_index::RoleIndex;
use crate::{Account, AccountName, Diagnostic, Diagnostics, Foundation, Place, Sources, Team, TextPlaces, codes};

/// The configuration's main file.
pub const MAIN_FILE: &str = "landfall.yaml";

/// The main file under the other ending that YAML has.
const SHORT_MAIN_FILE: &str = "landfall.yml";

/// The folder of accounts that have a file each, beside those of the main file.
pub const ACCOUNTS_FOLDER: &str = "accounts";

/// The folder of the teams' files.
pub const TEAMS_FOLDER: &str = "teams";

/// What reading a configuration came to.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// Every file that was read, for showing places.
    pub sources: Sources,
    /// Where the parts of policy documents and raw statements stand.
    pub texts: TextPlaces,
    /// Every mistake and every advice.
    pub diagnostics: Diagnostics,
    /// The configuration, without the entries that could not be read; `None` where `organization:` or `accounts:` are
    /// unusable. Only with no error among the diagnostics is it whole.
    pub foundation: Option<Foundation>,
}

/// Reads a configuration folder. Everything that is wrong with it is in the result's diagnostics.
pub fn load(folder: &Path) -> Loaded {
    load_edited(folder, &Edits::default())
}

/// Reads a configuration folder as it would be with edits that nobody has made yet.
pub fn load_edited(folder: &Path, edits: &Edits) -> Loaded {
    if !folder.is_dir() {
        let mut diagnostics = Diagnostics::default();
        let message = format!("there is no folder `{}`", folder.display());
        diagnostics.push(
            Diagnostic::error(codes::FILE_MISSING, None, message)
                .help("`landfall init` writes a commented starter folder"),
        );
        return Loaded { sources: Sources::default(), texts: TextPlaces::default(), diagnostics, foundation: None };
    }
    read(&Edited { base: &Folder::new(folder), edits })
}

/// Reads a configuration from memory: names relative to the folder, with `/`, and their bytes.
pub fn load_files(files: &BTreeMap<String, Vec<u8>>) -> Loaded {
    read(files)
}

fn read(files: &dyn Files) -> Loaded {
    let mut cx = Context::new(files);
    let foundation = foundation(&mut cx);
    let texts = std::mem::take(&mut cx.texts);
    let (sources, diagnostics) = cx.finish();
    Loaded { sources, texts, diagnostics, foundation }
}

fn foundation(cx: &mut Context<'_>) -> Option<Foundation> {
    let main = main_file(cx);
    let own_files = EntryFiles::of(cx, ACCOUNTS_FOLDER);
    let teams = EntryFiles::of(cx, TEAMS_FOLDER);
    cx.dropped.extend(teams.unreadable);
    let main = main?;
    let mut fields = Fields::of(cx, &main, "the configuration")?;

    version(cx, &mut fields);
    let help = "the organization's name, home Region, management account and units stand there";
    let organization = fields.required("organization", help).and_then(|node| organization::read(cx, node));
    let help = "list the accounts: `NAME: { email: ADDRESS, unit: PATH }`";
    let accounts = fields.required("accounts", help).map_or_else(
        || Accounts { incomplete: true, ..Accounts::default() },
        |node| accounts::read(cx, node, &own_files, organization.as_ref()),
    );
    let management = organization.as_ref().and_then(|draft| draft.management_account.clone());
    let management = management.and_then(|(name, place)| management_account(cx, &accounts, name, place));

    let units = organization.as_ref().map(|draft| draft.units.as_slice()).unwrap_or_default();
    let incomplete = accounts.incomplete || organization.as_ref().is_none_or(|draft| draft.incomplete);
    let mut known = Known::new(&accounts.accounts, units, accounts.broken, incomplete);
    let organization_name = organization.as_ref().and_then(|draft| draft.name.as_ref());
    let boundaries = boundaries::read(cx, fields.section("boundaries"), organization_name);
    known.set_boundaries(boundaries.names);

    let management_name = management.as_ref().map(AccountName::as_str);
    let guardrails = guardrails::read(cx, &known, fields.section("guardrails"), management_name);
    let break_glass_node = fields.section("break_glass");
    let break_glass = break_glass_node.and_then(|node| break_glass::read(cx, &known, node));
    let automation = fields.section("automation").and_then(|node| automation::read(cx, node));
    let cross_account = cross_account::read(cx, &known, fields.section("cross_account"));
    let ci_deployers = ci_deployers::read(cx, &known, fields.section("ci_deployers"));
    let metaflow = metaflow::read(cx, &known, fields.section("metaflow"));
    let services = services::read(cx, &known, fields.section("services"));
    let federation = federation::read(cx, &known, fields.section("federation"));
    let accept = acceptances::read(cx, fields.section("accept"));
    if break_glass_node.is_none() {
        no_break_glass(cx, &fields);
    }
    fields.finish(cx);
    let mut names = Names::of_stacks();
    let teams: Vec<Team> = teams.nodes.iter().filter_map(|node| teams::read(cx, &known, &mut names, node)).collect();

    let accounts = accounts.accounts;
    management?;
    let mut foundation = Foundation {
        organization: organization?.finish()?,
        accounts,
        boundaries: boundaries.boundaries,
        guardrails,
        break_glass,
        automation,
        cross_account,
        ci_deployers,
        metaflow,
        services,
        federation,
        teams,
        accept,
    };
    let (index, problems) = RoleIndex::build(&foundation);
    for problem in problems {
        cx.report(problem);
    }
    references::resolve(cx, &mut foundation, &index);
    Some(foundation)
}

fn main_file(cx: &mut Context<'_>) -> Option<Node> {
    let missing = |name| cx.files.read(name, LIMIT) == Err(FileError::Missing);
    let name = match (missing(MAIN_FILE), missing(SHORT_MAIN_FILE)) {
        (true, true) => {
            cx.report(
                Diagnostic::error(codes::FILE_MISSING, None, format!("there is no `{MAIN_FILE}`"))
                    .help("`landfall init` writes a commented starter folder"),
            );
            return None;
        }
        (true, false) => SHORT_MAIN_FILE,
        (false, true) => MAIN_FILE,
        (false, false) => {
            let message = format!("there is a `{MAIN_FILE}` and a `{SHORT_MAIN_FILE}`");
            cx.report(
                Diagnostic::error(codes::TWO_MAIN_FILES, None, message)
                    .help(format!("only one of them can be meant: keep `{MAIN_FILE}`")),
            );
            MAIN_FILE
        }
    };
    let file = cx.file(name, None, LIMIT)?;
    parsed(cx, file)
}

fn version(cx: &mut Context<'_>, fields: &mut Fields<'_>) {
    let Some(node) = fields.required("version", "write `version: 1` at the top") else { return };
    let one = matches!(&node.value, Value::Scalar(scalar)
        if scalar.meaning() == Meaning::Number && scalar.text == "1");
    if !one && !matches!(node.value, Value::Broken) {
        cx.report(
            Diagnostic::error(codes::VERSION, node.place, "this release reads version 1 of the configuration")
                .help("write `version: 1`, without quotes"),
        );
    }
}

fn management_account(
    cx: &mut Context<'_>,
    accounts: &Accounts,
    name: AccountName,
    place: Place,
) -> Option<AccountName> {
    if accounts.accounts.contains_key(&name) {
        return Some(name);
    }
    let whole: &IndexMap<AccountName, Account> = &accounts.accounts;
    let excused = accounts.broken.contains(name.as_str()) || (whole.is_empty() && accounts.incomplete);
    if !excused {
        let diagnostic = Diagnostic::error(
            codes::MANAGEMENT_ACCOUNT,
            place,
            format!("the management account `{name}` is not defined"),
        );
        let names = whole.keys().map(AccountName::as_str);
        cx.report(match crate::read::suggest::closest(name.as_str(), names) {
            Some(other) => diagnostic.help(format!("did you mean `{other}`?")),
            None => diagnostic.help("write it under `accounts:` with its id and e-mail address"),
        });
    }
    None
}

fn no_break_glass(cx: &mut Context<'_>, fields: &Fields<'_>) {
    cx.report(
        Diagnostic::warning(codes::NO_BREAK_GLASS, fields.place(), "there is no emergency access")
            .help("write `break_glass:`: it is what is left when single sign-on or a guardrail locks everyone out"),
    );
}
