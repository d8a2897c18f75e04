//! A document taken apart into single things that it allows, so that two documents can be told apart by what they grant
//! and not by how they are written.

use std::collections::BTreeSet;

use landfall_policies::lint::{Case, matches};
use landfall_policies::{AccessLevel, database};
use serde_json::Value;

use crate::document::{Elements, statements};

/// One action on one resource under some conditions.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Allowed {
    /// The service's prefix; `*` where the action names none.
    pub service: String,
    /// What the action does, where AWS documents it.
    pub level: Option<AccessLevel>,
    /// The action without its service; `*` for every action of every service, `all but …` for a `NotAction`.
    pub action: String,
    /// The resource as it is written; `all but …` for a `NotResource`.
    pub resource: String,
    /// Under which conditions: `KEY OPERATOR VALUE, VALUE`, in order.
    pub conditions: Vec<String>,
}

/// Everything that the statements of a document allow. Patterns of actions are expanded to the actions that AWS
/// documents, so that `s3:Get*` and a list of what it matches are the same.
pub fn allowed(document: &Value) -> BTreeSet<Allowed> {
    let mut out = BTreeSet::new();
    for statement in statements(document).iter().filter(|statement| statement.allows()) {
        let conditions = conditions(statement);
        let resources = either(statement, "Resource", "NotResource");
        for (service, level, action) in actions(statement) {
            for resource in &resources {
                out.insert(Allowed {
                    service: service.clone(),
                    level,
                    action: action.clone(),
                    resource: resource.clone(),
                    conditions: conditions.clone(),
                });
            }
        }
    }
    out
}

/// The statements of a document that deny, each by what it means.
pub fn denied(document: &Value) -> BTreeSet<String> {
    let told = |statement: &Elements| {
        let elements = statement.all().iter().filter(|(element, _)| *element != "Sid" && *element != "Effect");
        let told =
            elements.map(|(element, values)| [element.as_str(), &joined(values.keys().map(String::as_str))].join(" "));
        told.collect::<Vec<_>>().join("; ")
    };
    statements(document).iter().filter(|statement| !statement.allows()).map(told).collect()
}

fn joined<'t>(texts: impl Iterator<Item = &'t str>) -> String {
    texts.collect::<Vec<_>>().join(", ")
}

/// The conditions of a statement, in order.
pub(super) fn conditions(statement: &Elements) -> Vec<String> {
    let mut out: Vec<String> = statement
        .under("Condition/")
        .map(|(name, values)| {
            let (operator, key) = name.split_once('/').unwrap_or(("", name));
            [key, operator, &joined(values.values().map(String::as_str))].join(" ")
        })
        .collect();
    out.sort();
    out
}

fn either(statement: &Elements, positive: &str, negative: &str) -> Vec<String> {
    match statement.values(negative) {
        Some(but) => vec![["all but ", &joined(but)].concat()],
        None => statement.values(positive).into_iter().flatten().map(str::to_owned).collect(),
    }
}

fn actions(statement: &Elements) -> Vec<(String, Option<AccessLevel>, String)> {
    let whole = |text: String| ("*".to_owned(), None, text);
    let mut out = Vec::new();
    // Actions are in lower case here; AWS's own spelling comes from the database.
    for pattern in either(statement, "Action", "NotAction") {
        let Some((prefix, name)) = pattern.split_once(':').filter(|_| !pattern.starts_with("all but ")) else {
            out.push(whole(pattern));
            continue;
        };
        let before = out.len();
        if let Some(service) = database().service(prefix) {
            let found = service.actions.iter().filter(|action| matches(name, action.name, Case::Ignored));
            out.extend(found.map(|action| (service.prefix.to_owned(), Some(action.level), action.name.to_owned())));
        }
        if out.len() == before {
            out.push((prefix.to_owned(), None, name.to_owned()));
        }
    }
    out
}
