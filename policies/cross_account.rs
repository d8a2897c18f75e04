//! Roles for other accounts.

use landfall_model::{CrossAccount, OrganizationName, Trusted};

use crate::{
    ArnAccount, Condition, Document, OperatorKind, Piece, PolicyError, RolePolicies, Text, access_attached,
    access_inline, trust,
};

/// The policies of a cross-account role.
///
/// # Errors
/// A raw statement that is none.
pub fn cross_account_role(
    organization: &OrganizationName,
    cross_account: &CrossAccount,
) -> Result<RolePolicies, PolicyError> {
    Ok(RolePolicies {
        trust: cross_account_trust(organization, cross_account),
        inline: access_inline(organization, &cross_account.access)?,
        attached: access_attached(&[&cross_account.access]),
    })
}

/// One statement for each of those trusted, each under all of the role's `conditions:`.
///
/// - a role: the root of its account, and exactly that role as `aws:PrincipalArn`;
/// - an account: its root, as long as the caller belongs to the organization (`aws:PrincipalOrgID`);
/// - an account outside: its root and the `sts:ExternalId` agreed with its owner, which keeps the vendor's other customers
///   out. Source: IAM User Guide, "Access to AWS accounts owned by third parties".
pub fn cross_account_trust(organization: &OrganizationName, cross_account: &CrossAccount) -> Document {
    Document::named(cross_account.trusted.iter().map(|trusted| {
        let statement = match trusted {
            Trusted::Role(role) => {
                trust::assume_by_role("Role", organization, &ArnAccount::Of(role.account.clone()), &role.role)
            }
            Trusted::Account { account, .. } => {
                trust::assume("Account", [trust::root(ArnAccount::Of(account.clone()))]).when(Condition::new(
                    OperatorKind::StringEquals,
                    "aws:PrincipalOrgID",
                    [Text::piece(Piece::Organization)],
                ))
            }
            Trusted::External { account, external_id, .. } => {
                trust::assume("External", [trust::root(ArnAccount::Literal(account.as_str().to_owned()))])
                    .when(Condition::new(OperatorKind::StringEquals, "sts:ExternalId", [external_id.as_str()]))
            }
        };
        trust::narrow(statement, &cross_account.conditions)
    }))
}
