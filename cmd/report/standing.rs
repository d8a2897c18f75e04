//! What stands after a run.

use std::collections::{BTreeMap, BTreeSet};

use landfall_model::{AccountName, Kind};
use landfall_plan::{Action, Desired, Plan, StepId};
use landfall_stacks::{Provides, StackKey};

use crate::report::count;
use crate::report::ledger::Ledger;

/// What stands, in numbers.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Standing {
    accounts: BTreeSet<AccountName>,
    units: usize,
    roles: usize,
    boundaries: usize,
    guardrails: usize,
    /// Stacks by kind.
    pub(crate) stacks: BTreeMap<Kind, usize>,
}

impl Standing {
    /// What was there and stayed, and what was done. A stack whose update failed stands as it stood before.
    pub(crate) fn after(plan: &Plan, desired: &Desired, ledger: &Ledger) -> Self {
        let mut standing = Self::default();
        plan.kept.iter().for_each(|kept| standing.add(&kept.id, desired, None));
        for (id, step) in &plan.steps {
            let done = ledger.done.contains(id);
            let stood = match step.action {
                Action::DeleteStack { .. } | Action::DeleteGuardrail { .. } | Action::DetachGuardrail { .. } => !done,
                Action::UpdateStack { .. }
                | Action::RepairIdentities { .. }
                | Action::RevertDrift { .. }
                | Action::MoveAccount { .. }
                | Action::TagAccount { .. }
                | Action::UpdateGuardrail { .. }
                | Action::RecordGuardrail { .. }
                | Action::RecordOrganization { .. } => true,
                Action::CreateOrganization
                | Action::CreateUnit { .. }
                | Action::CreateAccount { .. }
                | Action::AwaitAccount { .. }
                | Action::CreateStack { .. }
                | Action::AdoptStack { .. }
                | Action::EnablePolicyType { .. }
                | Action::CreateGuardrail { .. }
                | Action::AttachGuardrail { .. } => done,
            };
            if stood {
                let kind = match step.action {
                    Action::DeleteStack { kind, .. } => Some(kind),
                    _ => None,
                };
                standing.add(id, desired, kind);
            }
        }
        standing.accounts.extend(plan.account_ids.keys().cloned());
        standing
    }

    fn add(&mut self, id: &StepId, desired: &Desired, kind: Option<Kind>) {
        match id {
            StepId::Account(name) => {
                self.accounts.insert(name.clone());
            }
            StepId::Unit(_) => self.units += 1,
            StepId::Stack(key) => self.stack(key, desired, kind),
            StepId::Guardrail(_) => self.guardrails += 1,
            StepId::Organization
            | StepId::Placement(_)
            | StepId::AccountTags(_)
            | StepId::Identities(_)
            | StepId::PolicyType(_)
            | StepId::Attachment(..)
            | StepId::Record(_) => {}
        }
    }

    fn stack(&mut self, key: &StackKey, desired: &Desired, kind: Option<Kind>) {
        let wanted = desired.stacks.get(key);
        if let Some(kind) = wanted.map(|stack| stack.kind).or(kind) {
            *self.stacks.entry(kind).or_default() += 1;
        }
        for provided in wanted.into_iter().flat_map(|stack| &stack.provides) {
            match provided {
                Provides::Role(_) => self.roles += 1,
                Provides::Boundary(_) => self.boundaries += 1,
                Provides::SharedPolicy(_) | Provides::Provider(_) => {}
            }
        }
    }

    /// `8 accounts, 5 units, 44 stacks, 61 roles, 12 boundaries`
    pub(crate) fn in_words(&self) -> String {
        let mut numbers = vec![
            count(self.accounts.len(), "account"),
            count(self.units, "unit"),
            count(self.stacks.values().sum(), "stack"),
            count(self.roles, "role"),
            count(self.boundaries, "boundary"),
        ];
        if self.guardrails > 0 {
            numbers.push(count(self.guardrails, "guardrail"));
        }
        numbers.join(", ")
    }

    /// `boundary 8, break-glass 7`
    pub(crate) fn kinds(&self) -> String {
        self.stacks.iter().map(|(kind, number)| format!("{kind} {number}")).collect::<Vec<_>>().join(", ")
    }
}
