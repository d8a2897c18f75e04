//! What every test stands on.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use landfall_engine::port::{Access, Cloud, CreationState, NewAccount, Session, StackRequest, Stacks};
use landfall_model::{AccountId, AccountName, Email, Region, RoleName, StackName};
use landfall_plan::{ObservedStack, StackStatus};
use landfall_sandbox::{Sandbox, Settings};
use landfall_stacks::Protection;
use serde_json::{Value, json};

pub(crate) const MANAGEMENT: &str = "111111111111";

pub(crate) fn id(text: &str) -> AccountId {
    AccountId::new(text).unwrap()
}

pub(crate) fn role(text: &str) -> RoleName {
    RoleName::new(text).unwrap()
}

pub(crate) fn region() -> Region {
    Region::new("eu-west-1").unwrap()
}

pub(crate) fn settings() -> Settings {
    Settings {
        stack_seconds: 10.0,
        change_set_seconds: 2.0,
        account_seconds: 60.0,
        access_seconds: 10.0,
        ..Settings::of(id(MANAGEMENT))
    }
}

pub(crate) fn sandbox() -> Sandbox {
    Sandbox::in_memory(settings())
}

pub(crate) async fn seconds(seconds: u64) {
    tokio::time::sleep(Duration::from_secs(seconds)).await;
}

pub(crate) fn new_account(name: &str) -> NewAccount {
    NewAccount {
        name: AccountName::new(name).unwrap(),
        email: Email::new(format!("{name}@acme.example")).unwrap(),
        access_role: role("Access"),
        tags: BTreeMap::from([("env".to_owned(), "prod".to_owned())]),
    }
}

/// An organization with one member account, which can be entered.
pub(crate) async fn member(sandbox: &Sandbox) -> AccountId {
    let organizations = sandbox.organizations();
    organizations.create().await.unwrap();
    member_named(sandbox, "member").await
}

pub(crate) async fn member_named(sandbox: &Sandbox, name: &str) -> AccountId {
    let organizations = sandbox.organizations();
    let creation = organizations.create_account(&new_account(name)).await.unwrap();
    seconds(70).await;
    match organizations.creation(&creation.request).await.unwrap().state {
        CreationState::Succeeded(account) => account,
        other => panic!("{other:?}"),
    }
}

pub(crate) async fn enter(sandbox: &Sandbox, account: &AccountId) -> Arc<dyn Session> {
    sandbox.enter(&Access::Assume { account: account.clone(), role: role("Access") }).await.unwrap()
}

pub(crate) fn request(name: &str, token: &str, template: &Value) -> StackRequest {
    StackRequest {
        stack: StackName::new(name).unwrap(),
        template: template.to_string().into(),
        parameters: BTreeMap::new(),
        tags: BTreeMap::from([("owner".to_owned(), "platform".to_owned())]),
        protection: Protection::Off,
        token: token.to_owned(),
    }
}

pub(crate) fn service_trust() -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Principal": { "Service": "lambda.amazonaws.com" }, "Action": "sts:AssumeRole" }]
    })
}

pub(crate) fn allow(action: &str) -> Value {
    json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": action, "Resource": "*" }] })
}

pub(crate) fn a_role(name: &str) -> Value {
    json!({ "Type": "AWS::IAM::Role", "Properties": {
        "RoleName": name, "Path": "/acme/", "AssumeRolePolicyDocument": service_trust()
    } })
}

pub(crate) fn a_policy(name: &str) -> Value {
    json!({ "Type": "AWS::IAM::ManagedPolicy", "Properties": {
        "ManagedPolicyName": name, "Path": "/acme/", "PolicyDocument": allow("s3:*")
    } })
}

pub(crate) fn with(mut resource: Value, key: &str, value: Value) -> Value {
    resource["Properties"][key] = value;
    resource
}

pub(crate) fn template(resources: Value) -> Value {
    json!({ "Resources": resources })
}

pub(crate) async fn status(stacks: &Arc<dyn Stacks>, stack: &str) -> StackStatus {
    observed(stacks, stack).await.status
}

pub(crate) async fn observed(stacks: &Arc<dyn Stacks>, stack: &str) -> ObservedStack {
    stacks.describe(stack).await.unwrap().unwrap()
}

/// Makes a stack and waits for it.
pub(crate) async fn create(stacks: &Arc<dyn Stacks>, name: &str, resources: Value) -> (String, StackStatus) {
    let id = stacks.create(&request(name, name, &template(resources))).await.unwrap();
    assert_eq!(status(stacks, &id).await, StackStatus::CreateInProgress);
    seconds(20).await;
    let status = status(stacks, &id).await;
    (id, status)
}

/// Updates a stack and waits for it.
pub(crate) async fn update(stacks: &Arc<dyn Stacks>, name: &str, token: &str, resources: Value) -> StackStatus {
    let request = request(name, token, &template(resources));
    let change_set = stacks.create_change_set(&request, token).await.unwrap();
    seconds(3).await;
    stacks.execute_change_set(&change_set, token).await.unwrap();
    assert_eq!(status(stacks, name).await, StackStatus::UpdateInProgress);
    seconds(30).await;
    status(stacks, name).await
}

/// Why the first resource failed.
pub(crate) async fn failure(stacks: &Arc<dyn Stacks>, stack: &str, token: &str) -> String {
    stacks.failures(stack, token).await.unwrap().first().map(|failure| failure.reason.clone()).unwrap_or_default()
}
