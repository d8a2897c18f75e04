//! Every check of one document.

use super::finding::Finding;
use super::subject::Subject;
use super::{
    account_root, anyone, condition_key, confused_deputy, every_action, external_id, github_subject, mfa,
    operator_type, pass_role, resource_fit, service_linked, unknown_action,
};

type Check = fn(Subject<'_>, &mut Vec<Finding>);

const CHECKS: [Check; 13] = [
    unknown_action::check,
    resource_fit::check,
    condition_key::check,
    operator_type::check,
    pass_role::check,
    every_action::check,
    github_subject::check,
    mfa::check,
    external_id::check,
    account_root::check,
    anyone::check,
    confused_deputy::check,
    service_linked::check,
];

/// All that is wrong with a document taken by itself.
pub fn check(subject: Subject<'_>) -> Vec<Finding> {
    let mut out = Vec::new();
    for check in CHECKS {
        check(subject, &mut out);
    }
    out
}

#[cfg(test)]
mod tests;
