//! The IAM resources that stand in an account once a template is deployed there.

use std::collections::{BTreeMap, BTreeSet};

use landfall_model::{NameError, PolicyName, RoleName};
use serde_json::Value;

use crate::{
    EvaluateError, Identities, InstanceProfile, ManagedPolicy, PolicyDocument, Provider, Role, TemplateScope, evaluate,
    physical_id,
};

/// Why nobody can say what a template makes.
#[derive(Debug, thiserror::Error)]
pub enum ExpectedError {
    /// The template does not evaluate.
    #[error("the template cannot be evaluated")]
    Evaluate(#[from] EvaluateError),
    /// A name that IAM would refuse.
    #[error("resource `{id}` has a name that IAM refuses")]
    Name {
        /// The logical id.
        id: String,
        /// Why.
        #[source]
        source: NameError,
    },
    /// A property that is missing or of the wrong type.
    #[error("resource `{id}`: property `{property}`: {wanted}")]
    Property {
        /// The logical id.
        id: String,
        /// The property.
        property: &'static str,
        /// What is wanted there.
        wanted: &'static str,
    },
}

/// What shall stand in IAM after a template was deployed. Types that are not IAM's are passed over.
///
/// # Errors
/// A template that does not evaluate, or a property that IAM would refuse.
pub fn expected(template: &Value, scope: &TemplateScope) -> Result<Identities, ExpectedError> {
    let template = evaluate(template, scope)?;
    let mut out = Identities::default();
    let nothing = Value::Object(serde_json::Map::new());
    for (id, resource) in template.get("Resources").and_then(Value::as_object).into_iter().flatten() {
        let type_name = resource.get("Type").and_then(Value::as_str).unwrap_or_default();
        let properties = Properties { id, json: resource.get("Properties").unwrap_or(&nothing) };
        let physical = || physical_id(type_name, id, properties.json, scope).unwrap_or_default();
        match type_name {
            "AWS::IAM::Role" => {
                let role = role(&properties, physical())?;
                out.roles.insert(role.name.clone(), role);
            }
            "AWS::IAM::ManagedPolicy" => {
                let arn = physical();
                let name = properties.name(PolicyName::new, arn.rsplit('/').next().unwrap_or_default())?;
                let document = properties.document("PolicyDocument")?;
                out.policies.insert(name.clone(), ManagedPolicy { name, path: properties.path(), document });
            }
            "AWS::IAM::InstanceProfile" => {
                let name = physical();
                let roles = properties.strings("Roles")?;
                let roles = roles.into_iter().map(|role| properties.name(RoleName::new, role));
                let roles = roles.collect::<Result<BTreeSet<_>, _>>()?;
                out.profiles.insert(name.clone(), InstanceProfile { name, path: properties.path(), roles });
            }
            "AWS::IAM::OIDCProvider" => {
                let url = properties.text("Url").ok_or_else(|| properties.wants("Url", "a text is wanted"))?;
                let url = url.strip_prefix("https://").unwrap_or(url).to_owned();
                let audiences = properties.strings("ClientIdList")?.into_iter().map(str::to_owned).collect();
                out.providers.insert(physical(), Provider::Oidc { url, audiences });
            }
            "AWS::IAM::SAMLProvider" => {
                let arn = physical();
                let name = arn.rsplit('/').next().unwrap_or_default().to_owned();
                let metadata = properties.text("SamlMetadataDocument").unwrap_or_default().to_owned();
                out.providers.insert(arn, Provider::Saml { name, metadata });
            }
            _ => {}
        }
    }
    Ok(out)
}

fn role(properties: &Properties<'_>, name: String) -> Result<Role, ExpectedError> {
    let mut inline = BTreeMap::new();
    for policy in properties.list("Policies")? {
        let policy = Properties { id: properties.id, json: policy };
        let name = policy.text("PolicyName").ok_or_else(|| policy.wants("PolicyName", "a text is wanted"))?;
        inline.insert(policy.name(PolicyName::new, name)?, policy.document("PolicyDocument")?);
    }
    let mut tags = BTreeMap::new();
    for tag in properties.list("Tags")? {
        let tag = Properties { id: properties.id, json: tag };
        if let (Some(key), Some(value)) = (tag.text("Key"), tag.text("Value")) {
            tags.insert(key.to_owned(), value.to_owned());
        }
    }
    let seconds = match properties.json.get("MaxSessionDuration") {
        None => Some(3_600),
        Some(value) => value.as_u64().and_then(|seconds| u32::try_from(seconds).ok()),
    };
    Ok(Role {
        name: properties.name(RoleName::new, &name)?,
        path: properties.path(),
        trust: properties.document("AssumeRolePolicyDocument")?,
        inline,
        attached: properties.strings("ManagedPolicyArns")?.into_iter().map(str::to_owned).collect(),
        boundary: properties.text("PermissionsBoundary").map(str::to_owned),
        max_session: seconds.ok_or_else(|| properties.wants("MaxSessionDuration", "seconds are wanted"))?,
        description: properties.text("Description").unwrap_or_default().to_owned(),
        tags,
    })
}

struct Properties<'a> {
    id: &'a str,
    json: &'a Value,
}

impl<'a> Properties<'a> {
    fn wants(&self, property: &'static str, wanted: &'static str) -> ExpectedError {
        ExpectedError::Property { id: self.id.to_owned(), property, wanted }
    }

    fn name<T>(&self, parse: fn(String) -> Result<T, NameError>, text: &str) -> Result<T, ExpectedError> {
        parse(text.to_owned()).map_err(|source| ExpectedError::Name { id: self.id.to_owned(), source })
    }

    fn text(&self, property: &str) -> Option<&'a str> {
        self.json.get(property).and_then(Value::as_str)
    }

    fn path(&self) -> String {
        self.text("Path").unwrap_or("/").to_owned()
    }

    fn document(&self, property: &'static str) -> Result<PolicyDocument, ExpectedError> {
        match self.json.get(property) {
            Some(document @ Value::Object(_)) => Ok(document.into()),
            _ => Err(self.wants(property, "a policy document is wanted")),
        }
    }

    fn list(&self, property: &'static str) -> Result<&'a [Value], ExpectedError> {
        match self.json.get(property) {
            None => Ok(&[]),
            Some(Value::Array(list)) => Ok(list),
            Some(_) => Err(self.wants(property, "a list is wanted")),
        }
    }

    fn strings(&self, property: &'static str) -> Result<Vec<&'a str>, ExpectedError> {
        let text = |value: &'a Value| value.as_str().ok_or_else(|| self.wants(property, "a list of texts is wanted"));
        self.list(property)?.iter().map(text).collect()
    }
}

#[cfg(test)]
mod tests {
    use landfall_model::{AccountId, Partition, Region, StackName};
    use serde_json::json;

    use super::*;

    fn scope() -> TemplateScope {
        TemplateScope {
            partition: Partition::Aws,
            region: Region::new("eu-west-1").unwrap(),
            account: AccountId::new("111122223333").unwrap(),
            stack: StackName::new("acme-x").unwrap(),
            parameters: BTreeMap::new(),
        }
    }

    #[test]
    fn a_template_says_what_stands_in_iam() {
        let document = json!({ "Version": "2012-10-17", "Statement": [] });
        let template = json!({ "Resources": {
            "Policy": { "Type": "AWS::IAM::ManagedPolicy", "Properties": {
                "ManagedPolicyName": "b", "Path": "/acme/", "PolicyDocument": document } },
            "Role": { "Type": "AWS::IAM::Role", "Properties": {
                "RoleName": "r", "Path": "/acme/", "AssumeRolePolicyDocument": document,
                "PermissionsBoundary": { "Ref": "Policy" }, "MaxSessionDuration": 7200, "Description": "d",
                "Policies": [{ "PolicyName": "access", "PolicyDocument": document }],
                "ManagedPolicyArns": [{ "Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/X" }],
                "Tags": [{ "Key": "k", "Value": "v" }] } },
            "Profile": { "Type": "AWS::IAM::InstanceProfile", "Properties": {
                "InstanceProfileName": "p", "Roles": [{ "Ref": "Role" }] } },
            "Oidc": { "Type": "AWS::IAM::OIDCProvider", "Properties": {
                "Url": "https://a.example", "ClientIdList": ["sts.amazonaws.com"] } },
            "Topic": { "Type": "AWS::SNS::Topic" },
        } });
        let identities = expected(&template, &scope()).unwrap();
        insta::assert_snapshot!(serde_json::to_string_pretty(&identities).unwrap(), @r#"
        {
          "roles": {
            "r": {
              "name": "r",
              "path": "/acme/",
              "trust": {
                "Version": "2012-10-17",
                "Statement": []
              },
              "inline": {
                "access": {
                  "Version": "2012-10-17",
                  "Statement": []
                }
              },
              "attached": [
                "arn:aws:iam::aws:policy/X"
              ],
              "boundary": "arn:aws:iam::111122223333:policy/acme/b",
              "max_session": 7200,
              "description": "d",
              "tags": {
                "k": "v"
              }
            }
          },
          "policies": {
            "b": {
              "name": "b",
              "path": "/acme/",
              "document": {
                "Version": "2012-10-17",
                "Statement": []
              }
            }
          },
          "profiles": {
            "p": {
              "name": "p",
              "path": "/",
              "roles": [
                "r"
              ]
            }
          },
          "providers": {
            "arn:aws:iam::111122223333:oidc-provider/a.example": {
              "oidc": {
                "url": "a.example",
                "audiences": [
                  "sts.amazonaws.com"
                ]
              }
            }
          }
        }
        "#);
    }

    #[test]
    fn a_role_without_trust_is_refused() {
        let template =
            json!({ "Resources": { "Role": { "Type": "AWS::IAM::Role", "Properties": { "RoleName": "r" } } } });
        assert_eq!(
            expected(&template, &scope()).unwrap_err().to_string(),
            "resource `Role`: property `AssumeRolePolicyDocument`: a policy document is wanted"
        );
    }
}
