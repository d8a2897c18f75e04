//! Change sets: what an update would change.

use landfall_engine::port::{ChangeSet, ChangeSetStatus, Replacement, ResourceChange};

use crate::actual::{Actual, actual};
use crate::blueprint::{Blueprint, Planned};
use crate::clock::Millis;
use crate::provision;
use crate::rows::{Aim, ChangeSetRow, StackRow};
use crate::world::World;

/// What AWS says of a change set that changes nothing.
pub(crate) const NO_CHANGES: &str =
    "The submitted information didn't contain changes. Submit different information to create a change set.";

/// What happens to a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    Add,
    Modify,
    Replace,
    Remove,
    /// It is taken into the stack as it stands.
    Import,
    /// It is as the template says, and was changed past CloudFormation.
    Revert,
}

/// What a change set changes. `stack` has the resources that stand.
pub(crate) fn planned_changes<'a>(
    world: &World,
    stack: &StackRow,
    aim: &Aim,
    (old, new): (&'a Blueprint, &'a Blueprint),
    retagged: bool,
) -> Vec<(Change, &'a Planned)> {
    let mut changes = differences(old, new, retagged);
    match aim {
        Aim::Update => {}
        Aim::RevertDrift => {
            for planned in &new.resources {
                let before = changes.iter().position(|(_, changed)| changed.logical == planned.logical);
                match (actual(world, stack, planned), before) {
                    (Actual::Deleted, Some(at)) if old.get(&planned.logical).is_some() => {
                        changes[at] = (Change::Add, planned);
                    }
                    (Actual::Deleted, None) => changes.push((Change::Add, planned)),
                    (Actual::Modified(_), None) => changes.push((Change::Revert, planned)),
                    (Actual::Modified(_), Some(at)) if changes[at].0 == Change::Modify => {
                        changes[at] = (Change::Revert, planned);
                    }
                    _ => {}
                }
            }
        }
        Aim::Import(resources) => {
            for (change, planned) in &mut changes {
                if resources.iter().any(|one| one.logical == planned.logical) {
                    *change = Change::Import;
                }
            }
        }
    }
    changes
}

/// What changes between two templates, in the new one's order, removals last.
pub(crate) fn differences<'a>(old: &'a Blueprint, new: &'a Blueprint, retagged: bool) -> Vec<(Change, &'a Planned)> {
    let mut out = Vec::new();
    for planned in &new.resources {
        let change = match old.get(&planned.logical) {
            None => Some(Change::Add),
            Some(before) => changed(before, planned, retagged),
        };
        out.extend(change.map(|change| (change, planned)));
    }
    let gone = old.resources.iter().rev().filter(|before| new.get(&before.logical).is_none());
    out.extend(gone.map(|before| (Change::Remove, before)));
    out
}

fn changed(before: &Planned, after: &Planned, retagged: bool) -> Option<Change> {
    if before.type_name != after.type_name {
        return Some(Change::Replace);
    }
    let moved = provision::create_only(&after.type_name)
        .iter()
        .any(|property| before.properties.get(property) != after.properties.get(property));
    if moved {
        return Some(Change::Replace);
    }
    let same = before.properties == after.properties && before.deletion == after.deletion;
    let tagged = retagged && provision::taggable(&after.type_name);
    (!same || tagged).then_some(Change::Modify)
}

/// Whether an update with this would change nothing. Tags and outputs count; descriptions and metadata do not.
pub(crate) fn is_empty(old: &Blueprint, new: &Blueprint, retagged: bool) -> bool {
    !retagged && differences(old, new, false).is_empty() && old.raw_outputs == new.raw_outputs
}

/// A change set as it is described.
pub(crate) fn described(row: &ChangeSetRow, changes: &[(Change, &Planned)], now: Millis) -> ChangeSet {
    if now < row.due {
        return ChangeSet { status: ChangeSetStatus::Pending, reason: None, changes: Vec::new() };
    }
    if let Some(reason) = &row.failure {
        return ChangeSet { status: ChangeSetStatus::Failed, reason: Some(reason.clone()), changes: Vec::new() };
    }
    let changes = changes.iter().map(|(change, planned)| ResourceChange {
        logical_id: planned.logical.clone(),
        resource_type: planned.type_name.clone(),
        action: match change {
            Change::Add => "Add",
            Change::Modify | Change::Replace => "Modify",
            Change::Remove => "Remove",
            Change::Import => "Import",
            Change::Revert => "SyncWithActual",
        }
        .to_owned(),
        replacement: if *change == Change::Replace { Replacement::Yes } else { Replacement::No },
    });
    ChangeSet { status: ChangeSetStatus::Ready, reason: None, changes: changes.collect() }
}
