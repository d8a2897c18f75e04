//! IAM of every account: what it does with roles, and what it refuses to do.

use landfall_model::{AccountId, Arn, PolicyName, RoleName};
use landfall_policies::Quota;
use landfall_stacks::Role;

use crate::clock::Millis;
use crate::rows::{RoleRow, key, prefix, split};
use crate::world::World;
use crate::{Refusal, policy_check, quotas, trust};

/// Whether a path is one. Source: IAM API, `path`.
pub(crate) fn check_path(path: &str) -> Result<(), Refusal> {
    let well_formed = path == "/"
        || (path.len() <= quotas::PATH
            && path.len() > 2
            && path.starts_with('/')
            && path.ends_with('/')
            && path.bytes().all(|b| (0x21..=0x7e).contains(&b)));
    if well_formed {
        Ok(())
    } else {
        Err(Refusal::invalid(
            "The specified value for path is invalid. It must begin and end with / and contain only alphanumeric \
             characters and/or / characters.",
        ))
    }
}

/// Who changes what, and when.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) account: &'a AccountId,
    pub(crate) stack: Option<&'a str>,
    pub(crate) now: Millis,
}

/// Whether a managed policy can be attached or be a boundary in an account. Policies of AWS's own are not listed
/// here: any well-formed ARN of one will do.
pub(crate) fn policy_stands(world: &World, account: &AccountId, arn: &str) -> bool {
    let Ok(parsed) = Arn::new(arn) else {
        return false;
    };
    let partition = arn.split(':').nth(1).unwrap_or_default();
    let Some(path_and_name) = parsed.resource().strip_prefix("policy/") else {
        return false;
    };
    if parsed.service() != "iam" || partition != world.settings().partition.as_str() {
        return false;
    }
    let (path, name) = split(path_and_name);
    if parsed.account() == "aws" {
        return PolicyName::new(name).is_ok();
    }
    parsed.account() == account.as_str()
        && world.policies.get(&key(account, name)).is_some_and(|row| row.path == path && row.name.as_str() == name)
}

/// Refuses a role that IAM would refuse. `before` is the role as it stands, whose unchanged parts are not looked at
/// again: a trust policy may outlive whom it names.
pub(crate) fn check_role(world: &World, place: Place<'_>, role: &Role, before: Option<&Role>) -> Result<(), Refusal> {
    check_path(&role.path)?;
    if !(3_600..=43_200).contains(&role.max_session) {
        return Err(Refusal::invalid(format!(
            "1 validation error detected: Value '{}' at 'maxSessionDuration' failed to satisfy constraint: Member must \
             have value between 3600 and 43200",
            role.max_session
        )));
    }
    if role.description.chars().count() > quotas::DESCRIPTION {
        return Err(Refusal::invalid(
            "1 validation error detected: Value at 'description' failed to satisfy constraint: Member must have length \
             less than or equal to 1000",
        ));
    }
    if role.tags.len() > quotas::ROLE_TAGS {
        return Err(Refusal::limit(format!("Cannot exceed quota for TagsPerRole: {}", quotas::ROLE_TAGS)));
    }
    if before.is_none_or(|before| before.trust != role.trust) {
        let document = policy_check::trust_policy(&role.trust.json())?;
        trust::check(world, &document, place.stack, place.now)?;
    }
    if let Some(boundary) = &role.boundary
        && !policy_stands(world, place.account, boundary)
    {
        return Err(Refusal::missing(format!("Scope ARN: {boundary} does not exist or is not attachable.")));
    }
    for document in role.inline.values() {
        policy_check::identity_policy(&document.json())?;
    }
    let quota = Quota::InlinePolicies.limit();
    if role.inline.values().map(|document| policy_check::size(&document.json())).sum::<usize>() > quota {
        return Err(Refusal::limit(format!("Maximum policy size of {quota} bytes exceeded for role {}", role.name)));
    }
    for arn in &role.attached {
        if !policy_stands(world, place.account, arn) {
            return Err(Refusal::missing(format!("Policy {arn} does not exist or is not attachable.")));
        }
    }
    let quota = Quota::AttachedPolicies.limit();
    if role.attached.len() > quota {
        return Err(Refusal::limit(format!("Cannot exceed quota for PoliciesPerRole: {quota}")));
    }
    Ok(())
}

/// `CreateRole` with all that comes with it.
pub(crate) fn create_role(world: &mut World, place: Place<'_>, role: &Role) -> Result<(), Refusal> {
    let key = key(place.account, role.name.as_str());
    if world.roles.get(&key).is_some() {
        return Err(Refusal::exists(format!("Role with name {} already exists.", role.name)));
    }
    check_role(world, place, role, None)?;
    let quota = world.settings().role_quota;
    if world.roles.under(&prefix(place.account)).count() >= quota {
        return Err(Refusal::limit(format!("Cannot exceed quota for RolesPerAccount: {quota}")));
    }
    world.roles.insert(key, RoleRow::of(role, place.now, place.stack));
    Ok(())
}

pub(crate) fn no_role(name: &RoleName) -> Refusal {
    Refusal::missing(format!("The role with name {name} cannot be found."))
}

/// Changes a role in place.
pub(crate) fn change_role(
    world: &mut World,
    place: Place<'_>,
    name: &RoleName,
    change: impl FnOnce(&mut Role) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    let key = key(place.account, name.as_str());
    let row = world.roles.get(&key).ok_or_else(|| no_role(name))?;
    let (made, stack, hidden) = (row.made, row.stack.clone(), row.tags.clone());
    let before = row.port();
    let mut role = Role { tags: hidden, ..before.clone() };
    change(&mut role)?;
    check_role(world, place, &role, Some(&before))?;
    world.roles.insert(key, RoleRow::of(&role, made, stack.as_deref()));
    Ok(())
}

/// `DeleteRole`: refused while anything hangs on the role.
pub(crate) fn delete_role(world: &mut World, account: &AccountId, name: &RoleName) -> Result<(), Refusal> {
    let key = key(account, name.as_str());
    let row = world.roles.get(&key).ok_or_else(|| no_role(name))?;
    if !row.inline.is_empty() {
        return Err(Refusal::conflict("Cannot delete entity, must delete policies first."));
    }
    if !row.attached.is_empty() {
        return Err(Refusal::conflict("Cannot delete entity, must detach all policies first."));
    }
    if world.profiles.under(&prefix(account)).any(|(_, profile)| profile.roles.contains(name)) {
        return Err(Refusal::conflict("Cannot delete entity, must remove roles from instance profile first."));
    }
    world.roles.remove(&key);
    Ok(())
}
