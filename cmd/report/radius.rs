//! What a change of the folder touches, in words.

use std::collections::{BTreeMap, BTreeSet};

use landfall_model::AccountName;
use landfall_plan::{Alteration, Radius, Sites};
use serde_json::{Value, json};

use crate::report::{Paint, count};

const ORDER: [Alteration; 3] = [Alteration::Added, Alteration::Changed, Alteration::Removed];

/// `adds 3 roles in 2 accounts, touches nothing else`
pub(crate) fn headline(radius: &Radius) -> String {
    let parts: Vec<String> = ORDER.into_iter().filter_map(|what| part(radius, what)).collect();
    match parts.as_slice() {
        [] => "touches nothing".to_owned(),
        [only] => format!("{only}, touches nothing else"),
        _ => parts.join("; "),
    }
}

fn part(radius: &Radius, what: Alteration) -> Option<String> {
    let mut things = Vec::new();
    let mut add = |number: usize, noun: &str| {
        if number > 0 {
            things.push(count(number, noun));
        }
    };
    add(radius.units.values().filter(|one| **one == what).count(), "unit");
    add(radius.accounts.values().filter(|one| **one == what).count(), "account");
    add(radius.guardrails.values().filter(|one| **one == what).count(), "guardrail");
    let inside = inside(radius, what);
    if things.is_empty() && inside.is_none() {
        return None;
    }
    things.extend(inside);
    Some(format!("{} {}", verb(what), things.join(", ")))
}

/// `3 roles and 1 boundary in 2 accounts`
fn inside(radius: &Radius, what: Alteration) -> Option<String> {
    let mut accounts: BTreeSet<&AccountName> = BTreeSet::new();
    let mut things = Vec::new();
    for (of, noun) in
        [(&radius.roles, "role"), (&radius.boundaries, "boundary"), (&radius.shared_policies, "shared policy")]
    {
        let sites: Vec<&BTreeSet<AccountName>> = of.values().filter_map(|sites| sites.get(&what)).collect();
        accounts.extend(sites.iter().flat_map(|sites| sites.iter()));
        if !sites.is_empty() {
            things.push(count(sites.len(), noun));
        }
    }
    if things.is_empty() {
        // Alarms and providers have no role, and a stack may differ in its tags alone.
        let stacks: Vec<_> = radius.stacks.iter().filter(|(_, (one, _))| *one == what).collect();
        accounts.extend(stacks.iter().map(|(key, _)| &key.account));
        if stacks.is_empty() {
            return None;
        }
        things.push(count(stacks.len(), "stack"));
    }
    Some(format!("{} in {}", things.join(" and "), count(accounts.len(), "account")))
}

fn verb(what: Alteration) -> &'static str {
    match what {
        Alteration::Added => "adds",
        Alteration::Changed => "changes",
        Alteration::Removed => "removes",
    }
}

fn paint(paint: Paint, what: Alteration, text: String) -> String {
    match what {
        Alteration::Added => paint.good(format!("+ {text}")),
        Alteration::Changed => paint.warn(format!("~ {text}")),
        Alteration::Removed => paint.bad(format!("- {text}")),
    }
}

/// Every thing that is touched, a line each.
pub(crate) fn lines(on: Paint, radius: &Radius) -> Vec<String> {
    let mut out = Vec::new();
    for (path, what) in &radius.units {
        out.push(paint(on, *what, format!("unit {path}")));
    }
    for (name, what) in &radius.accounts {
        out.push(paint(on, *what, format!("account {name}")));
    }
    for (of, noun) in
        [(&radius.boundaries, "boundary"), (&radius.shared_policies, "shared policy"), (&radius.roles, "role")]
    {
        for (name, sites) in of {
            for (what, accounts) in sites {
                out.push(paint(on, *what, format!("{noun} {name}")) + " in " + &names(accounts));
            }
        }
    }
    for (key, (what, kind)) in &radius.stacks {
        out.push(paint(on, *what, format!("stack {key}")) + &on.dim(format!(" ({kind})")));
    }
    for (key, what) in &radius.guardrails {
        out.push(paint(on, *what, format!("guardrail {}", key.name)));
    }
    out
}

/// How many accounts of a long list are named.
const NAMES: usize = 8;

fn names(accounts: &BTreeSet<AccountName>) -> String {
    let shown: Vec<&str> = accounts.iter().take(NAMES).map(AccountName::as_str).collect();
    match accounts.len().saturating_sub(NAMES) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// For programs.
pub(crate) fn json(radius: &Radius) -> Value {
    let word = |what: Alteration| match what {
        Alteration::Added => "added",
        Alteration::Changed => "changed",
        Alteration::Removed => "removed",
    };
    let sites = |of: &BTreeMap<String, Sites>| -> Vec<Value> {
        of.iter()
            .flat_map(|(name, sites)| sites.iter().map(move |(what, accounts)| (name, what, accounts)))
            .map(|(name, what, accounts)| json!({ "name": name, "is": word(*what), "in": accounts }))
            .collect()
    };
    let stacks: Vec<Value> = radius
        .stacks
        .iter()
        .map(|(key, (what, kind))| json!({ "stack": key.to_string(), "kind": kind, "is": word(*what) }))
        .collect();
    let units: BTreeMap<&str, &str> = radius.units.iter().map(|(path, what)| (path.as_str(), word(*what))).collect();
    let accounts: BTreeMap<&str, &str> =
        radius.accounts.iter().map(|(name, what)| (name.as_str(), word(*what))).collect();
    let guardrails: BTreeMap<String, &str> =
        radius.guardrails.iter().map(|(key, what)| (key.to_string(), word(*what))).collect();
    json!({
        "summary": headline(radius),
        "only_adds": radius.only_adds(),
        "touched_accounts": radius.touched(),
        "units": units,
        "accounts": accounts,
        "roles": sites(&radius.roles),
        "boundaries": sites(&radius.boundaries),
        "shared_policies": sites(&radius.shared_policies),
        "stacks": stacks,
        "guardrails": guardrails,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use landfall_model::{GuardrailKind, PolicyName};
    use landfall_stacks::GuardrailKey;

    fn accounts(names: &[&str]) -> BTreeSet<AccountName> {
        names.iter().map(|name| AccountName::new(*name).unwrap()).collect()
    }

    #[test]
    fn a_radius_in_one_line() {
        let mut radius = Radius::default();
        assert_eq!(headline(&radius), "touches nothing");
        radius.roles.insert("a".to_owned(), Sites::from([(Alteration::Added, accounts(&["x", "y"]))]));
        radius.roles.insert("b".to_owned(), Sites::from([(Alteration::Added, accounts(&["x"]))]));
        assert_eq!(headline(&radius), "adds 2 roles in 2 accounts, touches nothing else");
        radius.boundaries.insert("w".to_owned(), Sites::from([(Alteration::Added, accounts(&["z"]))]));
        assert_eq!(headline(&radius), "adds 2 roles and 1 boundary in 3 accounts, touches nothing else");
        radius.accounts.insert(AccountName::new("z").unwrap(), Alteration::Added);
        let key =
            GuardrailKey { kind: GuardrailKind::ServiceControl, name: PolicyName::new("acme-guardrail-x").unwrap() };
        radius.guardrails.insert(key, Alteration::Changed);
        assert_eq!(headline(&radius), "adds 1 account, 2 roles and 1 boundary in 3 accounts; changes 1 guardrail");
        assert_eq!(
            lines(Paint::Plain, &radius),
            ["+ account z", "+ boundary w in z", "+ role a in x, y", "+ role b in x", "~ guardrail acme-guardrail-x",]
        );
        let value = json(&radius);
        assert_eq!((value["only_adds"].as_bool(), value["roles"][0]["in"][1].as_str()), (Some(false), Some("y")));
    }
}
