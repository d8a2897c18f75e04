//! Tests of multi-factor authentication that nobody passes, or that everybody does.
//!
//! Source: IAM User Guide, "AWS global condition context keys", `aws:MultiFactorAuthPresent`: the key is missing in
//! requests with long-term keys, and in those of sessions that did not come from STS with MFA; federated sessions (SAML,
//! OpenID Connect, IAM Identity Center) never have it true, because the identity provider is who asks for a second factor.

use super::codes::{MFA_NEVER, MFA_OPEN};
use super::finding::Finding;
use super::subject::{DocumentKind, Subject, allows, condition_path, shown};
use crate::{Actions, Condition, OperatorKind, Principal, Principals, Qualifier, Statement};

pub(crate) fn check(subject: Subject<'_>, out: &mut Vec<Finding>) {
    for (path, statement) in subject.statements() {
        for condition in &statement.conditions {
            let key = condition.key.0.to_ascii_lowercase();
            let present = key == "aws:multifactorauthpresent";
            if !present && key != "aws:multifactorauthage" {
                continue;
            }
            let path = condition_path(&path, condition);
            if subject.kind == DocumentKind::Trust
                && allows(statement)
                && let Some(who) = without_mfa(statement)
            {
                out.push(
                    Finding::error(MFA_NEVER, path, format!("{who} never come with MFA, so that nobody is let in"))
                        .help("ask for the second factor where they sign in, and take the test out here"),
                );
                continue;
            }
            if allows(statement) && passes_without(condition, present) {
                let message = format!("this `{}` lets requests without MFA through", condition.operator);
                out.push(Finding::error(MFA_OPEN, path, message).help(
                    "long-term keys have no such key: write `\"Bool\": { \"aws:MultiFactorAuthPresent\": \"true\" }`",
                ));
            } else if !allows(statement) && misses_keys(condition, present) {
                let message = "requests with long-term keys have no `aws:MultiFactorAuthPresent`, and are not denied";
                out.push(Finding::error(MFA_OPEN, path, message).help("in a `Deny`, write `BoolIfExists`"));
            }
        }
    }
}

/// Who of a trust's principals never has MFA, if none of them can have it.
fn without_mfa(statement: &Statement) -> Option<&'static str> {
    let Principals::Only(list) = &statement.principals else { return None };
    if reserved(statement) {
        return Some("people from IAM Identity Center");
    }
    let web = matches!(&statement.actions, Actions::Only(list)
        if list.iter().any(|action| action.as_str().to_ascii_lowercase().starts_with("sts:assumerolewith")));
    let kind = |principal: &Principal| match principal {
        Principal::Federated(_) => Some("people and programs from an identity provider"),
        Principal::Service(_) => Some("AWS services"),
        Principal::Aws(text) if shown(text).contains("AWSReservedSSO_") => Some("people from IAM Identity Center"),
        Principal::Aws(_) | Principal::Canonical(_) => web.then_some("people and programs from an identity provider"),
    };
    let mut kinds = list.iter().map(kind);
    let first = kinds.next()??;
    if kinds.all(|kind| kind.is_some()) { Some(first) } else { None }
}

/// Whether a trust is narrowed to roles of IAM Identity Center.
fn reserved(statement: &Statement) -> bool {
    statement.conditions.iter().any(|condition| {
        condition.key.0.eq_ignore_ascii_case("aws:PrincipalArn")
            && !condition.values.is_empty()
            && condition.values.iter().map(shown).all(|value| value.contains("AWSReservedSSO_"))
    })
}

/// Whether a test of an `Allow` lets a request without MFA pass.
fn passes_without(condition: &Condition, present: bool) -> bool {
    let operator = condition.operator;
    let values = || condition.values.iter().map(shown);
    operator.if_exists
        || operator.qualifier == Qualifier::ForAllValues
        || (operator.kind == OperatorKind::Null && values().any(|value| value.eq_ignore_ascii_case("true")))
        || (present && operator.kind == OperatorKind::Bool && values().any(|value| value.eq_ignore_ascii_case("false")))
        || (present && operator.kind == OperatorKind::Null && values().any(|value| value.eq_ignore_ascii_case("false")))
}

/// Whether a test of a `Deny` overlooks requests that have no such key.
fn misses_keys(condition: &Condition, present: bool) -> bool {
    present
        && condition.operator.kind == OperatorKind::Bool
        && !condition.operator.if_exists
        && condition.values.iter().map(shown).any(|value| value.eq_ignore_ascii_case("false"))
}
