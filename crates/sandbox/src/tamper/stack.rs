//! Stacks changed by hand.

use landfall_model::Kind;
use landfall_plan::StackStatus;
use landfall_stacks::Protection;

use super::TamperError;
use super::choice::{Done, FoundStack, Scene};
use crate::faults::Script;
use crate::operation;
use crate::phase::{self, Begin};
use crate::rows::{Aim, Operation, Phase};

/// A stack whose roles nothing else names, so that it can go.
fn ordinary(scene: &Scene<'_>) -> Result<FoundStack, TamperError> {
    let stacks = scene.stacks()?;
    let wished = |one: &FoundStack| {
        scene
            .wish
            .role
            .as_ref()
            .is_none_or(|role| one.stack.resources.values().any(|made| made.physical == role.as_str()))
    };
    let fits = |one: &FoundStack| one.kind != Some(Kind::BreakGlass) && one.kind != Some(Kind::Automation);
    stacks.into_iter().find(|one| fits(one) && wished(one)).ok_or(TamperError::Nothing { wanted: "a stack" })
}

pub(super) fn delete(scene: &Scene<'_>) -> Done {
    let FoundStack { account, account_name, stack, .. } = ordinary(scene)?;
    scene.act((&account, &account_name), format!("stack {} is deleted", stack.name), |world, place| {
        let mut stack = stack.clone();
        let key = stack.key();
        stack.protection = Protection::Off;
        let target = stack.definition.clone();
        let how = Begin { token: "by-hand", aim: Aim::Update, script: Script::default(), now: place.now };
        phase::begin(world, &mut stack, Phase::Delete, target, how);
        let due = stack.operation.as_ref().map_or(place.now, |operation| operation.due);
        world.stacks.insert(key.clone(), stack);
        operation::step(world, &key, due);
        Ok(())
    })
}

pub(super) fn fail(scene: &Scene<'_>) -> Done {
    let FoundStack { account, account_name, stack, .. } = ordinary(scene)?;
    let what = format!("stack {} stands in {}", stack.name, StackStatus::UpdateRollbackFailed);
    scene.act((&account, &account_name), what, |world, _| {
        let mut stack = stack.clone();
        stack.status = StackStatus::UpdateRollbackFailed;
        stack.reason = Some("The following resource(s) failed to update: [ByHand]. ".to_owned());
        stack.suspended = Some(Operation {
            phase: Phase::UpdateRollback,
            due: 0,
            token: "by-hand".to_owned(),
            script: Script::default(),
            target: stack.definition.clone(),
            aim: Aim::Update,
            applied: Vec::new(),
        });
        world.stacks.insert(stack.key(), stack);
        Ok(())
    })
}

pub(super) fn unprotect(scene: &Scene<'_>) -> Done {
    let FoundStack { account, account_name, stack, .. } = ordinary(scene)?;
    let what = format!("stack {} is not protected against deletion any more", stack.name);
    scene.act((&account, &account_name), what, |world, _| {
        if let Some(row) = world.stacks.get_mut(&stack.key()) {
            row.protection = Protection::Off;
        }
        Ok(())
    })
}
