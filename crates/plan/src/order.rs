//! Steps in a topological order.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use indexmap::IndexMap;

use crate::{Plan, Step, StepId};

/// The positions of steps in a topological order; of those that are ready the first comes first. Steps on a loop, and
/// those behind it, are missing from it.
pub(crate) fn topological(steps: &IndexMap<StepId, Step>) -> Vec<usize> {
    let mut waiting = vec![0usize; steps.len()];
    let mut dependents: Vec<Vec<usize>> = vec![Vec::new(); steps.len()];
    for (position, step) in steps.values().enumerate() {
        for needed in step.needs.iter().filter_map(|edge| steps.get_index_of(&edge.on)) {
            waiting[position] += 1;
            dependents[needed].push(position);
        }
    }
    let mut ready: BinaryHeap<Reverse<usize>> =
        (0..steps.len()).filter(|position| waiting[*position] == 0).map(Reverse).collect();
    let mut order = Vec::with_capacity(steps.len());
    while let Some(Reverse(position)) = ready.pop() {
        order.push(position);
        for next in &dependents[position] {
            waiting[*next] -= 1;
            if waiting[*next] == 0 {
                ready.push(Reverse(*next));
            }
        }
    }
    order
}

/// Steps in a topological order; steps on a loop come last, for the invariants to find.
pub(crate) fn sorted(steps: IndexMap<StepId, Step>) -> IndexMap<StepId, Step> {
    let order = topological(&steps);
    let mut place = vec![usize::MAX; steps.len()];
    for (position, index) in order.iter().enumerate() {
        place[*index] = position;
    }
    let mut numbered: Vec<(usize, (StepId, Step))> = place.into_iter().zip(steps).collect();
    numbered.sort_by_key(|(position, _)| *position);
    numbered.into_iter().map(|(_, step)| step).collect()
}

impl Plan {
    /// For each step the cost of the longest way from its start to the end of the plan: what has the largest weight
    /// should begin first.
    pub fn weights(&self, cost: impl Fn(&Step) -> u64) -> HashMap<&StepId, u64> {
        let mut weights = vec![0u64; self.steps.len()];
        for position in topological(&self.steps).into_iter().rev() {
            let Some((_, step)) = self.steps.get_index(position) else { continue };
            weights[position] = weights[position].saturating_add(cost(step));
            for needed in step.needs.iter().filter_map(|edge| self.steps.get_index_of(&edge.on)) {
                weights[needed] = weights[needed].max(weights[position]);
            }
        }
        self.steps.keys().zip(weights).collect()
    }

    /// For each step that others wait for, those others.
    pub fn dependents(&self) -> HashMap<&StepId, Vec<&StepId>> {
        let mut dependents: HashMap<&StepId, Vec<&StepId>> = HashMap::new();
        for step in self.steps.values() {
            for edge in &step.needs {
                let waiters = dependents.entry(&edge.on).or_default();
                if waiters.last() != Some(&&step.id) {
                    waiters.push(&step.id);
                }
            }
        }
        dependents
    }
}

#[cfg(test)]
mod tests {
    use crate::Mode;
    use crate::tests::world::{World, boundary, foundation, role, stack_id, trusting};

    #[test]
    fn weights_and_dependents_follow_the_edges_of_the_plan() {
        let foundation = foundation(&[("management", None), ("a", None)]);
        let stacks = vec![boundary("a"), role("a", "x"), trusting("a", "y", ("a", "x"), 1), role("a", "z")];
        let plan = World::new(&foundation, stacks).plan(Mode::Apply);
        let weights = plan.weights(|_| 10);
        let weight = |stack: &str| weights[&stack_id("a", stack)];
        assert_eq!(weight("acme-cross-account-y"), 10);
        assert_eq!(weight("acme-service-x"), 20);
        assert_eq!(weight("acme-boundary"), 30);
        assert_eq!(weight("acme-service-z"), 10);
        let dependents = plan.dependents();
        assert_eq!(dependents[&stack_id("a", "acme-boundary")].len(), 3);
        assert!(!dependents.contains_key(&stack_id("a", "acme-service-z")));
    }
}
