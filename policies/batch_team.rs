//! Roles of teams that run AWS Batch jobs.

use std::collections::BTreeSet;

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
        shared: BTreeSet::new(),
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
        shared: BTreeSet::new(),
        attached,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::Plain;
    use crate::specimen::{acme, plain};

    fn team(name: &str) -> Team {
        acme().teams.into_iter().find(|team| team.name.as_str() == name).unwrap()
    }

    fn statements(role: &RolePolicies) -> Vec<Value> {
        plain(role.inline.as_ref().unwrap())["Statement"].as_array().unwrap().clone()
    }

    #[test]
    fn the_agent_gets_the_teams_secrets_beside_awss_own_policy() {
        use crate::Render;
        let role = batch_execution_role(&acme().organization.name, &team("ml"));
        assert_eq!(
            Plain.text(&role.attached[0]),
            "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
        );
        let statements = statements(&role);
        assert_eq!(statements.len(), 1);
        assert_eq!(statements[0]["Resource"], "arn:aws:secretsmanager:*:111122223333:secret:/batch-jobs/ml/*");
    }

    #[test]
    fn a_team_stays_below_its_own_name() {
        let team = team("data-engineering");
        let role = batch_job_role(&acme().organization.name, &team, None).unwrap();
        for statement in statements(&role) {
            let text = statement.to_string();
            if statement["Action"] == "s3:ListBucket" {
                assert_eq!(statement["Condition"]["StringLike"]["s3:prefix"], "data-engineering/*");
                assert_eq!(
                    statement["Resource"],
                    json!(["arn:aws:s3:::acme-analytics", "arn:aws:s3:::acme-data-lake"])
                );
                continue;
            }
            let resources = match &statement["Resource"] {
                Value::Array(many) => many.clone(),
                one => vec![one.clone()],
            };
            for resource in resources {
                let resource = resource.as_str().unwrap().to_owned();
                assert!(resource.ends_with("/data-engineering/*"), "{resource}");
            }
            assert!(!text.contains("Delete"), "{text}");
        }
        assert_eq!(role.trust, Document::named([trust::assume_by_tasks()]));
    }

    #[test]
    fn a_job_with_its_own_role_gets_what_it_asked_for_on_top() {
        let organization = acme().organization.name;
        let engineering = team("data-engineering");
        let purge = engineering.jobs.iter().find(|job| job.own_roles).unwrap();
        let role = batch_job_role(&organization, &engineering, Some(purge)).unwrap();
        let delete = statements(&role).into_iter().find(|one| one["Sid"] == "S3Delete").unwrap();
        assert_eq!(delete["Resource"], "arn:aws:s3:::acme-data-lake/data-engineering/personal/*");

        let ml = team("ml");
        let training = ml.jobs.iter().find(|job| job.name.as_str() == "training").unwrap();
        let role = batch_job_role(&organization, &ml, Some(training)).unwrap();
        let assume = statements(&role).into_iter().find(|one| one["Action"] == "sts:AssumeRole").unwrap();
        assert_eq!(assume["Resource"], "arn:aws:iam::444455556666:role/acme/acme-cross-account-data-lake-reader");
    }
}
