//! Accounts outside of the organization that are trusted without an external id.

use super::account_root::{account, narrowed};
use super::codes::EXTERNAL_ID;
use super::finding::Finding;
use super::subject::{DocumentKind, Subject, allows};
use crate::{Piece, Principal, Principals};

/// Source: IAM User Guide, "Access to AWS accounts owned by third parties". An account that is written as its number
/// is one that Landfall does not know; those of the organization are holes in the text.
pub(crate) fn check(subject: Subject<'_>, out: &mut Vec<Finding>) {
    if subject.kind != DocumentKind::Trust {
        return;
    }
    for (path, statement) in subject.statements() {
        let Principals::Only(list) = &statement.principals else { continue };
        let Some(outside) = list.iter().filter(|one| foreign(one)).find_map(account) else { continue };
        let asked = |key: &str| statement.conditions.iter().any(|condition| condition.key.0.eq_ignore_ascii_case(key));
        // Without any condition the account is told as a whole.
        if allows(statement)
            && narrowed(statement)
            && !["sts:ExternalId", "aws:PrincipalOrgID", "aws:PrincipalOrgPaths"].iter().any(|key| asked(key))
        {
            let message = format!("account `{outside}` can be made to use this role for somebody else");
            out.push(
                Finding::error(EXTERNAL_ID, [path.as_str(), ".Principal"].concat(), message)
                    .help("ask for `sts:ExternalId`, another value for every customer of theirs"),
            );
        }
    }
}

fn foreign(principal: &Principal) -> bool {
    let Principal::Aws(text) = principal else { return false };
    !text.pieces().iter().any(|piece| matches!(piece, Piece::Account | Piece::AccountOf(_)))
}
