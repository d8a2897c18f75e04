//! What a state machine needs in any case, and what its integrations need beside the call itself.

use landfall_model::Grant;

use crate::{ArnAccount, Statement, Text, arn};

/// The delivery of logs, and following what it starts with `.sync`. Tracing is not among it: a state machine that is
/// traced attaches `AWSXRayDaemonWriteAccess`. Source: Step Functions Developer Guide, "IAM policies for integrated
/// services".
pub(super) fn statements(asked: &[&Grant]) -> Vec<Statement> {
    let mut out = vec![deliver_logs()];
    if asked.iter().any(|grant| matches!(grant, Grant::Batch { .. })) {
        out.extend([
            Statement::allow("BatchLook", ["batch:DescribeJobs"]).on_all(),
            Statement::allow("BatchStop", ["batch:TerminateJob"]).on([arn("batch", "*", ArnAccount::Own, "job/*")]),
            follow("FollowJobs", "StepFunctionsGetEventsForBatchJobsRule"),
        ]);
    }
    let executions: Vec<Text> = asked
        .iter()
        .filter_map(|grant| match grant {
            Grant::States { machine } => {
                Some(arn("states", "*", ArnAccount::Own, ["execution:", machine, ":*"].concat()))
            }
            _ => None,
        })
        .collect();
    if !executions.is_empty() {
        out.extend([
            Statement::allow("StatesLook", ["states:DescribeExecution", "states:StopExecution"]).on(executions),
            follow("FollowExecutions", "StepFunctionsGetEventsForStepFunctionsExecutionRule"),
        ]);
    }
    out
}

/// The eight actions with which logs are delivered, none of which takes a resource. Source: Step Functions Developer
/// Guide, "Using CloudWatch Logs to log execution history".
pub(crate) fn deliver_logs() -> Statement {
    Statement::allow(
        "DeliverLogs",
        [
            "logs:CreateLogDelivery",
            "logs:DeleteLogDelivery",
            "logs:DescribeLogGroups",
            "logs:DescribeResourcePolicies",
            "logs:GetLogDelivery",
            "logs:ListLogDeliveries",
            "logs:PutResourcePolicy",
            "logs:UpdateLogDelivery",
        ],
    )
    .on_all()
}

/// The rule that Step Functions keeps to hear of the end of what it started.
pub(crate) fn follow(sid: &str, rule: &str) -> Statement {
    Statement::allow(sid, ["events:DescribeRule", "events:PutRule", "events:PutTargets"]).on([arn(
        "events",
        "*",
        ArnAccount::Own,
        ["rule/", rule].concat(),
    )])
}
