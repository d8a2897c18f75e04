//! What stands against what the template of its stack says, as CloudFormation's drift detection sees it.
//!
//! Only properties that the template has are compared. Source: CloudFormation user guide, "Detect unmanaged configuration
//! changes to stacks and resources with drift detection".

use std::collections::BTreeMap;

use landfall_plan::{PropertyDifference, ResourceState, same_document};
use landfall_stacks::{Provider, Role};
use serde_json::{Value, json};

use crate::blueprint::Planned;
use crate::iam::{self, Place};
use crate::rows::{self, Made, StackRow};
use crate::world::World;
use crate::{Refusal, entities, other, provision};

/// How a resource stands.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Actual {
    /// As the template says.
    InSync,
    /// Otherwise: by property, what the template says and what is.
    Modified(BTreeMap<String, (Value, Value)>),
    /// It is gone.
    Deleted,
    /// Nobody can tell.
    NotChecked,
}

impl Actual {
    /// As `DetectStackResourceDrift` tells it.
    pub(crate) fn state(self) -> ResourceState {
        match self {
            Self::InSync => ResourceState::InSync,
            Self::Modified(properties) => {
                let difference = |(name, (desired, live)): (String, (Value, Value))| PropertyDifference {
                    path: ["/", &name].concat(),
                    desired,
                    live,
                };
                ResourceState::Modified(properties.into_iter().map(difference).collect())
            }
            Self::Deleted => ResourceState::Deleted,
            Self::NotChecked => ResourceState::NotChecked("CloudFormation says NOT_CHECKED".to_owned()),
        }
    }
}

/// How a resource of a stack stands.
pub(crate) fn actual(world: &World, stack: &StackRow, planned: &Planned) -> Actual {
    let account = &stack.account;
    let physical = planned.physical.as_str();
    let resource = physical.splitn(6, ':').nth(5).unwrap_or_default();
    let wanted = planned.properties.as_object().cloned().unwrap_or_default();
    let live: Option<Value> = match planned.type_name.as_str() {
        "AWS::IAM::Role" => world.roles.get(&rows::key(account, physical)).map(|row| role(&row.port())),
        "AWS::IAM::ManagedPolicy" => entities::policy_key(world, account, physical)
            .and_then(|key| world.policies.get(&key))
            .map(|row| json!({ "PolicyDocument": rows::json(&row.document), "Path": row.path })),
        "AWS::IAM::InstanceProfile" => {
            let row = world.profiles.get(&rows::key(account, physical));
            row.map(|row| json!({ "Roles": row.roles, "Path": row.path }))
        }
        "AWS::IAM::OIDCProvider" | "AWS::IAM::SAMLProvider" => {
            world.providers.get(&rows::key(account, resource)).map(|row| match &row.provider {
                Provider::Oidc { audiences, .. } => json!({ "ClientIdList": audiences }),
                Provider::Saml { metadata, .. } => json!({ "SamlMetadataDocument": metadata }),
            })
        }
        "AWS::IAM::ServiceLinkedRole" | "AWS::CloudFormation::WaitConditionHandle" => return Actual::NotChecked,
        type_name => {
            let key = other::key(account, &stack.region, type_name, physical);
            world.others.get(&key).map(|row| row.properties.clone())
        }
    };
    let Some(live) = live else { return Actual::Deleted };
    let differing: BTreeMap<String, (Value, Value)> = wanted
        .into_iter()
        .filter(|(name, _)| live.get(name).is_some() || !known_only(&planned.type_name))
        .filter_map(|(name, wanted)| {
            let is = live.get(&name).cloned().unwrap_or_default();
            (!same(&name, &wanted, &is)).then_some((name, (wanted, is)))
        })
        .collect();
    if differing.is_empty() { Actual::InSync } else { Actual::Modified(differing) }
}

/// Of IAM's resources only what is kept here is compared; of others everything is kept.
fn known_only(type_name: &str) -> bool {
    type_name.starts_with("AWS::IAM::")
}

fn role(role: &Role) -> Value {
    let policies: Vec<Value> =
        role.inline.iter().map(|(name, document)| json!({ "PolicyName": name, "PolicyDocument": document })).collect();
    json!({
        "AssumeRolePolicyDocument": role.trust,
        "Path": role.path,
        "PermissionsBoundary": role.boundary.clone().unwrap_or_default(),
        "MaxSessionDuration": role.max_session,
        "Description": role.description,
        "ManagedPolicyArns": role.attached,
        "Policies": policies,
    })
}

fn same(name: &str, wanted: &Value, is: &Value) -> bool {
    match name {
        "AssumeRolePolicyDocument" | "PolicyDocument" => same_document(wanted, is),
        "ManagedPolicyArns" | "ClientIdList" | "Roles" => sorted(wanted) == sorted(is),
        "Policies" => {
            let named = |list: &Value| -> BTreeMap<String, Value> {
                let entries = list.as_array().into_iter().flatten();
                let entry = |policy: &Value| {
                    let name = policy.get("PolicyName").and_then(Value::as_str).unwrap_or_default().to_owned();
                    (name, policy.get("PolicyDocument").cloned().unwrap_or_default())
                };
                entries.map(entry).collect()
            };
            let (wanted, is) = (named(wanted), named(is));
            wanted.len() == is.len()
                && wanted.iter().all(|(name, document)| is.get(name).is_some_and(|is| same_document(document, is)))
        }
        _ => wanted == is,
    }
}

fn sorted(list: &Value) -> Vec<String> {
    let mut list: Vec<String> = list.as_array().into_iter().flatten().map(Value::to_string).collect();
    list.sort();
    list
}

/// Brings what stands back to the template: what the template does not speak of stays.
pub(crate) fn restore(
    world: &mut World,
    place: Place<'_>,
    stack: &StackRow,
    tags: &BTreeMap<String, String>,
    planned: &Planned,
) -> Result<(), Refusal> {
    match planned.type_name.as_str() {
        "AWS::IAM::Role" => {
            let wanted = provision::role(planned, provision::stack_tags(stack, tags, &planned.logical))?;
            let has = |property: &str| planned.properties.get(property).is_some();
            let name = wanted.name.clone();
            iam::change_role(world, place, &name, |live| {
                live.trust = wanted.trust;
                if has("Policies") {
                    live.inline = wanted.inline;
                }
                if has("ManagedPolicyArns") {
                    live.attached = wanted.attached;
                }
                live.boundary = wanted.boundary.or(live.boundary.take());
                live.max_session = wanted.max_session;
                live.description = wanted.description;
                live.tags.extend(wanted.tags);
                Ok(())
            })
        }
        "AWS::IAM::ManagedPolicy" => {
            let document = provision::managed_policy(planned)?.document;
            entities::put_policy(world, place.account, &planned.physical, &document.json())
        }
        "AWS::IAM::InstanceProfile" => {
            let wanted = provision::profile(planned)?.roles;
            entities::change_profile(world, place.account, &planned.physical, |roles| {
                *roles = wanted;
                Ok(())
            })
        }
        "AWS::IAM::OIDCProvider" | "AWS::IAM::SAMLProvider" => match provision::provider(planned).1 {
            Provider::Oidc { audiences, .. } => {
                entities::change_audiences(world, place.account, &planned.physical, |live| *live = audiences)
            }
            Provider::Saml { metadata, .. } => {
                entities::put_metadata(world, place.account, &planned.physical, &metadata)
            }
        },
        type_name => {
            let key = other::key(place.account, &stack.region, type_name, &planned.physical);
            match world.others.get_mut(&key) {
                Some(row) => {
                    row.properties = planned.properties.clone();
                    Ok(())
                }
                None => {
                    let physical = planned.physical.clone();
                    Err(Refusal::missing(format!("{type_name} {physical} was not found")))
                }
            }
        }
    }
}

/// A resource of a template as CloudFormation would name it.
pub(crate) fn made(planned: &Planned) -> Made {
    Made { type_name: planned.type_name.clone(), physical: planned.physical.clone() }
}
