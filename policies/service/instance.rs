//! What SageMaker's instances need in any case.

use crate::grant::log_group;
use crate::{ArnAccount, Condition, OperatorKind, Statement, arn};

/// Images, which also come from AWS's own accounts, the log groups that SageMaker names itself, and its metrics.
/// Source: Amazon SageMaker AI Developer Guide, "SageMaker AI roles", "CreateTrainingJob API: Execution Role
/// Permissions", "CreateModel API: Execution Role Permissions".
pub(crate) fn training_and_inference() -> Vec<Statement> {
    vec![
        Statement::allow("ImageToken", ["ecr:GetAuthorizationToken"]).on_all(),
        Statement::allow(
            "Images",
            ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
        )
        .on([arn("ecr", "*", ArnAccount::Any, "repository/*")]),
        Statement::allow(
            "OwnLogs",
            ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
        )
        .on(log_group("/aws/sagemaker/*")),
        Statement::allow("OwnMetrics", ["cloudwatch:PutMetricData"]).on_all().when(Condition::new(
            OperatorKind::StringLike,
            "cloudwatch:namespace",
            ["/aws/sagemaker/*"],
        )),
    ]
}
