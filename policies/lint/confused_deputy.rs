//! Services that are trusted for whomever they act.

use super::codes::CONFUSED_DEPUTY;
use super::finding::Finding;
use super::subject::{DocumentKind, Subject, allows};
use crate::{Principal, Principals};

/// Services that fill in `aws:SourceAccount` or `aws:SourceArn` when they assume a role, each as its own documentation says: Amazon ECS,
/// "IAM roles for tasks"; AWS Batch, "Cross-service confused deputy prevention"; Step Functions, "Creating an IAM role";
/// EventBridge, "Using IAM policy conditions"; Lambda, "Working with AWS managed policies"; EventBridge Scheduler,
/// "Confused deputy prevention"; SageMaker AI, "Cross-service confused deputy prevention"; of EC2 and API Gateway it is
/// not said.
const TELLING: [&str; 7] = [
    "batch.amazonaws.com",
    "ecs-tasks.amazonaws.com",
    "events.amazonaws.com",
    "lambda.amazonaws.com",
    "sagemaker.amazonaws.com",
    "scheduler.amazonaws.com",
    "states.amazonaws.com",
];

const KEYS: [&str; 4] = ["aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths"];

pub(crate) fn check(subject: Subject<'_>, out: &mut Vec<Finding>) {
    if subject.kind != DocumentKind::Trust {
        return;
    }
    for (path, statement) in subject.statements() {
        let Principals::Only(list) = &statement.principals else { continue };
        let telling = list.iter().find_map(|principal| match principal {
            Principal::Service(name) if TELLING.contains(&name.as_str()) => Some(name),
            _ => None,
        });
        let narrowed = statement.conditions.iter().any(|one| KEYS.contains(&one.key.0.to_ascii_lowercase().as_str()));
        if let (true, Some(service), false) = (allows(statement), telling, narrowed) {
            let message = format!("`{service}` is trusted for whichever account it acts");
            out.push(
                Finding::warning(CONFUSED_DEPUTY, [path.as_str(), ".Principal"].concat(), message)
                    .help("ask for `aws:SourceAccount`, or an `aws:SourceArn`, of the role's own account"),
            );
        }
    }
}
