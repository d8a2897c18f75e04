//! What of managed policies, instance profiles and identity providers differs, and the writes that it takes.

use std::collections::BTreeSet;

use landfall_model::RoleName;
use landfall_stacks::{InstanceProfile, Provider};
use serde_json::Value;

use super::RepairCall;
use super::narrow::{Way, way};
use super::stage::{Access, Part, Stage, Switched, Through};
use crate::Difference;

/// The parts of a difference of a customer managed policy.
pub(super) fn policy(difference: &Difference) -> Option<Vec<Part>> {
    let Difference { name, property, desired, live, .. } = difference;
    let shared = |stage, call| Part::plain(stage, Access::Shared, call);
    match property.as_str() {
        "" if live.is_null() => {
            let policy = serde_json::from_value(desired.clone()).ok()?;
            Some(vec![Part::plain(Stage::Recreate, Access::No, RepairCall::CreatePolicy { policy })])
        }
        "PolicyDocument" => {
            let put = |document: &Value| RepairCall::PutPolicy { name: name.clone(), document: document.clone() };
            let whole = put(desired);
            Some(vec![match way(live, desired) {
                Way::Shrinks => shared(Stage::Narrow, whole),
                Way::Grows => shared(Stage::Grow, whole),
                Way::By(common) => Part::Both {
                    role: None,
                    narrow: put(&common.managed()),
                    through: if common.is_something() { Through::Common } else { Through::Nothing },
                    whole,
                    at_once: Stage::Switch,
                    after: Stage::Grow,
                },
            }])
        }
        _ => None,
    }
}

/// The parts of a difference of an instance profile. A profile has one role at most, so the wrong one goes first.
pub(super) fn profile(difference: &Difference) -> Option<Vec<Part>> {
    let Difference { name, property, desired, live, .. } = difference;
    let add = |role: RoleName| {
        let access = Access::Of(role.clone());
        Part::plain(Stage::Grow, access, RepairCall::AddToProfile { profile: name.clone(), role })
    };
    match property.as_str() {
        "" if live.is_null() => {
            let profile: InstanceProfile = serde_json::from_value(desired.clone()).ok()?;
            let roles = profile.roles.clone();
            let create = Part::plain(Stage::Recreate, Access::No, RepairCall::CreateProfile { profile });
            Some(std::iter::once(create).chain(roles.into_iter().map(add)).collect())
        }
        "Roles" => {
            let (desired, live) = (roles(desired)?, roles(live)?);
            let remove = live.difference(&desired).map(|role| {
                let call = RepairCall::RemoveFromProfile { profile: name.clone(), role: role.clone() };
                Part::plain(Stage::Narrow, Access::Of(role.clone()), call)
            });
            Some(remove.chain(desired.difference(&live).cloned().map(add)).collect())
        }
        _ => None,
    }
}

/// The parts of a difference of an identity provider: who comes in by it is who the trust policies that name it let in.
pub(super) fn provider(difference: &Difference) -> Option<Vec<Part>> {
    let Difference { name: arn, property, desired, live, .. } = difference;
    let shared = |stage, call| Part::plain(stage, Access::Shared, call);
    let provider = || arn.clone();
    match property.as_str() {
        "" if live.is_null() => {
            let provider: Provider = serde_json::from_value(desired.clone()).ok()?;
            Some(vec![shared(Stage::Provider, RepairCall::CreateProvider { arn: arn.clone(), provider })])
        }
        "ClientIdList" => {
            let (desired, live) = (texts(desired), texts(live));
            let remove = live.difference(&desired).map(|audience| {
                let call = RepairCall::RemoveAudience { provider: provider(), audience: audience.clone() };
                shared(Stage::Narrow, call)
            });
            let add = desired.difference(&live).map(|audience| {
                let call = RepairCall::AddAudience { provider: provider(), audience: audience.clone() };
                shared(Stage::Grow, call)
            });
            Some(remove.chain(add).collect())
        }
        "SamlMetadataDocument" => {
            let metadata = desired.as_str()?.to_owned();
            let call = RepairCall::PutMetadata { provider: provider(), metadata };
            Some(vec![Part::Switch { role: None, what: Switched::Metadata, call }])
        }
        _ => None,
    }
}

fn texts(value: &Value) -> BTreeSet<String> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn roles(value: &Value) -> Option<BTreeSet<RoleName>> {
    texts(value).into_iter().map(|name| RoleName::new(name).ok()).collect()
}
