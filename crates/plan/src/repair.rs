//! The way back for what was changed in IAM, in an order that never widens access in between.

use landfall_model::AccountId;
use landfall_stacks::Identities;

use crate::{Difference, IdentityKind};

mod call;
mod care;
mod entity;
mod hold;
mod knot;
mod narrow;
mod role;
mod spoken;
mod stage;
mod text;
mod writer;

pub use call::RepairCall;
pub use care::{Leaned, Spared};
pub use text::Texts;
pub use writer::Writer;

use knot::{Knots, Placed};
use spoken::Spoken;
use stage::{Part, Stage};
use text::Sources;

/// The name of the inline policy that holds a role for a while.
pub(crate) const HOLD: &str = "landfall-hold";

/// The IAM writes that put differences right, in order.
///
/// Every part of what a role may do and who may become it goes first to what it is now *and* shall be, and only when all
/// parts are there, to what it shall be: so at no moment more is allowed than before or than afterwards. A part that only
/// shrinks or only grows takes one write, and a difference that stands alone does too. Where two parts change at once, as
/// one boundary for another does, the role is held by an inline policy that denies everything for the while.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Repair {
    /// The writes.
    pub calls: Vec<RepairCall>,
    /// What no IAM write puts right: it needs its stack, or somebody who looks.
    pub beyond: Vec<Difference>,
}

/// What the order of writes hangs on beside the differences.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    /// The account.
    pub account: &'a AccountId,
    /// All that shall stand in the account, as far as it is at hand.
    pub expected: &'a Identities,
    /// What policies say.
    pub texts: &'a Texts,
    /// What is put right with more care than the rest.
    pub spared: &'a Spared,
    /// Who makes the writes.
    pub writer: Writer,
}

impl Repair {
    /// The writes for differences, all of one account.
    pub fn of(differences: &[Difference], around: &Around<'_>) -> Self {
        let sources = Sources::of(around.texts, differences);
        let spoken = Spoken::of(differences, around.expected, &sources);
        let mut placed: Vec<Placed> = Vec::new();
        let mut beyond = Vec::new();
        for (number, difference) in differences.iter().enumerate() {
            let Some(parts) = parts_of(difference, &sources, &spoken) else {
                beyond.push(difference.clone());
                continue;
            };
            placed.extend(parts.into_iter().map(|part| {
                let care = around.spared.of_part(&part, difference);
                Placed { part, care, difference: number }
            }));
        }
        let mut staged: Vec<(Stage, RepairCall)> = Knots::of(differences, &placed, around).writes();
        writer::permitted(&mut staged, differences, around.writer);
        // The sort is stable: inside a stage calls stay in the order of the differences.
        staged.sort_by_key(|(stage, _)| *stage);
        let calls = staged.into_iter().map(|(_, call)| call).collect();
        Self { calls: call::joined(calls), beyond }
    }

    /// Whether putting a difference right may allow anything that is not allowed as it stands.
    pub fn grows(difference: &Difference) -> bool {
        let parts = parts_of(difference, &Sources::of(&Texts::default(), &[]), &Spoken::default());
        parts.into_iter().flatten().any(|part| part.grows())
    }

    /// Whether IAM writes can put a difference right.
    pub fn can_put_right(difference: &Difference) -> bool {
        parts_of(difference, &Sources::of(&Texts::default(), &[]), &Spoken::default()).is_some()
    }
}

fn parts_of(difference: &Difference, sources: &Sources<'_>, spoken: &Spoken) -> Option<Vec<Part>> {
    match difference.kind {
        IdentityKind::Role => role::parts(difference, sources, spoken),
        IdentityKind::Policy => entity::policy(difference),
        IdentityKind::InstanceProfile => entity::profile(difference),
        IdentityKind::Provider => entity::provider(difference),
    }
}

#[cfg(test)]
mod tests;
