//! A template as canonical bytes.

use std::collections::BTreeMap;

use landfall_model::{Organization, OrganizationName};
use landfall_policies::{ArnAccount, Piece, Render, Text, iam_arn};
use serde_json::{Map, Value, json};

use crate::intrinsic::{Intrinsics, ParameterClash};
use crate::template::{BoundarySource, LogicalId, OutputValue, Resource, RoleBody, Template};
use crate::{Body, Digest, ParameterSource};

/// The name of a role's one inline policy.
pub(crate) const INLINE_POLICY: &str = "permissions";

/// A rendered template.
#[derive(Debug, Clone)]
pub(crate) struct Rendered {
    pub(crate) body: Body,
    pub(crate) parameters: BTreeMap<String, ParameterSource>,
    pub(crate) clashes: Vec<ParameterClash>,
}

/// Renders a template: minified JSON whose order is that of the template, so that the same template is the same bytes.
pub(crate) fn render(template: &Template, organization: &Organization, intrinsics: Intrinsics<'_>) -> Rendered {
    let writer = Writer { organization: &organization.name, path: organization.iam_path(), render: &intrinsics };
    let mut resources = Map::new();
    for (id, resource) in &template.resources {
        resources.insert(id.as_str().to_owned(), writer.resource(resource));
    }
    let mut outputs = Map::new();
    for (key, output) in &template.outputs {
        let value = match &output.value {
            OutputValue::Attribute(id, attribute) => get_att(id, attribute),
            OutputValue::Text(text) => writer.render.text(text),
        };
        outputs.insert(key.clone(), json!({ "Description": output.description, "Value": value }));
    }
    let used = intrinsics.finish();
    let mut json = Map::new();
    json.insert("AWSTemplateFormatVersion".to_owned(), "2010-09-09".into());
    json.insert("Description".to_owned(), template.description.as_str().into());
    if !used.parameters.is_empty() {
        let parameters = used.parameters.iter().map(|(name, source)| (name.clone(), parameter(source)));
        json.insert("Parameters".to_owned(), Value::Object(parameters.collect()));
    }
    json.insert("Resources".to_owned(), Value::Object(resources));
    if !outputs.is_empty() {
        json.insert("Outputs".to_owned(), Value::Object(outputs));
    }
    let json = Value::Object(json).to_string();
    let digest = Digest::of(&json);
    Rendered { body: Body { json: json.into(), digest }, parameters: used.parameters, clashes: used.clashes }
}

fn parameter(source: &ParameterSource) -> Value {
    match source {
        ParameterSource::Account(name) => json!({
            "Type": "String",
            "AllowedPattern": "[0-9]{12}",
            "Description": format!("The id of account {name}"),
        }),
        ParameterSource::Organization => json!({
            "Type": "String",
            "AllowedPattern": "o-[a-z0-9]{10,32}",
            "Description": "The organization's id",
        }),
    }
}

fn get_att(id: &LogicalId, attribute: &str) -> Value {
    json!({ "Fn::GetAtt": [id.as_str(), attribute] })
}

/// The text of an ARN in the stack's own Region and account.
pub(crate) fn regional_arn(service: &str, resource: &str) -> Text {
    Text::literal("arn:")
        .hole(Piece::Partition)
        .then([":", service, ":"].concat())
        .hole(Piece::Region)
        .then(":")
        .hole(Piece::Account)
        .then(":")
        .then(resource)
}

struct Writer<'a> {
    organization: &'a OrganizationName,
    path: String,
    render: &'a Intrinsics<'a>,
}

impl Writer<'_> {
    fn resource(&self, resource: &Resource) -> Value {
        let mut out = Map::new();
        out.insert("Type".to_owned(), resource.type_name().into());
        let depends_on = match resource {
            Resource::Role(role) => match &role.boundary {
                BoundarySource::Stack(id, _) => Some(id),
                BoundarySource::Account(..) => None,
            },
            Resource::InstanceProfile(profile) => Some(&profile.role),
            _ => None,
        };
        if let Some(id) = depends_on {
            out.insert("DependsOn".to_owned(), id.as_str().into());
        }
        if let Some(properties) = self.properties(resource) {
            out.insert("Properties".to_owned(), properties);
        }
        Value::Object(out)
    }

    fn properties(&self, resource: &Resource) -> Option<Value> {
        Some(match resource {
            Resource::Role(role) => self.role(role),
            Resource::ManagedPolicy(policy) => json!({
                "ManagedPolicyName": policy.name,
                "Path": self.path,
                "PolicyDocument": policy.document.render(self.render),
            }),
            Resource::InstanceProfile(profile) => json!({
                "InstanceProfileName": profile.name,
                "Path": self.path,
                "Roles": [profile.role_name],
            }),
            Resource::OidcProvider(provider) => json!({
                "Url": format!("https://{}", provider.host),
                "ClientIdList": provider.audiences,
            }),
            Resource::SamlProvider(provider) => json!({
                "Name": provider.name,
                "SamlMetadataDocument": provider.metadata,
            }),
            Resource::Topic(topic) => {
                let subscription = |email: &landfall_model::Email| json!({ "Protocol": "email", "Endpoint": email });
                json!({
                    "TopicName": topic.name,
                    "Subscription": topic.subscribers.iter().map(subscription).collect::<Vec<_>>(),
                })
            }
            Resource::TopicPolicy(policy) => json!({
                "Topics": [{ "Ref": policy.topic.as_str() }],
                "PolicyDocument": policy.document.render(self.render),
            }),
            Resource::EventRule(rule) => json!({
                "Name": rule.name,
                "Description": rule.description,
                "EventPattern": rule.pattern,
                "State": rule.trail.state(),
                "Targets": [{ "Id": rule.topic.as_str(), "Arn": { "Ref": rule.topic.as_str() } }],
            }),
            Resource::ApiAccount(account) => json!({ "CloudWatchRoleArn": self.render.text(&account.role) }),
            Resource::Nothing => return None,
        })
    }

    fn role(&self, role: &RoleBody) -> Value {
        let boundary = ["policy", &self.path, role.boundary.policy().as_str()].concat();
        let inline = role
            .policies
            .inline
            .iter()
            .map(|document| json!({ "PolicyName": INLINE_POLICY, "PolicyDocument": document.render(self.render) }));
        let attachments = role.policies.attachments(self.organization);
        let attached = attachments.iter().map(|arn| self.render.text(arn));
        // Empty lists are written too: drift detection compares only properties that the template has, and a policy
        // that somebody attaches behind our back must show.
        json!({
            "RoleName": role.name,
            "Path": self.path,
            "Description": role.description,
            "AssumeRolePolicyDocument": role.policies.trust.render(self.render),
            "PermissionsBoundary": self.render.text(&iam_arn(ArnAccount::Own, boundary)),
            "MaxSessionDuration": role.max_session.as_secs(),
            "Policies": inline.collect::<Vec<_>>(),
            "ManagedPolicyArns": attached.collect::<Vec<_>>(),
        })
    }
}
