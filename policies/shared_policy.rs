//! Statements that several roles share: customer managed policies of an account.
//!
//! What stands here is the same for every role of its sort, whatever the user writes: it names no bucket, no function and
//! no team. All that follows from the user's own words stays in the role's one inline policy. The form follows from what a
//! statement is, never from how many roles carry it, so that a second role of a sort leaves the first as it is.

use landfall_model::{NameError, Naming, OrganizationName, PolicyName};

use crate::service::{function, instance, workflow};
use crate::{ArnAccount, Document, Statement, Text, iam_arn, metaflow};

/// A set of statements that is complete for one purpose.
///
/// What it denies stands in the same document as what it allows: an attachment comes and goes whole, and no role is
/// without the one while it has the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SharedPolicy {
    /// A Lambda function's network interfaces in a VPC.
    LambdaVpc,
    /// The images, logs and metrics of SageMaker's own.
    SageMaker,
    /// A state machine delivers its logs.
    StepFunctionsLogs,
    /// A state machine waits for the batch jobs that it submits.
    StepFunctionsJobs,
    /// The images and logs of a Metaflow task.
    MetaflowTask,
    /// The job definitions and jobs of a Metaflow flow on Step Functions.
    MetaflowFlow,
}

impl SharedPolicy {
    /// Every one.
    pub const ALL: [Self; 6] = [
        Self::LambdaVpc,
        Self::SageMaker,
        Self::StepFunctionsLogs,
        Self::StepFunctionsJobs,
        Self::MetaflowTask,
        Self::MetaflowFlow,
    ];

    /// What its name ends with, behind `{organization}-shared-policy-`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LambdaVpc => "lambda-vpc",
            Self::SageMaker => "sagemaker",
            Self::StepFunctionsLogs => "step-functions-logs",
            Self::StepFunctionsJobs => "step-functions-jobs",
            Self::MetaflowTask => "metaflow-task",
            Self::MetaflowFlow => "metaflow-flow",
        }
    }

    /// Its name in IAM.
    ///
    /// # Errors
    /// Over 128 characters.
    pub fn name(self, organization: &OrganizationName) -> Result<PolicyName, NameError> {
        Naming::new(organization).shared_policy(self.as_str())
    }

    /// Its ARN in the account of the role that attaches it.
    pub fn arn(self, organization: &OrganizationName) -> Text {
        let name = Naming::new(organization).shared_policy_text(self.as_str());
        iam_arn(ArnAccount::Own, ["policy", organization.as_str(), &name].join("/"))
    }

    /// What it says.
    pub fn document(self, organization: &OrganizationName) -> Document {
        Document::named(self.statements(organization))
    }

    fn statements(self, organization: &OrganizationName) -> Vec<Statement> {
        match self {
            Self::LambdaVpc => function::network().into(),
            Self::SageMaker => instance::training_and_inference(),
            Self::StepFunctionsLogs => vec![workflow::deliver_logs()],
            Self::StepFunctionsJobs => workflow::wait_for_jobs().into(),
            Self::MetaflowTask => metaflow::task(organization),
            Self::MetaflowFlow => metaflow::flow().into(),
        }
    }
}

#[cfg(test)]
mod tests;
