//! What a Lambda function needs in any case.

use crate::grant::log_group;
use crate::{ArnAccount, Condition, OperatorKind, Statement, arn};

/// A function's own log group. The name may end in `*`.
///
/// `AWSLambdaBasicExecutionRole` and `AWSLambdaVPCAccessExecutionRole` let a function write to every log group of the
/// account; here it is the one that Lambda names after it. Source: AWS Lambda Developer Guide, "Sending Lambda function
/// logs to CloudWatch Logs": `/aws/lambda/{function}`.
pub(crate) fn own_logs(name: &str) -> Statement {
    Statement::allow("OwnLogs", ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"])
        .on(log_group(&["/aws/lambda/", name].concat()))
}

/// The network interfaces of any function in a VPC. Lambda makes them with the function's role, on any resource,
/// because they have no name before; the code itself, which has the same credentials, is kept from it. Source: AWS Lambda Developer Guide, "Giving Lambda functions
/// access to resources in an Amazon VPC": the permissions, and the condition key `lambda:SourceFunctionArn`, which is
/// there only when the code calls.
pub(crate) fn network() -> [Statement; 2] {
    let code = Condition::new(
        OperatorKind::ArnLike,
        "lambda:SourceFunctionArn",
        [arn("lambda", "*", ArnAccount::Own, "function:*")],
    );
    [
        Statement::allow(
            "NetworkInterfaces",
            [
                "ec2:AssignPrivateIpAddresses",
                "ec2:CreateNetworkInterface",
                "ec2:DeleteNetworkInterface",
                "ec2:DescribeNetworkInterfaces",
                "ec2:DescribeSubnets",
                "ec2:UnassignPrivateIpAddresses",
            ],
        )
        .on_all(),
        Statement::deny(
            "NoInterfacesFromCode",
            [
                "ec2:AssignPrivateIpAddresses",
                "ec2:CreateNetworkInterface",
                "ec2:DeleteNetworkInterface",
                "ec2:UnassignPrivateIpAddresses",
            ],
        )
        .on_all()
        .when(code),
    ]
}
