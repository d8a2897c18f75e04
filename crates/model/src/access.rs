//! What a role may do, as the configuration says it: grants, raw statements, managed policies.

use serde::{Deserialize, Serialize};

use crate::{Arn, Place, TrustedRole};

/// How a grant uses its resource. Modes do not include each other: a role that needs two asks for two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AccessMode {
    /// Gets and lists.
    Read,
    /// Puts and updates.
    Write,
    /// Deletes.
    Delete,
}

/// One entry of an `access:` list: a least-privilege grant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Grant {
    /// Objects of a bucket, below `prefix/` where one is given. A prefix has neither leading nor trailing `/`.
    S3 {
        /// The bucket's name.
        bucket: String,
        /// The exact prefix, without `/` at the end.
        prefix: Option<String>,
        /// How.
        mode: AccessMode,
    },
    /// Log groups by name; `*` at the end is a wildcard.
    Logs {
        /// The group's name or pattern.
        group: String,
        /// How.
        mode: AccessMode,
    },
    /// Secrets Manager secrets below a path such as `/batch-jobs/ml`.
    Secrets {
        /// The path with its leading `/` if the secrets' names have one, without one at the end.
        path: String,
    },
    /// A DynamoDB table by name or pattern.
    Dynamodb {
        /// The table.
        table: String,
        /// How.
        mode: AccessMode,
    },
    /// ECR repositories by name or pattern.
    Ecr {
        /// The repositories.
        repositories: Vec<String>,
        /// How.
        mode: AccessMode,
    },
    /// Invokes Lambda functions by name or pattern.
    Lambda {
        /// The function.
        function: String,
    },
    /// Publishes to SNS topics by name or pattern.
    Sns {
        /// The topic.
        topic: String,
    },
    /// An SQS queue by name or pattern.
    Sqs {
        /// The queue.
        queue: String,
        /// How: read receives, write sends, delete removes what was received.
        mode: AccessMode,
    },
    /// Starts executions of a Step Functions state machine.
    States {
        /// The state machine.
        machine: String,
    },
    /// Submits AWS Batch jobs.
    Batch {
        /// The job queue.
        queue: String,
        /// The job definition.
        definition: String,
    },
    /// Invokes Bedrock foundation models.
    Bedrock {
        /// Model ids or patterns.
        models: Vec<String>,
    },
    /// Uses a KMS key.
    Kms {
        /// The key's ARN.
        key: Arn,
        /// How: read decrypts, write encrypts.
        mode: AccessMode,
    },
    /// Assumes a role that Landfall makes.
    Assume {
        /// The role.
        role: TrustedRole,
    },
}

impl Grant {
    /// The key that the configuration writes for it.
    pub fn keyword(&self) -> &'static str {
        match self {
            Self::S3 { .. } => "s3",
            Self::Logs { .. } => "logs",
            Self::Secrets { .. } => "secrets",
            Self::Dynamodb { .. } => "dynamodb",
            Self::Ecr { .. } => "ecr",
            Self::Lambda { .. } => "lambda",
            Self::Sns { .. } => "sns",
            Self::Sqs { .. } => "sqs",
            Self::States { .. } => "states",
            Self::Batch { .. } => "batch",
            Self::Bedrock { .. } => "bedrock",
            Self::Kms { .. } => "kms",
            Self::Assume { .. } => "assume",
        }
    }
}

/// Something with the place where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reads<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub place: Place,
}

/// An IAM document or statement as the user wrote it. `policies` parses it into types.
#[derive(Debug, Clone, PartialEq)]
pub struct PolicyText {
    /// The JSON.
    pub json: serde_json::Value,
    /// Where it is referenced or written.
    pub place: Place,
}

/// What a role is granted: the three lists that every role section takes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RoleAccess {
    /// `access:`
    pub grants: Vec<Reads<Grant>>,
    /// `statements:`, raw IAM statements.
    pub statements: Vec<PolicyText>,
    /// `managed_policies:`
    pub managed_policies: Vec<Reads<Arn>>,
}
