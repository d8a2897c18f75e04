//! What of a role differs, and the writes that it takes.

use std::collections::BTreeMap;

use landfall_model::RoleName;
use landfall_policies::Quota;
use landfall_stacks::Role;
use serde_json::Value;

use super::RepairCall;
use super::narrow::{Way, allows, denials, nobody, way};
use super::spoken::Spoken;
use super::stage::{Access, Part, Stage, Switched, Through};
use super::text::{Sources, arns};
use crate::Difference;

/// The parts of a difference of a role; `None` if no IAM write puts it right. `spoken` tells whether any policy speaks
/// of a tag.
pub(super) fn parts(difference: &Difference, sources: &Sources<'_>, spoken: &Spoken) -> Option<Vec<Part>> {
    let Difference { name, property, desired, live, .. } = difference;
    let role = RoleName::new(name.clone()).ok()?;
    if property.is_empty() {
        let role: Role = serde_json::from_value(desired.clone()).ok()?;
        return live.is_null().then(|| anew(role, sources));
    }
    match property.split_once('/') {
        Some(("Policies", policy)) => return Some(vec![inline(role, policy, live, desired)]),
        Some(("Tags", key)) => {
            let tags = BTreeMap::from([(key.to_owned(), desired.as_str()?.to_owned())]);
            let call = RepairCall::TagRole { role: role.clone(), tags };
            return Some(vec![if spoken.of_tag(key) {
                Part::Switch { role: Some(role), what: Switched::Tags, call }
            } else {
                Part::plain(Stage::Settings, Access::No, call)
            }]);
        }
        _ => {}
    }
    Some(match property.as_str() {
        "AssumeRolePolicyDocument" => vec![trust(role, live, desired)],
        "PermissionsBoundary" => {
            let call = RepairCall::PutBoundary { role: role.clone(), policy: desired.as_str()?.to_owned() };
            vec![boundary(role, call, live, desired, sources)]
        }
        "ManagedPolicyArns" => attached(&role, live, desired, sources),
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

/// A role that is gone: it comes back under its boundary, with nothing that it may do, and then gets its policies. If
/// these deny anything, nobody comes in before they are all there: what others allow the role would hold already.
fn anew(mut role: Role, sources: &Sources<'_>) -> Vec<Part> {
    let name = role.name.clone();
    let of = || Access::Of(name.clone());
    let mut parts = Vec::new();
    for (policy, document) in &role.inline {
        let (role, policy, document) = (name.clone(), policy.as_str().to_owned(), document.json());
        parts.push(Part::plain(Stage::Grow, of(), RepairCall::PutInline { role, name: policy, document }));
    }
    for policy in role.attached.iter().cloned() {
        parts.push(Part::plain(Stage::Attach, of(), RepairCall::Attach { role: name.clone(), policy }));
    }
    let shut = |arn: &String| sources.documents(arn).is_none_or(|all| all.iter().any(|one| !denials(one).is_empty()));
    if role.inline.values().any(|one| !denials(&one.json()).is_empty()) || role.attached.iter().any(shut) {
        let document = std::mem::replace(&mut role.trust, nobody().into()).json();
        parts.push(Part::plain(Stage::Open, of(), RepairCall::PutTrust { role: name.clone(), document }));
    }
    parts.push(Part::plain(Stage::Roles, Access::Of(name), RepairCall::CreateRole { role: Box::new(role) }));
    parts
}

fn trust(role: RoleName, live: &Value, desired: &Value) -> Part {
    let put = |document: Value| RepairCall::PutTrust { role: role.clone(), document };
    let whole = put(desired.clone());
    match way(live, desired) {
        Way::Shrinks => Part::plain(Stage::Narrow, Access::Of(role), whole),
        Way::Grows => Part::plain(Stage::Grow, Access::Of(role), whole),
        Way::By(common) => {
            let narrow = put(common.trust());
            let through = if common.is_something() { Through::Common } else { Through::Nothing };
            Part::Both { role: Some(role), narrow, through, whole, at_once: Stage::Trust, after: Stage::Grow }
        }
    }
}

/// Another boundary. Where the texts of both are known and stay, one may simply be the tighter one.
fn boundary(role: RoleName, call: RepairCall, live: &Value, desired: &Value, sources: &Sources<'_>) -> Part {
    if live.is_null() {
        return Part::plain(Stage::MissingBoundary, Access::Of(role), call);
    }
    match sources.standing(live).zip(sources.standing(desired)).map(|(live, desired)| way(&live, &desired)) {
        Some(Way::Shrinks) => Part::plain(Stage::MissingBoundary, Access::Of(role), call),
        Some(Way::Grows) => Part::plain(Stage::Grow, Access::Of(role), call),
        Some(Way::By(_)) | None => Part::Switch { role: Some(role), what: Switched::Boundary, call },
    }
}

fn attached(role: &RoleName, live: &Value, desired: &Value, sources: &Sources<'_>) -> Vec<Part> {
    let (desired, live) = (arns(desired), arns(live));
    let of = || Access::Of(role.clone());
    let mut parts = Vec::new();
    // One that only denies stays to the end, as far as there is room for it beside all others.
    let mut room = Quota::AttachedPolicies.limit().saturating_sub(desired.len());
    for policy in live.difference(&desired) {
        let call = RepairCall::Detach { role: role.clone(), policy: policy.clone() };
        let stage = Stage::Narrow;
        parts.push(match Says::of(policy, sources) {
            Says::Unknown => Part::Switch { role: Some(role.clone()), what: Switched::Policy, call },
            Says::Known { denials, .. } if denials.is_empty() => Part::plain(stage, of(), call),
            Says::Known { allows: false, .. } if room > 0 => {
                room -= 1;
                Part::plain(Stage::Release, of(), call)
            }
            Says::Known { denials, .. } => Part::Held { role: role.clone(), denials, stage, call },
        });
    }
    for policy in desired.difference(&live) {
        let call = RepairCall::Attach { role: role.clone(), policy: policy.clone() };
        parts.push(match Says::of(policy, sources) {
            Says::Unknown => Part::Switch { role: Some(role.clone()), what: Switched::Policy, call },
            Says::Known { denials, .. } if denials.is_empty() => Part::plain(Stage::Attach, of(), call),
            Says::Known { allows: false, .. } => Part::plain(Stage::Guard, of(), call),
            Says::Known { denials, .. } => Part::Held { role: role.clone(), denials, stage: Stage::Attach, call },
        });
    }
    parts
}

/// What a managed policy does.
enum Says {
    /// Nobody knows.
    Unknown,
    /// Now or then.
    Known {
        /// Whether it allows anything.
        allows: bool,
        /// What it denies.
        denials: Vec<Value>,
    },
}

impl Says {
    fn of(arn: &str, sources: &Sources<'_>) -> Self {
        let Some(documents) = sources.documents(arn) else { return Self::Unknown };
        Self::Known { allows: documents.iter().any(allows), denials: documents.iter().flat_map(denials).collect() }
    }
}

fn inline(role: RoleName, name: &str, live: &Value, desired: &Value) -> Part {
    let put = |document: Value| {
        let (role, name) = (role.clone(), name.to_owned());
        if document.is_null() {
            RepairCall::DeleteInline { role, name }
        } else {
            RepairCall::PutInline { role, name, document }
        }
    };
    let whole = put(desired.clone());
    // What shuts something goes last, in whatever company.
    let late = if desired.is_null() { Stage::Release } else { Stage::Grow };
    match way(live, desired) {
        Way::Shrinks => Part::plain(Stage::Narrow, Access::Of(role), whole),
        Way::Grows => Part::plain(late, Access::Of(role), whole),
        Way::By(common) => {
            let narrow = put(common.inline());
            let through = if common.is_something() || live.is_null() || desired.is_null() {
                Through::Common
            } else {
                Through::Nothing
            };
            // A policy that is not there yet and denies nothing has no narrow form, but such a one only grows.
            Part::Both { role: Some(role), narrow, through, whole, at_once: late, after: late }
        }
    }
}
