//! Grants of everything.

use super::codes::EVERY_ACTION;
use super::finding::Finding;
use super::subject::{DocumentKind, Subject, actions, allows, resources};
use crate::Actions;

/// A statement that allows every action on everything leaves all to the boundary: what the role needs is written nowhere,
/// and whatever the boundary gets later the role gets too. Conditions make it something else.
pub(crate) fn check(subject: Subject<'_>, out: &mut Vec<Finding>) {
    if subject.kind != DocumentKind::Identity {
        return;
    }
    for (path, statement) in subject.statements() {
        let everywhere = resources(&path, statement).iter().any(|(_, resource)| resource == "*");
        if !allows(statement) || !statement.conditions.is_empty() || !everywhere {
            continue;
        }
        let Actions::Only(_) = statement.actions else { continue };
        if let Some((path, action)) = actions(&path, statement).into_iter().find(|(_, action)| *action == "*") {
            let message = format!("`{action}` on `*` allows whatever the boundary lets through");
            out.push(Finding::warning(EVERY_ACTION, path, message).help(
                "name the actions, or use `access:`; the boundary is the most that a role can do, not what it needs",
            ));
        }
    }
}
