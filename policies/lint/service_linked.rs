//! Service-linked roles that somebody else than their service would use.

use super::codes::SERVICE_LINKED;
use super::finding::Finding;
use super::subject::{DocumentKind, Subject, actions, allows, resources};
use crate::Statement;

/// What AWS refuses on a service-linked role whoever asks: its service makes it, and alone assumes it and changes it.
/// Passing one is no mistake: EC2 Auto Scaling takes one with a suffix. Source: IAM User Guide, "Create a service-linked
/// role", "Edit a service-linked role"; Amazon EC2 Auto Scaling User Guide, "Service-linked roles".
const REFUSED: [&str; 11] = [
    "iam:AttachRolePolicy",
    "iam:CreateRole",
    "iam:DeleteRole",
    "iam:DeleteRolePermissionsBoundary",
    "iam:DeleteRolePolicy",
    "iam:DetachRolePolicy",
    "iam:PutRolePermissionsBoundary",
    "iam:PutRolePolicy",
    "iam:UpdateAssumeRolePolicy",
    "iam:UpdateRole",
    "sts:AssumeRole",
];

const CREATE: &str = "iam:CreateServiceLinkedRole";

pub(crate) fn check(subject: Subject<'_>, out: &mut Vec<Finding>) {
    if subject.kind != DocumentKind::Identity {
        return;
    }
    for (path, statement) in subject.statements().filter(|(_, statement)| allows(statement)) {
        refused(&path, statement, out);
        any_service(&path, statement, out);
    }
}

fn refused(path: &str, statement: &Statement, out: &mut Vec<Finding>) {
    let actions = actions(path, statement);
    let action = actions.iter().find(|(_, action)| REFUSED.iter().any(|one| one.eq_ignore_ascii_case(action)));
    let Some((_, action)) = action else { return };
    for (path, resource) in resources(path, statement) {
        if path.contains(".NotResource") || !linked(&resource) {
            continue;
        }
        let message = format!("`{action}` does nothing on the service-linked role `{resource}`");
        out.push(Finding::error(SERVICE_LINKED, path, message).help(
            "take the role out: its service makes it, changes it and alone assumes it; AWS refuses everybody else",
        ));
    }
}

fn linked(resource: &str) -> bool {
    resource.contains(":role/aws-service-role/")
        || resource.rsplit('/').next().is_some_and(|name| name.starts_with("AWSServiceRoleFor"))
}

fn any_service(path: &str, statement: &Statement, out: &mut Vec<Finding>) {
    let told = statement.conditions.iter().any(|one| one.key.0.eq_ignore_ascii_case("iam:AWSServiceName"));
    let one_service = resources(path, statement).iter().all(|(_, resource)| {
        resource.split_once(":role/aws-service-role/").is_some_and(|(_, rest)| !rest.starts_with(['*', '?']))
    });
    if told || one_service {
        return;
    }
    for (path, action) in actions(path, statement) {
        if action.eq_ignore_ascii_case(CREATE) && !path.contains(".NotAction") {
            let message = format!("`{action}` makes the service-linked role of any service");
            out.push(
                Finding::warning(SERVICE_LINKED, path, message).help(
                    "name the service: `\"StringEquals\": { \"iam:AWSServiceName\": \"SERVICE.amazonaws.com\" }`",
                ),
            );
        }
    }
}
