use landfall_model::{Foundation, Grant, Place, Reads, Service, ServiceKind};
use serde_json::{Value, json};

use super::*;
use crate::specimen::{acme, plain};
use crate::{Plain, Render};

const PLACE: Place = Place { file: landfall_model::FileId(0), start: 0, end: 0 };

fn item(foundation: &Foundation, name: &str) -> Service {
    foundation.services.iter().find(|service| service.name.as_str() == name).unwrap().clone()
}

fn of(service: &Service, role: ServiceRole) -> RolePolicies {
    service_role(&acme().organization.name, service, role).unwrap()
}

fn only(name: &str) -> RolePolicies {
    of(&item(&acme(), name), ServiceRole::Only)
}

fn sids(role: &RolePolicies) -> Vec<String> {
    let inline = role.inline.iter().flat_map(|inline| &inline.statements);
    inline.filter_map(|statement| statement.sid.clone()).collect()
}

/// A statement of the role's own document or of one that it shares.
fn statement(role: &RolePolicies, sid: &str) -> Value {
    let shared = role.shared.iter().map(|shared| shared.document(&acme().organization.name));
    let mut all = role.inline.iter().cloned().chain(shared).flat_map(|document| document.statements);
    let found = all.find(|statement| statement.sid.as_deref() == Some(sid));
    found.map_or(Value::Null, |statement| plain(&Document::new([statement]))["Statement"][0].clone())
}

fn shared(role: &RolePolicies) -> Vec<&'static str> {
    role.shared.iter().map(|shared| shared.as_str()).collect()
}

fn attached(role: &RolePolicies) -> Vec<String> {
    role.attached.iter().map(|text| Plain.text(text).as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_service_says_for_whom_it_acts_exactly_where_it_can() {
    let acme = acme();
    let source = |name: &str, role| {
        let trust = plain(&of(&item(&acme, name), role).trust)["Statement"][0].clone();
        let condition = trust.get("Condition").map(|condition| {
            // SageMaker's guide tests the ARN alone.
            let told = condition["StringEquals"]["aws:SourceAccount"].as_str();
            assert_eq!(told, (name != "inference").then_some("111122223333"), "{name}");
            condition["ArnLike"]["aws:SourceArn"].as_str().unwrap().to_owned()
        });
        (trust["Principal"]["Service"].as_str().unwrap().to_owned(), condition)
    };
    let own = |service: &str, resource: &str| Some(format!("arn:aws:{service}:*:111122223333:{resource}"));
    let only = ServiceRole::Only;
    assert_eq!(source("photo-processor", only), ("lambda.amazonaws.com".into(), own("lambda", "function:*")));
    assert_eq!(source("web", only), ("ec2.amazonaws.com".into(), None));
    assert_eq!(source("api", ServiceRole::Execution), ("ecs-tasks.amazonaws.com".into(), own("ecs", "*")));
    assert_eq!(source("api", ServiceRole::Task), ("ecs-tasks.amazonaws.com".into(), own("ecs", "*")));
    assert_eq!(source("gateway-logs", only), ("apigateway.amazonaws.com".into(), None));
    assert_eq!(source("adoption-flow", only), ("states.amazonaws.com".into(), own("states", "stateMachine:*")));
    assert_eq!(source("nightly", only), ("events.amazonaws.com".into(), own("events", "rule/*")));
    assert_eq!(source("inference", only), ("sagemaker.amazonaws.com".into(), own("sagemaker", "*")));
}

#[test]
fn a_function_writes_to_its_own_log_group_and_no_other() {
    let role = only("photo-processor");
    assert_eq!(attached(&role), [] as [&str; 0]);
    assert_eq!(
        statement(&role, "OwnLogs")["Resource"],
        json!([
            "arn:aws:logs:*:111122223333:log-group:/aws/lambda/photo-processor",
            "arn:aws:logs:*:111122223333:log-group:/aws/lambda/photo-processor:*"
        ])
    );
    assert_eq!(statement(&role, "NetworkInterfaces")["Resource"], "*");
    assert_eq!(
        statement(&role, "NoInterfacesFromCode")["Condition"],
        json!({ "ArnLike": { "lambda:SourceFunctionArn": "arn:aws:lambda:*:111122223333:function:*" } })
    );
    let mut basic = item(&acme(), "photo-processor");
    basic.kind = ServiceKind::Lambda { vpc: false };
    let basic = of(&basic, ServiceRole::Only);
    assert_eq!(sids(&basic), sids(&role), "the network is no business of its own policy");
    assert_eq!(sids(&basic), ["OwnLogs", "DynamodbWrite", "S3Write"]);
    assert_eq!((shared(&basic), shared(&role)), (vec![], vec!["lambda-vpc"]));
}

#[test]
fn the_agent_gets_the_secrets_and_their_key_and_the_code_all_that_is_granted() {
    let mut api = item(&acme(), "api");
    let execution = of(&api, ServiceRole::Execution);
    assert_eq!(attached(&execution), ["arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"]);
    assert_eq!(sids(&execution), ["SecretsRead"]);
    let task = of(&api, ServiceRole::Task);
    assert_eq!(attached(&task), [] as [&str; 0]);
    assert_eq!(sids(&task), ["S3Write", "SecretsRead"]);

    let key = landfall_model::Arn::new("arn:aws:kms:eu-west-1:111122223333:key/k").unwrap();
    for mode in [landfall_model::AccessMode::Read, landfall_model::AccessMode::Write] {
        api.access.grants.push(Reads { value: Grant::Kms { key: key.clone(), mode }, place: PLACE });
    }
    let execution = of(&api, ServiceRole::Execution);
    assert_eq!(sids(&execution), ["SecretsRead", "KmsRead"]);
    assert_eq!(
        statement(&execution, "KmsRead")["Condition"]["StringLike"]["kms:ViaService"][0],
        "secretsmanager.*.amazonaws.com"
    );
    api.access.grants.retain(|grant| matches!(grant.value, Grant::Kms { .. }));
    assert_eq!(of(&api, ServiceRole::Execution).inline, None);
}

#[test]
fn api_gateway_logs_with_awss_own_policy() {
    let role = only("gateway-logs");
    assert_eq!(attached(&role), ["arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"]);
    assert_eq!(role.inline, None);
}

#[test]
fn a_state_machine_delivers_logs_and_follows_what_it_waits_for() {
    let mut flow = item(&acme(), "adoption-flow");
    let role = of(&flow, ServiceRole::Only);
    assert_eq!(sids(&role), ["LambdaInvoke", "SnsPublish"]);
    assert_eq!(shared(&role), ["step-functions-logs"]);
    assert_eq!(statement(&role, "DeliverLogs")["Action"].as_array().unwrap().len(), 8);
    assert_eq!(statement(&role, "DeliverLogs")["Resource"], "*");
    assert!(!plain(role.inline.as_ref().unwrap()).to_string().contains("xray"));

    flow.access.grants =
        [Grant::Batch { queue: "q".into(), definition: "d".into() }, Grant::States { machine: "child-*".into() }]
            .map(|value| Reads { value, place: PLACE })
            .into();
    let role = of(&flow, ServiceRole::Only);
    assert_eq!(sids(&role), ["StatesLook", "FollowExecutions", "BatchSubmit", "StatesStart"]);
    assert_eq!(shared(&role), ["step-functions-logs", "step-functions-jobs"]);
    assert_eq!(statement(&role, "StatesLook")["Resource"], "arn:aws:states:*:111122223333:execution:child-*:*");
    assert_eq!(
        statement(&role, "FollowJobs")["Resource"],
        "arn:aws:events:*:111122223333:rule/StepFunctionsGetEventsForBatchJobsRule"
    );
}

#[test]
fn a_rule_starts_its_targets_and_nothing_else() {
    let role = only("nightly");
    assert_eq!(sids(&role), ["StatesStart"]);
    assert_eq!(statement(&role, "StatesStart")["Resource"], "arn:aws:states:*:111122223333:stateMachine:adoption-flow");
    assert_eq!(sids(&only("web")), ["S3List", "S3Read"]);
}

#[test]
fn sagemaker_gets_images_logs_and_metrics_of_its_own() {
    let role = only("inference");
    assert_eq!(sids(&role), ["BedrockInvoke", "S3List", "S3Read"]);
    assert_eq!(shared(&role), ["sagemaker"]);
    assert_eq!(statement(&role, "OwnMetrics")["Condition"]["StringLike"]["cloudwatch:namespace"], "/aws/sagemaker/*");
}
