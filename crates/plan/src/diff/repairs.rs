//! What is put right in IAM: one step an account.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use indexmap::IndexMap;
use landfall_model::AccountName;

use crate::{Action, Cause, Difference, Edge, Graph, Repaired, Step, StepId};

/// The stacks of each account whose identities differ, and how.
#[derive(Debug, Default)]
pub(crate) struct Repairs(BTreeMap<AccountName, (Vec<Repaired>, Vec<Difference>)>);

impl Repairs {
    /// Takes a stack in.
    pub(crate) fn take(&mut self, repaired: Repaired, differences: Vec<Difference>) {
        let (stacks, all) = self.0.entry(repaired.key.account.clone()).or_default();
        stacks.push(repaired);
        all.extend(differences);
    }

    /// Adds the steps. Each waits for what its stacks wait for, and what waits for its stacks waits for it, as far as
    /// that makes no loop: several stacks are one step here, and one of them may lean on what leans on another.
    pub(crate) fn into_steps(self, graph: &Graph, steps: &mut IndexMap<StepId, Step>) {
        for (account, (stacks, differences)) in self.0 {
            let id = StepId::Identities(account);
            let own: HashSet<StepId> = stacks.iter().map(|repaired| StepId::Stack(repaired.key.clone())).collect();
            let mut needs: Vec<Edge> = own.iter().flat_map(|stack| graph.needs(stack)).collect();
            needs.retain(|edge| steps.contains_key(&edge.on));
            needs.sort();
            needs.dedup();
            let causes = BTreeSet::from([Cause::IdentitiesDiffer]);
            let action = Action::RepairIdentities { stacks, differences };
            steps.insert(id.clone(), Step { id: id.clone(), action, causes, needs });
            let dependents: Vec<(StepId, Edge)> = steps
                .keys()
                .filter(|other| **other != id)
                .flat_map(|other| graph.needs(other).into_iter().map(move |edge| (other.clone(), edge)))
                .filter(|(_, edge)| own.contains(&edge.on))
                .collect();
            for (dependent, edge) in dependents {
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

/// Whether a step waits, near or far, for another one.
fn reaches(steps: &IndexMap<StepId, Step>, from: &StepId, to: &StepId) -> bool {
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
