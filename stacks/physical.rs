//! What CloudFormation calls a resource once it stands: its `Ref` and its attributes.

use landfall_model::Arn;
use serde_json::Value;

use crate::TemplateScope;

/// The properties that make up names and ARNs.
pub(crate) const IDENTIFYING: [&str; 8] =
    ["RoleName", "Path", "ManagedPolicyName", "InstanceProfileName", "Url", "Name", "TopicName", "EventBusName"];

/// What `Ref` returns for a resource whose properties are evaluated; `None` for a type that is not known here.
///
/// A resource without a name of its own gets one from the stack's name and its logical id.
pub fn physical_id(type_name: &str, id: &str, properties: &Value, scope: &TemplateScope) -> Option<String> {
    let text = |key: &str| properties.get(key).and_then(Value::as_str);
    let name = |key: &str| match text(key) {
        Some(name) => name.to_owned(),
        None => [scope.stack.as_str(), id].join("-"),
    };
    let path = text("Path").unwrap_or("/");
    Some(match type_name {
        "AWS::IAM::Role" => name("RoleName"),
        "AWS::IAM::InstanceProfile" => name("InstanceProfileName"),
        "AWS::IAM::ManagedPolicy" => scope.iam_arn(&["policy", path, &name("ManagedPolicyName")].concat()),
        "AWS::IAM::OIDCProvider" => {
            let url = text("Url")?;
            scope.iam_arn(&["oidc-provider/", url.strip_prefix("https://").unwrap_or(url)].concat())
        }
        "AWS::IAM::SAMLProvider" => scope.iam_arn(&["saml-provider/", &name("Name")].concat()),
        "AWS::SNS::Topic" => scope.regional_arn("sns", &name("TopicName")),
        "AWS::Events::Rule" => name("Name"),
        "AWS::SNS::TopicPolicy" | "AWS::ApiGateway::Account" | "AWS::CloudFormation::WaitConditionHandle" => {
            [scope.stack.as_str(), id].join("-")
        }
        _ => return None,
    })
}

/// An attribute of a resource, where it follows from names alone.
pub(crate) fn attribute(
    type_name: &str,
    attribute: &str,
    physical: &str,
    properties: &Value,
    scope: &TemplateScope,
) -> Option<String> {
    let path = properties.get("Path").and_then(Value::as_str).unwrap_or("/");
    Some(match (type_name, attribute) {
        ("AWS::IAM::Role", "Arn") => scope.iam_arn(&["role", path, physical].concat()),
        ("AWS::IAM::InstanceProfile", "Arn") => scope.iam_arn(&["instance-profile", path, physical].concat()),
        ("AWS::Events::Rule", "Arn") => scope.regional_arn("events", &["rule/", physical].concat()),
        ("AWS::IAM::ManagedPolicy", "PolicyArn")
        | ("AWS::IAM::OIDCProvider" | "AWS::IAM::SAMLProvider", "Arn")
        | ("AWS::SNS::Topic", "TopicArn") => physical.to_owned(),
        ("AWS::SNS::Topic", "TopicName") => physical.rsplit(':').next()?.to_owned(),
        _ => return None,
    })
}

impl TemplateScope {
    fn regional_arn(&self, service: &str, resource: &str) -> String {
        ["arn", self.partition.as_str(), service, self.region.as_str(), self.account.as_str(), resource].join(":")
    }

    fn iam_arn(&self, resource: &str) -> String {
        Arn::iam(self.partition, &self.account, resource).as_str().to_owned()
    }
}
