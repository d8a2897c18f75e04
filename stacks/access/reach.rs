//! Who may become whom, over as many roles as it takes.

use std::cell::OnceCell;
use std::collections::{BTreeMap, VecDeque};

use super::entry::{Entry, Who};
use super::standing::RoleId;
use super::world::World;

/// One step: somebody becomes a role.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    /// Who.
    pub from: Who,
    /// Which role.
    pub to: RoleId,
    /// The conditions, each in a word or two.
    pub conditions: Vec<String>,
}

/// A way over other roles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    /// Where it begins.
    pub who: Who,
    /// The roles in between, in order; the role that was asked for is not among them.
    pub via: Vec<RoleId>,
}

/// The ways into the roles of a world, each role looked at once.
#[derive(Debug)]
pub struct Reach<'w> {
    world: &'w World,
    ways: Vec<OnceCell<Vec<Entry>>>,
}

impl<'w> Reach<'w> {
    /// Of all roles.
    pub fn new(world: &'w World) -> Self {
        Self { world, ways: std::iter::repeat_with(OnceCell::new).take(world.roles.len()).collect() }
    }

    /// The ways into a role.
    pub fn ways(&self, role: RoleId) -> &[Entry] {
        self.ways.get(role.0).map_or(&[], |slot| slot.get_or_init(|| self.world.ways_in(role)))
    }

    /// Everyone who can become a role over others, each by a shortest way, nearest first.
    pub fn chains(&self, target: RoleId) -> Vec<Chain> {
        let mut next: BTreeMap<RoleId, RoleId> = BTreeMap::new();
        let mut queue = VecDeque::from([target]);
        let mut out: Vec<Chain> = Vec::new();
        let direct: Vec<&Who> = self.ways(target).iter().map(|entry| &entry.who).collect();
        while let Some(role) = queue.pop_front() {
            for entry in self.ways(role).iter().filter(|entry| entry.is_open()) {
                if let Who::Role(from) = entry.who {
                    if from == target || next.contains_key(&from) {
                        continue;
                    }
                    next.insert(from, role);
                    queue.push_back(from);
                }
                let known = direct.contains(&&entry.who) || out.iter().any(|chain| chain.who == entry.who);
                if role != target && !known {
                    out.push(Chain { who: entry.who.clone(), via: path(&next, role, target) });
                }
            }
        }
        out
    }

    /// Every step, in order.
    pub fn edges(&self) -> Vec<Edge> {
        let of = |role| {
            let open = self.ways(role).iter().filter(|entry| entry.is_open());
            open.map(move |entry| Edge { from: entry.who.clone(), to: role, conditions: entry.short.clone() })
        };
        self.world.roles().flat_map(of).collect()
    }
}

fn path(next: &BTreeMap<RoleId, RoleId>, from: RoleId, target: RoleId) -> Vec<RoleId> {
    let steps = std::iter::successors(Some(from), |role| next.get(role).copied());
    steps.take_while(|role| *role != target).collect()
}
