//! Roles that are passed to whichever service.

use super::codes::PASS_ROLE;
use super::finding::Finding;
use super::pattern::{Case, matches};
use super::subject::{DocumentKind, Subject, actions, allows};
use crate::{Actions, Statement};

/// A boundary gives nothing: there only who names `iam:PassRole` is asked for which service.
pub(crate) fn check(subject: Subject<'_>, out: &mut Vec<Finding>) {
    let (kinds, broad) = match subject.kind {
        DocumentKind::Identity => (true, true),
        DocumentKind::Boundary => (true, false),
        _ => (false, false),
    };
    if !kinds {
        return;
    }
    for (path, statement) in subject.statements() {
        if !allows(statement) || !matches!(statement.actions, Actions::Only(_)) || to_known_services(statement) {
            continue;
        }
        for (path, action) in actions(&path, statement) {
            let exact = action.eq_ignore_ascii_case("iam:PassRole");
            if exact || (broad && action != "*" && matches(action, "iam:PassRole", Case::Ignored)) {
                out.push(
                    Finding::error(PASS_ROLE, path, format!("`{action}` passes roles to any service")).help(
                        "add `\"StringEquals\": { \"iam:PassedToService\": \"SERVICE.amazonaws.com\" }`, and name the roles",
                    ),
                );
            }
        }
    }
}

/// Whether a statement says to which services.
pub(crate) fn to_known_services(statement: &Statement) -> bool {
    statement.conditions.iter().any(|condition| {
        condition.key.0.eq_ignore_ascii_case("iam:PassedToService")
            && !condition.operator.if_exists
            && !super::condition_key::negated(condition.operator.kind)
            && !condition.values.iter().any(|value| value.as_literal() == Some("*"))
    })
}
