//! The graph itself, and what can be asked of it.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};

use landfall_model::{AccountName, Kind, Place};
use petgraph::Direction;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;

use crate::{Edge, Reason, StepId};

/// Why one thing waits for another, and where the configuration says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wait {
    /// Why.
    pub reason: Reason,
    /// Where the reference stands.
    pub place: Option<Place>,
}

/// An acyclic graph over all that shall stand. Arrows run from what is needed to what needs it.
#[derive(Debug, Clone)]
pub struct Graph {
    pub(super) arrows: DiGraph<StepId, Wait>,
    pub(super) index: HashMap<StepId, NodeIndex>,
    pub(super) kinds: HashMap<NodeIndex, Kind>,
    pub(super) order: Vec<NodeIndex>,
}

impl Graph {
    /// Everything, in a topological order. Of what could come next, what the configuration lists first does.
    pub fn order(&self) -> impl ExactSizeIterator<Item = &StepId> {
        self.order.iter().map(|node| &self.arrows[*node])
    }

    /// How many nodes there are.
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Whether there is nothing at all. An organization is always there, so this is false for every built graph.
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// Whether the graph has the node.
    pub fn contains(&self, id: &StepId) -> bool {
        self.index.contains_key(id)
    }

    /// The kind of a stack's node.
    pub fn kind(&self, id: &StepId) -> Option<Kind> {
        self.kinds.get(self.index.get(id)?).copied()
    }

    /// What a node waits for, with the reasons, sorted.
    pub fn needs(&self, id: &StepId) -> Vec<Edge> {
        self.neighbours(id, Direction::Incoming)
    }

    /// What waits for a node, with the reasons, sorted.
    pub fn dependents(&self, id: &StepId) -> Vec<Edge> {
        self.neighbours(id, Direction::Outgoing)
    }

    fn neighbours(&self, id: &StepId, direction: Direction) -> Vec<Edge> {
        let Some(node) = self.index.get(id) else { return Vec::new() };
        let mut edges: Vec<Edge> = self
            .arrows
            .edges_directed(*node, direction)
            .map(|arrow| {
                let other = if direction == Direction::Incoming { arrow.source() } else { arrow.target() };
                Edge { on: self.arrows[other].clone(), reason: arrow.weight().reason.clone() }
            })
            .collect();
        edges.sort();
        edges.dedup();
        edges
    }

    /// Every edge: who waits, for whom, and why; in topological order of who waits.
    pub fn edges(&self) -> impl Iterator<Item = (&StepId, &StepId, &Wait)> {
        self.order.iter().flat_map(|node| {
            let mut arrows: Vec<_> = self.arrows.edges_directed(*node, Direction::Incoming).collect();
            arrows.sort_by(|a, b| {
                (&self.arrows[a.source()], &a.weight().reason).cmp(&(&self.arrows[b.source()], &b.weight().reason))
            });
            arrows.into_iter().map(|arrow| (&self.arrows[*node], &self.arrows[arrow.source()], arrow.weight()))
        })
    }

    /// What waits for nothing.
    pub fn roots(&self) -> impl Iterator<Item = &StepId> {
        self.order
            .iter()
            .filter(|node| self.arrows.edges_directed(**node, Direction::Incoming).next().is_none())
            .map(|node| &self.arrows[*node])
    }

    /// The targets and all that they need, near and far.
    pub fn with_ancestors<'a>(&self, targets: impl IntoIterator<Item = &'a StepId>) -> HashSet<StepId> {
        self.reach(targets, Direction::Incoming)
    }

    /// The targets and all that needs them, near and far.
    pub fn with_descendants<'a>(&self, targets: impl IntoIterator<Item = &'a StepId>) -> HashSet<StepId> {
        self.reach(targets, Direction::Outgoing)
    }

    fn reach<'a>(&self, targets: impl IntoIterator<Item = &'a StepId>, direction: Direction) -> HashSet<StepId> {
        let mut seen: HashSet<NodeIndex> = targets.into_iter().filter_map(|id| self.index.get(id)).copied().collect();
        let mut open: Vec<NodeIndex> = seen.iter().copied().collect();
        while let Some(node) = open.pop() {
            open.extend(self.arrows.neighbors_directed(node, direction).filter(|next| seen.insert(*next)));
        }
        seen.into_iter().map(|node| self.arrows[node].clone()).collect()
    }

    /// For each node the cost of the longest way from its start to the end of everything: what has the largest weight
    /// should begin first.
    pub fn weights(&self, cost: impl Fn(&StepId) -> u64) -> HashMap<StepId, u64> {
        let mut weights: HashMap<NodeIndex, u64> = HashMap::with_capacity(self.order.len());
        for node in self.order.iter().rev() {
            let after = self.arrows.neighbors(*node).filter_map(|next| weights.get(&next)).max().copied().unwrap_or(0);
            weights.insert(*node, cost(&self.arrows[*node]).saturating_add(after));
        }
        weights.into_iter().map(|(node, weight)| (self.arrows[node].clone(), weight)).collect()
    }

    /// The edges that anything must carry that can lock people out of an account, such as a guardrail: emergency
    /// access stands first. Stacks of roles lock nobody out, so the graph itself has no such edge.
    pub fn break_glass_first(&self, account: &AccountName) -> Vec<Edge> {
        self.order()
            .filter(|id| id.account() == Some(account) && self.kind(id) == Some(Kind::BreakGlass))
            .map(|id| Edge { on: id.clone(), reason: Reason::BreakGlassFirst })
            .collect()
    }
}

/// Kahn's algorithm; of the nodes that are ready, the one that was added first comes first. Fewer nodes than the graph
/// has come back if there is a cycle.
pub(super) fn topological(arrows: &DiGraph<StepId, Wait>) -> Vec<NodeIndex> {
    let mut waiting: Vec<usize> =
        arrows.node_indices().map(|node| arrows.edges_directed(node, Direction::Incoming).count()).collect();
    let mut ready: BinaryHeap<Reverse<NodeIndex>> =
        arrows.node_indices().filter(|node| waiting[node.index()] == 0).map(Reverse).collect();
    let mut order = Vec::with_capacity(waiting.len());
    while let Some(Reverse(node)) = ready.pop() {
        order.push(node);
        for next in arrows.neighbors(node) {
            let left = &mut waiting[next.index()];
            *left -= 1;
            if *left == 0 {
                ready.push(Reverse(next));
            }
        }
    }
    order
}
