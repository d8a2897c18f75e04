//! An inline policy that stands on a role for a while and only denies, so that what it denies stays denied while other
//! policies come and go.
//!
//! A run that is cut off leaves it there. Then it is a policy too many that only denies: it differs, and goes last.

use landfall_model::RoleName;
use landfall_policies::Quota;
use landfall_stacks::Identities;
use serde_json::{Value, json};

use super::narrow::{Way, denials, nothing_allowed, size, way};
use super::stage::Stage;
use super::{HOLD, RepairCall};
use crate::{Difference, IdentityKind};

/// The difference that a hold makes which a run before this one left.
pub(super) fn left<'a>(role: &RoleName, differences: &'a [Difference]) -> Option<&'a Difference> {
    let property = property();
    differences
        .iter()
        .find(|one| one.kind == IdentityKind::Role && one.name == role.as_str() && one.property == property)
}

/// The property by which the comparison tells of a hold.
pub(super) fn property() -> String {
    ["Policies/", HOLD].concat()
}

/// A hold that denies just this, beside what one denies that was left.
pub(super) fn denying(mut statements: Vec<Value>, left: Option<&Difference>) -> Value {
    statements.extend(left.into_iter().flat_map(|left| denials(&left.live)));
    json!({ "Version": "2012-10-17", "Statement": statements })
}

/// A hold that denies everything.
pub(super) fn whole() -> Value {
    nothing_allowed()
}

/// The writes.
pub(super) fn writes(role: &RoleName, document: Value, left: Option<&Difference>) -> Vec<(Stage, RepairCall)> {
    let (name, put) = (HOLD.to_owned(), role.clone());
    let delete = RepairCall::DeleteInline { role: role.clone(), name: name.clone() };
    let stands = left.is_some_and(|left| left.live == document);
    let put = (!stands).then(|| (Stage::Hold, RepairCall::PutInline { role: put, name, document }));
    put.into_iter().chain([(Stage::Release, delete)]).collect()
}

/// Whether a role has room for a hold of this many characters beside its inline policies, whichever form they are in.
pub(super) fn fits(role: &RoleName, hold: usize, differences: &[Difference], expected: &Identities) -> bool {
    let property = property();
    let mut names = Vec::new();
    let (mut narrowing, mut growing) = (hold, hold);
    for one in differences.iter().filter(|one| one.kind == IdentityKind::Role && one.name == role.as_str()) {
        let Some(name) = one.property.strip_prefix("Policies/") else { continue };
        names.push(name);
        if one.property == property {
            continue;
        }
        let (live, desired) = (size(&one.live), size(&one.desired));
        let between = match way(&one.live, &one.desired) {
            Way::Shrinks => desired,
            Way::Grows => live,
            Way::By(common) => size(&common.inline()),
        };
        narrowing += live.max(between);
        growing += between.max(desired);
    }
    let stays = expected.roles.get(role).into_iter().flat_map(|role| &role.inline);
    let stays: usize =
        stays.filter(|(name, _)| !names.contains(&name.as_str())).map(|(_, one)| one.text().chars().count()).sum();
    stays + narrowing.max(growing) <= Quota::InlinePolicies.limit()
}
