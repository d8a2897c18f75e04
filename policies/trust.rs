//! The parts of trust policies.

use landfall_model::{Conditions, OrganizationName, RoleName};

use crate::{ArnAccount, Condition, Operator, OperatorKind, Piece, Principal, Statement, Text, arn, iam_arn, role_arn};

/// Lets a principal assume the role.
pub(crate) fn assume(sid: &str, principals: impl IntoIterator<Item = Principal>) -> Statement {
    Statement::allow(sid, ["sts:AssumeRole"]).to(principals)
}

/// An account as principal: every identity that the account itself lets through, so never without a condition.
pub(crate) fn root(account: ArnAccount) -> Principal {
    Principal::Aws(iam_arn(account, "root"))
}

/// Lets exactly one role of an account in. The principal is the account's root and the role stands in a condition:
/// IAM stores a role named as principal by its unique id, so that a role made anew would be locked out, and refuses one
/// that does not exist yet. Source: IAM User Guide, "AWS JSON policy elements: Principal", "IAM role principals".
pub(crate) fn assume_by_role(
    sid: &str,
    organization: &OrganizationName,
    account: &ArnAccount,
    role: &RoleName,
) -> Statement {
    let role = role_arn(organization, account.clone(), role);
    assume(sid, [root(account.clone())]).when(Condition::new(OperatorKind::ArnEquals, "aws:PrincipalArn", [role]))
}

/// An AWS service that may be confused: it must act for a resource of the role's own account. `resources` are pairs of
/// an ARN's service and its resource part; the Region is `*`, because roles are global. Source: IAM User Guide, "The
/// confused deputy problem"; that the service fills the keys in is documented service by service.
pub(crate) fn assume_by_service(service: &str, resources: &[(&str, &str)]) -> Statement {
    let statement = assume_by_plain_service(service).when(Condition::new(
        OperatorKind::StringEquals,
        "aws:SourceAccount",
        [Text::piece(Piece::Account)],
    ));
    if resources.is_empty() {
        return statement;
    }
    let sources = resources.iter().map(|(service, resource)| arn(service, "*", ArnAccount::Own, resource));
    statement.when(Condition::new(OperatorKind::ArnLike, "aws:SourceArn", sources))
}

/// SageMaker AI, for resources of the role's own account. Its guide tests the ARN alone, which for Studio and endpoints
/// ends in a literal `*`. Source: Amazon SageMaker AI Developer Guide, "Cross-service confused deputy prevention".
pub(crate) fn assume_by_sagemaker() -> Statement {
    assume_by_plain_service("sagemaker").when(Condition::new(
        OperatorKind::ArnLike,
        "aws:SourceArn",
        [arn("sagemaker", "*", ArnAccount::Own, "*")],
    ))
}

/// An AWS service that is not documented to say for whom it acts: EC2, where the instance profile binds the role to its
/// account, Spot Fleet, API Gateway's logging.
pub(crate) fn assume_by_plain_service(service: &str) -> Statement {
    assume("Service", [Principal::Service([service, "amazonaws.com"].join("."))])
}

/// Only ECS tasks of the role's own account. Source: Amazon ECS Developer Guide, "Amazon ECS task IAM role": a pattern
/// of the account is supported, a specific cluster is not.
pub(crate) fn assume_by_tasks() -> Statement {
    assume_by_service("ecs-tasks", &[("ecs", "*")])
}

/// Adds a test so that it holds beside those that are there. JSON keeps one test for an operator and a key: a second
/// one goes under the operator that means the same for values without wildcards, instead of in the first one's place.
pub(crate) fn also(statement: Statement, condition: Condition) -> Statement {
    let taken = |operator: Operator| {
        statement.conditions.iter().find(|known| known.operator == operator && known.key == condition.key)
    };
    match taken(condition.operator) {
        None => statement.when(condition),
        Some(known) if known.values == condition.values => statement,
        Some(_) => {
            let kind = match condition.operator.kind {
                OperatorKind::StringEquals => OperatorKind::StringLike,
                OperatorKind::ArnEquals => OperatorKind::ArnLike,
                OperatorKind::ArnLike => OperatorKind::ArnEquals,
                other => other,
            };
            statement.when(Condition { operator: Operator { kind, ..condition.operator }, ..condition })
        }
    }
}

/// Adds all that `conditions:` asks for. Source: IAM User Guide, "AWS global condition context keys".
///
/// `source_account` becomes `aws:PrincipalAccount`: `aws:SourceAccount` is only there when a service calls, and a trust
/// in people and roles that asked for it would let nobody in.
pub(crate) fn narrow(mut statement: Statement, conditions: &Conditions) -> Statement {
    use OperatorKind::{ArnLike, Bool, DateGreaterThan, DateLessThan, IpAddress, StringEquals};
    let mut and = |operator: OperatorKind, key: &str, values: Vec<String>| {
        if !values.is_empty() {
            let condition = Condition::new(operator, key, values);
            statement = also(statement.clone(), condition);
        }
    };
    let one = |text: Option<&str>| text.map(str::to_owned).into_iter().collect::<Vec<_>>();
    and(StringEquals, "sts:ExternalId", one(conditions.external_id.as_deref()));
    and(StringEquals, "aws:PrincipalAccount", one(conditions.source_account.as_ref().map(|id| id.as_str())));
    and(StringEquals, "aws:PrincipalOrgID", one(conditions.organization.as_ref().map(|id| id.as_str())));
    and(StringEquals, "aws:SourceVpc", conditions.source_vpcs.clone());
    and(IpAddress, "aws:SourceIp", conditions.source_ips.clone());
    and(ArnLike, "aws:PrincipalArn", conditions.principal_arns.iter().map(|arn| arn.as_str().to_owned()).collect());
    if conditions.mfa {
        and(Bool, "aws:MultiFactorAuthPresent", vec!["true".to_owned()]);
    }
    if let Some(valid) = &conditions.valid {
        and(DateGreaterThan, "aws:CurrentTime", one(valid.from.as_deref()));
        and(DateLessThan, "aws:CurrentTime", one(valid.until.as_deref()));
    }
    statement
}

#[cfg(test)]
mod tests {
    use landfall_model::{AccountId, Arn, OrganizationId, Validity};
    use serde_json::json;

    use super::*;
    use crate::Plain;

    #[test]
    fn every_condition_is_added() {
        let conditions = Conditions {
            external_id: Some("x-1".into()),
            source_account: Some(AccountId::new("123456789012").unwrap()),
            source_ips: vec!["10.0.0.0/8".into(), "192.0.2.1/32".into()],
            source_vpcs: vec!["vpc-1".into()],
            principal_arns: vec![Arn::new("arn:aws:iam::123456789012:role/a*").unwrap()],
            organization: Some(OrganizationId::new("o-zzzzzzzzzz").unwrap()),
            mfa: true,
            valid: Some(Validity {
                from: Some("2026-01-01T00:00:00Z".into()),
                until: Some("2026-12-31T00:00:00Z".into()),
                place: landfall_model::Place { file: landfall_model::FileId(0), start: 0, end: 0 },
            }),
        };
        let statement = narrow(assume("X", [root(ArnAccount::Own)]), &conditions);
        assert_eq!(
            statement.render(&Plain)["Condition"],
            json!({
                "StringEquals": {
                    "sts:ExternalId": "x-1", "aws:PrincipalAccount": "123456789012",
                    "aws:PrincipalOrgID": "o-zzzzzzzzzz", "aws:SourceVpc": "vpc-1",
                },
                "IpAddress": { "aws:SourceIp": ["10.0.0.0/8", "192.0.2.1/32"] },
                "ArnLike": { "aws:PrincipalArn": "arn:aws:iam::123456789012:role/a*" },
                "Bool": { "aws:MultiFactorAuthPresent": "true" },
                "DateGreaterThan": { "aws:CurrentTime": "2026-01-01T00:00:00Z" },
                "DateLessThan": { "aws:CurrentTime": "2026-12-31T00:00:00Z" },
            })
        );
    }

    #[test]
    fn a_second_test_of_a_key_does_not_replace_the_first() {
        let own = Condition::new(OperatorKind::StringEquals, "aws:PrincipalOrgID", ["o-a1b2c3d4e5"]);
        let statement = assume("X", [root(ArnAccount::Own)]).when(own.clone());
        assert_eq!(also(statement.clone(), own), statement);
        let conditions =
            Conditions { organization: Some(OrganizationId::new("o-zzzzzzzzzz").unwrap()), ..Conditions::default() };
        assert_eq!(
            narrow(statement, &conditions).render(&Plain)["Condition"],
            json!({
                "StringEquals": { "aws:PrincipalOrgID": "o-a1b2c3d4e5" },
                "StringLike": { "aws:PrincipalOrgID": "o-zzzzzzzzzz" },
            })
        );
    }

    #[test]
    fn a_service_acts_for_its_own_account() {
        assert_eq!(
            assume_by_tasks().render(&Plain),
            json!({
                "Sid": "Service", "Effect": "Allow", "Principal": { "Service": "ecs-tasks.amazonaws.com" },
                "Action": "sts:AssumeRole",
                "Condition": {
                    "StringEquals": { "aws:SourceAccount": "111122223333" },
                    "ArnLike": { "aws:SourceArn": "arn:aws:ecs:*:111122223333:*" },
                },
            })
        );
        assert_eq!(assume_by_plain_service("ec2").conditions, []);
    }
}
