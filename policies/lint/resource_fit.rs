//! Resources and actions that do not belong together.

use super::codes::{ACTION_WITHOUT_RESOURCE, RESOURCE_WITHOUT_ACTION};
use super::finding::Finding;
use super::pattern::{Case, matches, meets, without_variables};
use super::subject::{Subject, actions, listed, resources};
use super::unknown_action::dated;
use crate::database::{ActionFacts, Service, database};
use crate::{Actions, Resources, Statement};

pub(crate) fn check(subject: Subject<'_>, out: &mut Vec<Finding>) {
    for (path, statement) in subject.statements() {
        if matches!(statement.actions, Actions::Only(_)) && matches!(statement.resources, Resources::Only(_)) {
            statement_fits(&path, statement, out);
        }
    }
}

fn statement_fits(path: &str, statement: &Statement, out: &mut Vec<Finding>) {
    let patterns: Vec<(String, String)> =
        resources(path, statement).into_iter().map(|(path, text)| (path, without_variables(&text))).collect();
    if patterns.iter().any(|(_, pattern)| pattern.trim_matches('*').is_empty()) {
        return;
    }
    let mut fitting = vec![false; patterns.len()];
    let mut all_known = true;
    for (path, written) in actions(path, statement) {
        let Some(named) = Named::of(written) else {
            all_known = false;
            continue;
        };
        let mut any = false;
        for action in &named.actions {
            for ((_, pattern), fits) in patterns.iter().zip(&mut fitting) {
                if fits_action(named.service, action, pattern) {
                    *fits = true;
                    any = true;
                }
            }
        }
        if !any {
            out.push(without_resource(path, written, &named));
        }
    }
    if !all_known {
        return;
    }
    // An action without a resource of its own is the whole story of a statement in which no action has one.
    if !fitting.iter().any(|fits| *fits) {
        return;
    }
    for ((path, pattern), fits) in patterns.iter().zip(&fitting) {
        if !fits {
            let message = format!("`{pattern}` is no resource of any of the statement's actions");
            out.push(
                Finding::error(RESOURCE_WITHOUT_ACTION, path, message)
                    .help(dated("write a resource of these actions, or put it into another statement")),
            );
        }
    }
}

/// The actions that a text names, of one service.
struct Named<'d> {
    service: &'d Service,
    actions: Vec<&'d ActionFacts>,
}

impl Named<'_> {
    fn of(written: &str) -> Option<Self> {
        let (prefix, name) = written.split_once(':')?;
        let service = database().service(prefix)?;
        let actions: Vec<&ActionFacts> =
            service.actions.iter().filter(|action| matches(name, action.name, Case::Ignored)).collect();
        (!actions.is_empty()).then_some(Self { service, actions })
    }
}

/// Whether an action can be on something that the pattern matches.
fn fits_action(service: &Service, action: &ActionFacts, pattern: &str) -> bool {
    action.types.iter().filter_map(|at| service.types.get(*at)).any(|kind| arns_meet(kind.arn, pattern))
}

/// Whether an ARN of a kind can match a pattern. Both are compared part by part, because a `*` for a bucket or a table
/// is no ARN of something inside of it.
pub(crate) fn arns_meet(kinds: &str, pattern: &str) -> bool {
    kinds == "-" || kinds.split(',').any(|kind| arn_meets(kind, pattern))
}

fn arn_meets(kind: &str, pattern: &str) -> bool {
    let mut kinds = kind.splitn(6, ':');
    let mut patterns = pattern.splitn(6, ':');
    for _ in 0..5 {
        let (Some(kind), Some(part)) = (kinds.next(), patterns.next()) else {
            return meets(kind, pattern, Case::Minded);
        };
        if !meets(kind, part, Case::Minded) {
            return false;
        }
    }
    let (Some(kind), Some(part)) = (kinds.next(), patterns.next()) else { return meets(kind, pattern, Case::Minded) };
    // An S3 bucket's name has no slash, though its `*` would match one; so for every other kind that ends in a `*`
    // behind no slash, unless the user's pattern may stop before the slash.
    let bare = !kind.contains(['/', ':']);
    if bare && part.contains('/') && !part.split('/').next().is_some_and(|first| first.ends_with('*')) {
        return false;
    }
    meets(kind, part, Case::Minded)
}

fn without_resource(path: String, written: &str, named: &Named<'_>) -> Finding {
    let kinds: Vec<&str> = named
        .actions
        .iter()
        .flat_map(|action| &action.types)
        .filter_map(|at| named.service.types.get(*at))
        .flat_map(|kind| kind.arn.split(','))
        .collect();
    if kinds.is_empty() {
        let message = format!("`{written}` has no resources, so that here it has no effect");
        return Finding::error(ACTION_WITHOUT_RESOURCE, path, message)
            .help(dated("put it into a statement of its own with `Resource: \"*\"`"));
    }
    let mut unique = kinds;
    unique.sort_unstable();
    unique.dedup();
    let message = format!("`{written}` is on none of the statement's resources, so that here it has no effect");
    Finding::error(ACTION_WITHOUT_RESOURCE, path, message).help(dated(&format!("its resources are {}", listed(unique))))
}
