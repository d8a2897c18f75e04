//! What a role's policies come to: what they give, less what bounds it. An intersection of patterns, which answers for
//! all resources at once; a single request is a question for the evaluator.

use super::condition_key::negated;
use super::pattern::{Case, matches, meets, without_variables};
use super::resource_fit::arns_meet;
use super::subject::{allows, shown};
use crate::{Actions, Document, Effect, Resources, Statement};

/// The documents that decide what a role can do.
#[derive(Debug, Clone, Default)]
pub struct Power<'a> {
    /// The role's own policies.
    pub own: Vec<&'a Document>,
    /// What bounds it: each must let through.
    pub bounds: Vec<&'a Document>,
}

/// An action on resources that the role's own policies give and nothing takes away.
#[derive(Debug, Clone)]
pub struct Reach<'a> {
    /// The pattern of resources.
    pub resource: String,
    /// The statement that gives it.
    pub statement: &'a Statement,
}

impl<'a> Power<'a> {
    /// Where an action can be done. `service` is the service that a role is passed to, for `iam:PassRole`.
    pub fn reaches(&self, action: &str, service: Option<&str>) -> Vec<Reach<'a>> {
        let mut out = Vec::new();
        for statement in self.own.iter().flat_map(|document| &document.statements) {
            if !allows(statement) || !covers_action(statement, action) || !passes_to(statement, service) {
                continue;
            }
            for resource in patterns(statement) {
                if !self.denied(action, &resource) && self.bounded(action, &resource, service) {
                    out.push(Reach { resource, statement });
                }
            }
        }
        out
    }

    /// Whether an action can be done anywhere.
    pub fn can(&self, action: &str) -> bool {
        !self.reaches(action, None).is_empty()
    }

    fn denied(&self, action: &str, resource: &str) -> bool {
        let all = self.own.iter().chain(&self.bounds).flat_map(|document| &document.statements);
        all.filter(|statement| statement.conditions.is_empty()).any(|statement| denies(statement, action, resource))
    }

    fn bounded(&self, action: &str, resource: &str, service: Option<&str>) -> bool {
        self.bounds.iter().all(|bound| lets_through(bound, action, resource, service))
    }

    /// Whether a bound only lets an action touch principals that carry a boundary themselves.
    pub(crate) fn held_by_boundary(&self, action: &str) -> bool {
        let all = self.own.iter().chain(&self.bounds).flat_map(|document| &document.statements);
        all.filter(|statement| statement.effect == Effect::Deny && covers_action(statement, action)).any(|statement| {
            patterns(statement).iter().any(|pattern| pattern == "*")
                && statement.conditions.len() == 1
                && statement.conditions.iter().all(|one| {
                    one.key.0.eq_ignore_ascii_case("iam:PermissionsBoundary")
                        && negated(one.operator.kind)
                        && !one.operator.if_exists
                })
        })
    }
}

/// Whether a bound has an `Allow` that lets an action on such resources through.
pub fn lets_through(bound: &Document, action: &str, resource: &str, service: Option<&str>) -> bool {
    bound.statements.iter().any(|statement| {
        allows(statement)
            && covers_action(statement, action)
            && passes_to(statement, service)
            && match &statement.resources {
                Resources::Except(list) => {
                    !list.iter().any(|text| matches(&text_pattern(text), resource, Case::Minded))
                }
                Resources::Only(list) => list.iter().any(|text| {
                    let pattern = text_pattern(text);
                    pattern == "*" || resource == "*" || arns_meet(&pattern, resource)
                }),
                Resources::Implied => true,
            }
    })
}

/// Whether a statement denies an action on all that a pattern of resources stands for.
pub fn denies(statement: &Statement, action: &str, resource: &str) -> bool {
    statement.effect == Effect::Deny
        && covers_action(statement, action)
        && match &statement.resources {
            Resources::Only(list) => list.iter().any(|text| matches(&text_pattern(text), resource, Case::Minded)),
            Resources::Except(list) => !list.iter().any(|text| meets(&text_pattern(text), resource, Case::Minded)),
            Resources::Implied => true,
        }
}

/// Whether a statement is about an action.
pub fn covers_action(statement: &Statement, action: &str) -> bool {
    match &statement.actions {
        Actions::Only(list) => list.iter().any(|pattern| matches(pattern.as_str(), action, Case::Ignored)),
        Actions::Except(list) => !list.iter().any(|pattern| matches(pattern.as_str(), action, Case::Ignored)),
    }
}

/// Whether a statement is about passing roles to a service.
fn passes_to(statement: &Statement, service: Option<&str>) -> bool {
    let Some(service) = service else { return true };
    statement.conditions.iter().filter(|one| one.key.0.eq_ignore_ascii_case("iam:PassedToService")).all(|one| {
        let named = one.values.iter().any(|value| matches(&shown(value), service, Case::Ignored));
        named != negated(one.operator.kind)
    })
}

fn text_pattern(text: &crate::Text) -> String {
    without_variables(&shown(text))
}

/// The resources of a statement as patterns; `NotResource` is nearly everything.
pub(crate) fn patterns(statement: &Statement) -> Vec<String> {
    match &statement.resources {
        Resources::Only(list) => list.iter().map(text_pattern).collect(),
        Resources::Except(_) | Resources::Implied => vec!["*".to_owned()],
    }
}
