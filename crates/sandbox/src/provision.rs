//! Making, changing and removing the resources of a stack.

use std::collections::{BTreeMap, BTreeSet};

use landfall_model::{AccountId, PolicyName, Region, RoleName};
use landfall_stacks::{InstanceProfile, ManagedPolicy, PolicyDocument, Provider, Role};
use serde_json::Value;

use crate::blueprint::Planned;
use crate::iam::{self, Place};
use crate::rows::{self, Made, StackRow};
use crate::world::World;
use crate::{Refusal, entities, other};

/// The properties that cannot be changed in place. Source: CloudFormation registry schemas, `createOnlyProperties`.
pub(crate) fn create_only(type_name: &str) -> &'static [&'static str] {
    match type_name {
        "AWS::IAM::Role" => &["RoleName", "Path"],
        "AWS::IAM::ManagedPolicy" => &["ManagedPolicyName", "Path", "Description"],
        "AWS::IAM::InstanceProfile" => &["InstanceProfileName", "Path"],
        "AWS::IAM::OIDCProvider" => &["Url"],
        "AWS::IAM::SAMLProvider" => &["Name"],
        "AWS::SNS::Topic" => &["TopicName", "FifoTopic"],
        "AWS::SNS::Subscription" => &["TopicArn", "Protocol", "Endpoint"],
        "AWS::Events::Rule" => &["Name", "EventBusName"],
        "AWS::Logs::LogGroup" => &["LogGroupName"],
        "AWS::SQS::Queue" => &["QueueName", "FifoQueue"],
        "AWS::S3::Bucket" => &["BucketName"],
        "AWS::CloudWatch::Alarm" => &["AlarmName"],
        _ => &[],
    }
}

/// The property that holds a resource's own name.
pub(crate) fn name_property(type_name: &str) -> Option<&'static str> {
    Some(match type_name {
        "AWS::IAM::Role" => "RoleName",
        "AWS::IAM::ManagedPolicy" => "ManagedPolicyName",
        "AWS::IAM::InstanceProfile" => "InstanceProfileName",
        "AWS::IAM::SAMLProvider" | "AWS::Events::Rule" => "Name",
        "AWS::IAM::OIDCProvider" => "Url",
        "AWS::SNS::Topic" => "TopicName",
        "AWS::Logs::LogGroup" => "LogGroupName",
        "AWS::SQS::Queue" => "QueueName",
        "AWS::S3::Bucket" => "BucketName",
        "AWS::CloudWatch::Alarm" => "AlarmName",
        _ => return None,
    })
}

/// Whether stack tags reach a resource. Source: CloudFormation registry schemas, `tagging`.
pub(crate) fn taggable(type_name: &str) -> bool {
    !matches!(
        type_name,
        "AWS::IAM::ManagedPolicy"
            | "AWS::IAM::InstanceProfile"
            | "AWS::IAM::ServiceLinkedRole"
            | "AWS::SNS::TopicPolicy"
            | "AWS::SNS::Subscription"
            | "AWS::ApiGateway::Account"
            | "AWS::CloudFormation::WaitConditionHandle"
    )
}

/// The tags that CloudFormation puts on a resource beside its own.
pub(crate) fn stack_tags(stack: &StackRow, tags: &BTreeMap<String, String>, logical: &str) -> BTreeMap<String, String> {
    let mut out = tags.clone();
    out.insert("aws:cloudformation:stack-name".to_owned(), stack.name.as_str().to_owned());
    out.insert("aws:cloudformation:stack-id".to_owned(), stack.id.clone());
    out.insert("aws:cloudformation:logical-id".to_owned(), logical.to_owned());
    out
}

fn text(properties: &Value, key: &str) -> Option<String> {
    properties.get(key).and_then(Value::as_str).map(str::to_owned)
}

fn texts(properties: &Value, key: &str) -> BTreeSet<String> {
    let list = properties.get(key).and_then(Value::as_array);
    list.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn path(properties: &Value) -> String {
    text(properties, "Path").unwrap_or_else(|| "/".to_owned())
}

/// A document, which a template may also carry as a text.
fn document(value: Option<&Value>) -> PolicyDocument {
    match value {
        Some(Value::String(text)) => serde_json::from_str(text).unwrap_or(Value::Null).into(),
        Some(value) => value.into(),
        None => Value::Null.into(),
    }
}

fn invalid(error: &impl ToString) -> Refusal {
    Refusal::invalid(error.to_string())
}

pub(crate) fn role(planned: &Planned, stack_tags: BTreeMap<String, String>) -> Result<Role, Refusal> {
    let properties = &planned.properties;
    let mut inline = BTreeMap::new();
    for policy in properties.get("Policies").and_then(Value::as_array).into_iter().flatten() {
        let name = PolicyName::new(text(policy, "PolicyName").unwrap_or_default()).map_err(|error| invalid(&error))?;
        inline.insert(name, document(policy.get("PolicyDocument")));
    }
    let mut tags = stack_tags;
    for tag in properties.get("Tags").and_then(Value::as_array).into_iter().flatten() {
        tags.insert(text(tag, "Key").unwrap_or_default(), text(tag, "Value").unwrap_or_default());
    }
    let max_session = match properties.get("MaxSessionDuration") {
        None => 3_600,
        Some(Value::String(text)) => text.parse().unwrap_or(0),
        Some(number) => number.as_u64().and_then(|number| u32::try_from(number).ok()).unwrap_or(0),
    };
    Ok(Role {
        name: RoleName::new(planned.physical.as_str()).map_err(|error| invalid(&error))?,
        path: path(properties),
        trust: document(properties.get("AssumeRolePolicyDocument")),
        inline,
        attached: texts(properties, "ManagedPolicyArns"),
        boundary: text(properties, "PermissionsBoundary"),
        max_session,
        description: text(properties, "Description").unwrap_or_default(),
        tags,
    })
}

pub(crate) fn managed_policy(planned: &Planned) -> Result<ManagedPolicy, Refusal> {
    let name = planned.physical.rsplit('/').next().unwrap_or_default();
    Ok(ManagedPolicy {
        name: PolicyName::new(name).map_err(|error| invalid(&error))?,
        path: path(&planned.properties),
        document: document(planned.properties.get("PolicyDocument")),
    })
}

pub(crate) fn profile(planned: &Planned) -> Result<InstanceProfile, Refusal> {
    let roles: Result<BTreeSet<RoleName>, _> =
        texts(&planned.properties, "Roles").into_iter().map(RoleName::new).collect();
    Ok(InstanceProfile {
        name: planned.physical.clone(),
        path: path(&planned.properties),
        roles: roles.map_err(|error| invalid(&error))?,
    })
}

pub(crate) fn provider(planned: &Planned) -> (String, Provider) {
    let properties = &planned.properties;
    let resource = planned.physical.splitn(6, ':').nth(5).unwrap_or_default().to_owned();
    let provider = if planned.type_name == "AWS::IAM::OIDCProvider" {
        let url = text(properties, "Url").unwrap_or_default();
        Provider::Oidc {
            url: url.strip_prefix("https://").unwrap_or(&url).to_owned(),
            audiences: texts(properties, "ClientIdList"),
        }
    } else {
        Provider::Saml {
            name: resource.rsplit('/').next().unwrap_or_default().to_owned(),
            metadata: text(properties, "SamlMetadataDocument").unwrap_or_default(),
        }
    };
    (resource, provider)
}

/// Makes a resource.
pub(crate) fn make(
    world: &mut World,
    place: Place<'_>,
    stack: &StackRow,
    tags: &BTreeMap<String, String>,
    planned: &Planned,
) -> Result<Made, Refusal> {
    match planned.type_name.as_str() {
        "AWS::IAM::Role" => {
            let role = role(planned, stack_tags(stack, tags, &planned.logical))?;
            iam::create_role(world, place, &role)?;
        }
        "AWS::IAM::ManagedPolicy" => entities::create_policy(world, place, &managed_policy(planned)?)?,
        "AWS::IAM::InstanceProfile" => entities::create_profile(world, place, &profile(planned)?)?,
        "AWS::IAM::OIDCProvider" | "AWS::IAM::SAMLProvider" => {
            let (resource, provider) = provider(planned);
            entities::create_provider(world, place, &resource, &provider)?;
        }
        _ => other::make(world, place, stack, planned)?,
    }
    Ok(Made { type_name: planned.type_name.clone(), physical: planned.physical.clone() })
}

/// Changes a resource in place from one form to another. What the template does not speak of stays.
pub(crate) fn modify(
    world: &mut World,
    place: Place<'_>,
    region: &Region,
    from: (&Planned, BTreeMap<String, String>),
    to: (&Planned, BTreeMap<String, String>),
) -> Result<(), Refusal> {
    let planned = to.0;
    match planned.type_name.as_str() {
        "AWS::IAM::Role" => {
            let (from, to) = (role(from.0, from.1)?, role(to.0, to.1)?);
            let name = to.name.clone();
            iam::change_role(world, place, &name, |live| {
                amend(live, &from, &to);
                Ok(())
            })
        }
        "AWS::IAM::ManagedPolicy" => {
            let document = managed_policy(planned)?.document;
            if managed_policy(from.0)?.document == document {
                return Ok(());
            }
            entities::put_policy(world, place.account, &planned.physical, &document.json())
        }
        "AWS::IAM::InstanceProfile" => {
            let profile = profile(planned)?;
            entities::check_profile_roles(world, place.account, &profile.roles)?;
            match world.profiles.get_mut(&rows::key(place.account, &profile.name)) {
                Some(row) => row.roles = profile.roles,
                None => return Err(Refusal::missing(format!("Instance Profile {} cannot be found.", profile.name))),
            }
            Ok(())
        }
        "AWS::IAM::OIDCProvider" | "AWS::IAM::SAMLProvider" => {
            let (resource, provider) = provider(planned);
            match world.providers.get_mut(&rows::key(place.account, &resource)) {
                Some(row) => row.provider = provider,
                None => return Err(Refusal::missing(format!("{} not found.", planned.physical))),
            }
            Ok(())
        }
        _ => other::modify(world, place, region, from.0, planned),
    }
}

fn amend(live: &mut Role, from: &Role, to: &Role) {
    if from.trust != to.trust {
        live.trust = to.trust.clone();
    }
    if from.boundary != to.boundary {
        live.boundary.clone_from(&to.boundary);
    }
    if from.max_session != to.max_session {
        live.max_session = to.max_session;
    }
    if from.description != to.description {
        live.description.clone_from(&to.description);
    }
    for name in from.inline.keys().filter(|name| !to.inline.contains_key(*name)) {
        live.inline.remove(name);
    }
    for (name, document) in to.inline.iter().filter(|(name, document)| from.inline.get(*name) != Some(*document)) {
        live.inline.insert(name.clone(), document.clone());
    }
    for arn in from.attached.difference(&to.attached) {
        live.attached.remove(arn);
    }
    live.attached.extend(to.attached.difference(&from.attached).cloned());
    for key in from.tags.keys().filter(|key| !to.tags.contains_key(*key)) {
        live.tags.remove(key);
    }
    for (key, value) in to.tags.iter().filter(|(key, value)| from.tags.get(*key) != Some(*value)) {
        live.tags.insert(key.clone(), value.clone());
    }
}

/// Removes a resource; one that is gone already counts as removed. `planned` says what the template put on it, which
/// goes with it.
pub(crate) fn unmake(
    world: &mut World,
    place: Place<'_>,
    stack: &StackRow,
    made: &Made,
    planned: Option<&Planned>,
) -> Result<(), Refusal> {
    let account = place.account;
    let removed = match made.type_name.as_str() {
        "AWS::IAM::Role" => {
            let name = RoleName::new(made.physical.as_str()).map_err(|error| invalid(&error))?;
            let Some(before) = world.roles.get(&rows::key(account, &made.physical)).cloned() else {
                return Ok(());
            };
            if let Some(planned) = planned
                && let Some(row) = world.roles.get_mut(&rows::key(account, &made.physical))
            {
                let declared = role(planned, BTreeMap::new())?;
                row.inline.retain(|name, _| !declared.inline.contains_key(name));
                row.attached.retain(|arn| !declared.attached.contains(arn));
            }
            let removed = iam::delete_role(world, account, &name);
            if removed.is_err() {
                world.roles.insert(rows::key(account, &made.physical), before);
            }
            removed
        }
        "AWS::IAM::ManagedPolicy" => entities::delete_policy(world, account, &made.physical),
        "AWS::IAM::InstanceProfile" => {
            world.profiles.remove(&rows::key(account, &made.physical));
            Ok(())
        }
        "AWS::IAM::OIDCProvider" | "AWS::IAM::SAMLProvider" => {
            let resource = made.physical.splitn(6, ':').nth(5).unwrap_or_default();
            world.providers.remove(&rows::key(account, resource));
            Ok(())
        }
        _ => {
            other::unmake(world, account, &stack.region, made);
            Ok(())
        }
    };
    match removed {
        Err(refusal) if refusal.code == "NoSuchEntity" => Ok(()),
        other => other,
    }
}

/// Leaves a resource where it is, no longer a stack's.
pub(crate) fn release(world: &mut World, place: Place<'_>, stack: &StackRow, made: &Made) {
    if let Some(owner) = owner(world, place.account, &stack.region, made) {
        *owner = None;
    }
}

/// Whose a resource is: the id of its stack. `None` if there is no such resource.
pub(crate) fn owner<'w>(
    world: &'w mut World,
    account: &AccountId,
    region: &Region,
    made: &Made,
) -> Option<&'w mut Option<String>> {
    let physical = made.physical.as_str();
    let resource = physical.splitn(6, ':').nth(5).unwrap_or(physical);
    Some(match made.type_name.as_str() {
        "AWS::IAM::Role" => &mut world.roles.get_mut(&rows::key(account, physical))?.stack,
        "AWS::IAM::ManagedPolicy" => {
            let key = entities::policy_key(world, account, physical)?;
            &mut world.policies.get_mut(&key)?.stack
        }
        "AWS::IAM::InstanceProfile" => &mut world.profiles.get_mut(&rows::key(account, physical))?.stack,
        "AWS::IAM::OIDCProvider" | "AWS::IAM::SAMLProvider" => {
            &mut world.providers.get_mut(&rows::key(account, resource))?.stack
        }
        type_name => &mut world.others.get_mut(&other::key(account, region, type_name, physical))?.stack,
    })
}
