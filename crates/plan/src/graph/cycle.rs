//! Loops, each named by its way.

use std::collections::{HashMap, HashSet, VecDeque};

use landfall_model::Diagnostic;
use petgraph::Direction;
use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;

use super::dag::Wait;
use crate::StepId;
use crate::codes::CYCLE;

type Arrows = DiGraph<StepId, Wait>;

/// One diagnostic for each group of nodes that wait for each other, in the order of their first nodes.
pub(super) fn diagnose(arrows: &Arrows) -> Vec<Diagnostic> {
    let mut groups: Vec<Vec<NodeIndex>> = tarjan_scc(arrows)
        .into_iter()
        .filter(|group| match group.as_slice() {
            [one] => arrows.find_edge(*one, *one).is_some(),
            _ => true,
        })
        .collect();
    for group in &mut groups {
        group.sort_unstable();
    }
    groups.sort_unstable();
    groups.iter().filter_map(|group| Some(describe(arrows, &shortest_loop(arrows, group)?))).collect()
}

/// The shortest loop through the group's first node, as nodes of which each waits for the next and the last for the
/// first.
fn shortest_loop(arrows: &Arrows, group: &[NodeIndex]) -> Option<Vec<NodeIndex>> {
    let start = *group.first()?;
    let members: HashSet<NodeIndex> = group.iter().copied().collect();
    let mut came_from: HashMap<NodeIndex, NodeIndex> = HashMap::new();
    let mut open = VecDeque::from([start]);
    while let Some(node) = open.pop_front() {
        let mut needed: Vec<NodeIndex> =
            arrows.neighbors_directed(node, Direction::Incoming).filter(|next| members.contains(next)).collect();
        needed.sort_unstable();
        for next in needed {
            if next == start {
                let mut way = vec![node];
                while let Some(before) = came_from.get(way.last()?) {
                    way.push(*before);
                }
                way.reverse();
                return Some(way);
            }
            if let std::collections::hash_map::Entry::Vacant(free) = came_from.entry(next) {
                free.insert(node);
                open.push_back(next);
            }
        }
    }
    None
}

fn describe(arrows: &Arrows, way: &[NodeIndex]) -> Diagnostic {
    let name = |node: NodeIndex| arrows[node].to_string();
    let pairs = || way.iter().zip(way.iter().cycle().skip(1)).map(|(waiter, needed)| (*waiter, *needed));
    let mut chain: Vec<String> = way.iter().map(|node| name(*node)).collect();
    chain.extend(way.first().map(|node| name(*node)));
    let mut help: Vec<String> = vec!["take one of these references away:".to_owned()];
    let mut labels = Vec::new();
    for (waiter, needed) in pairs() {
        let wait = arrows
            .edges_connecting(needed, waiter)
            .min_by(|a, b| a.weight().reason.cmp(&b.weight().reason))
            .map(|arrow| arrows[arrow.id()].clone());
        if let Some(Wait { reason, place }) = wait {
            let text = format!("{} waits for {}: {reason}", name(waiter), name(needed));
            help.push(format!("  {text}"));
            labels.extend(place.map(|place| (place, text)));
        }
    }
    let mut labels = labels.into_iter();
    let first = labels.next();
    let message = match way {
        [_] => format!("it waits for itself: {}", chain.join(" → ")),
        _ => format!("these wait for each other: {}", chain.join(" → ")),
    };
    let mut diagnostic = Diagnostic::error(CYCLE, first.as_ref().map(|(place, _)| *place), message);
    if let Some((_, text)) = first {
        diagnostic = diagnostic.label(text);
    }
    labels.fold(diagnostic, |all, (place, text)| all.related(place, text)).help(help.join("\n"))
}
