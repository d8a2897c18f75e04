//! What a state machine needs in any case, and what its integrations need beside the call itself.

use landfall_model::Grant;

use crate::{ArnAccount, Statement, Text, arn};

/// Following the executions that it starts with `.sync`: those of the machines that it is granted, so that it stays with
/// the role. Source: Step Functions Developer Guide, "IAM policies for integrated services".
pub(super) fn wait_for_executions<'a>(asked: impl IntoIterator<Item = &'a Grant>) -> Vec<Statement> {
    let executions: Vec<Text> = asked
        .into_iter()
        .filter_map(|grant| match grant {
            Grant::States { machine } => {
                Some(arn("states", "*", ArnAccount::Own, ["execution:", machine, ":*"].concat()))
            }
            _ => None,
        })
        .collect();
    if executions.is_empty() {
        return Vec::new();
    }
    vec![
        Statement::allow("StatesLook", ["states:DescribeExecution", "states:StopExecution"]).on(executions),
        follow("FollowExecutions", "StepFunctionsGetEventsForStepFunctionsExecutionRule"),
    ]
}

/// Following and stopping the jobs that it submits with `.sync`; a job has no name before it is there. Source: Step
/// Functions Developer Guide, "IAM policies for integrated services", "AWS Batch".
pub(crate) fn wait_for_jobs() -> [Statement; 3] {
    [
        Statement::allow("BatchLook", ["batch:DescribeJobs"]).on_all(),
        Statement::allow("BatchStop", ["batch:TerminateJob"]).on([arn("batch", "*", ArnAccount::Own, "job/*")]),
        follow("FollowJobs", "StepFunctionsGetEventsForBatchJobsRule"),
    ]
}

/// The eight actions with which logs are delivered, none of which takes a resource. Tracing is not among it: a state
/// machine that is traced attaches `AWSXRayDaemonWriteAccess`. Source: Step Functions Developer Guide, "Using CloudWatch
/// Logs to log execution history".
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
fn follow(sid: &str, rule: &str) -> Statement {
    Statement::allow(sid, ["events:DescribeRule", "events:PutRule", "events:PutTargets"]).on([arn(
        "events",
        "*",
        ArnAccount::Own,
        ["rule/", rule].concat(),
    )])
}
