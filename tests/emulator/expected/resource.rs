//! One resource of a template against what stands.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::emulator::readback::{Account, Policy, Provider, Region, Role, Rule, Topic};

/// Where a resource shall stand.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) account: &'a Account,
    pub(super) region: &'a Region,
}

/// What is other than the template says, in words. A type that is not known here is no type that Landfall makes.
pub(super) fn differs(kind: &str, properties: &Value, Place { account, region }: Place<'_>) -> Option<String> {
    let text = |key: &str| properties[key].as_str().unwrap_or_default().to_owned();
    match kind {
        "AWS::IAM::Role" => role(properties, account),
        "AWS::IAM::ManagedPolicy" => {
            let wanted = Policy { path: text("Path"), document: properties["PolicyDocument"].clone() };
            unequal("policy", &text("ManagedPolicyName"), &account.policies, &wanted)
        }
        "AWS::IAM::InstanceProfile" => {
            let wanted = texts(&properties["Roles"]);
            unequal("instance profile", &text("InstanceProfileName"), &account.profiles, &wanted)
        }
        "AWS::IAM::OIDCProvider" => {
            let wanted = Provider::Audiences(texts(&properties["ClientIdList"]));
            unequal("provider", text("Url").trim_start_matches("https://"), &account.providers, &wanted)
        }
        "AWS::IAM::SAMLProvider" => {
            let wanted = Provider::Metadata(text("SamlMetadataDocument"));
            unequal("provider", &text("Name"), &account.providers, &wanted)
        }
        "AWS::ApiGateway::Account" => {
            let wanted = properties["CloudWatchRoleArn"].as_str();
            (region.gateway_role.as_deref() != wanted)
                .then(|| format!("gateway role is {:?}, wanted {wanted:?}", region.gateway_role))
        }
        "AWS::SNS::Topic" => topic(properties, region),
        "AWS::SNS::TopicPolicy" => {
            let arns: Vec<String> = texts(&properties["Topics"]);
            arns.iter().find_map(|arn| {
                let topic = region.topics.get(arn.rsplit(':').next().unwrap_or_default());
                let policy = topic.map(|topic| &topic.policy);
                let wanted = &properties["PolicyDocument"];
                (policy != Some(wanted)).then(|| format!("policy of topic {arn} is {policy:?}, wanted {wanted}"))
            })
        }
        "AWS::Events::Rule" => {
            let targets = properties["Targets"].as_array().into_iter().flatten();
            let wanted = Rule {
                pattern: properties["EventPattern"].clone(),
                state: text("State"),
                targets: targets
                    .map(|target| (texts(&target["Id"]), texts(&target["Arn"])))
                    .collect::<BTreeMap<_, _>>(),
            };
            unequal("rule", &text("Name"), &region.rules, &wanted)
        }
        other => panic!("{other} is not read back"),
    }
}

/// A text or a list of texts.
fn texts<T: FromIterator<String>>(value: &Value) -> T {
    match value {
        Value::Array(items) => items.iter().filter_map(Value::as_str).map(ToOwned::to_owned).collect(),
        other => other.as_str().map(ToOwned::to_owned).into_iter().collect(),
    }
}

fn unequal<T: PartialEq + std::fmt::Debug>(
    what: &str,
    name: &str,
    all: &BTreeMap<String, T>,
    wanted: &T,
) -> Option<String> {
    let live = all.get(name);
    (live != Some(wanted)).then(|| format!("{what} {name} is {live:?}, wanted {wanted:?}"))
}

fn role(properties: &Value, account: &Account) -> Option<String> {
    let text = |key: &str| properties[key].as_str().unwrap_or_default().to_owned();
    let inline = properties["Policies"].as_array().into_iter().flatten();
    let wanted = Role {
        path: text("Path"),
        trust: properties["AssumeRolePolicyDocument"].clone(),
        inline: inline
            .map(|policy| (policy["PolicyName"].as_str().unwrap().to_owned(), policy["PolicyDocument"].clone()))
            .collect(),
        attached: texts(&properties["ManagedPolicyArns"]),
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

fn topic(properties: &Value, region: &Region) -> Option<String> {
    let name = properties["TopicName"].as_str().unwrap();
    let live: Option<&BTreeSet<String>> = region.topics.get(name).map(|topic: &Topic| &topic.subscribers);
    let subscriptions = properties["Subscription"].as_array().into_iter().flatten();
    let wanted: BTreeSet<String> =
        subscriptions.map(|one| [texts::<String>(&one["Protocol"]), texts(&one["Endpoint"])].join(" ")).collect();
    (live != Some(&wanted)).then(|| format!("topic {name} is read by {live:?}, wanted {wanted:?}"))
}
