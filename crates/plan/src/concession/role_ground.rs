//! A role with all that is known of it.

use std::collections::BTreeMap;

use landfall_model::{PolicyName, RoleName};
use landfall_stacks::{Role, Stack};
use serde_json::Value;

use super::ground::Ground;
use super::refusal::Unsayable;
use super::words::Words;
use crate::{Drift, same_document};

/// A role of a stack, with its words.
pub(super) struct RoleGround<'g> {
    pub(super) ground: &'g Ground<'g>,
    pub(super) stack: &'g Stack,
    /// As the folder wants it.
    pub(super) role: Role,
    /// Its trust policy.
    pub(super) trust: Value,
    /// Its inline policies.
    pub(super) inline: BTreeMap<PolicyName, Value>,
    pub(super) words: Words<'g>,
}

impl<'g> RoleGround<'g> {
    /// The role of a drift.
    ///
    /// # Errors
    /// The folder does not want it any more, or nobody can tell.
    pub(super) fn of(ground: &'g Ground<'g>, stack: &'g Stack, name: &str) -> Result<Self, Unsayable> {
        let gone = || Unsayable::inexact("the configuration does not want the role any more");
        let name = RoleName::new(name).map_err(|_| gone())?;
        let role = ground.wanted(stack)?.roles.remove(&name).ok_or_else(gone)?;
        let words = Words::of(ground.foundation(), stack, &name);
        let (trust, inline) = (role.trust.json(), taken_apart(&role));
        Ok(Self { ground, stack, role, trust, inline, words })
    }

    /// Its inline policies as they stand.
    pub(super) fn live(&self) -> Option<BTreeMap<PolicyName, Value>> {
        let live = self.ground.observed.identities.get(&self.stack.key.account)?;
        live.roles.get(&self.role.name).map(taken_apart)
    }

    /// Whether the folder says what stands, or has changed a document as well.
    pub(super) fn document(&self, drift: &Drift, wanted: &Value, said: bool) -> Result<bool, Unsayable> {
        if said {
            return Ok(true);
        }
        if same_document(wanted, &drift.desired) { Ok(false) } else { Err(Unsayable::Changed) }
    }
}

/// The inline policies of a role.
fn taken_apart(role: &Role) -> BTreeMap<PolicyName, Value> {
    role.inline.iter().map(|(name, document)| (name.clone(), document.json())).collect()
}
