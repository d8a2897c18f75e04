//! Actions that do not exist, and patterns that match none.

use super::codes::{EMPTY_PATTERN, UNKNOWN_ACTION};
use super::finding::Finding;
use super::pattern::{Case, matches};
use super::subject::{Subject, actions};
use crate::closest;
use crate::database::{Service, database};

pub(crate) fn check(subject: Subject<'_>, out: &mut Vec<Finding>) {
    for (path, statement) in subject.statements() {
        for (path, action) in actions(&path, statement) {
            out.extend(unknown(path, action));
        }
    }
}

fn unknown(path: String, action: &str) -> Option<Finding> {
    let (prefix, name) = action.split_once(':')?;
    let Some(service) = database().service(prefix) else {
        let finding = Finding::error(UNKNOWN_ACTION, path, format!("there is no service `{prefix}`"));
        return Some(match closest(prefix, database().prefixes()) {
            Some(word) => finding.help(format!("did you mean `{word}:{name}`?")),
            None => finding.help(dated("write the prefix that the service's actions have")),
        });
    };
    if name.contains(['*', '?']) {
        let empty = !service.actions.iter().any(|known| matches(name, known.name, Case::Ignored));
        return empty.then(|| {
            Finding::error(EMPTY_PATTERN, path, format!("no action of `{}` matches `{action}`", service.prefix))
                .help(hint(service, name.trim_end_matches('*'), "take the pattern out, or correct it"))
        });
    }
    service.action(name).is_none().then(|| {
        Finding::error(UNKNOWN_ACTION, path, format!("there is no action `{action}`")).help(hint(
            service,
            name,
            "look it up in the Service Authorization Reference",
        ))
    })
}

fn hint(service: &Service, name: &str, otherwise: &str) -> String {
    match closest(name, service.actions.iter().map(|action| action.name)) {
        Some(word) => format!("did you mean `{}:{word}`?", service.prefix),
        None => dated(otherwise),
    }
}

/// What is newer than the database cannot be known.
pub(crate) fn dated(text: &str) -> String {
    format!("{text}; Landfall knows AWS's actions as of {}", database().date())
}
