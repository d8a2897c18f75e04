//! Emergency roles.

use landfall_model::{BreakGlass, Tier, TierAccess};

use crate::protection::protection;
use crate::{
    ArnAccount, Condition, Document, Estate, OperatorKind, Principal, RolePolicies, Statement, aws_managed, iam_arn,
    trust,
};

/// The policies of an emergency role.
///
/// The read-only tier looks at configuration without reading data: `SecurityAudit` and `ViewOnlyAccess`, and not
/// `ReadOnlyAccess`, which reads objects and tables. The administrator gets everything but what an attacker with a
/// stolen token would want first; that stands in the role's own policy and again in its boundary, so that losing one of
/// them is not enough.
pub fn break_glass_role(estate: &Estate, break_glass: &BreakGlass, tier: &Tier) -> RolePolicies {
    let (attached, inline) = match tier.access {
        TierAccess::ReadOnly => (vec![aws_managed("SecurityAudit"), aws_managed("job-function/ViewOnlyAccess")], None),
        TierAccess::Administrator => {
            (vec![aws_managed("AdministratorAccess")], Document::some(emergency_protection(estate)))
        }
    };
    RolePolicies { trust: break_glass_trust(break_glass), inline, attached }
}

/// Exactly the named users of the home account, with an MFA that is fresh. `Bool` and not `BoolIfExists`: a request with
/// long-term keys lacks the key, and must not come in. Source: IAM User Guide, "AWS global condition context keys",
/// `aws:MultiFactorAuthPresent`, `aws:MultiFactorAuthAge` (seconds).
pub fn break_glass_trust(break_glass: &BreakGlass) -> Document {
    let users = break_glass.trusted_users.iter().map(|user| {
        Principal::Aws(iam_arn(ArnAccount::Of(break_glass.home.clone()), ["user", user.as_str()].join("/")))
    });
    Document::named([trust::assume("FreshMfa", users)
        .when(Condition::new(OperatorKind::Bool, "aws:MultiFactorAuthPresent", ["true"]))
        .when(Condition::new(
            OperatorKind::NumericLessThan,
            "aws:MultiFactorAuthAge",
            [break_glass.mfa_max_age.as_secs().to_string()],
        ))])
}

/// The boundary of all emergency roles: everything but the protection.
pub fn break_glass_boundary(estate: &Estate) -> Document {
    let mut statements = vec![Statement::allow("Everything", ["*"]).on_all()];
    statements.extend(emergency_protection(estate));
    Document::named(statements)
}

/// In an emergency a role may have to be made, for which break-glass's own boundary is as good as any of the user's.
/// The subscriptions of the alarm cannot be told apart from others by ARN, so that none is cancelled.
fn emergency_protection(estate: &Estate) -> Vec<Statement> {
    let mut out = protection(estate, vec![estate.boundaries(), estate.break_glass_boundary()]);
    out.push(Statement::deny("LandfallAlarmStays", ["sns:Unsubscribe"]).on_all());
    out
}
