//! Messages and logs: CloudWatch Logs, SNS, SQS.

use landfall_model::AccessMode;

use crate::{ArnAccount, Statement, Text, arn};

/// A log group by its name or pattern, and the streams in it. A pattern with `*` at its end matches the streams anyway.
/// Source: CloudWatch Logs User Guide, "CloudWatch Logs resources and operations".
pub(crate) fn log_group(group: &str) -> Vec<Text> {
    let name = ["log-group:", group].concat();
    let mut out = vec![arn("logs", "*", ArnAccount::Own, &name)];
    if !group.ends_with('*') {
        out.push(arn("logs", "*", ArnAccount::Own, [&name, ":*"].concat()));
    }
    out
}

/// Log groups. To find a group one must list them, and `DescribeLogGroups` takes no less than all of them. A group stays
/// when its streams are deleted.
pub(super) fn logs(group: &str, mode: AccessMode) -> Vec<Statement> {
    match mode {
        AccessMode::Read => vec![
            Statement::allow("LogsList", ["logs:DescribeLogGroups"]).on_all(),
            Statement::allow("LogsRead", ["logs:DescribeLogStreams", "logs:FilterLogEvents", "logs:GetLogEvents"])
                .on(log_group(group)),
        ],
        AccessMode::Write => {
            vec![Statement::allow("LogsWrite", ["logs:CreateLogStream", "logs:PutLogEvents"]).on(log_group(group))]
        }
        AccessMode::Delete => vec![Statement::allow("LogsDelete", ["logs:DeleteLogStream"]).on(log_group(group))],
    }
}

/// Topics.
pub(super) fn sns(topic: &str) -> Vec<Statement> {
    vec![Statement::allow("SnsPublish", ["sns:Publish"]).on([arn("sns", "*", ArnAccount::Own, topic)])]
}

/// A queue. A consumer extends its hold on a message with `ChangeMessageVisibility`, and removes it only if it asks for
/// `delete`. Source: Service Authorization Reference, "Amazon SQS".
pub(super) fn sqs(queue: &str, mode: AccessMode) -> Vec<Statement> {
    let queue = [arn("sqs", "*", ArnAccount::Own, queue)];
    vec![match mode {
        AccessMode::Read => Statement::allow(
            "SqsReceive",
            ["sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ReceiveMessage"],
        )
        .on(queue),
        AccessMode::Write => {
            Statement::allow("SqsSend", ["sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:SendMessage"]).on(queue)
        }
        AccessMode::Delete => Statement::allow("SqsDelete", ["sqs:DeleteMessage", "sqs:GetQueueUrl"]).on(queue),
    }]
}
