//! Roles that can become stronger ones: by assuming them, by passing them to a service, by changing whom they trust.

use std::collections::BTreeMap;

use landfall_model::{Diagnostic, Place};
use landfall_policies::lint::{Case, Hold, Power, codes, escalations, matches, passable};
use landfall_policies::{Effect, Piece, Principal, Principals, Statement, Text};

use super::finding::Finding;
use crate::estate::{Estate, OWN, RoleShape, account_and_resource};
use crate::item::Item;

/// A role with what it comes to.
struct Node<'a> {
    linted: &'a RoleShape,
    power: Power<'a>,
    resource: String,
}

/// Looks at every pair of a role of the user's and a role that is stronger.
pub(crate) fn check(items: &[Item<'_>], estate: &Estate) -> Vec<Finding> {
    let by_place: BTreeMap<Place, &Item<'_>> = items.iter().map(|item| (item.place, item)).collect();
    let nodes: Vec<Node<'_>> = estate
        .roles
        .iter()
        .map(|linted| Node {
            power: Power { own: linted.own(), bounds: estate.boundary(linted).into_iter().collect() },
            resource: ["role", &linted.role.path, linted.role.name.as_str()].concat(),
            linted,
        })
        .collect();
    let strong =
        |node: &Node<'_>| !node.linted.is_users() || escalations(&node.power).iter().any(|way| way.hold == Hold::Free);
    let mut stronger: Vec<bool> = nodes.iter().map(strong).collect();
    let mut out = Vec::new();
    // From the strong ones backwards; whoever was found is strong itself.
    let mut front: Vec<usize> = (0..nodes.len()).filter(|at| stronger.get(*at).copied().unwrap_or_default()).collect();
    while let Some(target) = front.pop() {
        let Some(to) = nodes.get(target) else { continue };
        for (at, from) in nodes.iter().enumerate() {
            if stronger.get(at).copied().unwrap_or(true) || from.linted.place == to.linted.place {
                continue;
            }
            let Some(action) = becomes(estate, from, to) else { continue };
            if let Some(slot) = stronger.get_mut(at) {
                *slot = true;
            }
            front.push(at);
            if let Some(item) = by_place.get(&from.linted.place) {
                out.push(told(item, from, to, action));
            }
        }
    }
    out
}

fn told(item: &Item<'_>, from: &Node<'_>, to: &Node<'_>, action: &'static str) -> Finding {
    let (from, to) = (&from.linted.role.name, &to.linted.role.name);
    let message = format!("role `{from}` can become `{to}`, which can do more, by `{action}`");
    let diagnostic = Diagnostic::error(codes::CHAIN, item.origin(action), message)
        .help("name the roles that it needs; the stronger one should trust by name and ask for conditions");
    Finding::new(diagnostic, [item.name.clone(), from.as_str().to_owned()])
}

/// The action by which one role becomes another.
fn becomes(estate: &Estate, from: &Node<'_>, to: &Node<'_>) -> Option<&'static str> {
    let reaches = |action: &str, service: Option<&str>| {
        from.power.reaches(action, service).iter().any(|reach| names(estate, from, to, &reach.resource))
    };
    if reaches("sts:AssumeRole", None) && to.linted.trust.statements.iter().any(|one| admits(from, to, one)) {
        return Some("sts:AssumeRole");
    }
    let together = !from.linted.accounts.is_disjoint(&to.linted.accounts);
    if together && reaches("iam:UpdateAssumeRolePolicy", None) {
        return Some("iam:UpdateAssumeRolePolicy");
    }
    let services = to.linted.trust.statements.iter().flat_map(services);
    let passed = |service: &str| reaches("iam:PassRole", Some(service)) && passable(&from.power, service);
    (together && services.into_iter().any(passed)).then_some("iam:PassRole")
}

fn services(statement: &Statement) -> Vec<&str> {
    let Principals::Only(list) = &statement.principals else { return Vec::new() };
    let mut out = Vec::new();
    for principal in list {
        if let Principal::Service(name) = principal {
            out.push(name.as_str());
        }
    }
    out
}

/// Whether a pattern of resources names a role.
fn names(estate: &Estate, from: &Node<'_>, to: &Node<'_>, pattern: &str) -> bool {
    if pattern == "*" {
        return true;
    }
    let Some((account, resource)) = account_and_resource(pattern) else { return false };
    let there = if account == OWN {
        !from.linted.accounts.is_disjoint(&to.linted.accounts)
    } else if account.contains(['*', '?']) {
        true
    } else {
        estate.names.get(account).is_some_and(|name| to.linted.accounts.contains(name))
    };
    there && matches(resource, &to.resource, Case::Minded)
}

/// Whether a statement of a trust lets a role in, if its other conditions hold.
fn admits(from: &Node<'_>, to: &Node<'_>, statement: &Statement) -> bool {
    let Principals::Only(list) = &statement.principals else { return false };
    let there = |text: &Text| {
        text.pieces().iter().any(|piece| match piece {
            Piece::Account => !from.linted.accounts.is_disjoint(&to.linted.accounts),
            Piece::AccountOf(name) => from.linted.accounts.contains(name),
            _ => false,
        })
    };
    let trusted = list.iter().any(|principal| matches!(principal, Principal::Aws(text) if there(text)));
    let meant =
        statement.conditions.iter().filter(|one| one.key.0.eq_ignore_ascii_case("aws:PrincipalArn")).all(|one| {
            one.values.iter().filter_map(Text::as_literal).any(|value| {
                account_and_resource(value).is_some_and(|(_, resource)| matches(resource, &from.resource, Case::Minded))
            })
        });
    statement.effect == Effect::Allow && trusted && meant
}
