//! What IAM would be asked about one call.

use std::collections::BTreeMap;

use landfall_policies::{HANDLERS, Operation, Target, operation};
use serde_json::{Value, json};

use super::{Estate, Run};
use crate::emulator::expected::resolved;
use crate::emulator::proxy::Recorded;

/// One question.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Question {
    pub(super) action: String,
    pub(super) resource: String,
    /// Condition keys that come with this call alone.
    pub(super) context: Vec<(String, String)>,
    /// The role that is assumed: its trust has a say.
    pub(super) entered: Option<String>,
}

impl Question {
    fn new(action: &str, resource: impl Into<String>) -> Self {
        Self { action: action.to_owned(), resource: resource.into(), context: Vec::new(), entered: None }
    }

    fn with(mut self, key: &str, value: &str) -> Self {
        self.context.push((key.to_owned(), value.to_owned()));
        self
    }

    fn bound_by(self, boundary: Option<&str>) -> Self {
        match boundary {
            Some(boundary) => self.with("iam:PermissionsBoundary", boundary),
            None => self,
        }
    }
}

/// All questions about a call: itself, what else it needs, and what CloudFormation does for it.
pub(super) fn questions(estate: &Estate, run: Run, call: &Recorded) -> Vec<Question> {
    let known = operation(&call.operation).unwrap();
    let mut out = vec![itself(estate, run, call, known)];
    for also in known.also {
        out.push(companion(estate, call, also, &out[0]));
    }
    if let Some(template) = call.parameters.get("TemplateBody") {
        out.extend(of_template(estate, call, template));
    }
    out
}

fn itself(estate: &Estate, run: Run, call: &Recorded, known: &Operation) -> Question {
    let member = call.member.as_deref();
    let parameter = |name: &str| call.parameters.get(name).map_or("", String::as_str);
    let named = |resource: String| Question::new(known.name, resource);
    let made = |kind: &str, name: &str| {
        let path = if parameter("Path").is_empty() { "/" } else { parameter("Path") };
        named(estate.iam(member, &[kind, path, parameter(name)].concat()))
    };
    match known.name {
        "sts:AssumeRole" => {
            let account = parameter("RoleArn").split(':').nth(4).unwrap_or_default();
            let role = estate.entry(run, account);
            Question { entered: Some(role.clone()), ..named(role) }
        }
        "iam:CreateRole" => {
            made("role", "RoleName").bound_by(call.parameters.get("PermissionsBoundary").map(String::as_str))
        }
        "iam:CreatePolicy" => made("policy", "PolicyName"),
        "iam:CreateInstanceProfile" => made("instance-profile", "InstanceProfileName"),
        "iam:CreateOpenIDConnectProvider" => {
            let host = parameter("Url").trim_start_matches("https://");
            named(estate.iam(member, &["oidc-provider/", host].concat()))
        }
        "iam:CreateSAMLProvider" => named(estate.iam(member, &["saml-provider/", parameter("Name")].concat())),
        _ => match known.on {
            Target::Stacks => {
                let stack = parameter("StackName");
                let stack = stack.rsplit(":stack/").next().unwrap_or_default().split('/').next().unwrap_or_default();
                let resource = format!("stack/{stack}/0123");
                named(estate.regional(member, "cloudformation", &call.region, &resource))
            }
            Target::Roles | Target::BoundRoles => {
                let (role, boundary) = estate.role(member, parameter("RoleName"));
                // The key has the boundary that is put, or else the one that is there.
                named(role)
                    .bound_by(call.parameters.get("PermissionsBoundary").or(boundary.as_ref()).map(String::as_str))
            }
            Target::Policies => named(parameter("PolicyArn").to_owned()),
            Target::Profiles => named(estate.profile(member, parameter("InstanceProfileName"))),
            Target::OidcProviders => named(parameter("OpenIDConnectProviderArn").to_owned()),
            Target::SamlProviders => named(parameter("SAMLProviderArn").to_owned()),
            Target::Account | Target::Organization | Target::Entries => named("*".to_owned()),
        },
    }
}

fn companion(estate: &Estate, call: &Recorded, action: &str, itself: &Question) -> Question {
    let member = call.member.as_deref();
    match action {
        "iam:PassRole" => {
            let (role, _) = estate.role(member, &call.parameters["RoleName"]);
            Question::new(action, role).with("iam:PassedToService", "ec2.amazonaws.com")
        }
        "iam:CreateServiceLinkedRole" => {
            let service = "organizations.amazonaws.com";
            let name = ["role/aws-service-role/", service, "/AWSServiceRoleForOrganizations"].concat();
            Question::new(action, estate.iam(member, &name)).with("iam:AWSServiceName", service)
        }
        _ => Question { action: action.to_owned(), ..itself.clone() },
    }
}

/// Everything that CloudFormation may come to do with the resources of a template: make, read, change and delete them.
fn of_template(estate: &Estate, call: &Recorded, template: &str) -> Vec<Question> {
    let member = call.member.as_deref();
    let template: Value = serde_json::from_str(template).unwrap();
    let account = estate.iam(member, "").split(':').nth(4).unwrap_or_default().to_owned();
    let mut names = BTreeMap::from([
        ("AWS::Partition".to_owned(), "aws".to_owned()),
        ("AWS::AccountId".to_owned(), account),
        ("AWS::Region".to_owned(), call.region.clone()),
        ("AWS::URLSuffix".to_owned(), "amazonaws.com".to_owned()),
    ]);
    let member_of =
        |number: usize, part: &str| call.parameters.get(&format!("Parameters.member.{number}.Parameter{part}"));
    for number in 1.. {
        let (Some(key), Some(value)) = (member_of(number, "Key"), member_of(number, "Value")) else { break };
        names.insert(key.clone(), value.clone());
    }
    let mut out = Vec::new();
    for resource in template["Resources"].as_object().unwrap().values() {
        let kind = resource["Type"].as_str().unwrap();
        let Some(handler) = HANDLERS.iter().find(|handler| handler.resource == kind) else { continue };
        let properties = resolved(&resource["Properties"], &template, &names);
        for action in handler.actions {
            out.extend(of_resource(estate, call, kind, &properties, action));
        }
    }
    out
}

fn of_resource(estate: &Estate, call: &Recorded, kind: &str, properties: &Value, action: &str) -> Vec<Question> {
    let member = call.member.as_deref();
    let text = |key: &str| properties[key].as_str().unwrap_or_default();
    let named = |resource: String| vec![Question::new(action, resource)];
    let below = |family: &str, name: &str| estate.iam(member, &[family, text("Path"), text(name)].concat());
    let regional = |service: &str, resource: String| estate.regional(member, service, &call.region, &resource);
    let passed = |role: &str, service: &str| vec![Question::new(action, role).with("iam:PassedToService", service)];
    match kind {
        "AWS::IAM::Role" => {
            vec![Question::new(action, below("role", "RoleName")).bound_by(properties["PermissionsBoundary"].as_str())]
        }
        "AWS::IAM::ManagedPolicy" => named(below("policy", "ManagedPolicyName")),
        "AWS::IAM::InstanceProfile" if action == "iam:PassRole" => {
            let roles = properties["Roles"].as_array().into_iter().flatten().filter_map(Value::as_str);
            roles.flat_map(|role| passed(&estate.role(member, role).0, "ec2.amazonaws.com")).collect()
        }
        "AWS::IAM::InstanceProfile" => named(below("instance-profile", "InstanceProfileName")),
        "AWS::IAM::OIDCProvider" => {
            named(estate.iam(member, &["oidc-provider/", text("Url").trim_start_matches("https://")].concat()))
        }
        "AWS::IAM::SAMLProvider" => named(estate.iam(member, &["saml-provider/", text("Name")].concat())),
        "AWS::ApiGateway::Account" => match action {
            "iam:PassRole" => passed(text("CloudWatchRoleArn"), "apigateway.amazonaws.com"),
            "iam:GetRole" => named(text("CloudWatchRoleArn").to_owned()),
            _ => named(["arn", "aws", "apigateway", &call.region, "", "/account"].join(":")),
        },
        "AWS::Events::Rule" => named(regional("events", ["rule/", text("Name")].concat())),
        // AWS takes `*` alone.
        "AWS::SNS::Topic" if action == "sns:Unsubscribe" => named("*".to_owned()),
        "AWS::SNS::Topic" => named(regional("sns", text("TopicName").to_owned())),
        "AWS::SNS::TopicPolicy" => {
            let topics = properties["Topics"].as_array().into_iter().flatten().filter_map(Value::as_str);
            topics.map(|topic| Question::new(action, topic)).collect()
        }
        other => panic!("{other} is not asked about: {}", json!(properties)),
    }
}
