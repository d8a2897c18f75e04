//! What `metaflow configure import` takes.

use landfall_model::{AccountId, Arn, Metaflow, Organization};
use landfall_policies::MetaflowRole;
use serde_json::{Map, Value};

/// The part of Metaflow's configuration that follows from its identities: the roles of one account, the datastore, and
/// the prefix of the state machines that the roles may start. Queues, tables and services are somebody else's.
///
/// Source: Metaflow's `metaflow/metaflow_config.py`, and the outputs of its own CloudFormation template.
pub fn metaflow_configuration(organization: &Organization, metaflow: &Metaflow, account: &AccountId) -> Value {
    let mut out = Map::new();
    let mut set = |key: &str, value: String| out.insert(key.to_owned(), Value::String(value));
    set("METAFLOW_DEFAULT_DATASTORE", "s3".to_owned());
    set("METAFLOW_DATASTORE_SYSROOT_S3", format!("s3://{}/metaflow", metaflow.bucket));
    set("METAFLOW_DATATOOLS_S3ROOT", format!("s3://{}/data", metaflow.bucket));
    for role in MetaflowRole::of(metaflow) {
        let key = match role {
            MetaflowRole::BatchJob => "METAFLOW_ECS_S3_ACCESS_IAM_ROLE",
            MetaflowRole::EcsExecution => "METAFLOW_ECS_FARGATE_EXECUTION_ROLE",
            MetaflowRole::StepFunctions => "METAFLOW_SFN_IAM_ROLE",
            MetaflowRole::EventBridge => "METAFLOW_EVENTS_SFN_ACCESS_IAM_ROLE",
            MetaflowRole::BatchService
            | MetaflowRole::BatchInstance
            | MetaflowRole::SpotFleet
            | MetaflowRole::MetadataService
            | MetaflowRole::DbMigration => continue,
        };
        let name = [metaflow.name_prefix.as_str(), role.suffix()].join("-");
        let resource = ["role", &organization.iam_path(), &name].concat();
        set(key, Arn::iam(organization.partition(), account, &resource).as_str().to_owned());
    }
    if metaflow.step_functions {
        set("METAFLOW_SFN_STATE_MACHINE_PREFIX", metaflow.name_prefix.clone());
    }
    Value::Object(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::golden;

    #[test]
    fn the_example_configures_metaflow() {
        let foundation = golden::acme();
        let account = AccountId::new("111122223333").unwrap();
        let json = metaflow_configuration(&foundation.organization, &foundation.metaflow[0], &account);
        insta::assert_snapshot!(format!("{json:#}"), @r#"
        {
          "METAFLOW_DEFAULT_DATASTORE": "s3",
          "METAFLOW_DATASTORE_SYSROOT_S3": "s3://acme-metaflow-prod/metaflow",
          "METAFLOW_DATATOOLS_S3ROOT": "s3://acme-metaflow-prod/data",
          "METAFLOW_ECS_S3_ACCESS_IAM_ROLE": "arn:aws:iam::111122223333:role/acme/metaflow-prod-batch-job-role",
          "METAFLOW_SFN_IAM_ROLE": "arn:aws:iam::111122223333:role/acme/metaflow-prod-step-functions-role",
          "METAFLOW_EVENTS_SFN_ACCESS_IAM_ROLE": "arn:aws:iam::111122223333:role/acme/metaflow-prod-eventbridge-role",
          "METAFLOW_SFN_STATE_MACHINE_PREFIX": "metaflow-prod"
        }
        "#);
    }
}
