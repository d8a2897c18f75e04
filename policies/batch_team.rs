//! Roles of teams that run AWS Batch jobs.

use landfall_model::{AccessMode, Grant, Job, OrganizationName, Team};

use crate::{
    Document, PolicyError, RolePolicies, Text, access_attached, access_statements, aws_managed, grants, trust,
};

/// The role that the ECS agent starts a team's containers with: it pulls the image, writes the container's output, and
/// puts the team's secrets into its environment, which the managed policy does not do. Source: AWS Batch User Guide, "AWS
/// Batch IAM execution role"; Amazon ECS Developer Guide, "Amazon ECS task execution IAM role".
pub fn batch_execution_role(organization: &OrganizationName, team: &Team) -> RolePolicies {
    let secrets: Vec<Grant> = team.secrets.iter().map(|path| Grant::Secrets { path: path.clone() }).collect();
    RolePolicies {
        trust: Document::named([trust::assume_by_tasks()]),
        inline: Document::some(grants(organization, &secrets)),
        attached: vec![aws_managed("service-role/AmazonECSTaskExecutionRolePolicy")],
    }
}

/// The role that a team's code runs with: the team's buckets only below `{team}/`, its secrets only below its path, its
/// own log groups below `/aws/batch/{team}/`, and what the team (and the job, where it has a role of its own) is granted.
/// Objects are read and written; to delete any is asked for in `access:`.
///
/// # Errors
/// A raw statement that is none.
pub fn batch_job_role(
    organization: &OrganizationName,
    team: &Team,
    job: Option<&Job>,
) -> Result<RolePolicies, PolicyError> {
    let accesses: Vec<_> = [Some(&team.access), job.map(|job| &job.access)].into_iter().flatten().collect();
    let name = team.name.as_str();
    let mut own: Vec<Grant> = Vec::new();
    for bucket in &team.buckets {
        for mode in [AccessMode::Read, AccessMode::Write] {
            own.push(Grant::S3 { bucket: bucket.clone(), prefix: Some(name.to_owned()), mode });
        }
    }
    own.extend(team.secrets.iter().map(|path| Grant::Secrets { path: path.clone() }));
    own.push(Grant::Logs { group: ["/aws/batch/", name, "/*"].concat(), mode: AccessMode::Write });
    let statements = access_statements(organization, &own, &accesses)?;
    let attached: Vec<Text> = access_attached(&accesses);
    Ok(RolePolicies {
        trust: Document::named([trust::assume_by_tasks()]),
        inline: Document::some(statements),
        attached,
    })
}
