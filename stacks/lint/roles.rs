//! What a role's policies, its boundary and its trust come to together.

use std::collections::BTreeMap;

use landfall_model::{Diagnostic, Foundation, Place};
use landfall_policies::lint::{
    DocumentKind, Escalation, Hold, Power, Subject, check as check_document, codes, escalations, near_limit,
};
use landfall_policies::{Document, Quota, QuotaUse};

use super::finding::{Finding, diagnostic};
use crate::estate::{Estate, RoleShape};
use crate::item::Item;

/// Looks at every role of the user's, and at the boundaries' sizes.
pub(crate) fn check(foundation: &Foundation, items: &[Item<'_>], estate: &Estate) -> Vec<Finding> {
    let mut out = Vec::new();
    let by_place: BTreeMap<Place, &Item<'_>> = items.iter().map(|item| (item.place, item)).collect();
    for linted in estate.roles.iter().filter(|linted| linted.is_users()) {
        let Some(item) = by_place.get(&linted.place) else { continue };
        trust(&mut out, item, linted);
        quotas(&mut out, item, linted);
        escalation(&mut out, item, estate, linted);
    }
    for (name, boundary) in &foundation.boundaries {
        let Ok(policy) = landfall_model::Naming::new(&foundation.organization.name).boundary(name) else { continue };
        let Some((document, _)) = estate.policies.get(policy.as_str()) else { continue };
        if let Some(found) = near_limit(QuotaUse { quota: Quota::ManagedPolicy, used: document.size() }) {
            let message = format!("boundary `{name}`: {}", found.message);
            out.push(Finding::new(diagnostic(found, boundary.place, message), [name.as_str()]));
        }
    }
    out
}

fn subjects(item: &Item<'_>, linted: &RoleShape) -> [String; 2] {
    [item.name.clone(), linted.role.name.as_str().to_owned()]
}

fn trust(out: &mut Vec<Finding>, item: &Item<'_>, linted: &RoleShape) {
    for found in check_document(Subject { kind: DocumentKind::Trust, document: &linted.trust }) {
        let message = format!("role `{}`: {}", linted.role.name, found.message);
        out.push(Finding::new(diagnostic(found, item.place, message), subjects(item, linted)));
    }
}

fn quotas(out: &mut Vec<Finding>, item: &Item<'_>, linted: &RoleShape) {
    let uses = [
        (Quota::TrustPolicy, linted.trust.size()),
        (Quota::InlinePolicies, linted.inline().map(Document::size).sum()),
        (Quota::AttachedPolicies, linted.role.attached.len()),
    ];
    for (quota, used) in uses {
        if let Some(found) = near_limit(QuotaUse { quota, used }) {
            let message = format!("role `{}`: {}", linted.role.name, found.message);
            out.push(Finding::new(diagnostic(found, item.place, message), subjects(item, linted)));
        }
    }
}

fn escalation(out: &mut Vec<Finding>, item: &Item<'_>, estate: &Estate, linted: &RoleShape) {
    let power = Power { own: linted.own(), bounds: estate.boundary(linted).into_iter().collect() };
    let ways = escalations(&power);
    for free in [true, false] {
        let these: Vec<&Escalation> = ways.iter().filter(|way| (way.hold == Hold::Free) == free).collect();
        let Some(first) = these.first().and_then(|way| way.actions.last()) else { continue };
        let place = item.origin(first);
        let ways = told(&these);
        let name = &linted.role.name;
        let diagnostic = if free {
            Diagnostic::error(
                codes::ESCALATION,
                place,
                format!("role `{name}` can make itself more than its boundary: {ways}"),
            )
            .help("name the resources that it needs, and pass no other role than those")
        } else {
            Diagnostic::warning(codes::IDENTITY_CHANGE, place, format!("role `{name}` can act as others: {ways}")).help(
                "name the resources that it needs; what it reaches is held by boundaries or has a role of its own",
            )
        };
        out.push(Finding::new(diagnostic, subjects(item, linted)));
    }
}

/// "rewrites policies (`iam:CreatePolicyVersion`), …", a handful of them.
fn told(ways: &[&Escalation]) -> String {
    const SHOWN: usize = 3;
    let one = |way: &&Escalation| {
        let actions: Vec<String> = way.actions.iter().map(|action| format!("`{action}`")).collect();
        format!("it {} ({})", way.what, actions.join(" with "))
    };
    let mut text = ways.iter().take(SHOWN).map(one).collect::<Vec<_>>().join(", ");
    if ways.len() > SHOWN {
        text.push_str(&format!(" and in {} more ways", ways.len() - SHOWN));
    }
    text
}
