//! Emergency roles.

use std::collections::BTreeSet;

use landfall_model::{BreakGlass, Tier, TierAccess};

use crate::protection::protection;
use crate::{
    ArnAccount, Condition, Document, Estate, OperatorKind, RolePolicies, Statement, aws_managed, iam_arn, trust,
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
    RolePolicies { trust: break_glass_trust(break_glass), inline, shared: BTreeSet::new(), attached }
}

/// Exactly the named users of the home account, with an MFA that is fresh.
///
/// The principal is the home account's root and the users stand in a condition. Named as principals they would have to
/// exist before the role does ("Invalid principal in policy"), which they cannot when the home account is made in the
/// same run; and IAM would store them by their unique ids, so that a user made anew after an incident would be locked
/// out of the emergency role without anybody seeing it. `Bool` and not `BoolIfExists`: a request with long-term keys
/// lacks the key, and must not come in. Source: IAM User Guide, "AWS JSON policy elements: Principal", "IAM user
/// principals"; "AWS global condition context keys", `aws:MultiFactorAuthPresent`, `aws:MultiFactorAuthAge` (seconds).
pub fn break_glass_trust(break_glass: &BreakGlass) -> Document {
    let home = ArnAccount::Of(break_glass.home.clone());
    let users = break_glass
        .trusted_users
        .iter()
        .map(|user| iam_arn(home.clone(), ["user", user.as_str()].join("/")))
        .collect::<Vec<_>>();
    Document::named([trust::assume("FreshMfa", [trust::root(home)])
        .when(Condition::new(OperatorKind::ArnEquals, "aws:PrincipalArn", users))
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Plain;
    use crate::specimen::{acme, denies, plain};

    fn role(name: &str) -> RolePolicies {
        let foundation = acme();
        let break_glass = foundation.break_glass.as_ref().unwrap();
        let tier = break_glass.tiers.iter().find(|tier| tier.name.as_str() == name).unwrap();
        break_glass_role(&Estate::of(&foundation), break_glass, tier)
    }

    fn attached(role: &RolePolicies) -> Vec<String> {
        use crate::Render;
        role.attached.iter().map(|text| Plain.text(text).as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn named_users_come_in_with_a_fresh_mfa() {
        assert_eq!(
            plain(&role("responder").trust)["Statement"],
            json!([{
                "Sid": "FreshMfa", "Effect": "Allow",
                "Principal": { "AWS": "arn:aws:iam::444455556666:root" },
                "Action": "sts:AssumeRole",
                "Condition": {
                    "ArnEquals": { "aws:PrincipalArn": [
                        "arn:aws:iam::444455556666:user/alice", "arn:aws:iam::444455556666:user/bob",
                    ] },
                    "Bool": { "aws:MultiFactorAuthPresent": "true" },
                    "NumericLessThan": { "aws:MultiFactorAuthAge": "900" },
                },
            }])
        );
        assert_eq!(role("helpdesk").trust, role("responder").trust);
    }

    #[test]
    fn the_first_tier_looks_without_reading_data() {
        let helpdesk = role("helpdesk");
        assert_eq!(
            attached(&helpdesk),
            ["arn:aws:iam::aws:policy/SecurityAudit", "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess"]
        );
        assert_eq!(helpdesk.inline, None);
    }

    #[test]
    fn an_administrator_is_stopped_twice() {
        let responder = role("responder");
        assert_eq!(attached(&responder), ["arn:aws:iam::aws:policy/AdministratorAccess"]);
        let boundary = break_glass_boundary(&Estate::of(&acme()));
        for document in [responder.inline.as_ref().unwrap(), &boundary] {
            for (action, resource) in [
                ("cloudtrail:StopLogging", "*"),
                ("cloudtrail:DeleteTrail", "*"),
                ("organizations:LeaveOrganization", "*"),
                ("iam:DeleteRolePermissionsBoundary", "arn:aws:iam::111122223333:role/acme/acme-break-glass-responder"),
                ("iam:UpdateAssumeRolePolicy", "arn:aws:iam::111122223333:role/acme/acme-automation-executor"),
                ("events:DeleteRule", "arn:aws:events:us-east-1:111122223333:rule/acme-alarm"),
                ("sns:DeleteTopic", "arn:aws:sns:us-east-1:111122223333:acme-alarm"),
                ("sns:Unsubscribe", "arn:aws:sns:us-east-1:111122223333:acme-alarm:1"),
            ] {
                assert!(denies(document, action, resource), "{action}");
            }
            assert!(!denies(document, "ec2:TerminateInstances", "*"));
            assert!(!denies(document, "iam:DeleteRole", "arn:aws:iam::111122223333:role/attacker"));
        }
        assert_eq!(plain(&boundary)["Statement"][0]["Action"], "*");
    }
}
