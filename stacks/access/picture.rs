//! Who may become whom, as a picture: accounts in which the same roles stand are drawn as one.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use landfall_model::AccountName;

use super::entry::Who;
use super::reach::{Edge, Reach};
use super::standing::RoleId;
use super::world::World;

/// The steps of an organization.
#[derive(Debug)]
pub struct Picture<'w> {
    world: &'w World,
    edges: Vec<Edge>,
}

/// A node: a role in a group of accounts, or somebody else.
type Node = String;

impl<'w> Picture<'w> {
    /// Of all roles.
    pub fn of(world: &'w World) -> Self {
        Self { world, edges: Reach::new(world).edges() }
    }

    /// Every step, each account by itself.
    pub fn edges(&self) -> &[Edge] {
        &self.edges
    }

    /// As Mermaid draws it. Roles that nobody can assume and that can assume none are left out.
    pub fn to_mermaid(&self) -> String {
        let groups = self.groups();
        let mut numbers: BTreeMap<Node, usize> = BTreeMap::new();
        let mut inside: BTreeMap<&AccountName, BTreeMap<Node, String>> = BTreeMap::new();
        let mut outside: BTreeMap<(&'static str, Node), String> = BTreeMap::new();
        let mut lines: BTreeSet<(Node, Node, String)> = BTreeSet::new();
        for edge in &self.edges {
            let to = self.role_node(&groups, edge.to, &mut inside);
            let from = match &edge.from {
                Who::Role(role) => self.role_node(&groups, *role, &mut inside),
                other => {
                    let (section, name) = outsider(self.world, other);
                    outside.insert((section, name.clone()), name.clone());
                    [section, "/", &name].concat()
                }
            };
            lines.insert((from, to, edge.conditions.join(", ")));
        }
        let mut out = String::from("flowchart LR\n");
        let mut number = |node: &str| {
            let next = numbers.len();
            *numbers.entry(node.to_owned()).or_insert(next)
        };
        let mut section = "";
        for ((own, name), label) in &outside {
            if *own != section {
                if !section.is_empty() {
                    out.push_str("  end\n");
                }
                let _ = writeln!(out, "  subgraph {}[\"{own}\"]", own.replace(' ', "_"));
                section = own;
            }
            let at = number(&[own, "/", name].concat());
            let _ = writeln!(out, "    n{at}([\"{}\"])", escaped(label));
        }
        if !section.is_empty() {
            out.push_str("  end\n");
        }
        for (index, (first, nodes)) in inside.iter().enumerate() {
            let members =
                groups.iter().filter(|(_, group)| group.as_str() == first.as_str()).map(|(name, _)| name.as_str());
            let _ = writeln!(out, "  subgraph a{index}[\"{}\"]", escaped(&titled(&members.collect::<Vec<_>>())));
            for (node, label) in nodes {
                let at = number(node);
                let _ = writeln!(out, "    n{at}[\"{}\"]", escaped(label));
            }
            out.push_str("  end\n");
        }
        for (from, to, label) in &lines {
            let (from, to) = (number(from), number(to));
            match label.is_empty() {
                true => drop(writeln!(out, "  n{from} --> n{to}")),
                false => drop(writeln!(out, "  n{from} -->|\"{}\"| n{to}", escaped(label))),
            }
        }
        out
    }

    /// Each account with the first of those in which the same happens.
    fn groups(&self) -> BTreeMap<&'w AccountName, &'w AccountName> {
        // What is said of an account, with the account itself left open.
        let mut said: BTreeMap<&AccountName, BTreeSet<String>> = BTreeMap::new();
        for edge in &self.edges {
            let to = self.world.account(edge.to);
            let target = self.world.shape(edge.to).name.as_str();
            let word = |account: &AccountName| if account == to { "here" } else { account.as_str() }.to_owned();
            let from = match &edge.from {
                Who::Role(role) => {
                    let account = self.world.account(*role);
                    let name = self.world.shape(*role).name.as_str();
                    if account != to {
                        // It matters to the account that it is left for which one that is.
                        let leaving = ["to ", to.as_str(), " ", target, " from ", name].concat();
                        said.entry(account).or_default().insert(leaving);
                    }
                    [&word(account), " ", name].concat()
                }
                Who::Account(account) => ["account ", &word(account)].concat(),
                Who::User(account, name) => ["user ", &word(account), " ", name].concat(),
                other => outsider(self.world, other).1,
            };
            let line = [&from, " to ", target, " ", &edge.conditions.join(", ")].concat();
            said.entry(to).or_default().insert(line);
        }
        let mut first: BTreeMap<&BTreeSet<String>, &'w AccountName> = BTreeMap::new();
        let nothing = BTreeSet::new();
        let mut out = BTreeMap::new();
        for account in self.world.by_account.keys() {
            let lines = said.get(account).unwrap_or(&nothing);
            let group = *first.entry(lines).or_insert(account);
            out.insert(account, group);
        }
        out
    }

    fn role_node(
        &self,
        groups: &BTreeMap<&'w AccountName, &'w AccountName>,
        role: RoleId,
        inside: &mut BTreeMap<&'w AccountName, BTreeMap<Node, String>>,
    ) -> Node {
        let account = self.world.account(role);
        let name = self.world.shape(role).name.as_str();
        let group = groups.get(account).copied().unwrap_or(account);
        let node = [group.as_str(), "/", name].concat();
        inside.entry(group).or_default().insert(node.clone(), name.to_owned());
        node
    }
}

/// Where somebody is drawn who is no role, and under which name.
fn outsider(world: &World, who: &Who) -> (&'static str, String) {
    match who {
        Who::Role(role) => ("roles", world.role_name(*role)),
        Who::User(account, name) => ("users", [account.as_str(), "/", name].concat()),
        Who::Account(account) => ("whole accounts", ["any principal of ", account.as_str()].concat()),
        Who::External(arn) => ("outside the organization", external(arn)),
        Who::Principal(arn) => ("named principals", arn.clone()),
        Who::Service(name) => ("AWS services", name.clone()),
        Who::Federated { provider, .. } => ("identity providers", provider.clone()),
        Who::Anyone => ("anyone", "anyone".to_owned()),
        Who::AnyoneBut(names) => ("anyone", ["anyone but ", &names.join(", ")].concat()),
    }
}

/// `account 999988887777` for the root of an account, else the ARN.
pub(crate) fn external(arn: &str) -> String {
    match arn.strip_suffix(":root").and_then(|rest| rest.rsplit(':').next()) {
        Some(account) => ["account ", account].concat(),
        None if arn.len() == 12 => ["account ", arn].concat(),
        None => arn.to_owned(),
    }
}

fn titled(members: &[&str]) -> String {
    const SHOWN: usize = 3;
    match members.len() {
        0..=SHOWN => members.join(", "),
        all => format!("{all} accounts: {} and {} more", members[..SHOWN].join(", "), all - SHOWN),
    }
}

/// Text in double quotes: Mermaid takes entities there.
fn escaped(text: &str) -> String {
    text.replace('#', "#35;").replace('"', "#quot;").replace('<', "#lt;").replace('>', "#gt;")
}
