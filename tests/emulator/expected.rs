//! What shall stand according to `landfall synth`: its templates, with the ids that the accounts came to have. The
//! little of CloudFormation's language that Landfall's templates speak is evaluated here anew, so that a mistake in the
//! product's own evaluator does not hide itself.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::readback::{Account, Organization, Policy, Role};

/// Everything in which the organization differs from the templates in a folder, in words.
pub(super) fn differences(folder: &Path, read: &Organization) -> Vec<String> {
    let manifest: Value = serde_json::from_str(&fs::read_to_string(folder.join("manifest.json")).unwrap()).unwrap();
    let home = manifest["home_region"].as_str().unwrap();
    let mut found = Vec::new();
    for stack in manifest["stacks"].as_array().unwrap() {
        let text = |key: &str| stack[key].as_str().unwrap();
        let Some(account) = read.accounts.get(text("account")) else {
            found.push(format!("{}: no such account", text("account")));
            continue;
        };
        let template = fs::read_to_string(folder.join(text("template"))).unwrap();
        let template: Value = serde_json::from_str(&template).unwrap();
        let names = names(stack, account, read);
        let place = [text("account"), text("region"), text("name")].join("/");
        for (id, resource) in template["Resources"].as_object().unwrap() {
            let properties = resolved(&resource["Properties"], &template, &names);
            if let Some(words) = differs(resource["Type"].as_str().unwrap(), &properties, account) {
                found.push(format!("{place} {id}: {words}"));
            }
        }
        if text("region") == home {
            let protected = stack["termination_protection"].as_bool().unwrap();
            match account.stacks.get(text("name")) {
                None => found.push(format!("{place}: is not there")),
                Some(live) if !live.status.ends_with("_COMPLETE") || live.status.contains("ROLLBACK") => {
                    found.push(format!("{place}: {}", live.status));
                }
                Some(live) if live.protected != protected => found.push(format!("{place}: protection")),
                Some(_) => {}
            }
        }
    }
    found
}

/// How many roles the templates in a folder make.
pub(super) fn roles(folder: &Path) -> usize {
    let manifest: Value = serde_json::from_str(&fs::read_to_string(folder.join("manifest.json")).unwrap()).unwrap();
    manifest["stacks"].as_array().unwrap().iter().map(|stack| stack["roles"].as_array().unwrap().len()).sum()
}

/// What `Ref` and `Fn::Sub` can name: pseudo parameters, and the stack's own.
fn names(stack: &Value, account: &Account, read: &Organization) -> BTreeMap<String, String> {
    let mut names = BTreeMap::from([
        ("AWS::Partition".to_owned(), "aws".to_owned()),
        ("AWS::AccountId".to_owned(), account.id.clone()),
        ("AWS::Region".to_owned(), stack["region"].as_str().unwrap().to_owned()),
        ("AWS::URLSuffix".to_owned(), "amazonaws.com".to_owned()),
    ]);
    for (name, source) in stack["parameters"].as_object().into_iter().flatten() {
        let id = source["account"].as_str().map_or(&read.organization, |account| &read.accounts[account].id);
        names.insert(name.clone(), id.clone());
    }
    names
}

/// A value of a template with its `Ref`s and `Fn::Sub`s replaced.
pub(crate) fn resolved(value: &Value, template: &Value, names: &BTreeMap<String, String>) -> Value {
    if let Some(name) = value.get("Ref").and_then(Value::as_str) {
        let properties = &template["Resources"][name]["Properties"];
        let physical = ["RoleName", "InstanceProfileName"].iter().find_map(|key| properties.get(*key)?.as_str());
        return json!(names.get(name).map(String::as_str).or(physical).unwrap_or(name));
    }
    if let Some(text) = value.get("Fn::Sub").and_then(Value::as_str) {
        let mut text = text.to_owned();
        for (name, id) in names {
            text = text.replace(&["${", name, "}"].concat(), id);
        }
        return json!(text.replace("${!", "${"));
    }
    match value {
        Value::Array(items) => items.iter().map(|item| resolved(item, template, names)).collect(),
        Value::Object(entries) => {
            entries.iter().map(|(key, entry)| (key.clone(), resolved(entry, template, names))).collect()
        }
        other => other.clone(),
    }
}

fn differs(kind: &str, properties: &Value, account: &Account) -> Option<String> {
    let text = |key: &str| properties[key].as_str().unwrap_or_default().to_owned();
    let texts = |key: &str| -> Vec<String> {
        properties[key].as_array().into_iter().flatten().map(|item| item.as_str().unwrap().to_owned()).collect()
    };
    match kind {
        "AWS::IAM::Role" => {
            let inline = properties["Policies"].as_array().into_iter().flatten();
            let wanted = Role {
                path: text("Path"),
                trust: properties["AssumeRolePolicyDocument"].clone(),
                inline: inline
                    .map(|policy| (policy["PolicyName"].as_str().unwrap().to_owned(), policy["PolicyDocument"].clone()))
                    .collect(),
                attached: texts("ManagedPolicyArns").into_iter().collect(),
                boundary: properties["PermissionsBoundary"].as_str().map(ToOwned::to_owned),
                max_session: properties["MaxSessionDuration"].as_u64().map_or(3600, |time| time.try_into().unwrap()),
                description: text("Description"),
                tags: BTreeMap::new(),
            };
            assert!(wanted.boundary.is_some(), "{properties}");
            let name = text("RoleName");
            // Emulators and AWS differ in which stack tags reach a role; boundary and policies are what counts.
            let live = account.roles.get(&name).map(|live| Role { tags: BTreeMap::new(), ..live.clone() });
            (live.as_ref() != Some(&wanted)).then(|| format!("role {name} is {live:#?}, wanted {wanted:#?}"))
        }
        "AWS::IAM::ManagedPolicy" => {
            let wanted = Policy { path: text("Path"), document: properties["PolicyDocument"].clone() };
            let name = text("ManagedPolicyName");
            let live = account.policies.get(&name);
            (live != Some(&wanted)).then(|| format!("policy {name} is {live:?}, wanted {wanted:?}"))
        }
        "AWS::IAM::InstanceProfile" => {
            let name = text("InstanceProfileName");
            let live = account.profiles.get(&name);
            (live != Some(&texts("Roles"))).then(|| format!("instance profile {name} has {live:?}"))
        }
        "AWS::IAM::OIDCProvider" => provider(account, text("Url").trim_start_matches("https://")),
        "AWS::IAM::SAMLProvider" => provider(account, &text("Name")),
        _ => None,
    }
}

fn provider(account: &Account, name: &str) -> Option<String> {
    let known: BTreeSet<&str> =
        account.providers.iter().filter_map(|arn| arn.split_once("-provider/")).map(|p| p.1).collect();
    (!known.contains(name)).then(|| format!("provider {name} is not among {known:?}"))
}
