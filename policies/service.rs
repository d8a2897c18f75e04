//! Roles that AWS services assume.
//!
//! A trust says for whose account the service acts exactly where the service's documentation says that it fills the keys
//! in; a condition on a key that never comes would lock the service out.

pub(crate) mod function;
pub(crate) mod instance;
pub(crate) mod workflow;

use std::collections::BTreeSet;

use landfall_model::{Grant, OrganizationName, Service, ServiceKind};

use crate::{
    Condition, Document, OperatorKind, PolicyError, RolePolicies, SharedPolicy, Statement, Text, access_attached,
    access_statements, aws_managed, grants, trust,
};

/// Which of a service's roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ServiceRole {
    /// The one role that most services have.
    Only,
    /// ECS: what the agent starts the containers with.
    Execution,
    /// ECS: what the code in the containers uses.
    Task,
}

impl ServiceRole {
    /// Those of a service.
    pub fn of(kind: &ServiceKind) -> &'static [Self] {
        match kind {
            ServiceKind::Ecs => &[Self::Execution, Self::Task],
            _ => &[Self::Only],
        }
    }

    /// What its name ends with, behind `{organization}-service-{name}-`.
    pub fn suffix(self) -> Option<&'static str> {
        match self {
            Self::Only => None,
            Self::Execution => Some("execution"),
            Self::Task => Some("task"),
        }
    }
}

/// The policies of a service's role: what the service needs in any case, and what `access:` grants.
///
/// # Errors
/// A raw statement that is none.
pub fn service_role(
    organization: &OrganizationName,
    service: &Service,
    role: ServiceRole,
) -> Result<RolePolicies, PolicyError> {
    if role == ServiceRole::Execution {
        return Ok(execution(organization, service));
    }
    let mut statements = own(service);
    statements.extend(access_statements(organization, &[], &[&service.access])?);
    let mut attached: Vec<Text> = own_attached(service).map(aws_managed).into_iter().collect();
    attached.extend(access_attached(&[&service.access]));
    Ok(RolePolicies {
        trust: Document::named([trusted(service)]),
        inline: Document::some(statements),
        shared: own_shared(service),
        attached,
    })
}

/// Sources, service by service: AWS Lambda Developer Guide, "Execution role"; Amazon ECS Developer Guide, "Amazon ECS
/// task IAM role"; Step Functions Developer Guide, "Creating an IAM role for your state machine"; EventBridge User
/// Guide, "Using IAM policy conditions in Amazon EventBridge"; Amazon SageMaker AI Developer Guide, "Cross-service
/// confused deputy prevention". EC2 is bound to its account by the instance profile; of API Gateway's logging role no
/// document that we rely on says that the keys come.
fn trusted(service: &Service) -> Statement {
    match service.kind {
        ServiceKind::Lambda { .. } => trust::assume_by_service("lambda", &[("lambda", "function:*")]),
        ServiceKind::Ec2 => trust::assume_by_plain_service("ec2"),
        ServiceKind::Ecs => trust::assume_by_tasks(),
        ServiceKind::ApiGateway { .. } => trust::assume_by_plain_service("apigateway"),
        ServiceKind::StepFunctions => trust::assume_by_service("states", &[("states", "stateMachine:*")]),
        ServiceKind::EventBridge => trust::assume_by_service("events", &[("events", "rule/*")]),
        ServiceKind::SageMaker => trust::assume_by_sagemaker(),
    }
}

fn asked(service: &Service) -> impl Iterator<Item = &Grant> {
    service.access.grants.iter().map(|grant| &grant.value)
}

/// What follows from a service's name and grants, beside the grants themselves.
fn own(service: &Service) -> Vec<Statement> {
    match service.kind {
        ServiceKind::Lambda { .. } => vec![function::own_logs(service.name.as_str())],
        ServiceKind::StepFunctions => workflow::wait_for_executions(asked(service)),
        ServiceKind::Ec2
        | ServiceKind::Ecs
        | ServiceKind::ApiGateway { .. }
        | ServiceKind::EventBridge
        | ServiceKind::SageMaker => Vec::new(),
    }
}

/// What every role of the service needs.
fn own_shared(service: &Service) -> BTreeSet<SharedPolicy> {
    match service.kind {
        ServiceKind::Lambda { vpc: true } => [SharedPolicy::LambdaVpc].into(),
        ServiceKind::StepFunctions => {
            let jobs = asked(service).any(|grant| matches!(grant, Grant::Batch { .. }));
            let jobs = jobs.then_some(SharedPolicy::StepFunctionsJobs);
            jobs.into_iter().chain([SharedPolicy::StepFunctionsLogs]).collect()
        }
        ServiceKind::SageMaker => [SharedPolicy::SageMaker].into(),
        ServiceKind::Lambda { vpc: false }
        | ServiceKind::Ec2
        | ServiceKind::Ecs
        | ServiceKind::ApiGateway { .. }
        | ServiceKind::EventBridge => BTreeSet::new(),
    }
}

/// API Gateway refuses a role that may not do all of its logging, on any group: it names the groups itself. Source: API
/// Gateway Developer Guide, "Set up CloudWatch logging for REST APIs".
fn own_attached(service: &Service) -> Option<&'static str> {
    matches!(service.kind, ServiceKind::ApiGateway { .. })
        .then_some("service-role/AmazonAPIGatewayPushToCloudWatchLogs")
}

/// What the ECS agent needs: AWS's own policy for images and output, and the secrets that it puts into the containers'
/// environment, which that policy leaves out. A key that encrypts them is used through Secrets Manager alone. Source:
/// Amazon ECS Developer Guide, "Amazon ECS task execution IAM role".
fn execution(organization: &OrganizationName, service: &Service) -> RolePolicies {
    let mut statements = grants(organization, asked(service).filter(|grant| matches!(grant, Grant::Secrets { .. })));
    if !statements.is_empty() {
        let keys = grants(organization, asked(service).filter(|grant| matches!(grant, Grant::Kms { .. })));
        statements.extend(keys.into_iter().filter(|one| one.sid.as_deref() == Some("KmsRead")).map(|one| {
            one.when(Condition::new(
                OperatorKind::StringLike,
                "kms:ViaService",
                ["secretsmanager.*.amazonaws.com", "secretsmanager.*.amazonaws.com.cn"],
            ))
        }));
    }
    RolePolicies {
        trust: Document::named([trust::assume_by_tasks()]),
        inline: Document::some(statements),
        shared: BTreeSet::new(),
        attached: vec![aws_managed("service-role/AmazonECSTaskExecutionRolePolicy")],
    }
}

#[cfg(test)]
mod tests;
