//! What is put right in IAM: one step an account.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use indexmap::IndexMap;
use landfall_model::AccountName;
use landfall_stacks::StackKey;

use crate::{Action, Cause, Class, Difference, Edge, Graph, Reason, Repaired, Step, StepId};

/// The stacks of each account whose identities differ, and how.
#[derive(Debug, Default)]
pub(crate) struct Repairs(BTreeMap<AccountName, Account>);

/// Those of one account.
#[derive(Debug, Default)]
struct Account {
    stacks: Vec<Repaired>,
    differences: Vec<Difference>,
    causes: BTreeSet<Cause>,
}

impl Repairs {
    /// Takes a stack in.
    pub(crate) fn take(&mut self, repaired: Repaired, differences: Vec<Difference>) {
        let account = self.0.entry(repaired.key.account.clone()).or_default();
        account.stacks.push(repaired);
        account.differences.extend(differences);
        account.causes.insert(Cause::IdentitiesDiffer);
    }

    /// Says how grave the drift of a stack is.
    pub(crate) fn drifted(&mut self, stack: &StackKey, class: Class) {
        if let Some(account) = self.0.get_mut(&stack.account)
            && account.stacks.iter().any(|repaired| repaired.key == *stack)
        {
            account.causes.insert(Cause::Drifted(class));
        }
    }

    /// Adds the steps. Each waits for what its stacks wait for, and what waits for its stacks waits for it, as far as
    /// that makes no loop: several stacks are one step here, and one of them may lean on what leans on another.
    pub(crate) fn into_steps(self, graph: &Graph, steps: &mut IndexMap<StepId, Step>) {
        for (account, Account { stacks, differences, causes }) in self.0 {
            let id = StepId::Identities(account);
            let own: HashSet<StepId> = stacks.iter().map(|repaired| StepId::Stack(repaired.key.clone())).collect();
            let mut needs: Vec<Edge> = own.iter().flat_map(|stack| graph.needs(stack)).collect();
            // A stack that stands is not waited for: its own reading back would put right what is put right here in order.
            let missing = |edge: &Edge| steps.get(&edge.on).is_some_and(|step| !touches(&step.action));
            needs.retain(missing);
            needs.sort();
            needs.dedup();
            let action = Action::RepairIdentities { stacks, differences };
            steps.insert(id.clone(), Step { id: id.clone(), action, causes, needs });
            let dependents: Vec<(StepId, Edge)> = steps
                .keys()
                .filter(|other| **other != id)
                .flat_map(|other| graph.needs(other).into_iter().map(move |edge| (other.clone(), edge)))
                .filter(|(_, edge)| own.contains(&edge.on))
                .collect();
            let touched = own.iter().filter(|stack| steps.get(*stack).is_some_and(|step| touches(&step.action)));
            let own_steps: Vec<(StepId, Edge)> = touched
                .map(|stack| (stack.clone(), Edge { on: stack.clone(), reason: Reason::IdentitiesFirst }))
                .collect();
            for (dependent, edge) in dependents.into_iter().chain(own_steps) {
                if reaches(steps, &id, &dependent) {
                    continue;
                }
                if let Some(step) = steps.get_mut(&dependent) {
                    let edge = Edge { on: id.clone(), reason: edge.reason };
                    if !step.needs.contains(&edge) {
                        step.needs.push(edge);
                        step.needs.sort();
                    }
                }
            }
        }
    }
}

/// Whether an action works on a stack that stands.
fn touches(action: &Action) -> bool {
    matches!(action, Action::UpdateStack { .. } | Action::RevertDrift { .. })
}

/// Whether a step waits, near or far, for another one.
pub(super) fn reaches(steps: &IndexMap<StepId, Step>, from: &StepId, to: &StepId) -> bool {
    let mut seen = HashSet::new();
    let mut open = vec![from];
    while let Some(id) = open.pop() {
        if id == to {
            return true;
        }
        if seen.insert(id) {
            open.extend(steps.get(id).into_iter().flat_map(|step| step.needs.iter().map(|edge| &edge.on)));
        }
    }
    false
}
