//! Trust in everyone.

use super::account_root::narrowed;
use super::codes::ANYONE;
use super::finding::Finding;
use super::subject::{DocumentKind, Subject, allows, shown};
use crate::{Principal, Principals};

pub(crate) fn check(subject: Subject<'_>, out: &mut Vec<Finding>) {
    if subject.kind != DocumentKind::Trust {
        return;
    }
    for (path, statement) in subject.statements() {
        if !allows(statement) {
            continue;
        }
        let path = [path.as_str(), ".Principal"].concat();
        let anyone = match &statement.principals {
            Principals::Anyone => true,
            Principals::Only(list) => list.iter().any(|one| matches!(one, Principal::Aws(text) if shown(text) == "*")),
            Principals::Except(_) => {
                let message = "`NotPrincipal` with `Allow` lets in everybody else, people without an account too";
                out.push(Finding::error(ANYONE, path, message).help("name who may come in: `Principal`"));
                continue;
            }
            Principals::Implied => false,
        };
        if anyone && !narrowed(statement) {
            let message = "every AWS account there is may come in";
            out.push(
                Finding::error(ANYONE, path, message).help("name accounts or roles, or ask for `aws:PrincipalOrgID`"),
            );
        }
    }
}
