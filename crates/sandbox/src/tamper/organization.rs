//! Guardrails and accounts changed by hand.

use landfall_engine::Fault;
use landfall_engine::port::GuardrailContent;
use landfall_model::GuardrailKind;
use landfall_stacks::TAG_ORGANIZATION;

use super::TamperError;
use super::choice::{Done, Scene};
use crate::guardrails;
use crate::rows::GuardrailRow;
use crate::world::World;
use crate::{Refusal, organizations};

/// What AWS Organizations refuses, as hands are refused.
fn said(fault: Fault) -> Refusal {
    Refusal { code: "Organizations", message: fault.message }
}

fn guardrail(scene: &Scene<'_>) -> Result<(String, GuardrailRow), TamperError> {
    let found = scene.read(|world| {
        let mut own: Vec<_> = world
            .guardrails
            .iter()
            .filter(|(_, row)| row.tags.contains_key(TAG_ORGANIZATION) && !row.targets.is_empty())
            .map(|(id, row)| (id.clone(), row.clone()))
            .collect();
        own.sort_by(|a, b| (a.1.kind, &a.1.name).cmp(&(b.1.kind, &b.1.name)));
        own.into_iter().next()
    })?;
    found.ok_or(TamperError::Nothing { wanted: "a guardrail of Landfall's that is attached" })
}

pub(super) fn change_guardrail(scene: &Scene<'_>) -> Done {
    let (id, row) = guardrail(scene)?;
    scene.act_on_all(format!("guardrail {} denies nothing that matters", row.name), |world| {
        let principal = match row.kind {
            GuardrailKind::ServiceControl => "",
            GuardrailKind::ResourceControl => r#""Principal":"*","#,
        };
        let content = format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Deny",{principal}"Action":"s3:DeleteBucket","Resource":"*"}}]}}"#
        );
        let content = GuardrailContent { description: row.description.clone(), content };
        guardrails::update(world, &id, &content).map_err(said)
    })
}

pub(super) fn detach_guardrail(scene: &Scene<'_>) -> Done {
    let (id, row) = guardrail(scene)?;
    let target = row.targets.first().cloned().unwrap_or_default();
    let what = format!("guardrail {} is taken off {}", row.name, scene.read(|world| named(world, &target))?);
    scene.act_on_all(what, |world| guardrails::detach(world, &id, &target).map_err(said))
}

pub(super) fn attach_guardrail(scene: &Scene<'_>) -> Done {
    let (id, row) = guardrail(scene)?;
    let target = scene.read(|world| {
        let accounts = world.accounts.iter().map(|(id, _)| id);
        let units = world.units.iter().map(|(id, _)| id);
        units.chain(accounts).find(|id| !row.targets.contains(*id)).cloned()
    })?;
    let target = target.ok_or(TamperError::Nothing { wanted: "a unit or an account without the guardrail" })?;
    let what = format!("guardrail {} is attached to {}", row.name, scene.read(|world| named(world, &target))?);
    scene.act_on_all(what, |world| guardrails::attach(world, &id, &target).map_err(said))
}

pub(super) fn delete_guardrail(scene: &Scene<'_>) -> Done {
    let (id, row) = guardrail(scene)?;
    scene.act_on_all(format!("guardrail {} is taken off everywhere and deleted", row.name), |world| {
        for target in &row.targets {
            guardrails::detach(world, &id, target).map_err(said)?;
        }
        guardrails::delete(world, &id).map_err(said)
    })
}

pub(super) fn disable_policy_type(scene: &Scene<'_>) -> Done {
    let (_, row) = guardrail(scene)?;
    scene.act_on_all(format!("policies of type {} are disabled", row.kind), |world| {
        guardrails::disable(world, row.kind);
        Ok(())
    })
}

pub(super) fn move_account(scene: &Scene<'_>) -> Done {
    let found = scene.read(|world| {
        let root = world.organization.get().as_ref()?.root.clone();
        let management = &world.settings().management;
        let mut below = scene.accounts().filter_map(|(id, name)| {
            let row = world.accounts.get(id.as_str())?;
            (row.parent != root && id != management).then(|| (id.clone(), name.to_owned(), row.parent.clone()))
        });
        below.next().map(|found| (found, root))
    })?;
    let ((account, name, from), root) = found.ok_or(TamperError::Nothing { wanted: "an account in a unit" })?;
    scene.act_on_all(format!("account {name} is moved to the root"), |world| {
        organizations::move_between(world, &account, &from, &root).map_err(said)
    })
}

pub(super) fn change_account_tag(scene: &Scene<'_>) -> Done {
    let found = scene.read(|world| {
        let management = &world.settings().management;
        scene.accounts().filter(|(id, _)| *id != management).find_map(|(id, name)| {
            let row = world.accounts.get(id.as_str())?;
            let own = row.tags.keys().find(|key| !key.starts_with("landfall:"))?;
            Some((id.clone(), name.to_owned(), own.clone()))
        })
    })?;
    let (account, name, tag) = found.ok_or(TamperError::Nothing { wanted: "a member account with tags" })?;
    scene.act_on_all(format!("tag {tag} of account {name} is `by-hand`"), |world| {
        if let Some(row) = world.accounts.get_mut(account.as_str()) {
            row.tags.insert(tag.clone(), "by-hand".to_owned());
        }
        Ok(())
    })
}

fn named(world: &World, target: &str) -> String {
    let account = world.accounts.get(target).map(|row| format!("account {}", row.name));
    let unit = || world.units.get(target).map(|row| format!("unit {}", row.name));
    account.or_else(unit).unwrap_or_else(|| "the root".to_owned())
}
