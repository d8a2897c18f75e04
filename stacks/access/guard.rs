//! Guardrails, as they have a say about an account.

use landfall_model::{AccountName, Attachment, GuardrailKind, Place, UnitPath};
use landfall_policies::{Compiled, Document};

use super::World;

/// A service or resource control policy with what it is attached to.
#[derive(Debug)]
pub struct Guard {
    /// Its name.
    pub name: String,
    /// The type of policy.
    pub kind: GuardrailKind,
    /// What it says.
    pub document: Document,
    /// Where it is attached.
    pub attach: Vec<Attachment>,
    /// Where the configuration defines it.
    pub place: Option<Place>,
    compiled: Compiled,
}

impl Guard {
    /// A guardrail whose text has no open places.
    pub fn new(
        name: &str,
        kind: GuardrailKind,
        document: Document,
        attach: Vec<Attachment>,
        place: Option<Place>,
    ) -> Self {
        let compiled = Compiled::plain(name, &document);
        Self { name: name.to_owned(), kind, document, attach, place, compiled }
    }

    /// Ready to be asked.
    pub(crate) fn compiled(&self) -> &Compiled {
        &self.compiled
    }
}

/// One level above an account, from the root down to the account itself, with the guardrails that are attached there.
#[derive(Debug)]
pub(crate) struct Level<'w> {
    /// Which.
    pub(crate) at: Attachment,
    /// What is attached.
    pub(crate) guards: Vec<&'w Guard>,
}

impl World {
    /// The levels of an account for one type of policy; none where the type is not in use.
    pub(crate) fn levels(&self, account: &AccountName, kind: GuardrailKind) -> Vec<Level<'_>> {
        if !self.guards.iter().any(|guard| guard.kind == kind) {
            return Vec::new();
        }
        let unit = self.accounts.get(account).and_then(|member| member.unit.clone());
        let mut units: Vec<UnitPath> = std::iter::successors(unit, UnitPath::parent).collect();
        units.reverse();
        let units = units.into_iter().map(Attachment::Unit);
        let all = std::iter::once(Attachment::Root).chain(units).chain([Attachment::Account(account.clone())]);
        all.map(|at| {
            let guards = self.guards.iter().filter(|guard| guard.kind == kind && guard.attach.contains(&at));
            Level { guards: guards.collect(), at }
        })
        .collect()
    }
}
