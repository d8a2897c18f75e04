//! The identity part of a Metaflow deployment on AWS Batch.

use indexmap::IndexMap;

use crate::{AccountSet, Arn, BoundaryName, Place, PolicyText, Reads, TagKey};

/// An entry of `metaflow:`. Names of inputs are those of the required Terraform module.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is an input under its own name")]
pub struct Metaflow {
    /// `name_prefix`: every role's name begins with it.
    pub name_prefix: String,
    /// Where it stands.
    pub accounts: AccountSet,
    /// The most that its roles can do.
    pub boundary: BoundaryName,
    /// The datastore's bucket.
    pub bucket: String,
    /// The key that the datastore is encrypted with; the account part may be `*`, which means the role's own.
    pub kms_key: Option<Arn>,
    /// `additional_job_policy_arns`
    pub additional_job_policy_arns: Vec<Reads<Arn>>,
    /// `custom_job_policy_statements`, by their keys.
    pub custom_job_policy_statements: IndexMap<String, JobStatement>,
    /// `enable_spot_fleet_role`, off unless written, as all of these switches.
    pub enable_spot_fleet_role: bool,
    /// Whether the Step Functions and EventBridge roles are made too.
    pub step_functions: bool,
    /// Whether the ECS (Fargate) execution role is made too.
    pub ecs_execution: bool,
    /// Whether the roles of the metadata service and of its database's migration are made too.
    pub metadata_service: bool,
    /// `tags`, beside the organization's.
    pub tags: IndexMap<TagKey, String>,
    /// Where it is defined.
    pub place: Place,
}

/// One entry of `custom_job_policy_statements`, turned into an IAM statement: `sid`, `effect`, `actions` or
/// `not_actions`, `resources` or `not_resources`, `condition[]{test,variable,values}` become `Sid`, `Effect`, `Action`
/// … `Condition`. `principals` are refused: they mean nothing in an identity policy.
pub type JobStatement = PolicyText;
