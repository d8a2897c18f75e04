//! Things that run: images, functions, state machines, batch jobs, models, roles.

use landfall_model::{AccessMode, OrganizationName, TrustedRole};

use crate::{ArnAccount, Statement, Text, arn, role_arn};

/// Image repositories. The token is for the registry, not for a repository: it takes no less than `*`. To push, a client
/// first asks which layers and manifests are there. Source: Amazon ECR User Guide, "IAM permissions for pushing an
/// image".
pub(super) fn ecr(repositories: &[String], mode: AccessMode) -> Vec<Statement> {
    let on: Vec<Text> =
        repositories.iter().map(|name| arn("ecr", "*", ArnAccount::Own, ["repository/", name].concat())).collect();
    let token = Statement::allow("EcrToken", ["ecr:GetAuthorizationToken"]).on_all();
    match mode {
        AccessMode::Read => vec![
            token,
            Statement::allow(
                "EcrPull",
                [
                    "ecr:BatchCheckLayerAvailability",
                    "ecr:BatchGetImage",
                    "ecr:DescribeImages",
                    "ecr:GetDownloadUrlForLayer",
                    "ecr:ListImages",
                ],
            )
            .on(on),
        ],
        AccessMode::Write => vec![
            token,
            Statement::allow(
                "EcrPush",
                [
                    "ecr:BatchCheckLayerAvailability",
                    "ecr:BatchGetImage",
                    "ecr:CompleteLayerUpload",
                    "ecr:InitiateLayerUpload",
                    "ecr:PutImage",
                    "ecr:UploadLayerPart",
                ],
            )
            .on(on),
        ],
        AccessMode::Delete => vec![Statement::allow("EcrDelete", ["ecr:BatchDeleteImage"]).on(on)],
    }
}

/// A function with its versions and aliases, which are resources of their own. Source: AWS Lambda Developer Guide,
/// "Resources and conditions".
pub(super) fn lambda(function: &str) -> Vec<Statement> {
    let name = ["function:", function].concat();
    let versions = [&name, ":*"].concat();
    vec![
        Statement::allow("LambdaInvoke", ["lambda:InvokeFunction"])
            .on([arn("lambda", "*", ArnAccount::Own, name), arn("lambda", "*", ArnAccount::Own, versions)]),
    ]
}

/// A state machine.
pub(super) fn states(machine: &str) -> Vec<Statement> {
    vec![Statement::allow("StatesStart", ["states:StartExecution"]).on([arn(
        "states",
        "*",
        ArnAccount::Own,
        ["stateMachine:", machine].concat(),
    )])]
}

/// Jobs of a definition, with or without a revision, in a queue: AWS asks for both, and for the job itself, which has no
/// name yet. Source: Service Authorization Reference, "AWS Batch", `SubmitJob`.
pub(super) fn batch(queue: &str, definition: &str) -> Vec<Statement> {
    let definition = ["job-definition/", definition].concat();
    let revisions = [&definition, ":*"].concat();
    vec![Statement::allow("BatchSubmit", ["batch:SubmitJob"]).on([
        arn("batch", "*", ArnAccount::Own, ["job-queue/", queue].concat()),
        arn("batch", "*", ArnAccount::Own, definition),
        arn("batch", "*", ArnAccount::Own, revisions),
        arn("batch", "*", ArnAccount::Own, "job/*"),
    ])]
}

/// Foundation models, which belong to no account. Source: Service Authorization Reference, "Amazon Bedrock".
pub(super) fn bedrock(models: &[String]) -> Vec<Statement> {
    vec![
        Statement::allow("BedrockInvoke", ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"]).on(models
            .iter()
            .map(|model| arn("bedrock", "*", ArnAccount::None, ["foundation-model/", model].concat()))),
    ]
}

/// Exactly one role of one account.
pub(super) fn assume(organization: &OrganizationName, role: &TrustedRole) -> Vec<Statement> {
    vec![Statement::allow("AssumeRole", ["sts:AssumeRole"]).on([role_arn(
        organization,
        ArnAccount::Of(role.account.clone()),
        &role.role,
    )])]
}
