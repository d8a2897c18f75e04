//! What CloudFormation does to a stack, phase by phase, as time comes.

use landfall_plan::StackStatus;

use crate::blueprint::{Blueprint, Deletion, Planned};
use crate::change_set::{Change, planned_changes};
use crate::clock::Millis;
use crate::faults::like;
use crate::iam::Place;
use crate::phase::enter;
use crate::provision::{self, make, modify, stack_tags, unmake};
use crate::rows::{Aim, Applied, Made, Operation, Phase, StackRow};
use crate::world::World;
use crate::{Refusal, actual};

/// Ends the phase that is due.
pub(crate) fn step(world: &mut World, key: &str, at: Millis) {
    let Some(mut stack) = world.stacks.get(key).cloned() else {
        return;
    };
    // An operation that another one took the place of is not due any more.
    let Some(operation) = stack.operation.take_if(|operation| operation.due == at) else {
        return;
    };
    stack.reason = None;
    match operation.phase {
        Phase::Create => create(world, &mut stack, operation, at),
        Phase::CreateRollback => create_rollback(world, &mut stack, &operation, at),
        Phase::Update => update(world, &mut stack, operation, at),
        Phase::Import => import(world, &mut stack, operation, at),
        Phase::ImportRollback => stack.status = StackStatus::ImportRollbackComplete,
        Phase::UpdateCleanup => update_cleanup(world, &mut stack, operation, at),
        Phase::UpdateRollback => update_rollback(world, &mut stack, operation, at),
        Phase::UpdateRollbackCleanup => stack.status = StackStatus::UpdateRollbackComplete,
        Phase::Delete => delete(world, &mut stack, &operation, at),
    }
    world.stacks.insert(key, stack);
}

fn scripted(rule: Option<&(String, String)>, logical: &str) -> Option<String> {
    rule.filter(|(pattern, _)| like(pattern, logical)).map(|(_, reason)| reason.clone())
}

fn create(world: &mut World, stack: &mut StackRow, operation: Operation, at: Millis) {
    let blueprint = Blueprint::of(world, stack, &operation.target);
    let id = stack.id.clone();
    let account = stack.account.clone();
    let place = Place { account: &account, stack: Some(&id), now: at };
    for planned in &blueprint.resources {
        let made = match scripted(operation.script.failure.as_ref(), &planned.logical) {
            Some(reason) => Err(reason),
            None => make(world, place, stack, &operation.target.tags, planned)
                .map_err(|refusal| reason_of(&refusal, &operation.token)),
        };
        match made {
            Ok(made) => {
                stack.resources.insert(planned.logical.clone(), made);
            }
            Err(reason) => {
                stack.fail(&operation.token, &planned.logical, &planned.type_name, "CREATE_FAILED", reason);
                cancel(stack, &operation.token, &blueprint, planned);
                enter(world, stack, operation, Phase::CreateRollback, at);
                stack.reason = Some(format!(
                    "The following resource(s) failed to create: [{}]. Rollback requested by user.",
                    planned.logical
                ));
                return;
            }
        }
    }
    stack.outputs = blueprint.outputs;
    stack.status = StackStatus::CreateComplete;
}

fn reason_of(refusal: &Refusal, token: &str) -> String {
    refusal.handler_message(token)
}

/// Takes the resources in. One that is another stack's by now is a failure, and then none is taken.
fn import(world: &mut World, stack: &mut StackRow, operation: Operation, at: Millis) {
    let new = Blueprint::of(world, stack, &operation.target);
    let Aim::Import(resources) = &operation.aim else {
        stack.status = StackStatus::ImportComplete;
        return;
    };
    let account = stack.account.clone();
    let region = stack.region.clone();
    let planned: Vec<&Planned> = resources.iter().filter_map(|one| new.get(&one.logical)).collect();
    for one in &planned {
        let reason = match provision::owner(world, &account, &region, &actual::made(one)) {
            Some(None) => continue,
            Some(Some(owner)) => format!("{} is already managed by stack {owner}", one.physical),
            None => format!("{} does not exist", one.physical),
        };
        stack.fail(&operation.token, &one.logical, &one.type_name, "IMPORT_FAILED", reason);
        enter(world, stack, operation, Phase::ImportRollback, at);
        stack.reason = Some("The following resource(s) failed to import".to_owned());
        return;
    }
    for one in planned {
        let made = actual::made(one);
        if let Some(owner) = provision::owner(world, &account, &region, &made) {
            *owner = Some(stack.id.clone());
        }
        stack.resources.insert(one.logical.clone(), made);
    }
    stack.outputs = new.outputs;
    stack.definition = operation.target;
    stack.status = StackStatus::ImportComplete;
}

/// What could have been made at the same time as the resource that failed was begun and is cancelled.
fn cancel(stack: &mut StackRow, token: &str, blueprint: &Blueprint, failed: &Planned) {
    for planned in &blueprint.resources {
        let ready = planned.needs.iter().all(|need| stack.resources.contains_key(need));
        if planned.logical != failed.logical && ready && !stack.resources.contains_key(&planned.logical) {
            let reason = "Resource creation cancelled".to_owned();
            stack.fail(token, &planned.logical, &planned.type_name, "CREATE_FAILED", reason);
        }
    }
}

/// The logical ids of what stands, what was made last first.
fn backwards(stack: &StackRow, blueprint: &Blueprint) -> Vec<String> {
    let mut order: Vec<String> = blueprint
        .resources
        .iter()
        .map(|planned| planned.logical.clone())
        .filter(|logical| stack.resources.contains_key(logical))
        .collect();
    order.extend(stack.resources.keys().filter(|logical| blueprint.get(logical).is_none()).cloned());
    order.reverse();
    order
}

/// Gives up everything that stands; the logical ids of what could not be removed come back.
fn give_up(
    world: &mut World,
    stack: &mut StackRow,
    operation: &Operation,
    blueprint: &Blueprint,
    kept: &[Deletion],
    at: Millis,
) -> Vec<String> {
    let account = stack.account.clone();
    let place = Place { account: &account, stack: None, now: at };
    let mut failed = Vec::new();
    for logical in backwards(stack, blueprint) {
        let planned = blueprint.get(&logical);
        let Some(made) = stack.resources.get(&logical).cloned() else {
            continue;
        };
        if planned.is_some_and(|planned| kept.contains(&planned.deletion)) {
            provision::release(world, place, stack, &made);
            stack.resources.remove(&logical);
            continue;
        }
        let removed = match scripted(operation.script.rollback_failure.as_ref(), &logical) {
            Some(reason) => Err(reason),
            None => {
                unmake(world, place, stack, &made, planned).map_err(|refusal| reason_of(&refusal, &operation.token))
            }
        };
        match removed {
            Ok(()) => {
                stack.resources.remove(&logical);
            }
            Err(reason) => {
                stack.fail(&operation.token, &logical, &made.type_name, "DELETE_FAILED", reason);
                failed.push(logical);
            }
        }
    }
    failed
}

fn create_rollback(world: &mut World, stack: &mut StackRow, operation: &Operation, at: Millis) {
    let blueprint = Blueprint::of(world, stack, &operation.target);
    let failed = give_up(world, stack, operation, &blueprint, &[Deletion::Retain], at);
    if failed.is_empty() {
        stack.status = StackStatus::RollbackComplete;
    } else {
        stack.status = StackStatus::RollbackFailed;
        stack.reason = Some(not_deleted(&failed));
    }
}

fn not_deleted(failed: &[String]) -> String {
    format!("The following resource(s) failed to delete: [{}]. ", failed.join(", "))
}

fn delete(world: &mut World, stack: &mut StackRow, operation: &Operation, at: Millis) {
    let mut blueprint = Blueprint::of(world, stack, &stack.definition);
    if let Some(suspended) = stack.suspended.take() {
        let added = Blueprint::of(world, stack, &suspended.target).resources;
        let missing: Vec<Planned> =
            added.into_iter().filter(|planned| blueprint.get(&planned.logical).is_none()).collect();
        blueprint.resources.extend(missing);
    }
    let kept = [Deletion::Retain, Deletion::RetainExceptOnCreate];
    let failed = give_up(world, stack, operation, &blueprint, &kept, at);
    if failed.is_empty() {
        stack.status = StackStatus::DeleteComplete;
        stack.outputs.clear();
    } else {
        stack.status = StackStatus::DeleteFailed;
        stack.reason = Some(not_deleted(&failed));
    }
}

fn update(world: &mut World, stack: &mut StackRow, mut operation: Operation, at: Millis) {
    let old = Blueprint::of(world, stack, &stack.definition);
    let new = Blueprint::of(world, stack, &operation.target);
    let retagged = stack.definition.tags != operation.target.tags;
    for (change, planned) in planned_changes(world, stack, &operation.aim, (&old, &new), retagged) {
        if change == Change::Remove {
            continue;
        }
        let verb = if change == Change::Add { "create" } else { "update" };
        let applied = match scripted(operation.script.failure.as_ref(), &planned.logical) {
            Some(reason) => Err(reason),
            None => apply(world, stack, &operation, &old, change, planned, at),
        };
        match applied {
            Ok(applied) => operation.applied.push(applied),
            Err(reason) => {
                let status = if verb == "create" { "CREATE_FAILED" } else { "UPDATE_FAILED" };
                stack.fail(&operation.token, &planned.logical, &planned.type_name, status, reason);
                let reason = format!("The following resource(s) failed to {verb}: [{}]. ", planned.logical);
                enter(world, stack, operation, Phase::UpdateRollback, at);
                stack.reason = Some(reason);
                return;
            }
        }
    }
    stack.outputs = new.outputs;
    enter(world, stack, operation, Phase::UpdateCleanup, at);
}

/// Carries one change out; what was done comes back.
fn apply(
    world: &mut World,
    stack: &mut StackRow,
    operation: &Operation,
    old: &Blueprint,
    change: Change,
    planned: &Planned,
    at: Millis,
) -> Result<Applied, String> {
    let (id, account, region) = (stack.id.clone(), stack.account.clone(), stack.region.clone());
    let place = Place { account: &account, stack: Some(&id), now: at };
    let said = |refusal: Refusal| reason_of(&refusal, &operation.token);
    let before = old.get(&planned.logical);
    match (change, before) {
        (Change::Modify, Some(before)) => {
            let from = (before, stack_tags(stack, &stack.definition.tags, &planned.logical));
            let to = (planned, stack_tags(stack, &operation.target.tags, &planned.logical));
            modify(world, place, &region, from, to).map_err(said)?;
            Ok(Applied::Modified(planned.logical.clone()))
        }
        (Change::Revert, Some(_)) => {
            actual::restore(world, place, stack, &operation.target.tags, planned).map_err(said)?;
            Ok(Applied::Modified(planned.logical.clone()))
        }
        (Change::Replace, Some(before)) => {
            let named = provision::name_property(&planned.type_name)
                .is_some_and(|property| planned.properties.get(property).is_some());
            if named && (before.physical.eq_ignore_ascii_case(&planned.physical) || same_name(before, planned)) {
                return Err(format!(
                    "CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename {} \
                     and update the stack again.",
                    planned.physical.rsplit('/').next().unwrap_or_default()
                ));
            }
            let made = make(world, place, stack, &operation.target.tags, planned).map_err(said)?;
            let was = stack.resources.insert(planned.logical.clone(), made);
            let was =
                was.unwrap_or_else(|| Made { type_name: before.type_name.clone(), physical: before.physical.clone() });
            Ok(Applied::Replaced(planned.logical.clone(), was))
        }
        _ => {
            let made = make(world, place, stack, &operation.target.tags, planned).map_err(said)?;
            stack.resources.insert(planned.logical.clone(), made);
            Ok(Applied::Added(planned.logical.clone()))
        }
    }
}

/// Whether the own name of a resource stays, so that its replacement would collide with it.
fn same_name(before: &Planned, planned: &Planned) -> bool {
    provision::name_property(&planned.type_name).is_some_and(|property| {
        before.type_name == planned.type_name
            && before.properties.get(property).is_some()
            && before.properties.get(property) == planned.properties.get(property)
    })
}

/// Removes what the new template does not have any more. What cannot be removed is left where it is, as CloudFormation
/// does: the update is complete all the same.
fn update_cleanup(world: &mut World, stack: &mut StackRow, operation: Operation, at: Millis) {
    let old = Blueprint::of(world, stack, &stack.definition);
    let new = Blueprint::of(world, stack, &operation.target);
    let account = stack.account.clone();
    let place = Place { account: &account, stack: None, now: at };
    let mut gone: Vec<(String, Made)> = Vec::new();
    for planned in old.resources.iter().rev().filter(|planned| new.get(&planned.logical).is_none()) {
        if let Some(made) = stack.resources.remove(&planned.logical) {
            gone.push((planned.logical.clone(), made));
        }
    }
    for applied in operation.applied.iter().rev() {
        if let Applied::Replaced(logical, made) = applied {
            gone.push((logical.clone(), made.clone()));
        }
    }
    for (logical, made) in gone {
        let planned = old.get(&logical);
        let keep = planned.is_some_and(|planned| planned.deletion != Deletion::Delete);
        let removed = if keep { Ok(()) } else { unmake(world, place, stack, &made, planned) };
        if let Err(refusal) = &removed {
            let reason = reason_of(refusal, &operation.token);
            stack.fail(&operation.token, &logical, &made.type_name, "DELETE_FAILED", reason);
        }
        if keep || removed.is_err() {
            provision::release(world, place, stack, &made);
        }
    }
    stack.definition = operation.target;
    stack.status = StackStatus::UpdateComplete;
}

fn update_rollback(world: &mut World, stack: &mut StackRow, mut operation: Operation, at: Millis) {
    let old = Blueprint::of(world, stack, &stack.definition);
    let new = Blueprint::of(world, stack, &operation.target);
    while let Some(applied) = operation.applied.pop() {
        let logical = match &applied {
            Applied::Added(logical) | Applied::Modified(logical) | Applied::Replaced(logical, _) => logical.clone(),
        };
        let undone = match scripted(operation.script.rollback_failure.as_ref(), &logical) {
            Some(reason) => Err(reason),
            None => undo(world, stack, &operation, &applied, (&old, &new), at),
        };
        if let Err(reason) = undone {
            let type_name = new.get(&logical).map(|planned| planned.type_name.clone()).unwrap_or_default();
            stack.fail(&operation.token, &logical, &type_name, "UPDATE_FAILED", reason);
            operation.applied.push(applied);
            stack.status = StackStatus::UpdateRollbackFailed;
            stack.reason = Some(format!("The following resource(s) failed to update: [{logical}]. "));
            stack.suspended = Some(operation);
            return;
        }
    }
    stack.outputs = old.outputs;
    enter(world, stack, operation, Phase::UpdateRollbackCleanup, at);
}

fn undo(
    world: &mut World,
    stack: &mut StackRow,
    operation: &Operation,
    applied: &Applied,
    (old, new): (&Blueprint, &Blueprint),
    at: Millis,
) -> Result<(), String> {
    let (id, account, region) = (stack.id.clone(), stack.account.clone(), stack.region.clone());
    let place = Place { account: &account, stack: Some(&id), now: at };
    let said = |refusal: Refusal| reason_of(&refusal, &operation.token);
    match applied {
        Applied::Modified(logical) => {
            if let (Some(before), Some(after)) = (old.get(logical), new.get(logical)) {
                let from = (after, stack_tags(stack, &operation.target.tags, logical));
                let to = (before, stack_tags(stack, &stack.definition.tags, logical));
                modify(world, place, &region, from, to).map_err(said)?;
            }
        }
        Applied::Added(logical) => {
            if let Some(made) = stack.resources.get(logical).cloned() {
                unmake(world, place, stack, &made, new.get(logical)).map_err(said)?;
                stack.resources.remove(logical);
            }
        }
        Applied::Replaced(logical, was) => {
            if let Some(made) = stack.resources.get(logical).cloned() {
                unmake(world, place, stack, &made, new.get(logical)).map_err(said)?;
            }
            stack.resources.insert(logical.clone(), was.clone());
        }
    }
    Ok(())
}
