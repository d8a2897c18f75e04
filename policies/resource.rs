//! ARNs with holes.

use crate::{Piece, Text};
use landfall_model::AccountName;

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
