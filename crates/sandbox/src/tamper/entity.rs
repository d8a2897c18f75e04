//! Instance profiles and identity providers changed by hand.

use landfall_model::{AccountId, RoleName};
use landfall_stacks::Provider;

use super::TamperError;
use super::choice::{Done, Scene};
use crate::entities;
use crate::rows::{self, ProfileRow, ProviderRow};

/// The first resource of a sort that a stack made and that fits.
pub(super) fn first<T>(
    scene: &Scene<'_>,
    wanted: &'static str,
    find: impl Fn(&crate::world::World, &AccountId) -> Option<T>,
) -> Result<(AccountId, String, T), TamperError> {
    let found = scene
        .read(|world| scene.accounts().find_map(|(id, name)| Some((id.clone(), name.to_owned(), find(world, id)?))))?;
    found.ok_or(TamperError::Nothing { wanted })
}

fn profile(scene: &Scene<'_>) -> Result<(AccountId, String, ProfileRow), TamperError> {
    first(scene, "an instance profile of Landfall's with a role", |world, account| {
        let here = rows::prefix(account);
        let mut rows = world.profiles.under(&here).map(|(_, row)| row);
        let wished = |role: &RoleName| scene.wish.role.as_ref().is_none_or(|wish| wish == role);
        rows.find(|row| row.stack.is_some() && row.roles.iter().any(wished)).cloned()
    })
}

pub(super) fn empty_profile(scene: &Scene<'_>) -> Done {
    let (account, name, row) = profile(scene)?;
    scene.act((&account, &name), format!("instance profile {} is empty", row.name), |world, place| {
        entities::change_profile(world, place.account, &row.name, |roles| {
            roles.clear();
            Ok(())
        })
    })
}

pub(super) fn swap_profile(scene: &Scene<'_>) -> Done {
    let (account, name, row) = profile(scene)?;
    let other = scene.read(|world| {
        let here = rows::prefix(&account);
        let mut roles = world.roles.under(&here).map(|(_, role)| role.name.clone());
        roles.find(|role| !row.roles.contains(role))
    })?;
    let other = other.ok_or(TamperError::Nothing { wanted: "another role beside an instance profile" })?;
    scene.act((&account, &name), format!("instance profile {} has role {other}", row.name), |world, place| {
        entities::change_profile(world, place.account, &row.name, |roles| {
            roles.clear();
            roles.insert(other.clone());
            Ok(())
        })
    })
}

pub(super) fn delete_profile(scene: &Scene<'_>) -> Done {
    let (account, name, row) = profile(scene)?;
    scene.act((&account, &name), format!("instance profile {} is deleted", row.name), |world, place| {
        entities::change_profile(world, place.account, &row.name, |roles| {
            roles.clear();
            Ok(())
        })?;
        entities::delete_profile(world, place.account, &row.name)
    })
}

fn provider(
    scene: &Scene<'_>,
    wanted: &'static str,
    fits: impl Fn(&Provider) -> bool,
) -> Result<(AccountId, String, ProviderRow), TamperError> {
    first(scene, wanted, |world, account| {
        let here = rows::prefix(account);
        let mut rows = world.providers.under(&here).map(|(_, row)| row);
        rows.find(|row| row.stack.is_some() && fits(&row.provider)).cloned()
    })
}

const OIDC: &str = "an OpenID Connect provider of Landfall's";
const SAML: &str = "a SAML provider of Landfall's";

pub(super) fn add_audience(scene: &Scene<'_>) -> Done {
    let (account, name, row) = provider(scene, OIDC, |one| matches!(one, Provider::Oidc { .. }))?;
    let what = format!("provider {} has the audience by-hand.example", row.arn);
    scene.act((&account, &name), what, |world, place| {
        entities::change_audiences(world, place.account, &row.arn, |audiences| {
            audiences.insert("by-hand.example".to_owned());
        })
    })
}

pub(super) fn remove_audience(scene: &Scene<'_>) -> Done {
    let (account, name, row) = provider(scene, OIDC, |one| matches!(one, Provider::Oidc { .. }))?;
    scene.act((&account, &name), format!("provider {} lost an audience", row.arn), |world, place| {
        entities::change_audiences(world, place.account, &row.arn, |audiences| {
            audiences.pop_first();
        })
    })
}

pub(super) fn delete_oidc(scene: &Scene<'_>) -> Done {
    let (account, name, row) = provider(scene, OIDC, |one| matches!(one, Provider::Oidc { .. }))?;
    scene.act((&account, &name), format!("provider {} is deleted", row.arn), |world, place| {
        entities::delete_provider(world, place.account, &row.arn)
    })
}

pub(super) fn change_metadata(scene: &Scene<'_>) -> Done {
    let (account, name, row) = provider(scene, SAML, |one| matches!(one, Provider::Saml { .. }))?;
    scene.act((&account, &name), format!("provider {} has other metadata", row.arn), |world, place| {
        let metadata = "<EntityDescriptor entityID=\"https://by-hand.example\"/>";
        entities::put_metadata(world, place.account, &row.arn, metadata)
    })
}

pub(super) fn delete_saml(scene: &Scene<'_>) -> Done {
    let (account, name, row) = provider(scene, SAML, |one| matches!(one, Provider::Saml { .. }))?;
    scene.act((&account, &name), format!("provider {} is deleted", row.arn), |world, place| {
        entities::delete_provider(world, place.account, &row.arn)
    })
}
