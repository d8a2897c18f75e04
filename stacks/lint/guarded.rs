//! What boundaries and guardrails take away of what roles are granted.

use std::collections::{BTreeMap, BTreeSet};

use landfall_model::{
    AccountSet, Attachment, Code, Diagnostic, Foundation, GuardrailContent, GuardrailKind, Naming, Place, Severity,
};
use landfall_policies::lint::{Taken, Taker, codes, taken};
use landfall_policies::{Actions, Document, Effect};

use super::finding::Finding;
use crate::access::Author;
use crate::estate::{Estate, Held};
use crate::item::Item;

/// What is gone at one place, of however many roles.
#[derive(Default)]
struct Gone {
    whole: BTreeSet<String>,
    some: BTreeSet<String>,
    roles: BTreeSet<String>,
    items: BTreeSet<String>,
}

/// What takes: a boundary or a guardrail by its name.
type Key = (Place, &'static str, String);

/// Looks at every role of the user's.
pub(crate) fn check(foundation: &Foundation, items: &[Item<'_>], estate: &Estate) -> Vec<Finding> {
    let by_place: BTreeMap<Place, &Item<'_>> = items.iter().map(|item| (item.place, item)).collect();
    let guardrails = guardrails(foundation);
    let naming = Naming::new(&foundation.organization.name);
    let boundaries: BTreeMap<String, &str> = foundation
        .boundaries
        .keys()
        .filter_map(|name| Some((naming.boundary(name).ok()?.as_str().to_owned(), name.as_str())))
        .collect();
    let mut gone: BTreeMap<Key, Gone> = BTreeMap::new();
    for linted in estate.roles.iter().filter(|linted| linted.is_users()) {
        let Some(item) = by_place.get(&linted.place) else { continue };
        let mut note = |kind: &'static str, name: &str, all: Vec<Taken>| {
            for one in all {
                let entry = gone.entry((item.origin(&one.action), kind, name.to_owned())).or_default();
                entry.roles.insert(linted.role.name.as_str().to_owned());
                entry.items.insert(item.name.clone());
                if one.some.is_empty() {
                    entry.whole.insert(one.action);
                } else {
                    entry.some.extend(one.some);
                }
            }
        };
        let name = linted.boundary.as_ref().and_then(|policy| boundaries.get(policy));
        if let (Some(bound), Some(name)) = (estate.boundary(linted), name) {
            for held in &linted.held {
                note("boundary", name, missed(held, bound, Taker::Boundary));
            }
        }
        for (name, document, accounts) in &guardrails {
            if !linted.accounts.is_disjoint(accounts) {
                for held in &linted.held {
                    note("guardrail", name, missed(held, document, Taker::Guardrail));
                }
            }
        }
    }
    gone.into_iter().map(|(key, gone)| told(key, gone)).collect()
}

/// What is gone of a policy and will be missed. A broad policy of AWS's own under a narrow boundary is a way to write a
/// role: it is only told when nothing is left of it.
fn missed(held: &Held, bound: &Document, taker: Taker) -> Vec<Taken> {
    let all = taken(&held.document, bound, taker);
    let given = || {
        let allows = held.document.statements.iter().filter(|one| one.effect == Effect::Allow);
        let names = allows.flat_map(|one| match &one.actions {
            Actions::Only(list) => list.iter().map(|action| action.as_str().to_ascii_lowercase()).collect(),
            Actions::Except(_) => vec!["*".to_owned()],
        });
        names.collect::<BTreeSet<String>>().len()
    };
    let whole = all.iter().filter(|one| one.some.is_empty()).count();
    match held.author {
        Author::Role | Author::Organization => all,
        Author::Aws | Author::Required if whole == given() => all,
        Author::Aws | Author::Required => Vec::new(),
    }
}

fn told((place, kind, name): Key, gone: Gone) -> Finding {
    let code: Code = if kind == "boundary" { codes::BOUNDARY_TAKES } else { codes::GUARDRAIL_TAKES };
    let (severity, actions) =
        if gone.whole.is_empty() { (Severity::Warning, &gone.some) } else { (Severity::Error, &gone.whole) };
    let roles = listed(&gone.roles, 2);
    let message = format!("{kind} `{name}` takes {} away from {roles}", listed(actions, 5));
    let help = format!("let it through in the {kind}, or take it out here");
    let diagnostic = Diagnostic { severity, ..Diagnostic::error(code, place, message).help(help) };
    Finding::new(diagnostic, gone.items.into_iter().chain(gone.roles).chain([name]))
}

fn listed(words: &BTreeSet<String>, shown: usize) -> String {
    let some: Vec<String> = words.iter().take(shown).map(|word| format!("`{word}`")).collect();
    let text = some.join(", ");
    if words.len() > shown { format!("{text} and {} more", words.len() - shown) } else { text }
}

/// The user's own service control policies with the accounts that they are attached to, however far above.
fn guardrails(foundation: &Foundation) -> Vec<(String, Document, AccountSet)> {
    let own = foundation.guardrails.iter().filter(|one| one.kind == GuardrailKind::ServiceControl);
    own.filter_map(|one| {
        let GuardrailContent::Policy(text) = &one.content else { return None };
        let document = Document::parse(&text.json).ok()?;
        let management = &foundation.organization.management_account;
        let accounts = foundation.accounts.values().filter(|account| account.name != *management);
        let under = accounts.filter(|account| {
            one.attach.iter().any(|attachment| match attachment {
                Attachment::Root => true,
                Attachment::Account(name) => *name == account.name,
                Attachment::Unit(unit) => account.unit.as_ref().is_some_and(|own| own == unit || unit.contains(own)),
            })
        });
        Some((one.name.as_str().to_owned(), document, under.map(|account| account.name.clone()).collect()))
    })
    .collect()
}
