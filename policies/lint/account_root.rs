//! Whole accounts that are trusted without a condition.

use super::codes::ACCOUNT_ROOT;
use super::finding::Finding;
use super::subject::{DocumentKind, Subject, allows, shown};
use crate::{Condition, OperatorKind, Principal, Principals, Qualifier, Statement};

pub(crate) fn check(subject: Subject<'_>, out: &mut Vec<Finding>) {
    if subject.kind != DocumentKind::Trust {
        return;
    }
    for (path, statement) in subject.statements() {
        let Principals::Only(list) = &statement.principals else { continue };
        let accounts: Vec<String> = list.iter().filter_map(account).collect();
        if allows(statement)
            && !statement.conditions.iter().any(narrows)
            && let Some(first) = accounts.first()
        {
            let message = format!("every principal that account `{first}` lets through is let in");
            out.push(
                Finding::error(ACCOUNT_ROOT, [path.as_str(), ".Principal"].concat(), message)
                    .help("name the role in `aws:PrincipalArn`, or ask for `aws:PrincipalOrgID` or an external id"),
            );
        }
    }
}

/// The account that a principal stands for as a whole.
pub(crate) fn account(principal: &Principal) -> Option<String> {
    let Principal::Aws(text) = principal else { return None };
    let text = shown(text);
    if text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit()) {
        return Some(text);
    }
    let mut parts = text.split(':');
    let (service, account, resource) = (parts.nth(2)?, parts.nth(1)?, parts.next()?);
    (service == "iam" && resource == "root").then(|| account.to_owned())
}

/// Whether a condition says more about who comes than that it is somebody.
pub(crate) fn narrows(condition: &Condition) -> bool {
    let key = condition.key.0.to_ascii_lowercase();
    let who = key.starts_with("aws:principal")
        || key.starts_with("aws:source")
        || key.starts_with("aws:multifactorauth")
        || ["sts:externalid", "sts:sourceidentity", "sts:rolesessionname", "aws:username", "aws:userid"]
            .contains(&key.as_str())
        || key.starts_with("aws:vpce");
    who && !condition.operator.if_exists
        && condition.operator.qualifier != Qualifier::ForAllValues
        && condition.operator.kind != OperatorKind::Null
        && !condition.values.iter().map(shown).any(|value| value.trim_matches('*').is_empty())
}

/// Whether a statement is narrowed to something.
pub(crate) fn narrowed(statement: &Statement) -> bool {
    statement.conditions.iter().any(narrows)
}
