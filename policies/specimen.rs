//! The example organization, and every document that it comes to.

use std::path::Path;

use landfall_model::{CiDeployer, Foundation, Kind, Naming, RoleName, load};
use serde_json::Value;

use crate::*;

pub(crate) fn acme() -> Foundation {
    let loaded = load(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/acme")));
    assert!(!loaded.diagnostics.has_errors(), "{:?}", loaded.diagnostics);
    loaded.foundation.expect("a whole foundation")
}

pub(crate) fn plain(document: &Document) -> Value {
    document.render(&Plain)
}

fn deployer_role(foundation: &Foundation, deployer: &CiDeployer, parts: &[&str]) -> RoleName {
    let parts: Vec<&str> = [deployer.name.as_str()].into_iter().chain(parts.iter().copied()).collect();
    Naming::new(&foundation.organization.name).role(Kind::CiDeployer, &parts).expect("a short name")
}

/// Every role, named for messages.
pub(crate) fn roles(foundation: &Foundation) -> Vec<(String, RolePolicies)> {
    let organization = &foundation.organization.name;
    let estate = Estate::of(foundation);
    let mut out = Vec::new();
    if let Some(break_glass) = &foundation.break_glass {
        for tier in &break_glass.tiers {
            out.push((format!("break-glass-{}", tier.name), break_glass_role(&estate, break_glass, tier)));
        }
    }
    if let Some(automation) = &foundation.automation {
        for role in AutomationRole::MANAGEMENT.into_iter().chain(AutomationRole::MEMBER) {
            let policies = automation_role(&foundation.organization, &estate, automation, role).expect("policies");
            out.push((format!("automation-{role:?}"), policies));
        }
    }
    for role in &foundation.cross_account {
        out.push((format!("cross-account-{}", role.name), cross_account_role(organization, role).expect("policies")));
    }
    for deployer in &foundation.ci_deployers {
        let own = deployer_role(foundation, deployer, &[]);
        let hub = deployer_role(foundation, deployer, &["hub"]);
        let entry = match &deployer.hub {
            Some(account) => {
                let policies = ci_hub_role(organization, deployer, &own).expect("policies");
                out.push((format!("ci-hub-{}", deployer.name), policies));
                Entry::Hub { account, role: &hub }
            }
            None => Entry::Github,
        };
        let policies = ci_deployer_role(organization, deployer, entry).expect("policies");
        out.push((format!("ci-deployer-{}", deployer.name), policies));
    }
    for metaflow in &foundation.metaflow {
        for role in MetaflowRole::of(metaflow) {
            let policies = metaflow_role(organization, metaflow, role).expect("policies");
            out.push((format!("{}-{}", metaflow.name_prefix, role.suffix()), policies));
        }
    }
    for service in &foundation.services {
        for role in ServiceRole::of(&service.kind) {
            let policies = service_role(organization, service, *role).expect("policies");
            out.push((format!("service-{}-{role:?}", service.name), policies));
        }
    }
    for federation in &foundation.federation {
        let policies = federation_role(organization, landfall_model::Partition::Aws, federation).expect("policies");
        out.push((format!("federation-{}", federation.name), policies));
    }
    for team in &foundation.teams {
        out.push((format!("{}-execution", team.name), batch_execution_role(organization, team)));
        out.push((format!("{}-job", team.name), batch_job_role(organization, team, None).expect("policies")));
        for job in &team.jobs {
            let policies = batch_job_role(organization, team, Some(job)).expect("policies");
            out.push((format!("{}-{}-job", team.name, job.name), policies));
        }
    }
    out
}

/// Every boundary, named for messages.
pub(crate) fn boundaries(foundation: &Foundation) -> Vec<(String, Document)> {
    let estate = Estate::of(foundation);
    let mut out: Vec<(String, Document)> = foundation
        .boundaries
        .values()
        .map(|one| (format!("boundary-{}", one.name), boundary(&estate, one).expect("a document")))
        .collect();
    out.push(("break-glass-boundary".to_owned(), break_glass_boundary(&estate)));
    out.push(("automation-boundary".to_owned(), automation_boundary(&estate)));
    out
}

/// Whether an IAM pattern matches a text, as IAM compares: `*` for any characters, `?` for one.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    match pattern.chars().next() {
        None => text.is_empty(),
        Some('*') => {
            let rest = &pattern[1..];
            (0..=text.len()).any(|at| text.is_char_boundary(at) && matches(rest, &text[at..]))
        }
        Some(first) => {
            let mut chars = text.chars();
            let same = chars.next().is_some_and(|c| first == '?' || c == first);
            same && matches(&pattern[first.len_utf8()..], chars.as_str())
        }
    }
}

/// Whether a statement names an action.
pub(crate) fn names(statement: &Statement, action: &str) -> bool {
    match &statement.actions {
        Actions::Only(list) => list.iter().any(|one| matches(&one.as_str().to_lowercase(), &action.to_lowercase())),
        Actions::Except(list) => !list.iter().any(|one| matches(&one.as_str().to_lowercase(), &action.to_lowercase())),
    }
}

/// Whether a statement covers a resource, as [`Plain`] renders it.
pub(crate) fn covers(statement: &Statement, resource: &str) -> bool {
    let any = |list: &[Text]| list.iter().any(|text| matches(Plain.text(text).as_str().expect("a string"), resource));
    match &statement.resources {
        Resources::Implied => false,
        Resources::Only(list) => any(list),
        Resources::Except(list) => !any(list),
    }
}

/// Whether a document denies an action on a resource whatever the request's context.
pub(crate) fn denies(document: &Document, action: &str, resource: &str) -> bool {
    document.statements.iter().any(|statement| {
        statement.effect == Effect::Deny
            && statement.conditions.is_empty()
            && names(statement, action)
            && covers(statement, resource)
    })
}
