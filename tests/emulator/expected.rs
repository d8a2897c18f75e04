//! What shall stand according to `landfall synth`: its templates, with the ids that the accounts came to have. The
//! little of CloudFormation's language that Landfall's templates speak is evaluated here anew, so that a mistake in the
//! product's own evaluator does not hide itself.

mod guardrail;
mod resource;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::readback::{Account, Organization};

pub(super) use guardrail::guardrails;

/// Everything in which the organization differs from the templates in a folder, in words.
pub(super) fn differences(folder: &Path, read: &Organization) -> Vec<String> {
    let manifest: Value = serde_json::from_str(&fs::read_to_string(folder.join("manifest.json")).unwrap()).unwrap();
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
            let place_of = resource::Place { account, region: &account.regions[text("region")] };
            if let Some(words) = resource::differs(resource["Type"].as_str().unwrap(), &properties, place_of) {
                found.push(format!("{place} {id}: {words}"));
            }
        }
        let protected = stack["termination_protection"].as_bool().unwrap();
        match account.regions[text("region")].stacks.get(text("name")) {
            None => found.push(format!("{place}: is not there")),
            Some(live) if !live.status.ends_with("_COMPLETE") || live.status.contains("ROLLBACK") => {
                found.push(format!("{place}: {}", live.status));
            }
            Some(live) if live.protected != protected => found.push(format!("{place}: protection")),
            Some(_) => {}
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
        let resource = &template["Resources"][name];
        let properties = &resource["Properties"];
        if resource["Type"] == "AWS::SNS::Topic" {
            let arn = "arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:".to_owned();
            let arn = json!({ "Fn::Sub": arn + properties["TopicName"].as_str().unwrap() });
            return resolved(&arn, template, names);
        }
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
