//! Managed policies changed by hand: boundaries, and what roles share.

use landfall_model::{AccountId, Kind, RoleName};
use serde_json::{Value, json};

use super::TamperError;
use super::choice::{Done, Scene};
use super::entity::first;
use super::role::everything;
use crate::entities;
use crate::iam;
use crate::rows::{self, PolicyRow, RoleRow};

/// A policy of a stack of some kind that roles use, with its ARN.
fn policy(
    scene: &Scene<'_>,
    kind: Kind,
    wanted: &'static str,
    uses: impl Fn(&RoleRow, &str) -> bool,
) -> Result<(AccountId, String, (String, PolicyRow)), TamperError> {
    let stacks = scene.stacks()?;
    first(scene, wanted, |world, account| {
        let made = stacks
            .iter()
            .filter(|one| one.account == *account && one.kind == Some(kind))
            .flat_map(|one| one.stack.resources.values())
            .filter(|made| made.type_name == "AWS::IAM::ManagedPolicy");
        let mut found = made.filter_map(|made| {
            let key = entities::policy_key(world, account, &made.physical)?;
            let used = |role: &RoleRow| uses(role, &made.physical);
            world.roles.under(&rows::prefix(account)).any(|(_, role)| used(role)).then_some(())?;
            Some((made.physical.clone(), world.policies.get(&key)?.clone()))
        });
        found.next()
    })
}

fn boundary(scene: &Scene<'_>) -> Result<(AccountId, String, (String, PolicyRow)), TamperError> {
    policy(scene, Kind::Boundary, "a boundary of Landfall's", |role, arn| role.boundary.as_deref() == Some(arn))
}

fn shared(scene: &Scene<'_>) -> Result<(AccountId, String, (String, PolicyRow)), TamperError> {
    policy(scene, Kind::SharedPolicy, "a policy that roles share", |role, arn| role.attached.contains(arn))
}

fn unlimited() -> Value {
    json!({ "Version": "2012-10-17", "Statement": [everything("*")] })
}

pub(super) fn widen_boundary_policy(scene: &Scene<'_>) -> Done {
    let (account, name, (arn, row)) = boundary(scene)?;
    scene.act((&account, &name), format!("boundary {} allows everything", row.name), |world, place| {
        entities::put_policy(world, place.account, &arn, &unlimited())
    })
}

pub(super) fn narrow_boundary_policy(scene: &Scene<'_>) -> Done {
    let (account, name, (arn, row)) = boundary(scene)?;
    let mut document = rows::json(&row.document);
    let statements = document.get_mut("Statement").and_then(Value::as_array_mut);
    let allows = |statement: &Value| statement.get("Effect").and_then(Value::as_str) == Some("Allow");
    if let Some(statements) = statements
        && let Some(at) = statements.iter().rposition(allows)
    {
        statements.remove(at);
        let nothing = json!({ "Sid": "ByHand", "Effect": "Deny", "Action": "s3:*", "Resource": "*" });
        statements.push(nothing);
    }
    scene.act((&account, &name), format!("boundary {} allows less", row.name), |world, place| {
        entities::put_policy(world, place.account, &arn, &document)
    })
}

pub(super) fn delete_boundary_policy(scene: &Scene<'_>) -> Done {
    let (account, name, found) = boundary(scene)?;
    delete(scene, (&account, &name), &found, "boundary")
}

/// The policy that the boundary was before, or, where nobody ever changed it, one that somebody once made of it.
pub(super) fn revert_policy_version(scene: &Scene<'_>) -> Done {
    let (account, name, (arn, row)) = boundary(scene)?;
    scene.act((&account, &name), format!("boundary {} is set back to an older version", row.name), |world, place| {
        if row.older.is_empty() {
            entities::put_policy(world, place.account, &arn, &unlimited())?;
            entities::put_policy(world, place.account, &arn, &rows::json(&row.document))?;
        }
        entities::set_back_policy(world, place.account, &arn)
    })
}

pub(super) fn widen_shared_policy(scene: &Scene<'_>) -> Done {
    let (account, name, (arn, row)) = shared(scene)?;
    let mut document = rows::json(&row.document);
    if let Some(statements) = document.get_mut("Statement").and_then(Value::as_array_mut) {
        statements.push(everything("s3:*"));
    }
    let what = format!("shared policy {} allows everything in S3 besides", row.name);
    scene.act((&account, &name), what, |world, place| entities::put_policy(world, place.account, &arn, &document))
}

pub(super) fn delete_shared_policy(scene: &Scene<'_>) -> Done {
    let (account, name, found) = shared(scene)?;
    delete(scene, (&account, &name), &found, "shared policy")
}

/// Takes a policy off whatever has it, and deletes it.
fn delete(scene: &Scene<'_>, account: (&AccountId, &str), (arn, row): &(String, PolicyRow), sort: &str) -> Done {
    scene.act(account, format!("{sort} {} is taken off all roles and deleted", row.name), |world, place| {
        let used = |role: &RoleRow| role.boundary.as_ref() == Some(arn) || role.attached.contains(arn);
        let users: Vec<RoleName> = world
            .roles
            .under(&rows::prefix(place.account))
            .filter(|(_, role)| used(role))
            .map(|(_, role)| role.name.clone())
            .collect();
        for user in users {
            iam::change_role(world, place, &user, |role| {
                role.boundary = role.boundary.take().filter(|boundary| boundary != arn);
                role.attached.remove(arn);
                Ok(())
            })?;
        }
        entities::delete_policy(world, place.account, arn)
    })
}
