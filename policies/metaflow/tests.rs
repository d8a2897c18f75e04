use serde_json::{Value, json};

use super::*;
use crate::specimen::{acme, plain};
use crate::{Plain, Render};

fn role(of: MetaflowRole) -> RolePolicies {
    let foundation = acme();
    metaflow_role(&foundation.organization.name, &foundation.metaflow[0], of).unwrap()
}

/// A statement of the role's own document or of one that it shares.
fn statement(role: &RolePolicies, sid: &str) -> Value {
    let shared = role.shared.iter().map(|shared| shared.document(&acme().organization.name));
    let mut all = role.inline.iter().cloned().chain(shared).flat_map(|document| document.statements);
    let found = all.find(|statement| statement.sid.as_deref() == Some(sid));
    found.map_or(Value::Null, |statement| plain(&Document::new([statement]))["Statement"][0].clone())
}

fn attached(role: &RolePolicies) -> Vec<String> {
    role.attached.iter().map(|text| Plain.text(text).as_str().unwrap().to_owned()).collect()
}

#[test]
fn roles_are_those_that_were_asked_for() {
    let mut metaflow = acme().metaflow.remove(0);
    let suffixes = |metaflow: &Metaflow| MetaflowRole::of(metaflow).into_iter().map(MetaflowRole::suffix).collect();
    metaflow.enable_spot_fleet_role = false;
    metaflow.ecs_execution = false;
    metaflow.step_functions = false;
    let least: Vec<&str> = suffixes(&metaflow);
    assert_eq!(least, ["batch-job-role", "batch-service-role", "batch-instance-role"]);
    metaflow.enable_spot_fleet_role = true;
    metaflow.ecs_execution = true;
    metaflow.step_functions = true;
    metaflow.metadata_service = true;
    let all: Vec<&str> = suffixes(&metaflow);
    assert_eq!(
        all[3..],
        [
            "spot-fleet-role",
            "ecs-execution-role",
            "step-functions-role",
            "eventbridge-role",
            "metadata-service-role",
            "db-migration-role"
        ]
    );
}

#[test]
fn each_trust_says_for_whose_account_the_service_acts() {
    let trust = |of| plain(&role(of).trust)["Statement"][0].clone();
    let table = [
        (MetaflowRole::BatchJob, "ecs-tasks", json!("arn:aws:ecs:*:111122223333:*")),
        (
            MetaflowRole::BatchService,
            "batch",
            json!(["arn:aws:batch:*:111122223333:compute-environment/*", "arn:aws:batch:*:111122223333:job/*"]),
        ),
        (MetaflowRole::EcsExecution, "ecs-tasks", json!("arn:aws:ecs:*:111122223333:*")),
        (MetaflowRole::StepFunctions, "states", json!("arn:aws:states:*:111122223333:stateMachine:*")),
        (MetaflowRole::EventBridge, "events", json!("arn:aws:events:*:111122223333:rule/*")),
        (MetaflowRole::MetadataService, "ecs-tasks", json!("arn:aws:ecs:*:111122223333:*")),
        (MetaflowRole::DbMigration, "lambda", json!("arn:aws:lambda:*:111122223333:function:*")),
    ];
    for (of, service, source) in table {
        let json = trust(of);
        assert_eq!(json["Principal"]["Service"], format!("{service}.amazonaws.com"));
        assert_eq!(json["Condition"]["StringEquals"]["aws:SourceAccount"], "111122223333");
        assert_eq!(json["Condition"]["ArnLike"]["aws:SourceArn"], source);
    }
    for (of, service) in [(MetaflowRole::BatchInstance, "ec2"), (MetaflowRole::SpotFleet, "spotfleet")] {
        let json = trust(of);
        assert_eq!(json["Principal"]["Service"], format!("{service}.amazonaws.com"));
        assert_eq!(json.get("Condition"), None);
    }
}

#[test]
fn the_services_own_roles_are_awss_own_policies() {
    for (of, policy) in [
        (MetaflowRole::BatchService, "AWSBatchServiceRole"),
        (MetaflowRole::BatchInstance, "AmazonEC2ContainerServiceforEC2Role"),
        (MetaflowRole::SpotFleet, "AmazonEC2SpotFleetTaggingRole"),
        (MetaflowRole::EcsExecution, "AmazonECSTaskExecutionRolePolicy"),
    ] {
        let role = role(of);
        assert_eq!(attached(&role), [format!("arn:aws:iam::aws:policy/service-role/{policy}")]);
        assert_eq!(role.inline, None);
    }
}

#[test]
fn a_task_gets_the_datastore_the_key_and_what_the_user_adds() {
    let job = role(MetaflowRole::BatchJob);
    assert_eq!(statement(&job, "S3Write")["Resource"], "arn:aws:s3:::acme-metaflow-prod/*");
    assert_eq!(statement(&job, "DatastoreKey")["Resource"], "arn:aws:kms:eu-west-1:111122223333:key/*");
    assert_eq!(
        statement(&job, "AllowSecretsManagerAccess"),
        json!({
            "Sid": "AllowSecretsManagerAccess", "Effect": "Allow", "Action": "secretsmanager:GetSecretValue",
            "Resource": "arn:aws:secretsmanager:*:*:secret:metaflow/*",
            "Condition": { "StringEquals": { "aws:ResourceTag/team": "ml" } },
        })
    );
    assert_eq!(
        statement(&job, "NoPresignedUrls")["Condition"],
        json!({ "StringNotEquals": { "s3:authType": "REST-HEADER" } })
    );
    assert_eq!(attached(&job), ["arn:aws:iam::aws:policy/AmazonSageMakerReadOnly"]);
}

#[test]
fn a_flow_passes_only_the_deployments_own_roles_to_tasks() {
    let flow = role(MetaflowRole::StepFunctions);
    assert_eq!(
        statement(&flow, "PassJobRoles"),
        json!({
            "Sid": "PassJobRoles", "Effect": "Allow", "Action": "iam:PassRole",
            "Resource": [
                "arn:aws:iam::111122223333:role/acme/metaflow-prod-batch-job-role",
                "arn:aws:iam::111122223333:role/acme/metaflow-prod-ecs-execution-role",
            ],
            "Condition": { "StringEquals": { "iam:PassedToService": "ecs-tasks.amazonaws.com" } },
        })
    );
    assert_eq!(
        statement(&role(MetaflowRole::EventBridge), "StartFlows")["Resource"],
        json!([
            "arn:aws:states:*:111122223333:stateMachine:metaflow-prod_*",
            "arn:aws:states:*:111122223333:stateMachine:metaflow-prod-*",
        ])
    );
}

#[test]
fn without_step_functions_a_task_has_no_state_table() {
    let foundation = acme();
    let mut metaflow = foundation.metaflow[0].clone();
    metaflow.step_functions = false;
    metaflow.kms_key = None;
    let job = metaflow_role(&foundation.organization.name, &metaflow, MetaflowRole::BatchJob).unwrap();
    assert_eq!(statement(&job, "StateTable"), Value::Null);
    assert_eq!(statement(&job, "DatastoreKey"), Value::Null);
    assert_ne!(statement(&role(MetaflowRole::BatchJob), "StateTable"), Value::Null);
}

#[test]
fn the_metadata_service_reads_the_datastore_and_writes_nothing() {
    let service = role(MetaflowRole::MetadataService);
    let json = plain(service.inline.as_ref().unwrap());
    let allowed: Vec<&str> = json["Statement"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["Effect"] == "Allow")
        .map(|one| one["Action"].as_str().unwrap())
        .collect();
    assert_eq!(allowed, ["s3:ListBucket", "s3:GetObject", "kms:Decrypt"]);
    assert_eq!(statement(&service, "NoPresignedUrls")["Effect"], "Deny");
}

#[test]
fn the_migration_logs_under_the_deployments_name() {
    let migration = role(MetaflowRole::DbMigration);
    assert_eq!(
        statement(&migration, "OwnLogs")["Resource"],
        "arn:aws:logs:*:111122223333:log-group:/aws/lambda/metaflow-prod-*"
    );
    assert_eq!(statement(&migration, "NoInterfacesFromCode")["Effect"], "Deny");
    assert_eq!(migration.attached, []);
}
