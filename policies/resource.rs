//! ARNs with holes.

use crate::{Piece, Text};
use landfall_model::{AccountName, Arn, OrganizationName, RoleName};

/// The account part of an ARN.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ArnAccount {
    /// Empty, as in S3 ARNs.
    None,
    /// Any, `*`.
    Any,
    /// The account that the policy stands in.
    Own,
    /// Another account of the organization.
    Of(AccountName),
    /// A literal id, or `aws`.
    Literal(String),
}

/// An ARN in the policy's own partition: `arn:{partition}:{service}:{region}:{account}:{resource}`. `region` is
/// literal: empty, `*` or a code.
pub fn arn(service: &str, region: &str, account: ArnAccount, resource: impl AsRef<str>) -> Text {
    let text = Text::literal("arn:").hole(Piece::Partition).then(":").then(service).then(":").then(region).then(":");
    let text = match account {
        ArnAccount::None => text,
        ArnAccount::Any => text.then("*"),
        ArnAccount::Own => text.hole(Piece::Account),
        ArnAccount::Of(name) => text.hole(Piece::AccountOf(name)),
        ArnAccount::Literal(id) => text.then(id),
    };
    text.then(":").then(resource)
}

/// An IAM ARN, such as that of `role/acme/x`.
pub fn iam_arn(account: ArnAccount, resource: impl AsRef<str>) -> Text {
    arn("iam", "", account, resource)
}

/// The ARN of a role that Landfall makes: all of them stand under the path `/{organization}/`.
pub fn role_arn(organization: &OrganizationName, account: ArnAccount, role: &RoleName) -> Text {
    iam_arn(account, ["role", organization.as_str(), role.as_str()].join("/"))
}

/// The ARN of a policy that AWS manages, by its name with its path, such as `job-function/ViewOnlyAccess`.
pub fn aws_managed(name: &str) -> Text {
    iam_arn(ArnAccount::Literal("aws".to_owned()), ["policy", name].join("/"))
}

/// An ARN as a user wrote it, where `*` as partition or account means those of the role itself.
pub fn own_arn(arn: &Arn) -> Text {
    let mut text = Text::default();
    for (index, part) in arn.as_str().splitn(6, ':').enumerate() {
        let text_before = if index == 0 { text } else { text.then(":") };
        text = match (index, part) {
            (1, "*") => text_before.hole(Piece::Partition),
            (4, "*") => text_before.hole(Piece::Account),
            _ => text_before.then(part),
        };
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Plain, Render};

    #[test]
    fn stars_of_a_users_arn_mean_the_roles_own() {
        let text = own_arn(&Arn::new("arn:*:kms:eu-west-1:*:key/*").unwrap());
        assert!(text.pieces().contains(&Piece::Partition) && text.pieces().contains(&Piece::Account));
        assert_eq!(Plain.text(&text), "arn:aws:kms:eu-west-1:111122223333:key/*");
        let literal = "arn:aws:kms:*:123456789012:key/*:a";
        assert_eq!(own_arn(&Arn::new(literal).unwrap()), Text::literal(literal));
    }
}
