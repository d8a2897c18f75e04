//! What no role gets past, whatever its own policies say.

use crate::{Condition, Estate, OperatorKind, Piece, Statement, Text};

/// The statements that every boundary ends with. `boundaries` are those that a new role or user may carry.
pub(crate) fn protection(estate: &Estate, boundaries: Vec<Text>) -> Vec<Statement> {
    vec![owned(estate), boundary_stays(), boundary_always(boundaries), audit_stays()]
}

/// Nobody writes to what Landfall owns: its roles, policies (the boundary itself among them), instance profiles,
/// providers, stacks, the alarm. Reading it and passing its roles stay as the rest allows. Verbs stand as patterns, so
/// that actions that AWS adds under them are covered. Source: Service Authorization Reference, "AWS IAM", "AWS
/// CloudFormation", "Amazon EventBridge", "Amazon SNS".
pub(crate) fn owned(estate: &Estate) -> Statement {
    let mut on = estate.identities();
    on.push(estate.stacks());
    on.extend(estate.alarms());
    Statement::deny(
        "LandfallOwned",
        [
            "iam:Add*",
            "iam:Attach*",
            "iam:Create*",
            "iam:Delete*",
            "iam:Detach*",
            "iam:Put*",
            "iam:Remove*",
            "iam:Set*",
            "iam:Tag*",
            "iam:Untag*",
            "iam:Update*",
            "cloudformation:Cancel*",
            "cloudformation:Continue*",
            "cloudformation:Create*",
            "cloudformation:Delete*",
            "cloudformation:Execute*",
            "cloudformation:Rollback*",
            "cloudformation:Set*",
            "cloudformation:Signal*",
            "cloudformation:Tag*",
            "cloudformation:Untag*",
            "cloudformation:Update*",
            "events:Delete*",
            "events:Disable*",
            "events:Put*",
            "events:Remove*",
            "sns:Add*",
            "sns:Delete*",
            "sns:Remove*",
            "sns:Set*",
        ],
    )
    .on(on)
}

/// No boundary comes off, of no role and no user of the account. Source: IAM User Guide, "Permissions boundaries for
/// IAM entities", "Delegating responsibility to others using permissions boundaries".
fn boundary_stays() -> Statement {
    Statement::deny("LandfallBoundaryStays", ["iam:DeleteRolePermissionsBoundary", "iam:DeleteUserPermissionsBoundary"])
        .on_all()
}

/// No role or user is made, and none gets permissions or another boundary, unless it carries (or gets) one of Landfall's.
///
/// `ArnNotLike` without `IfExists` is meant: a negated operator is true when the key is missing, so that a request
/// about a role without any boundary is refused. Each of the actions has the key `iam:PermissionsBoundary`; with one
/// that has not, the same operator would refuse every call. Source: Service Authorization Reference, "AWS IAM"; IAM User
/// Guide, "IAM JSON policy elements: Condition operators", "Negated matching".
fn boundary_always(boundaries: Vec<Text>) -> Statement {
    Statement::deny(
        "LandfallBoundaryAlways",
        [
            "iam:AttachRolePolicy",
            "iam:AttachUserPolicy",
            "iam:CreateRole",
            "iam:CreateUser",
            "iam:PutRolePermissionsBoundary",
            "iam:PutRolePolicy",
            "iam:PutUserPermissionsBoundary",
            "iam:PutUserPolicy",
        ],
    )
    .on_all()
    .when(Condition::new(OperatorKind::ArnNotLike, "iam:PermissionsBoundary", boundaries))
}

/// The audit trail goes on, the account stays in the organization and open, and its Regions stay as they are.
fn audit_stays() -> Statement {
    Statement::deny(
        "LandfallAuditStays",
        [
            "account:CloseAccount",
            "account:DisableRegion",
            "account:EnableRegion",
            "cloudtrail:DeleteTrail",
            "cloudtrail:PutEventSelectors",
            "cloudtrail:StopLogging",
            "cloudtrail:UpdateTrail",
            "organizations:LeaveOrganization",
        ],
    )
    .on_all()
}

/// No role of another organization, or of an account without one, is assumed. The key is missing where the role's
/// account is in no organization, and the negated operator is then true: refused. Source: IAM User Guide, "AWS global
/// condition context keys", `aws:ResourceOrgID`.
pub(crate) fn inside() -> Statement {
    Statement::deny("LandfallInside", ["sts:AssumeRole"]).on_all().when(outside_organization())
}

fn outside_organization() -> Condition {
    Condition::new(OperatorKind::StringNotEquals, "aws:ResourceOrgID", [Text::piece(Piece::Organization)])
}

/// The test that a resource belongs to the organization.
pub(crate) fn in_organization() -> Condition {
    Condition::new(OperatorKind::StringEquals, "aws:ResourceOrgID", [Text::piece(Piece::Organization)])
}
