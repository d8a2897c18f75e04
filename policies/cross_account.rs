//! Roles for other accounts.

use std::collections::BTreeSet;

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
        shared: BTreeSet::new(),
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

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::specimen::{acme, plain, roles};

    fn trust(name: &str) -> Value {
        let foundation = acme();
        let all = roles(&foundation);
        let (_, role) = all.iter().find(|(known, _)| known == name).unwrap();
        plain(&role.trust)["Statement"].clone()
    }

    #[test]
    fn a_role_is_trusted_through_its_account_and_by_its_name() {
        assert_eq!(
            trust("cross-account-data-lake-reader"),
            json!([{
                "Sid": "Role", "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::444455556666:root" },
                "Action": "sts:AssumeRole",
                "Condition": {
                    "ArnEquals": { "aws:PrincipalArn": "arn:aws:iam::444455556666:role/acme/ml-training-job-role" },
                },
            }])
        );
    }

    #[test]
    fn an_account_is_trusted_inside_the_organization() {
        assert_eq!(
            trust("cross-account-log-collector"),
            json!([{
                "Sid": "Account", "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::444455556666:root" },
                "Action": "sts:AssumeRole",
                "Condition": { "StringEquals": { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } },
            }])
        );
    }

    #[test]
    fn an_account_outside_needs_its_external_id_and_all_conditions() {
        assert_eq!(
            trust("cross-account-cost-vendor"),
            json!([{
                "Sid": "External", "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::999988887777:root" },
                "Action": "sts:AssumeRole",
                "Condition": {
                    "StringEquals": { "sts:ExternalId": "acme-7f3a91" },
                    "IpAddress": { "aws:SourceIp": "203.0.113.0/24" },
                },
            }])
        );
    }
}
