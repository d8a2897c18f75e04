//! The way back for what was changed in IAM, in an order that never widens access in between.

use std::collections::{BTreeMap, BTreeSet};

use landfall_model::RoleName;

use crate::{Difference, IdentityKind};

mod call;
mod entity;
mod narrow;
mod role;
mod stage;

pub use call::RepairCall;

use stage::{Part, Stage};

/// The IAM writes that put differences right, in order.
///
/// Every part of what a role may do and who may become it goes first to what it is now *and* shall be, and only when all
/// parts are there, to what it shall be: so at no moment more is allowed than before or than afterwards. A part that only
/// shrinks or only grows takes one write, and a difference that stands alone does too.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Repair {
    /// The writes.
    pub calls: Vec<RepairCall>,
    /// What no IAM write puts right: it needs its stack, or somebody who looks.
    pub beyond: Vec<Difference>,
}

/// What Landfall itself works with in the account. It is put right in one write each, never by less in between: a run
/// that cuts itself off could not go on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spared {
    /// Roles.
    pub roles: BTreeSet<RoleName>,
    /// Customer managed policies, by name.
    pub policies: BTreeSet<String>,
}

impl Spared {
    fn has(&self, difference: &Difference) -> bool {
        match difference.kind {
            IdentityKind::Role => self.roles.iter().any(|role| role.as_str() == difference.name),
            IdentityKind::Policy => self.policies.contains(&difference.name),
            IdentityKind::InstanceProfile | IdentityKind::Provider => false,
        }
    }
}

impl Repair {
    /// The writes for differences, all of one account.
    pub fn of(differences: &[Difference], spared: &Spared) -> Self {
        let mut parts: Vec<(usize, Part)> = Vec::new();
        let mut beyond = Vec::new();
        for (number, difference) in differences.iter().enumerate() {
            match parts_of(difference) {
                Some(found) => parts.extend(found.into_iter().map(|part| (number, part))),
                None => beyond.push(difference.clone()),
            }
        }
        // What everybody in the account may lean on makes one knot of all of it.
        let shared = parts.iter().filter(|(_, part)| part.is_access() && part.role().is_none()).count();
        let mut knots: BTreeMap<&RoleName, usize> = BTreeMap::new();
        for (_, part) in parts.iter().filter(|(_, part)| part.is_access()) {
            if let Some(role) = part.role() {
                *knots.entry(role).or_default() += 1;
            }
        }
        let all: usize = shared + knots.values().sum::<usize>();
        let abrupt = parts.iter().any(|(_, part)| part.role().is_none() && part.is_abrupt());
        let mut staged: Vec<(Stage, RepairCall)> = Vec::new();
        for (number, part) in &parts {
            let knot = match part.role() {
                Some(role) => shared + knots.get(role).copied().unwrap_or_default(),
                None => all,
            };
            let spared = differences.get(*number).is_some_and(|difference| spared.has(difference));
            let beside = abrupt
                || parts.iter().any(|(other, its)| other != number && its.role() == part.role() && its.is_abrupt());
            staged.extend(part.writes(knot > 1 && !spared, beside));
        }
        // The sort is stable: inside a stage calls stay in the order of the differences.
        staged.sort_by_key(|(stage, _)| *stage);
        let calls = staged.into_iter().map(|(_, call)| call).collect();
        Self { calls: call::joined(calls), beyond }
    }

    /// Whether IAM writes can put a difference right.
    pub fn can_put_right(difference: &Difference) -> bool {
        parts_of(difference).is_some()
    }
}

fn parts_of(difference: &Difference) -> Option<Vec<Part>> {
    match difference.kind {
        IdentityKind::Role => role::parts(difference),
        IdentityKind::Policy => entity::policy(difference),
        IdentityKind::InstanceProfile => entity::profile(difference),
        IdentityKind::Provider => entity::provider(difference),
    }
}

#[cfg(test)]
mod tests;
