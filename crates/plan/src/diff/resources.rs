//! What a template makes in IAM, with the logical ids that CloudFormation knows it by.

use std::collections::{BTreeMap, BTreeSet};

use landfall_stacks::{TemplateScope, evaluate, physical_id};
use serde_json::{Map, Value, json};

use crate::{IdentityKind, Imported};

/// A resource in IAM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Resource {
    pub(crate) logical: String,
    pub(crate) type_name: String,
    pub(crate) kind: IdentityKind,
    /// Its name, an ARN for a provider, as in [`crate::Difference`].
    pub(crate) name: String,
    /// Its name or ARN, as CloudFormation knows it.
    pub(crate) physical: String,
}

impl Resource {
    /// As an import names it. Source: CloudFormation registry schemas, `primaryIdentifier`.
    pub(crate) fn imported(&self) -> Imported {
        let key = match self.kind {
            IdentityKind::Role => "RoleName",
            IdentityKind::Policy => "PolicyArn",
            IdentityKind::InstanceProfile => "InstanceProfileName",
            IdentityKind::Provider => "Arn",
        };
        Imported {
            logical: self.logical.clone(),
            type_name: self.type_name.clone(),
            identifier: BTreeMap::from([(key.to_owned(), self.physical.clone())]),
        }
    }
}

/// The resources of a template in IAM.
pub(crate) fn resources(template: &Value, scope: &TemplateScope) -> Result<Vec<Resource>, String> {
    let template = evaluate(template, scope).map_err(|error| error.to_string())?;
    let nothing = Value::Object(Map::new());
    let all = template.get("Resources").and_then(Value::as_object).into_iter().flatten();
    Ok(all
        .filter_map(|(logical, resource)| {
            let type_name = resource.get("Type").and_then(Value::as_str)?;
            let kind = match type_name {
                "AWS::IAM::Role" => IdentityKind::Role,
                "AWS::IAM::ManagedPolicy" => IdentityKind::Policy,
                "AWS::IAM::InstanceProfile" => IdentityKind::InstanceProfile,
                "AWS::IAM::OIDCProvider" | "AWS::IAM::SAMLProvider" => IdentityKind::Provider,
                _ => return None,
            };
            let physical = physical_id(type_name, logical, resource.get("Properties").unwrap_or(&nothing), scope)?;
            let name = match kind {
                IdentityKind::Policy => physical.rsplit('/').next().unwrap_or_default().to_owned(),
                _ => physical.clone(),
            };
            Some(Resource { logical: logical.clone(), type_name: type_name.to_owned(), kind, name, physical })
        })
        .collect())
}

/// A template with nothing but resources that are imported, each with a `DeletionPolicy`, and without outputs. What
/// refers to a resource that is not there cannot be imported; the logical ids of what is left come back too. Source:
/// CloudFormation user guide, "Import AWS resources into a CloudFormation stack".
pub(crate) fn import_template(template: &Value, wanted: &BTreeSet<String>) -> (Value, BTreeSet<String>) {
    let empty = Map::new();
    let all = template.get("Resources").and_then(Value::as_object).unwrap_or(&empty);
    let mut kept = wanted.clone();
    loop {
        let before = kept.len();
        let others: BTreeSet<&String> = all.keys().filter(|logical| !kept.contains(*logical)).collect();
        let lost: Vec<String> = kept
            .iter()
            .filter(|logical| {
                all.get(*logical).is_none_or(|resource| others.iter().any(|other| refers(resource, other)))
            })
            .cloned()
            .collect();
        kept.retain(|logical| !lost.contains(logical));
        if kept.len() == before {
            break;
        }
    }
    let mut out = template.clone();
    if let Value::Object(fields) = &mut out {
        fields.shift_remove("Outputs");
        let resources = all.iter().filter(|(logical, _)| kept.contains(*logical)).map(|(logical, resource)| {
            let mut resource = resource.clone();
            if let Value::Object(fields) = &mut resource {
                fields.entry("DeletionPolicy").or_insert_with(|| json!("Retain"));
            }
            (logical.clone(), resource)
        });
        fields.insert("Resources".to_owned(), Value::Object(resources.collect()));
    }
    (out, kept)
}

/// Whether something in a resource refers to another one.
fn refers(value: &Value, logical: &str) -> bool {
    match value {
        Value::Array(list) => list.iter().any(|value| refers(value, logical)),
        Value::Object(fields) => fields.iter().any(|(key, value)| match (key.as_str(), value) {
            ("Ref" | "DependsOn", Value::String(name)) => name == logical,
            ("DependsOn", Value::Array(names)) => names.iter().any(|name| name == logical),
            ("Fn::GetAtt", Value::String(text)) => text.split('.').next() == Some(logical),
            ("Fn::GetAtt", Value::Array(parts)) => parts.first().is_some_and(|name| name == logical),
            ("Fn::Sub", Value::String(text)) => substitutes(text, logical),
            ("Fn::Sub", Value::Array(parts)) => {
                parts.first().and_then(Value::as_str).is_some_and(|text| substitutes(text, logical))
                    || parts.iter().skip(1).any(|value| refers(value, logical))
            }
            _ => refers(value, logical),
        }),
        _ => false,
    }
}

fn substitutes(text: &str, logical: &str) -> bool {
    text.split("${")
        .skip(1)
        .filter_map(|rest| rest.split('}').next())
        .any(|hole| hole.split('.').next() == Some(logical))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_import_has_what_stands_and_nothing_that_refers_to_what_does_not() {
        let template = json!({
            "Parameters": { "P": { "Type": "String" } },
            "Resources": {
                "Role": { "Type": "AWS::IAM::Role", "Properties": { "RoleName": "etl" } },
                "Gone": { "Type": "AWS::IAM::Role", "Properties": { "RoleName": "web" } },
                "Profile": { "Type": "AWS::IAM::InstanceProfile", "Properties": { "Roles": [{ "Ref": "Gone" }] } },
                "Other": { "Type": "AWS::IAM::ManagedPolicy", "DeletionPolicy": "Delete",
                           "Properties": { "PolicyDocument": { "Fn::Sub": "${Role.Arn} ${AWS::Partition}" } } },
            },
            "Outputs": { "Arn": { "Value": { "Fn::GetAtt": ["Role", "Arn"] } } },
        });
        let wanted = ["Role", "Profile", "Other"].map(str::to_owned).into();
        let (import, kept) = import_template(&template, &wanted);
        assert_eq!(kept, ["Other", "Role"].map(str::to_owned).into());
        assert_eq!(
            import,
            json!({
                "Parameters": { "P": { "Type": "String" } },
                "Resources": {
                    "Role": { "Type": "AWS::IAM::Role", "Properties": { "RoleName": "etl" }, "DeletionPolicy": "Retain" },
                    "Other": { "Type": "AWS::IAM::ManagedPolicy", "DeletionPolicy": "Delete",
                               "Properties": { "PolicyDocument": { "Fn::Sub": "${Role.Arn} ${AWS::Partition}" } } },
                },
            })
        );
    }
}
