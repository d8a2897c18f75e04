//! Condition keys that do not exist, or that a request for these actions does not have.

use landfall_model::Severity;

use super::codes::{KEY_WITHOUT_ACTION, UNKNOWN_KEY};
use super::finding::Finding;
use super::pattern::{Case, matches};
use super::subject::{Subject, actions, condition_path, listed};
use super::unknown_action::dated;
use crate::closest;
use crate::database::{KeyFacts, Service, database};
use crate::global_keys::GLOBAL_KEYS;
use crate::{Actions, Condition, OperatorKind, Qualifier, Statement};

pub(crate) fn check(subject: Subject<'_>, out: &mut Vec<Finding>) {
    for (path, statement) in subject.statements() {
        for condition in &statement.conditions {
            let path = condition_path(&path, condition);
            out.extend(wrong_key(path, statement, condition));
        }
    }
}

fn wrong_key(path: String, statement: &Statement, condition: &Condition) -> Option<Finding> {
    let key = condition.key.0.as_str();
    if global(key).is_some() {
        return None;
    }
    if facts(key).is_none() {
        // Keys of an identity provider have its host before the colon: there are as many as there are providers.
        let foreign = key.split(':').next().is_some_and(|host| host.contains('.'));
        let claim = key.rsplit(':').next().unwrap_or_default();
        let github = key.to_ascii_lowercase().starts_with("token.actions.");
        if foreign && (!github || CLAIMS.contains(&claim)) {
            return None;
        }
        let finding = Finding::error(UNKNOWN_KEY, path, format!("there is no condition key `{key}`"));
        return Some(match similar(key) {
            Some(word) => finding.help(format!("did you mean `{word}`?")),
            None => finding.help(dated("look it up in the Service Authorization Reference")),
        });
    }
    let Actions::Only(_) = &statement.actions else { return None };
    let (with, without) = supporting(statement, key)?;
    if without.is_empty() || passes_without_key(condition) {
        return None;
    }
    let what = listed(without.iter().map(String::as_str));
    let verb = if without.len() == 1 { "does" } else { "do" };
    let message = format!("{what} {verb} not come with the condition key `{key}`");
    let effect = if negated(condition.operator.kind) { "always passes" } else { "never passes" };
    let severity = if with || key.starts_with("aws:") { Severity::Warning } else { Severity::Error };
    let finding = Finding::error(KEY_WITHOUT_ACTION, path, message);
    Some(Finding { severity, ..finding }.help(dated(&format!(
        "the test {effect} for {}: put what has the key into a statement of its own",
        if without.len() == 1 { "it" } else { "them" }
    ))))
}

/// The claims that every issuer has. Source: IAM User Guide, "Available keys for AWS OIDC federation".
const CLAIMS: [&str; 3] = ["amr", "aud", "sub"];

/// Whether some action of a statement has a key, and which written ones have not; `None` where one of them is unknown.
fn supporting(statement: &Statement, key: &str) -> Option<(bool, Vec<String>)> {
    let mut with = false;
    let mut without = Vec::new();
    for (_, written) in actions("", statement) {
        let Some((prefix, name)) = written.split_once(':') else {
            with = true;
            continue;
        };
        let service = database().service(prefix)?;
        let mut known = service.actions.iter().filter(|action| matches(name, action.name, Case::Ignored)).peekable();
        known.peek()?;
        if known.any(|action| action.keys.iter().any(|at| is(service, *at, key))) {
            with = true;
        } else {
            without.push(written.to_owned());
        }
    }
    Some((with, without))
}

fn is(service: &Service, at: usize, key: &str) -> bool {
    service.keys.get(at).is_some_and(|known| matches(known.name, key, Case::Ignored))
}

/// A key that is there or not there is what such a test asks for.
fn passes_without_key(condition: &Condition) -> bool {
    condition.operator.if_exists
        || condition.operator.kind == OperatorKind::Null
        || condition.operator.qualifier == Qualifier::ForAllValues
}

pub(crate) fn negated(kind: OperatorKind) -> bool {
    kind.as_str().contains("Not")
}

pub(crate) fn global(key: &str) -> Option<&'static KeyFacts> {
    GLOBAL_KEYS.iter().find(|known| matches(known.name, key, Case::Ignored))
}

/// What is known of a key: a global one, or one of the service that its prefix names, or of one that borrows it.
pub(crate) fn facts(key: &str) -> Option<&'static KeyFacts> {
    if let Some(known) = global(key) {
        return Some(known);
    }
    let prefix = key.split_once(':').map_or(key, |(prefix, _)| prefix);
    let own = |prefix: &str| {
        let service = database().service(prefix)?;
        service.keys.iter().find(|known| matches(known.name, key, Case::Ignored))
    };
    match prefix {
        "aws" => GENERAL.iter().find(|known| matches(known.name, key, Case::Ignored)),
        "saml" | "sts" => own("sts"),
        _ => own(prefix).or_else(|| own("sts")).or_else(|| {
            // Some services have keys under another name than their own, such as `kms` for `nitro-enclaves`.
            database().prefixes().find_map(own)
        }),
    }
}

/// Keys with the prefix `aws` that only some services fill in. Source: IAM User Guide, "AWS global condition context
/// keys", "Keys for resource tags".
const GENERAL: [KeyFacts; 3] = {
    use crate::database::{Arity, ValueType};
    [
        KeyFacts { name: "aws:RequestTag/*", value: ValueType::String, arity: Arity::Single },
        KeyFacts { name: "aws:ResourceTag/*", value: ValueType::String, arity: Arity::Single },
        KeyFacts { name: "aws:TagKeys", value: ValueType::String, arity: Arity::Many },
    ]
};

pub(crate) fn similar(key: &str) -> Option<&'static str> {
    let prefix = key.split_once(':').map_or(key, |(prefix, _)| prefix);
    let globals = GLOBAL_KEYS.iter().chain(&GENERAL).map(|known| known.name);
    let own = database().service(prefix).into_iter().flat_map(|service| &service.keys).map(|known| known.name);
    closest(key, globals.chain(own))
}
