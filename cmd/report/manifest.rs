//! Which templates there are, in which order they are deployed, and what fills their parameters.

use std::collections::BTreeMap;

use landfall_plan::StepId;
use landfall_stacks::{ParameterSource, Protection, Provides, Stack, StackKey};
use serde_json::{Value, json};

use crate::configuration::Configuration;
use crate::report::{Paint, count};

/// The manifest's file name.
pub(crate) const MANIFEST: &str = "manifest.json";
/// The manifest's form.
pub(crate) const MANIFEST_SCHEMA: &str = "landfall/manifest/1";

/// Where a stack's template stands: `ACCOUNT/REGION/STACK.json`.
pub(crate) fn template_path(key: &StackKey) -> String {
    format!("{key}.json")
}

/// The manifest.
pub(crate) fn manifest(configuration: &Configuration) -> Value {
    let desired = &configuration.desired;
    let accounts: BTreeMap<_, _> = desired
        .accounts
        .iter()
        .map(|(name, account)| (name, json!({ "id": account.id, "email": account.email, "unit": account.unit })))
        .collect();
    let stacks: Vec<Value> =
        configuration.stacks().enumerate().map(|(index, stack)| entry(configuration, index, stack)).collect();
    json!({
        "schema": MANIFEST_SCHEMA,
        "organization": desired.organization,
        "home_region": desired.region,
        "management_account": desired.management,
        "digest": desired.digest(),
        "accounts": accounts,
        "stacks": stacks,
    })
}

fn entry(configuration: &Configuration, index: usize, stack: &Stack) -> Value {
    let parameters: BTreeMap<&String, Value> = stack
        .parameters
        .iter()
        .map(|(name, source)| {
            let filled = match source {
                ParameterSource::Account(account) => {
                    let id = configuration.desired.accounts.get(account).and_then(|account| account.id.as_ref());
                    json!({ "account": account, "id": id })
                }
                ParameterSource::Organization => json!("organization"),
            };
            (name, filled)
        })
        .collect();
    let roles: Vec<_> = stack
        .provides
        .iter()
        .filter_map(|provided| match provided {
            Provides::Role(role) => Some(role),
            Provides::Boundary(_) | Provides::SharedPolicy(_) | Provides::Provider(_) => None,
        })
        .collect();
    let needs: Vec<Value> = configuration
        .graph
        .needs(&StepId::Stack(stack.key.clone()))
        .into_iter()
        .map(|edge| json!({ "on": edge.on.to_string(), "because": edge.reason.to_string() }))
        .collect();
    json!({
        "order": index + 1,
        "account": stack.key.account,
        "region": stack.key.region,
        "name": stack.key.name,
        "kind": stack.kind,
        "item": stack.item,
        "template": template_path(&stack.key),
        "template_digest": stack.body.digest,
        "digest": stack.digest(),
        "parameters": parameters,
        "tags": stack.tags,
        "termination_protection": stack.protection == Protection::On,
        "roles": roles,
        "waits_for": needs,
    })
}

/// The stacks in the order of deployment, for people.
pub(crate) fn stack_list(paint: Paint, configuration: &Configuration) -> String {
    let width = configuration.stacks().map(|stack| stack.key.account.as_str().len()).max().unwrap_or_default();
    let mut out = String::new();
    for (index, stack) in configuration.stacks().enumerate() {
        let key = &stack.key;
        let roles = match stack.roles {
            0 => String::new(),
            roles => format!(", {}", count(roles, "role")),
        };
        let kind = paint.dim(format!("({}{roles})", stack.kind));
        out.push_str(&format!("{:>5}  {:width$}  {:14}  {} {kind}\n", index + 1, key.account, key.region, key.name));
    }
    out.push_str(&format!("{}\n", count(configuration.stack_count(), "stack")));
    out
}

/// The stacks in the order of deployment, as Markdown.
pub(crate) fn stack_table(configuration: &Configuration) -> String {
    let mut out = "| | account | Region | stack | kind | roles |\n|---|---|---|---|---|---|\n".to_owned();
    for (index, stack) in configuration.stacks().enumerate() {
        let StackKey { account, region, name } = &stack.key;
        out.push_str(&format!(
            "| {} | {account} | {region} | `{name}` | {} | {} |\n",
            index + 1,
            stack.kind,
            stack.roles
        ));
    }
    out
}
