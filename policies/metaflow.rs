//! The roles of a Metaflow deployment on AWS Batch.
//!
//! What the upstream templates grant, without their defects: nobody passes any role, the service role is AWS's own policy
//! and no old copy of it, and every trust in a service that can be confused says for whose account it may act. Source:
//! `outerbounds/metaflow-tools` (CloudFormation) and `outerbounds/terraform-aws-metaflow`; the required module
//! `iam_metaflow` for names, inputs and outputs.

use std::collections::BTreeSet;

use landfall_model::{AccessMode, Grant, Metaflow, OrganizationName};

use crate::error::identity_statement;
use crate::merge::merge;
use crate::service::function;
use crate::{
    ArnAccount, Condition, Document, OperatorKind, PolicyError, RolePolicies, SharedPolicy, Statement, Text, arn,
    aws_managed, grants, iam_arn, own_arn, trust,
};

/// A role of a deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MetaflowRole {
    /// What a task's code uses.
    BatchJob,
    /// What AWS Batch itself uses.
    BatchService,
    /// What the instances of a compute environment use.
    BatchInstance,
    /// What tags the instances of a Spot Fleet.
    SpotFleet,
    /// What the ECS agent starts Fargate tasks with.
    EcsExecution,
    /// What a flow on Step Functions uses.
    StepFunctions,
    /// What starts a flow on a schedule or an event.
    EventBridge,
    /// What the metadata service uses.
    MetadataService,
    /// What the function uses that migrates the metadata service's database.
    DbMigration,
}

impl MetaflowRole {
    /// Those that a deployment has.
    pub fn of(metaflow: &Metaflow) -> Vec<Self> {
        let mut out = vec![Self::BatchJob, Self::BatchService, Self::BatchInstance];
        if metaflow.enable_spot_fleet_role {
            out.push(Self::SpotFleet);
        }
        if metaflow.ecs_execution {
            out.push(Self::EcsExecution);
        }
        if metaflow.step_functions {
            out.extend([Self::StepFunctions, Self::EventBridge]);
        }
        if metaflow.metadata_service {
            out.extend([Self::MetadataService, Self::DbMigration]);
        }
        out
    }

    /// What its name ends with, behind `{name_prefix}-`.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::BatchJob => "batch-job-role",
            Self::BatchService => "batch-service-role",
            Self::BatchInstance => "batch-instance-role",
            Self::SpotFleet => "spot-fleet-role",
            Self::EcsExecution => "ecs-execution-role",
            Self::StepFunctions => "step-functions-role",
            Self::EventBridge => "eventbridge-role",
            Self::MetadataService => "metadata-service-role",
            Self::DbMigration => "db-migration-role",
        }
    }
}

/// The policies of a role.
///
/// # Errors
/// A custom statement that is none.
pub fn metaflow_role(
    organization: &OrganizationName,
    metaflow: &Metaflow,
    role: MetaflowRole,
) -> Result<RolePolicies, PolicyError> {
    let managed = |name: &str| vec![aws_managed(&["service-role", name].join("/"))];
    Ok(match role {
        MetaflowRole::BatchJob => RolePolicies {
            trust: Document::named([trust::assume_by_tasks()]),
            inline: Document::some(job(organization, metaflow)?),
            shared: BTreeSet::from([SharedPolicy::MetaflowTask]),
            attached: additional(metaflow),
        },
        // Source: AWS Batch User Guide, "Cross-service confused deputy prevention": both shapes of ARN.
        MetaflowRole::BatchService => RolePolicies {
            trust: Document::named([trust::assume_by_service(
                "batch",
                &[("batch", "compute-environment/*"), ("batch", "job/*")],
            )]),
            inline: None,
            shared: BTreeSet::new(),
            attached: managed("AWSBatchServiceRole"),
        },
        MetaflowRole::BatchInstance => RolePolicies {
            trust: Document::named([trust::assume_by_plain_service("ec2")]),
            inline: None,
            shared: BTreeSet::new(),
            attached: managed("AmazonEC2ContainerServiceforEC2Role"),
        },
        MetaflowRole::SpotFleet => RolePolicies {
            trust: Document::named([trust::assume_by_plain_service("spotfleet")]),
            inline: None,
            shared: BTreeSet::new(),
            attached: managed("AmazonEC2SpotFleetTaggingRole"),
        },
        MetaflowRole::EcsExecution => RolePolicies {
            trust: Document::named([trust::assume_by_tasks()]),
            inline: None,
            shared: BTreeSet::new(),
            attached: managed("AmazonECSTaskExecutionRolePolicy"),
        },
        // Source: Step Functions Developer Guide, "Creating an IAM role for your state machine".
        MetaflowRole::StepFunctions => RolePolicies {
            trust: Document::named([trust::assume_by_service("states", &[("states", "stateMachine:*")])]),
            inline: Document::some(step_functions(organization, metaflow)),
            shared: BTreeSet::from([
                SharedPolicy::StepFunctionsLogs,
                SharedPolicy::StepFunctionsJobs,
                SharedPolicy::MetaflowFlow,
            ]),
            attached: Vec::new(),
        },
        // Source: EventBridge User Guide, "Using IAM policy conditions in Amazon EventBridge".
        MetaflowRole::EventBridge => RolePolicies {
            trust: Document::named([trust::assume_by_service("events", &[("events", "rule/*")])]),
            inline: Document::some(vec![start_flows(metaflow)]),
            shared: BTreeSet::new(),
            attached: Vec::new(),
        },
        MetaflowRole::MetadataService => RolePolicies {
            trust: Document::named([trust::assume_by_tasks()]),
            inline: Document::some(metadata_service(organization, metaflow)),
            shared: BTreeSet::new(),
            attached: Vec::new(),
        },
        // The function stands in the database's VPC, and is named after the deployment.
        MetaflowRole::DbMigration => RolePolicies {
            trust: Document::named([trust::assume_by_service("lambda", &[("lambda", "function:*")])]),
            inline: Document::some(vec![function::own_logs(&[metaflow.name_prefix.as_str(), "-*"].concat())]),
            shared: BTreeSet::from([SharedPolicy::LambdaVpc]),
            attached: Vec::new(),
        },
    })
}

fn additional(metaflow: &Metaflow) -> Vec<Text> {
    let mut out: Vec<Text> = Vec::new();
    for arn in &metaflow.additional_job_policy_arns {
        let text = Text::literal(arn.value.as_str());
        if !out.contains(&text) {
            out.push(text);
        }
    }
    out
}

fn bucket(metaflow: &Metaflow, mode: AccessMode) -> Grant {
    Grant::S3 { bucket: metaflow.bucket.clone(), prefix: None, mode }
}

/// What every task of every deployment uses: the images of the account, and the log groups of AWS Batch.
pub(crate) fn task(organization: &OrganizationName) -> Vec<Statement> {
    let logs = [AccessMode::Read, AccessMode::Write].map(|mode| Grant::Logs { group: "/aws/batch/*".to_owned(), mode });
    let images = Grant::Ecr { repositories: vec!["*".to_owned()], mode: AccessMode::Read };
    grants(organization, logs.iter().chain([&images]))
}

/// The datastore, the metrics of the deployment, and the user's own statements. Presigned URLs to the datastore are
/// refused, as upstream does: a link that leaked would outlive the task.
fn job(organization: &OrganizationName, metaflow: &Metaflow) -> Result<Vec<Statement>, PolicyError> {
    let own = [AccessMode::Read, AccessMode::Write, AccessMode::Delete].map(|mode| bucket(metaflow, mode));
    let mut out = grants(organization, &own);
    let prefix = metaflow.name_prefix.as_str();
    out.push(Statement::allow("Metrics", ["cloudwatch:PutMetricData"]).on_all().when(Condition::new(
        OperatorKind::StringLike,
        "cloudwatch:namespace",
        [prefix.to_owned(), [prefix, "/*"].concat()],
    )));
    if metaflow.step_functions {
        out.push(state_table(metaflow));
    }
    out.extend(key(metaflow));
    out.push(no_presigned_urls(metaflow));
    for statement in metaflow.custom_job_policy_statements.values() {
        out.push(identity_statement(statement)?);
    }
    Ok(out)
}

/// The service reads what tasks have written, and shows it; it writes nothing to the datastore.
fn metadata_service(organization: &OrganizationName, metaflow: &Metaflow) -> Vec<Statement> {
    let mut out = grants(organization, &[bucket(metaflow, AccessMode::Read)]);
    out.extend(
        metaflow.kms_key.as_ref().map(|key| Statement::allow("DatastoreKey", ["kms:Decrypt"]).on([own_arn(key)])),
    );
    out.push(no_presigned_urls(metaflow));
    out
}

fn no_presigned_urls(metaflow: &Metaflow) -> Statement {
    Statement::deny("NoPresignedUrls", ["s3:*"])
        .on([
            arn("s3", "", ArnAccount::None, &metaflow.bucket),
            arn("s3", "", ArnAccount::None, [metaflow.bucket.as_str(), "/*"].concat()),
        ])
        .when(Condition::new(OperatorKind::StringNotEquals, "s3:authType", ["REST-HEADER"]))
}

/// The table in which a flow on Step Functions counts its branches. Its name begins with the prefix
/// (`METAFLOW_SFN_DYNAMO_DB_TABLE`).
fn state_table(metaflow: &Metaflow) -> Statement {
    let table = ["table/", &metaflow.name_prefix, "-*"].concat();
    Statement::allow("StateTable", ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]).on([arn(
        "dynamodb",
        "*",
        ArnAccount::Own,
        table,
    )])
}

/// The key of the datastore: `*` as its account means the role's own.
fn key(metaflow: &Metaflow) -> Option<Statement> {
    let key = metaflow.kms_key.as_ref()?;
    Some(Statement::allow("DatastoreKey", ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"]).on([own_arn(key)]))
}

/// What every state machine of Metaflow does: it registers job definitions and submits jobs. How it waits for them is no
/// business of Metaflow's. Source: Step Functions Developer Guide, "IAM policies for integrated services", "AWS Batch".
pub(crate) fn flow() -> [Statement; 3] {
    let own = |resource: &str| arn("batch", "*", ArnAccount::Own, resource);
    [
        Statement::allow("BatchDefinitions", ["batch:DescribeJobDefinitions", "batch:DescribeJobQueues"]).on_all(),
        Statement::allow("BatchRegister", ["batch:RegisterJobDefinition", "batch:TagResource"])
            .on([own("job-definition/*")]),
        Statement::allow("BatchSubmit", ["batch:SubmitJob"]).on([
            own("job-queue/*"),
            own("job-definition/*"),
            own("job/*"),
        ]),
    ]
}

/// What the state machines of one deployment use: its datastore and its state table. A job definition that they register
/// may name only the deployment's own job and execution role.
fn step_functions(organization: &OrganizationName, metaflow: &Metaflow) -> Vec<Statement> {
    let passed = |role: MetaflowRole| {
        let name = [metaflow.name_prefix.as_str(), role.suffix()].join("-");
        iam_arn(ArnAccount::Own, ["role", organization.as_str(), &name].join("/"))
    };
    let mut out = merge(
        [AccessMode::Read, AccessMode::Write]
            .into_iter()
            .flat_map(|mode| crate::grant(organization, &bucket(metaflow, mode))),
    );
    out.extend([
        Statement::allow("PassJobRoles", ["iam:PassRole"])
            .on([passed(MetaflowRole::BatchJob), passed(MetaflowRole::EcsExecution)])
            .when(Condition::new(OperatorKind::StringEquals, "iam:PassedToService", ["ecs-tasks.amazonaws.com"])),
        state_table(metaflow),
    ]);
    out.extend(key(metaflow));
    out
}

/// Starts the flows of this deployment: with `METAFLOW_SFN_STATE_MACHINE_PREFIX` set to the prefix, Metaflow names a state
/// machine `{prefix}_{flow}`.
fn start_flows(metaflow: &Metaflow) -> Statement {
    let machine =
        |end: &str| arn("states", "*", ArnAccount::Own, ["stateMachine:", &metaflow.name_prefix, end].concat());
    Statement::allow("StartFlows", ["states:StartExecution"]).on([machine("_*"), machine("-*")])
}

#[cfg(test)]
mod tests;
