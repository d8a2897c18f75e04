//! The organization's policies against the configuration.

use std::collections::BTreeSet;
use std::path::Path;

use landfall_model::{Attachment, GuardrailKind, OrganizationId, load};
use landfall_stacks::{TAG_ORGANIZATION, synthesize};
use serde_json::Value;

use crate::emulator::readback::Organization;

/// Everything in which the policies of an organization differ from a configuration, in words.
pub(in crate::emulator) fn guardrails(folder: &Path, read: &Organization) -> Vec<String> {
    let foundation = load(folder).foundation.unwrap();
    let organization = foundation.organization.name.as_str();
    let mut found = Vec::new();
    let mut wanted_names = BTreeSet::new();
    for one in synthesize(&foundation).guardrails {
        let name = one.key.name.as_str().to_owned();
        let kind = match one.key.kind {
            GuardrailKind::ServiceControl => "SERVICE_CONTROL_POLICY",
            GuardrailKind::ResourceControl => "RESOURCE_CONTROL_POLICY",
        };
        if !read.policy_types.contains(kind) {
            found.push(format!("{kind} is off"));
        }
        wanted_names.insert(name.clone());
        let Some(live) = read.guardrails.get(&name) else {
            found.push(format!("guardrail {name} is not there"));
            continue;
        };
        let content: Value =
            serde_json::from_str(&one.text.of(&OrganizationId::new(&read.organization).unwrap())).unwrap();
        let targets: BTreeSet<String> = one
            .attach
            .iter()
            .map(|target| match target {
                Attachment::Root => read.root.clone(),
                Attachment::Unit(path) => read.units[path.as_str()].clone(),
                Attachment::Account(account) => read.accounts[account.as_str()].id.clone(),
            })
            .collect();
        if live.kind != kind || live.content != content {
            found.push(format!("guardrail {name} says {live:?}, wanted {content}"));
        }
        if live.targets != targets {
            found.push(format!("guardrail {name} is attached to {:?}, wanted {targets:?}", live.targets));
        }
        if live.tags.get(TAG_ORGANIZATION).map(String::as_str) != Some(organization) {
            found.push(format!("guardrail {name} is tagged {:?}", live.tags));
        }
    }
    let others: Vec<&String> = read.guardrails.keys().filter(|name| !wanted_names.contains(*name)).collect();
    if !others.is_empty() {
        found.push(format!("nobody asked for {others:?}"));
    }
    found
}
