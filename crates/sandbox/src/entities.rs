//! What stands in IAM beside roles: managed policies, instance profiles, identity providers.

use std::collections::BTreeSet;

use landfall_model::{AccountId, Arn, RoleName};
use landfall_policies::Quota;
use landfall_stacks::ManagedPolicy;
use serde_json::Value;

use crate::iam::{Place, check_path, no_role, policy_stands};
use crate::rows::{PolicyRow, ProfileRow, ProviderRow, RoleRow, key, prefix, text};
use crate::world::World;
use crate::{Refusal, policy_check, quotas};

/// `CreatePolicy`.
pub(crate) fn create_policy(world: &mut World, place: Place<'_>, policy: &ManagedPolicy) -> Result<(), Refusal> {
    let key = key(place.account, policy.name.as_str());
    if world.policies.get(&key).is_some() {
        return Err(Refusal::exists(format!(
            "A policy called {} already exists. Duplicate names are not allowed.",
            policy.name
        )));
    }
    check_path(&policy.path)?;
    check_managed(&policy.document.json())?;
    if world.policies.under(&prefix(place.account)).count() >= quotas::POLICIES {
        return Err(Refusal::limit(format!("Cannot exceed quota for PoliciesPerAccount: {}", quotas::POLICIES)));
    }
    let row = PolicyRow {
        name: policy.name.clone(),
        path: policy.path.clone(),
        document: policy.document.text().into(),
        older: Vec::new(),
        stack: place.stack.map(str::to_owned),
    };
    world.policies.insert(key, row);
    Ok(())
}

fn check_managed(document: &Value) -> Result<(), Refusal> {
    policy_check::identity_policy(document)?;
    let quota = Quota::ManagedPolicy.limit();
    if policy_check::size(document) > quota {
        return Err(Refusal::limit(format!("Cannot exceed quota for PolicySize: {quota}")));
    }
    Ok(())
}

/// Makes a new default version of a policy; the oldest version goes.
pub(crate) fn put_policy(world: &mut World, account: &AccountId, arn: &str, document: &Value) -> Result<(), Refusal> {
    let key = policy_key(world, account, arn)
        .ok_or_else(|| Refusal::missing(format!("Policy {arn} does not exist or is not attachable.")))?;
    check_managed(document)?;
    if let Some(row) = world.policies.get_mut(&key) {
        row.older.push(std::mem::replace(&mut row.document, text(document)));
        if row.older.len() >= quotas::POLICY_VERSIONS {
            row.older.remove(0);
        }
    }
    Ok(())
}

/// `SetDefaultPolicyVersion`, to the version before.
pub(crate) fn set_back_policy(world: &mut World, account: &AccountId, arn: &str) -> Result<(), Refusal> {
    let missing = || Refusal::missing(format!("Policy {arn} does not have a version before its default one."));
    let key = policy_key(world, account, arn).ok_or_else(missing)?;
    let row = world.policies.get_mut(&key).ok_or_else(missing)?;
    let before = row.older.last_mut().ok_or_else(missing)?;
    std::mem::swap(before, &mut row.document);
    Ok(())
}

/// The key of a customer managed policy, if it stands.
pub(crate) fn policy_key(world: &World, account: &AccountId, arn: &str) -> Option<String> {
    let own = Arn::new(arn).is_ok_and(|arn| arn.account() == account.as_str());
    if !own || !policy_stands(world, account, arn) {
        return None;
    }
    Some(key(account, arn.rsplit('/').next()?))
}

/// `DeletePolicy`: refused while it is attached or a boundary.
pub(crate) fn delete_policy(world: &mut World, account: &AccountId, arn: &str) -> Result<(), Refusal> {
    let key =
        policy_key(world, account, arn).ok_or_else(|| Refusal::missing(format!("Policy {arn} was not found.")))?;
    let used = |role: &RoleRow| role.attached.contains(arn) || role.boundary.as_deref() == Some(arn);
    if world.roles.under(&prefix(account)).any(|(_, role)| used(role)) {
        return Err(Refusal::conflict("Cannot delete a policy attached to entities."));
    }
    world.policies.remove(&key);
    Ok(())
}

/// `CreateInstanceProfile` and `AddRoleToInstanceProfile`.
pub(crate) fn create_profile(
    world: &mut World,
    place: Place<'_>,
    profile: &landfall_stacks::InstanceProfile,
) -> Result<(), Refusal> {
    let key = key(place.account, &profile.name);
    if world.profiles.get(&key).is_some() {
        return Err(Refusal::exists(format!("Instance Profile {} already exists.", profile.name)));
    }
    check_path(&profile.path)?;
    check_profile_roles(world, place.account, &profile.roles)?;
    if world.profiles.under(&prefix(place.account)).count() >= quotas::PROFILES {
        return Err(Refusal::limit(format!(
            "Cannot exceed quota for InstanceProfilesPerAccount: {}",
            quotas::PROFILES
        )));
    }
    let row = ProfileRow {
        name: profile.name.clone(),
        path: profile.path.clone(),
        roles: profile.roles.clone(),
        stack: place.stack.map(str::to_owned),
    };
    world.profiles.insert(key, row);
    Ok(())
}

/// A profile has one role, and it must stand.
pub(crate) fn check_profile_roles(
    world: &World,
    account: &AccountId,
    roles: &BTreeSet<RoleName>,
) -> Result<(), Refusal> {
    if roles.len() > 1 {
        return Err(Refusal::limit("Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1"));
    }
    match roles.iter().find(|name| world.roles.get(&key(account, name.as_str())).is_none()) {
        Some(name) => Err(no_role(name)),
        None => Ok(()),
    }
}

/// `CreateOpenIDConnectProvider` and `CreateSAMLProvider`.
pub(crate) fn create_provider(
    world: &mut World,
    place: Place<'_>,
    resource: &str,
    provider: &landfall_stacks::Provider,
) -> Result<String, Refusal> {
    let key = key(place.account, resource);
    let (sort, called) = match provider {
        landfall_stacks::Provider::Oidc { url, .. } => ("oidc-provider/", ["Provider with url https://", url].concat()),
        landfall_stacks::Provider::Saml { name, .. } => ("saml-provider/", ["Provider with name ", name].concat()),
    };
    if world.providers.get(&key).is_some() {
        return Err(Refusal::exists([called.as_str(), " already exists."].concat()));
    }
    if world.providers.under(&[&prefix(place.account), sort].concat()).count() >= quotas::PROVIDERS {
        return Err(Refusal::limit(format!("Cannot exceed quota for ProvidersPerAccount: {}", quotas::PROVIDERS)));
    }
    let arn = world.iam_arn(place.account, resource);
    let row = ProviderRow { arn: arn.clone(), provider: provider.clone(), stack: place.stack.map(str::to_owned) };
    world.providers.insert(key, row);
    Ok(arn)
}

/// `AddRoleToInstanceProfile` and `RemoveRoleFromInstanceProfile`.
pub(crate) fn change_profile(
    world: &mut World,
    account: &AccountId,
    name: &str,
    change: impl FnOnce(&mut BTreeSet<RoleName>) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    let key = key(account, name);
    let row = world.profiles.get(&key);
    let row = row.ok_or_else(|| Refusal::missing(format!("Instance Profile {name} cannot be found.")))?;
    let mut roles = row.roles.clone();
    change(&mut roles)?;
    check_profile_roles(world, account, &roles)?;
    if let Some(row) = world.profiles.get_mut(&key) {
        row.roles = roles;
    }
    Ok(())
}

/// `DeleteInstanceProfile`: refused while a role is in it.
pub(crate) fn delete_profile(world: &mut World, account: &AccountId, name: &str) -> Result<(), Refusal> {
    let key = key(account, name);
    match world.profiles.get(&key) {
        None => Err(Refusal::missing(format!("Instance Profile {name} cannot be found."))),
        Some(row) if !row.roles.is_empty() => {
            Err(Refusal::conflict("Cannot delete entity, must remove roles from instance profile first."))
        }
        Some(_) => {
            world.profiles.remove(&key);
            Ok(())
        }
    }
}

fn provider_mut<'w>(world: &'w mut World, account: &AccountId, arn: &str) -> Result<&'w mut ProviderRow, Refusal> {
    let resource = arn.splitn(6, ':').nth(5).unwrap_or_default();
    let row = world.providers.get_mut(&key(account, resource)).filter(|row| row.arn == arn);
    row.ok_or_else(|| Refusal::missing(format!("Manifest not found for arn {arn}")))
}

/// `AddClientIDToOpenIDConnectProvider` and `RemoveClientIDFromOpenIDConnectProvider`, which have no second effect.
pub(crate) fn change_audiences(
    world: &mut World,
    account: &AccountId,
    arn: &str,
    change: impl FnOnce(&mut BTreeSet<String>),
) -> Result<(), Refusal> {
    let row = provider_mut(world, account, arn)?;
    let landfall_stacks::Provider::Oidc { audiences, .. } = &mut row.provider else {
        return Err(Refusal::invalid(format!("{arn} is no OpenID Connect provider")));
    };
    let mut changed = audiences.clone();
    change(&mut changed);
    if changed.len() > quotas::CLIENT_IDS {
        return Err(Refusal::limit(format!(
            "Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: {}",
            quotas::CLIENT_IDS
        )));
    }
    *audiences = changed;
    Ok(())
}

/// `UpdateSAMLProvider`.
pub(crate) fn put_metadata(world: &mut World, account: &AccountId, arn: &str, text: &str) -> Result<(), Refusal> {
    let row = provider_mut(world, account, arn)?;
    let landfall_stacks::Provider::Saml { metadata, .. } = &mut row.provider else {
        return Err(Refusal::invalid(format!("{arn} is no SAML provider")));
    };
    text.clone_into(metadata);
    Ok(())
}

/// `DeleteOpenIDConnectProvider` and `DeleteSAMLProvider`. Roles that name it stay.
pub(crate) fn delete_provider(world: &mut World, account: &AccountId, arn: &str) -> Result<(), Refusal> {
    provider_mut(world, account, arn)?;
    world.providers.remove(&key(account, arn.splitn(6, ':').nth(5).unwrap_or_default()));
    Ok(())
}
