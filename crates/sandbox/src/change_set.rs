//! Change sets: what an update would change.

use landfall_engine::port::{ChangeSet, ChangeSetStatus, Replacement, ResourceChange};
use serde::{Deserialize, Serialize};

use crate::blueprint::{Blueprint, Planned};
use crate::clock::Millis;
use crate::provision;
use crate::stack::Definition;

/// What AWS says of a change set that changes nothing.
pub(crate) const NO_CHANGES: &str =
    "The submitted information didn't contain changes. Submit different information to create a change set.";

/// A change set, by its ARN.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ChangeSetRow {
    pub(crate) id: String,
    pub(crate) name: String,
    /// The key of its stack.
    pub(crate) stack: String,
    pub(crate) target: Definition,
    pub(crate) token: String,
    /// When it is ready, or has failed.
    pub(crate) due: Millis,
    /// Why it fails.
    pub(crate) failure: Option<String>,
    /// With which token it was carried out.
    pub(crate) executed: Option<String>,
}

/// What happens to a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    Add,
    Modify,
    Replace,
    Remove,
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
pub(crate) fn described(
    row: &ChangeSetRow,
    old: &Blueprint,
    new: &Blueprint,
    retagged: bool,
    now: Millis,
) -> ChangeSet {
    if now < row.due {
        return ChangeSet { status: ChangeSetStatus::Pending, reason: None, changes: Vec::new() };
    }
    if let Some(reason) = &row.failure {
        return ChangeSet { status: ChangeSetStatus::Failed, reason: Some(reason.clone()), changes: Vec::new() };
    }
    let changes = differences(old, new, retagged).into_iter().map(|(change, planned)| ResourceChange {
        logical_id: planned.logical.clone(),
        resource_type: planned.type_name.clone(),
        action: match change {
            Change::Add => "Add",
            Change::Modify | Change::Replace => "Modify",
            Change::Remove => "Remove",
        }
        .to_owned(),
        replacement: if change == Change::Replace { Replacement::Yes } else { Replacement::No },
    });
    ChangeSet { status: ChangeSetStatus::Ready, reason: None, changes: changes.collect() }
}
