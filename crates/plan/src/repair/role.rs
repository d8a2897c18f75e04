//! What of a role differs, and the writes that it takes.

use std::collections::{BTreeMap, BTreeSet};

use landfall_model::RoleName;
use landfall_stacks::Role;
use serde_json::Value;

use super::RepairCall;
use super::narrow::{Way, way};
use super::stage::{Access, Part, Stage};
use crate::Difference;

/// The parts of a difference of a role; `None` if no IAM write puts it right.
pub(super) fn parts(difference: &Difference) -> Option<Vec<Part>> {
    let Difference { name, property, desired, live, .. } = difference;
    let role = RoleName::new(name.clone()).ok()?;
    let of = || Access::Of(role.clone());
    if property.is_empty() {
        return live.is_null().then(|| serde_json::from_value(desired.clone()).ok().map(anew))?;
    }
    match property.split_once('/') {
        Some(("Policies", policy)) => return Some(vec![inline(role, policy, live, desired)]),
        Some(("Tags", key)) => {
            let tags = BTreeMap::from([(key.to_owned(), desired.as_str()?.to_owned())]);
            return Some(vec![Part::plain(Stage::Settings, Access::No, RepairCall::TagRole { role, tags })]);
        }
        _ => {}
    }
    Some(match property.as_str() {
        "AssumeRolePolicyDocument" => vec![trust(role, live, desired)],
        "PermissionsBoundary" => {
            let stage = if live.is_null() { Stage::MissingBoundary } else { Stage::Abrupt };
            let policy = desired.as_str()?.to_owned();
            vec![Part::plain(stage, of(), RepairCall::PutBoundary { role, policy })]
        }
        "ManagedPolicyArns" => {
            let (desired, live) = (arns(desired), arns(live));
            let detach = live.difference(&desired).map(|policy| {
                let stage = if looks_shut(policy) { Stage::Release } else { Stage::Narrow };
                Part::plain(stage, of(), RepairCall::Detach { role: role.clone(), policy: policy.clone() })
            });
            detach.chain(attach(&role, desired.difference(&live))).collect()
        }
        "MaxSessionDuration" => {
            let max_session = Some(desired.as_u64().and_then(|seconds| u32::try_from(seconds).ok())?);
            let call = RepairCall::UpdateRole { role, description: None, max_session };
            vec![Part::plain(Stage::Settings, Access::No, call)]
        }
        "Description" => {
            let description = Some(desired.as_str()?.to_owned());
            let call = RepairCall::UpdateRole { role, description, max_session: None };
            vec![Part::plain(Stage::Settings, Access::No, call)]
        }
        _ => return None,
    })
}

/// A role that is gone: it comes back under its boundary, with nothing that it may do, and then gets its policies, what
/// they deny before what they allow.
fn anew(role: Role) -> Vec<Part> {
    let name = role.name.clone();
    let put = |stage, policy: &str, document: Value| {
        let (role, name) = (name.clone(), policy.to_owned());
        Part::plain(stage, Access::Of(role.clone()), RepairCall::PutInline { role, name, document })
    };
    let mut parts = Vec::new();
    for (policy, document) in &role.inline {
        let document = document.json();
        if let Way::By(denials) = way(&Value::Null, &document) {
            parts.push(put(Stage::Attach, policy.as_str(), denials));
        }
        parts.push(put(Stage::Grow, policy.as_str(), document));
    }
    parts.extend(attach(&name, role.attached.iter()));
    let create = RepairCall::CreateRole { role: Box::new(role) };
    parts.push(Part::plain(Stage::Roles, Access::Of(name), create));
    parts
}

/// What takes access away comes first.
fn attach<'a>(role: &RoleName, policies: impl Iterator<Item = &'a String>) -> Vec<Part> {
    let mut policies: Vec<&String> = policies.collect();
    policies.sort_by_key(|policy| !looks_shut(policy));
    let call = |policy: &String| RepairCall::Attach { role: role.clone(), policy: policy.clone() };
    policies.into_iter().map(|policy| Part::plain(Stage::Attach, Access::Of(role.clone()), call(policy))).collect()
}

fn trust(role: RoleName, live: &Value, desired: &Value) -> Part {
    let put = |document: &Value| RepairCall::PutTrust { role: role.clone(), document: document.clone() };
    let whole = put(desired);
    match way(live, desired) {
        Way::Shrinks => Part::plain(Stage::Narrow, Access::Of(role), whole),
        Way::Grows => Part::plain(Stage::Grow, Access::Of(role), whole),
        Way::By(document) => {
            let narrow = Some(put(&document));
            Part::Both { role: Some(role), narrow, whole, at_once: Stage::Trust, after: Stage::Grow }
        }
        Way::Abrupt(_) => {
            Part::Both { role: Some(role), narrow: None, whole, at_once: Stage::Trust, after: Stage::Grow }
        }
    }
}

fn inline(role: RoleName, name: &str, live: &Value, desired: &Value) -> Part {
    let put = |document: &Value| RepairCall::PutInline {
        role: role.clone(),
        name: name.to_owned(),
        document: document.clone(),
    };
    let delete = || RepairCall::DeleteInline { role: role.clone(), name: name.to_owned() };
    let whole = if desired.is_null() { delete() } else { put(desired) };
    // What shuts something goes last, in whatever company.
    let late = if desired.is_null() { Stage::Release } else { Stage::Grow };
    match way(live, desired) {
        Way::Shrinks => Part::plain(Stage::Narrow, Access::Of(role), whole),
        Way::Grows => Part::plain(late, Access::Of(role), whole),
        Way::By(document) => {
            let narrow = Some(put(&document));
            Part::Both { role: Some(role), narrow, whole, at_once: late, after: late }
        }
        // For a moment the role may do nothing of it, which is what the two have in common.
        Way::Abrupt(denials) => {
            let narrow = Some(denials.as_ref().map_or_else(delete, put));
            Part::Both { role: Some(role), narrow, whole, at_once: late, after: late }
        }
    }
}

/// A policy of AWS's own that is attached to take access away, such as `AWSDenyAll` or the one that AWS attaches where a
/// key has leaked. What a customer managed policy says is not at hand here.
fn looks_shut(policy: &str) -> bool {
    let name = policy.rsplit('/').next().unwrap_or_default();
    name.contains("Deny") || name.contains("Quarantine")
}

fn arns(value: &Value) -> BTreeSet<String> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}
