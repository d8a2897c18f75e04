//! Who is not to be without access for a moment.

use std::collections::BTreeSet;

use landfall_model::RoleName;

use super::stage::Part;
use crate::{Difference, IdentityKind};

/// What is put right with more care than the rest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spared {
    /// What Landfall itself works with in the account. It is put right in one write each, never by less in between: a
    /// run that cuts itself off could not go on.
    pub own: Leaned,
    /// Emergency access. It goes by what it is and shall be, and never by nothing at all.
    pub emergency: Leaned,
}

/// Roles, and what they lean on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Leaned {
    /// Roles.
    pub roles: BTreeSet<RoleName>,
    /// Customer managed policies, by name.
    pub policies: BTreeSet<String>,
}

/// How a part may be put right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Care {
    /// By less in between, and by nothing where it must be.
    Usual,
    /// By less in between, never by nothing.
    Emergency,
    /// In one write.
    Own,
}

impl Spared {
    pub(super) fn of_role(&self, role: &RoleName) -> Care {
        self.of(|leaned| leaned.roles.contains(role))
    }

    /// Of a part of a difference: that of its role, or that of a policy that roles share.
    pub(super) fn of_part(&self, part: &Part, difference: &Difference) -> Care {
        match part.role() {
            Some(role) => self.of_role(role),
            None if difference.kind == IdentityKind::Policy => {
                self.of(|leaned| leaned.policies.contains(&difference.name))
            }
            None => Care::Usual,
        }
    }

    fn of(&self, has: impl Fn(&Leaned) -> bool) -> Care {
        if has(&self.own) {
            Care::Own
        } else if has(&self.emergency) {
            Care::Emergency
        } else {
            Care::Usual
        }
    }
}
