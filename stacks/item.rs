//! The entries of the configuration that roles come from.

use std::borrow::Cow;
use std::sync::Arc;

use landfall_model::{Arn, Foundation, Metaflow, OrganizationName, Place, PolicyText, Reads, RoleAccess};
use landfall_policies::lint::{Case, matches};
use landfall_policies::{Actions, Effect, Statement, aws_policy_document, grant};

/// An entry of a section, or a team's file.
#[derive(Debug)]
pub(crate) struct Item<'a> {
    /// Its name.
    pub(crate) name: String,
    /// Where it is defined: its stacks have the same place.
    pub(crate) place: Place,
    /// The managed policies of the user's choice.
    pub(crate) managed: Vec<&'a Reads<Arn>>,
    /// The raw statements of the user.
    pub(crate) statements: Vec<&'a PolicyText>,
    /// Everything that gives actions, with where it stands.
    pub(crate) origins: Origins,
}

/// What gives actions, with where the user wrote it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Origins(Arc<[Origin]>);

#[derive(Debug)]
struct Origin {
    place: Place,
    statements: Cow<'static, [Statement]>,
}

impl Item<'_> {
    /// Where the user wrote what gives an action, or else the item itself. The action may be a pattern.
    pub(crate) fn origin(&self, action: &str) -> Place {
        self.origins.find(action).unwrap_or(self.place)
    }
}

impl Origins {
    /// The first statement, grant or managed policy that gives an action, which may be a pattern.
    pub(crate) fn find(&self, action: &str) -> Option<Place> {
        let gives = |statement: &Statement| {
            statement.effect == Effect::Allow
                && match &statement.actions {
                    Actions::Only(list) => list.iter().any(|own| matches(own.as_str(), action, Case::Ignored)),
                    Actions::Except(list) => !list.iter().any(|own| matches(own.as_str(), action, Case::Ignored)),
                }
        };
        self.0.iter().find(|origin| origin.statements.iter().any(gives)).map(|origin| origin.place)
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
    let (mut raw, mut managed) = (Vec::new(), Vec::new());
    for access in accesses {
        for text in &access.statements {
            origins.extend(origin(text));
            raw.push(text);
        }
        for one in &access.grants {
            let statements = grant(organization, &one.value);
            origins.push(Origin { place: one.place, statements: Cow::Owned(statements) });
        }
        for arn in &access.managed_policies {
            managed.push(arn);
            origins.extend(attached(arn));
        }
    }
    Item { name: name.to_owned(), place, managed, statements: raw, origins: Origins(origins.into()) }
}

fn metaflow(one: &Metaflow) -> Item<'_> {
    let statements: Vec<&PolicyText> = one.custom_job_policy_statements.values().collect();
    let mut origins: Vec<Origin> = statements.iter().filter_map(|text| origin(text)).collect();
    for arn in &one.additional_job_policy_arns {
        origins.extend(attached(arn));
    }
    let managed = one.additional_job_policy_arns.iter().collect();
    Item { name: one.name_prefix.clone(), place: one.place, managed, statements, origins: Origins(origins.into()) }
}

fn origin(text: &PolicyText) -> Option<Origin> {
    let statement = Statement::parse(&text.json, "statement").ok()?;
    Some(Origin { place: text.place, statements: Cow::Owned(vec![statement]) })
}

/// What a managed policy gives, if it is one of AWS's own.
fn attached(arn: &Reads<Arn>) -> Option<Origin> {
    let document = aws_policy_document(arn.value.as_str())?;
    Some(Origin { place: arn.place, statements: Cow::Borrowed(&document.statements) })
}
