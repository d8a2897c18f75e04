//! What a bound takes away of what a role's own policies grant.

use super::pattern::{Case, matches};
use super::power::{denies, lets_through, patterns};
use super::subject::allows;
use crate::database::database;
use crate::{Actions, Document, Statement};

/// What takes away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taker {
    /// A boundary: what it does not let through is gone.
    Boundary,
    /// A service control policy beside others that let everything through: only what it denies is gone.
    Guardrail,
}

/// An action, or a pattern of such, of which nothing or not all is left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// As the role's own policy has it.
    pub action: String,
    /// The actions that are gone, where that is not all of them.
    pub some: Vec<String>,
}

/// What is gone of a document's grants, each action once.
pub fn taken(own: &Document, bound: &Document, taker: Taker) -> Vec<Taken> {
    let mut out: Vec<Taken> = Vec::new();
    for statement in own.statements.iter().filter(|statement| allows(statement)) {
        // `NotAction` and `*` mean whatever the bound lets through.
        let Actions::Only(list) = &statement.actions else { continue };
        for action in list {
            let action = action.as_str();
            if action == "*" || out.iter().any(|known| known.action.eq_ignore_ascii_case(action)) {
                continue;
            }
            out.extend(of_action(statement, action, bound, taker));
        }
    }
    out
}

fn of_action(statement: &Statement, action: &str, bound: &Document, taker: Taker) -> Option<Taken> {
    let resources = patterns(statement);
    let pattern = action.contains(['*', '?']);
    let left = |action: &str| {
        resources.iter().any(|resource| {
            let through = taker == Taker::Guardrail || lets_through(bound, action, resource, None);
            through && !bound.statements.iter().any(|one| takes(one, pattern) && denies(one, action, resource))
        })
    };
    let taken = |some| Some(Taken { action: action.to_owned(), some });
    // What does not exist is told as that.
    let (prefix, name) = action.split_once(':')?;
    let service = database().service(prefix)?;
    if !action.contains(['*', '?']) {
        service.action(name)?;
        return if left(action) { None } else { taken(Vec::new()) };
    }
    let all: Vec<String> = service
        .actions
        .iter()
        .filter(|known| matches(name, known.name, Case::Ignored))
        .map(|known| [service.prefix, known.name].join(":"))
        .collect();
    let gone: Vec<String> = all.iter().filter(|action| !left(action)).cloned().collect();
    match gone.len() {
        0 => None,
        number if number == all.len() => taken(Vec::new()),
        _ => taken(gone),
    }
}

/// Whether a denial counts. What Landfall itself keeps from everybody is not meant by whoever writes `iam:*`.
fn takes(statement: &Statement, pattern: bool) -> bool {
    let own = statement.sid.as_deref().is_some_and(|sid| sid.starts_with("Landfall"));
    statement.conditions.is_empty() && !(pattern && own)
}
