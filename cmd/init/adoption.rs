//! `landfall init --from-organization`.

use std::collections::{BTreeMap, BTreeSet};

use landfall_engine::{Look, ObserveRequest, ReadTags, Wanted, WantedIdentities};
use landfall_model::{
    AccountId, AccountName, OrganizationDraft, OrganizationName, Region, RoleName, Severity, load_files,
};
use landfall_plan::{Adopter, Extent, Mode, Observed, Request, account_names, adopt, plan};

use super::Args;
use crate::configuration::Examined;
use crate::error::{CommandError, Exit};
use crate::files::write_all_new;
use crate::global::Global;
use crate::interview::{Default, Interview};
use crate::report::{self, Terminal, in_folder};
use crate::session::Session;

/// Reads an organization and writes a folder with which a plan has nothing to do.
pub(crate) fn run(args: &Args, global: &Global, terminal: &Terminal) -> Result<Exit, CommandError> {
    let adopter = adopter(args, global, terminal)?;
    let session = Session::open_existing(global, &adopter.name, &adopter.home_region)?;
    // Twice: names are given to the accounts that there are, and with the names their insides are read.
    let first = session.look(&request(&adopter, None)?, terminal)?;
    let Some(organization) = &first.organization else {
        return Err(CommandError::usage("the account of these credentials is in no organization")
            .hint("`landfall init` without --from-organization writes a starter folder; `landfall apply` makes the organization"));
    };
    let names = account_names(&first);
    let observed = session.look(&request(&adopter, Some((&first, &names)))?, terminal)?;
    let foreign = session.foreign_policies(&organization.policy_types, &observed)?;

    let found = widest(&adopter, &observed, &names, &foreign)?;
    let files: Vec<(std::path::PathBuf, String)> =
        found.files().into_iter().map(|(name, text)| (args.folder.join(name), text)).collect();
    write_all_new(&files)?;
    for (path, _) in &files {
        terminal.talk(&format!("wrote {}", path.display()));
    }
    terminal.talk(&format!(
        "{}, {} and {} were read; a plan has nothing to do",
        report::count(found.accounts.len(), "account"),
        report::count(found.units.len(), "unit"),
        report::count(found.guardrails.len(), "guardrail")
    ));
    if !found.left_alone.is_empty() {
        let number = report::count(found.left_alone.len(), "thing");
        terminal.talk(&format!(
            "left alone, and told at the top of the file: {number}; `apply --prune` would delete Landfall's own, so do \
             not say it before they stand in the folder"
        ));
    }
    terminal.talk(&format!("next: `landfall plan{}`", in_folder(&args.folder)));
    Ok(Exit::Done)
}

fn adopter(args: &Args, global: &Global, terminal: &Terminal) -> Result<Adopter, CommandError> {
    let mut interview = Interview::new(terminal, global.yes);
    let question = "The organization's short name, the prefix of all that Landfall will own";
    let name = interview.ask(args.name.clone(), "--name", question, Default::None, |text| {
        OrganizationName::new(text).map_err(|error| error.to_string())
    })?;
    let usual = ["AWS_REGION", "AWS_DEFAULT_REGION"].into_iter().find_map(|name| std::env::var(name).ok());
    let usual = usual.unwrap_or_else(|| super::REGION.to_owned());
    let region =
        interview.ask(args.region.clone(), "--region", "The Region of the stacks", Default::Taken(usual), |text| {
            Region::new(text).map_err(|error| error.to_string())
        })?;
    let role = interview.ask(
        args.access_role.clone(),
        "--access-role",
        "The role to assume in member accounts",
        Default::Taken(super::ACCESS_ROLE.to_owned()),
        |text| RoleName::new(text).map_err(|error| error.to_string()),
    )?;
    match (name, region, role) {
        (Some(name), Some(home_region), Some(access_role)) => Ok(Adopter { name, home_region, access_role }),
        _ => Err(interview.missed()),
    }
}

/// What is read: the organization, and once they have names, its accounts.
fn request(
    adopter: &Adopter,
    named: Option<(&Observed, &BTreeMap<AccountName, AccountId>)>,
) -> Result<ObserveRequest, CommandError> {
    let mut accounts = BTreeMap::new();
    let mut management = AccountName::new("management").map_err(CommandError::failed)?;
    if let Some((observed, names)) = named {
        let root = observed.organization.as_ref().map(|organization| &organization.management);
        for (name, id) in names {
            let Some(account) = observed.accounts.get(id) else { continue };
            let wanted = Wanted {
                id: Some(id.clone()),
                email: account.email.clone(),
                tags: ReadTags::Yes,
                regions: BTreeSet::new(),
                identities: WantedIdentities::default(),
                stacks: BTreeMap::new(),
            };
            accounts.insert(name.clone(), wanted);
            if Some(id) == root {
                management = name.clone();
            }
        }
    }
    Ok(ObserveRequest {
        organization: adopter.name.clone(),
        management,
        access_role: adopter.access_role.clone(),
        home: adopter.home_region.clone(),
        guardrails: BTreeSet::new(),
        accounts,
        seal: None,
        look: Look::WhereUnproven,
    })
}

/// The folder that says the most, of those with which a plan has nothing to do.
fn widest(
    adopter: &Adopter,
    observed: &Observed,
    names: &BTreeMap<AccountName, AccountId>,
    foreign: &[String],
) -> Result<OrganizationDraft, CommandError> {
    let mut why = "its management account is not in use".to_owned();
    for extent in Extent::ALL {
        let Some(draft) = adopt(adopter, observed, names, foreign, extent) else { continue };
        match objection(&draft, observed) {
            None => return Ok(draft),
            Some(objection) => why = objection,
        }
    }
    Err(CommandError::failed(format!("this organization cannot be written down so that nothing is to do: {why}"))
        .hint("`landfall init` without --from-organization writes a starter folder to begin with"))
}

/// What speaks against a folder: a mistake in it, or a step of its plan.
fn objection(draft: &OrganizationDraft, observed: &Observed) -> Option<String> {
    let files = draft.files().into_iter().map(|(name, text)| (name, text.into_bytes())).collect();
    let examined = Examined::of(load_files(&files));
    let Some(configuration) = examined.configuration else {
        let first = examined.diagnostics.sorted().into_iter().find(|one| one.severity == Severity::Error);
        return Some(first.map_or_else(|| "it has mistakes".to_owned(), |first| first.message.clone()));
    };
    match plan(&configuration.desired, &configuration.graph, observed, &Request::new(Mode::Apply)) {
        Ok(plan) => plan.steps.values().next().map(|step| format!("{} would change", step.id)),
        Err(error) => Some(error.to_string()),
    }
}
