//! The entries of the configuration that roles come from.

use landfall_model::{Foundation, Metaflow, OrganizationName, Place, PolicyText, RoleAccess};
use landfall_policies::lint::{Case, matches};
use landfall_policies::{Actions, Document, Effect, Statement, grant};

/// An entry of a section, or a team's file.
#[derive(Debug)]
pub(crate) struct Item<'a> {
    /// Its name.
    pub(crate) name: String,
    /// Where it is defined: its stacks have the same place.
    pub(crate) place: Place,
    /// The raw statements of the user.
    pub(crate) statements: Vec<&'a PolicyText>,
    /// Everything that gives actions, with where it stands.
    origins: Vec<Origin>,
}

#[derive(Debug)]
struct Origin {
    place: Place,
    statements: Vec<Statement>,
}

impl Item<'_> {
    /// Where the user wrote what gives an action: the first statement, grant or managed policy that has it, or else the
    /// item itself. The action may be a pattern.
    pub(crate) fn origin(&self, action: &str) -> Place {
        let gives = |statement: &Statement| {
            statement.effect == Effect::Allow
                && match &statement.actions {
                    Actions::Only(list) => list.iter().any(|own| matches(own.as_str(), action, Case::Ignored)),
                    Actions::Except(list) => !list.iter().any(|own| matches(own.as_str(), action, Case::Ignored)),
                }
        };
        let found = self.origins.iter().find(|origin| origin.statements.iter().any(gives));
        found.map_or(self.place, |origin| origin.place)
    }
}

/// Every entry that makes roles of the user's.
pub(crate) fn items(foundation: &Foundation) -> Vec<Item<'_>> {
    let organization = &foundation.organization.name;
    let mut out = Vec::new();
    for one in &foundation.cross_account {
        out.push(item(organization, one.name.as_str(), one.place, [&one.access]));
    }
    for one in &foundation.ci_deployers {
        out.push(item(organization, one.name.as_str(), one.place, [&one.access]));
    }
    for one in &foundation.services {
        out.push(item(organization, one.name.as_str(), one.place, [&one.access]));
    }
    for one in &foundation.federation {
        out.push(item(organization, one.name.as_str(), one.place, [&one.access]));
    }
    for team in &foundation.teams {
        let accesses = team.jobs.iter().map(|job| &job.access).chain([&team.access]);
        out.push(item(organization, team.name.as_str(), team.place, accesses));
    }
    out.extend(foundation.metaflow.iter().map(metaflow));
    out
}

fn item<'a>(
    organization: &OrganizationName,
    name: &str,
    place: Place,
    accesses: impl IntoIterator<Item = &'a RoleAccess>,
) -> Item<'a> {
    let mut origins = Vec::new();
    let mut raw = Vec::new();
    for access in accesses {
        for text in &access.statements {
            origins.extend(origin(text));
            raw.push(text);
        }
        for one in &access.grants {
            let statements = grant(organization, &one.value);
            origins.push(Origin { place: one.place, statements });
        }
        for arn in &access.managed_policies {
            if let Some(document) = managed(arn.value.as_str()) {
                origins.push(Origin { place: arn.place, statements: document.statements });
            }
        }
    }
    Item { name: name.to_owned(), place, statements: raw, origins }
}

fn metaflow(one: &Metaflow) -> Item<'_> {
    let statements: Vec<&PolicyText> = one.custom_job_policy_statements.values().collect();
    let mut origins: Vec<Origin> = statements.iter().filter_map(|text| origin(text)).collect();
    for arn in &one.additional_job_policy_arns {
        if let Some(document) = managed(arn.value.as_str()) {
            origins.push(Origin { place: arn.place, statements: document.statements });
        }
    }
    Item { name: one.name_prefix.clone(), place: one.place, statements, origins }
}

fn origin(text: &PolicyText) -> Option<Origin> {
    let statement = Statement::parse(&text.json, "statement").ok()?;
    Some(Origin { place: text.place, statements: vec![statement] })
}

/// The document of a managed policy of AWS's own, as far as it is known.
pub(crate) fn managed(arn: &str) -> Option<Document> {
    let (head, name) = arn.rsplit_once('/')?;
    head.contains(":iam::aws:policy").then(|| landfall_policies::lint::known_managed(name)).flatten()
}
