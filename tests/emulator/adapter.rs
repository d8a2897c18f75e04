//! Every port of the AWS adapter against an emulator. The adapter reads the environment, as the AWS CLI does, so each
//! test runs a second process of this test binary with the environment that it needs.

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use landfall_aws::{Aws, Options};
use landfall_engine::FaultKind;
use landfall_engine::port::{
    Access, ChangeSetStatus, Cloud, CreationState, NewAccount, Replacement, Session, StackRequest, Stacks,
};
use landfall_model::{AccountId, AccountName, Email, PolicyName, Region, RoleName, StackName};
use landfall_plan::StackStatus;
use landfall_stacks::Protection;
use serde_json::{Value, json};

use super::proxy::{Fault, On, Proxy, Script, When};
use super::{ministack, moto, wanted};

/// Runs one of the ignored tests below against an endpoint.
fn within(test: &str, url: &str, credentials: (&str, &str), more: &[(&str, &str)]) {
    let endpoint = [
        ("AWS_ENDPOINT_URL", url),
        ("AWS_ACCESS_KEY_ID", credentials.0),
        ("AWS_SECRET_ACCESS_KEY", credentials.1),
        ("NO_PROXY", "127.0.0.1"),
    ];
    in_environment(&format!("emulator::adapter::{test}"), &[&endpoint, more].concat());
}

/// Runs an ignored test of this binary in a process with this environment and nothing else.
pub(super) fn in_environment(test: &str, environment: &[(&str, &str)]) {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--ignored", "--nocapture"])
        .env_clear()
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .envs(environment.iter().copied())
        .output()
        .unwrap();
    assert!(
        output.status.success() && String::from_utf8_lossy(&output.stdout).contains("1 passed"),
        "{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn ports_against_ministack() {
    if wanted() {
        let server = ministack::start();
        within("an_organization", &server.url(), ministack::CREDENTIALS, &[]);
        within("a_stack", &server.url(), ministack::CREDENTIALS, &[]);
        let lists = [("LANDFALL_TEST_LISTS_POLICIES", "yes")];
        within("identities", &server.url(), ministack::CREDENTIALS, &lists);
    }
}

#[test]
fn ports_against_moto() {
    if wanted() {
        let server = moto::start();
        within("an_organization", &server.url(), moto::CREDENTIALS, &[("LANDFALL_TEST_CREATES", "yes")]);
        within("identities", &server.url(), moto::CREDENTIALS, &[]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_at_once_assume_a_role_once() {
    if wanted() {
        let server = ministack::start();
        let script = Script {
            faults: vec![(On::Action("AssumeRole"), When::Always, Fault::Delay(Duration::from_millis(200)))],
            ..Script::default()
        };
        let proxy = Proxy::start(server.address(), script).await;
        let url = proxy.url();
        tokio::task::spawn_blocking(move || within("a_crowd", &url, ministack::CREDENTIALS, &[])).await.unwrap();
        assert_eq!(proxy.tally().of("AssumeRole"), 1);
        assert_eq!(proxy.tally().of("ListRoles"), 64);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_are_told_apart_over_the_wire() {
    if wanted() {
        let server = ministack::start();
        let nth = |action, nth, fault| (On::Action(action), When::Nth(nth), fault);
        let faults = vec![
            nth("GetCallerIdentity", 1, Fault::Throttle),
            nth("GetCallerIdentity", 2, Fault::Failure),
            nth("GetCallerIdentity", 3, Fault::Page),
            nth("GetCallerIdentity", 4, Fault::ResetBefore),
            nth("GetCallerIdentity", 5, Fault::ResetAfter),
            nth("DescribeOrganization", 1, Fault::Throttle),
            nth("DescribeOrganization", 2, Fault::Failure),
        ];
        let proxy = Proxy::start(server.address(), Script { faults, ..Script::default() }).await;
        let url = proxy.url();
        tokio::task::spawn_blocking(move || within("misfortunes", &url, ministack::CREDENTIALS, &[])).await.unwrap();
        // Retries are the engine's business: what went wrong was not sent again.
        assert_eq!(proxy.tally().of("GetCallerIdentity"), 6);
    }
}

#[test]
fn without_credentials_the_fault_says_so() {
    // A port on which nobody listens: the credentials are looked for before anything is sent.
    within("no_credentials", "http://127.0.0.1:9", ("", ""), &[]);
}

async fn connect() -> Aws {
    Aws::connect(Options { home_region: home() }).await.unwrap()
}

fn home() -> Region {
    Region::new("eu-west-1").unwrap()
}

fn texts(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

fn access_role() -> RoleName {
    RoleName::new("OrganizationAccountAccessRole").unwrap()
}

/// An account made for a test, and the way into it.
async fn account(aws: &Aws, name: &str) -> (AccountId, Access) {
    let organizations = aws.organizations();
    let request = NewAccount {
        name: AccountName::new(name).unwrap(),
        email: Email::new(format!("{name}@acme.example")).unwrap(),
        access_role: access_role(),
        tags: texts(&[("team", name)]),
    };
    let mut creation = organizations.create_account(&request).await.unwrap();
    let began = Instant::now();
    loop {
        match creation.state {
            CreationState::Succeeded(id) => {
                return (id.clone(), Access::Assume { account: id, role: access_role() });
            }
            CreationState::Failed(reason) => panic!("{reason}"),
            CreationState::InProgress => assert!(began.elapsed() < Duration::from_secs(30)),
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        creation = organizations.creation(&creation.request).await.unwrap();
    }
}

async fn member(aws: &Aws, name: &str) -> (AccountId, Arc<dyn Session>) {
    if aws.organizations().describe().await.unwrap().is_none() {
        aws.organizations().create().await.unwrap();
    }
    let (id, access) = account(aws, name).await;
    (id, aws.enter(&access).await.unwrap())
}

#[tokio::test]
#[ignore = "run with an emulator's environment by the tests above"]
async fn an_organization() {
    let aws = connect().await;
    let organizations = aws.organizations();
    let caller = aws.caller().await.unwrap();
    if std::env::var_os("LANDFALL_TEST_CREATES").is_some() {
        assert_eq!(organizations.describe().await.unwrap(), None);
        organizations.create().await.unwrap();
        assert_eq!(organizations.create().await.unwrap_err().kind, FaultKind::AlreadyExists);
    }
    let organization = organizations.describe().await.unwrap().unwrap();
    assert_eq!(organization.management, caller.account);
    assert!(organization.all_features && organization.root.starts_with("r-"), "{organization:?}");

    let unit = organizations.create_unit(&organization.root, "workloads", &texts(&[("a", "b")])).await.unwrap();
    let inner = organizations.create_unit(&unit, "prod", &BTreeMap::new()).await.unwrap();
    assert_eq!(organizations.units(&organization.root).await.unwrap(), [(unit.clone(), "workloads".to_owned())]);
    assert_eq!(organizations.units(&unit).await.unwrap(), [(inner.clone(), "prod".to_owned())]);

    let (id, access) = account(&aws, "ml-prod").await;
    assert!(organizations.pending().await.unwrap().is_empty());
    let listed = organizations.accounts().await.unwrap();
    let record = listed.iter().find(|record| record.id == id).unwrap();
    assert_eq!((record.name.as_str(), record.email.as_str()), ("ml-prod", "ml-prod@acme.example"));
    assert!(listed.iter().any(|record| record.id == caller.account), "the management account is listed");

    assert_eq!(organizations.parent_of(&id).await.unwrap(), organization.root);
    organizations.move_account(&id, &organization.root, &inner).await.unwrap();
    assert_eq!(organizations.parent_of(&id).await.unwrap(), inner);
    assert_eq!(organizations.accounts_in(&inner).await.unwrap(), std::slice::from_ref(&id));

    organizations.tag(id.as_str(), &texts(&[("env", "prod")])).await.unwrap();
    assert_eq!(organizations.tags(id.as_str()).await.unwrap(), texts(&[("team", "ml-prod"), ("env", "prod")]));

    aws.enter(&access).await.unwrap();
    aws.enter(&access).await.unwrap();
    let calls = aws.calls();
    assert_eq!(calls["sts:AssumeRole"], 1);
    assert_eq!(calls["organizations:ListParents"], 2);
}

fn role_template(session: u32) -> Arc<str> {
    let role = json!({
        "Type": "AWS::IAM::Role",
        "Properties": {
            "RoleName": "acme-x",
            "Path": "/acme/",
            "Description": "a role",
            "MaxSessionDuration": session,
            "AssumeRolePolicyDocument": trust("ec2"),
        },
    });
    json!({
        "Parameters": { "OrganizationId": { "Type": "String" } },
        "Resources": { "Role": role },
        "Outputs": { "Arn": { "Value": { "Fn::GetAtt": ["Role", "Arn"] } } },
    })
    .to_string()
    .into()
}

async fn settled(stacks: &dyn Stacks, id: &str) -> StackStatus {
    let began = Instant::now();
    loop {
        let stack = stacks.describe(id).await.unwrap().unwrap();
        if !stack.status.in_progress() {
            return stack.status;
        }
        assert!(began.elapsed() < Duration::from_secs(30), "{stack:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn change_set(
    stacks: &dyn Stacks,
    request: &StackRequest,
    name: &str,
) -> (String, landfall_engine::port::ChangeSet) {
    let id = stacks.create_change_set(request, name).await.unwrap();
    let began = Instant::now();
    loop {
        let seen = stacks.describe_change_set(&id).await.unwrap();
        if seen.status != ChangeSetStatus::Pending {
            return (id, seen);
        }
        assert!(began.elapsed() < Duration::from_secs(30));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
#[ignore = "run with an emulator's environment by the tests above"]
async fn a_stack() {
    let aws = connect().await;
    let (_, session) = member(&aws, "data-prod").await;
    let stacks = session.stacks(&home());
    let request = StackRequest {
        stack: StackName::new("acme-x").unwrap(),
        template: role_template(3600),
        parameters: texts(&[("OrganizationId", "o-abcdefghij")]),
        tags: texts(&[("landfall:organization", "acme")]),
        protection: Protection::On,
        token: "landfall-1".to_owned(),
    };
    assert_eq!(stacks.describe("acme-x").await.unwrap(), None);
    let id = stacks.create(&request).await.unwrap();
    assert_eq!(settled(stacks.as_ref(), &id).await, StackStatus::CreateComplete);
    assert_eq!(stacks.create(&request).await.unwrap_err().kind, FaultKind::AlreadyExists);
    let stack = stacks.describe("acme-x").await.unwrap().unwrap();
    assert_eq!((&stack.id, stack.protected), (&id, Some(true)));
    assert_eq!(stack.tags, request.tags);
    assert!(stack.outputs["Arn"].ends_with(":role/acme/acme-x"), "{:?}", stack.outputs);
    assert_eq!(stacks.list().await.unwrap(), [stack]);
    assert_eq!(stacks.failures(&id, "landfall-1").await.unwrap(), []);

    let (empty, seen) = change_set(stacks.as_ref(), &request, "landfall-same").await;
    assert_eq!(seen.status, ChangeSetStatus::Failed);
    let reason = seen.reason.unwrap();
    assert!(reason.contains("didn't contain changes") || reason.contains("No updates"), "{reason}");
    stacks.delete_change_set(&empty).await.unwrap();

    let longer = StackRequest { template: role_template(7200), token: "landfall-2".to_owned(), ..request.clone() };
    let (ready, seen) = change_set(stacks.as_ref(), &longer, "landfall-longer").await;
    assert_eq!(seen.status, ChangeSetStatus::Ready);
    let changes: Vec<_> =
        seen.changes.iter().map(|c| (c.logical_id.as_str(), c.action.as_str(), c.replacement)).collect();
    assert_eq!(changes, [("Role", "Modify", Replacement::No)]);
    stacks.execute_change_set(&ready, "landfall-2").await.unwrap();
    assert_eq!(settled(stacks.as_ref(), &id).await, StackStatus::UpdateComplete);
    let role = session.identities().role(&RoleName::new("acme-x").unwrap()).await.unwrap().unwrap();
    assert_eq!((role.max_session, role.description.as_str(), role.path.as_str()), (7200, "a role", "/acme/"));
    assert_eq!(role.tags, request.tags, "stack tags reach roles");

    let refused = stacks.delete(&id, "landfall-3").await.unwrap_err();
    assert_eq!(refused.kind, FaultKind::Invalid, "{refused}");
    stacks.protect(&id, Protection::Off).await.unwrap();
    stacks.delete(&id, "landfall-3").await.unwrap();
    assert_eq!(settled(stacks.as_ref(), &id).await, StackStatus::DeleteComplete);
    assert_eq!(stacks.describe("acme-x").await.unwrap(), None);
    assert!(stacks.list().await.unwrap().is_empty());
}

fn trust(service: &str) -> Value {
    let principal = json!({ "Service": format!("{service}.amazonaws.com") });
    let statement = json!({ "Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole" });
    json!({ "Version": "2012-10-17", "Statement": [statement] })
}

fn allow(action: &str) -> Value {
    json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": action, "Resource": "*" }] })
}

/// Makes a role and a policy by a stack, then changes everything about them through the port.
#[tokio::test]
#[ignore = "run with an emulator's environment by the tests above"]
async fn identities() {
    let aws = connect().await;
    let (account, session) = member(&aws, "app-prod").await;
    let stacks = session.stacks(&home());
    let template = json!({ "Resources": {
        "Policy": { "Type": "AWS::IAM::ManagedPolicy", "Properties": {
            "ManagedPolicyName": "acme-workload", "Path": "/acme/", "PolicyDocument": allow("s3:GetObject") } },
        "Role": { "Type": "AWS::IAM::Role", "Properties": {
            "RoleName": "acme-y", "Path": "/acme/", "AssumeRolePolicyDocument": trust("ec2") } },
        "Profile": { "Type": "AWS::IAM::InstanceProfile", "DependsOn": "Role", "Properties": {
            "InstanceProfileName": "acme-y", "Path": "/acme/", "Roles": ["acme-y"] } },
    } });
    let request = StackRequest {
        stack: StackName::new("acme-y").unwrap(),
        template: template.to_string().into(),
        parameters: BTreeMap::new(),
        tags: texts(&[("landfall:organization", "acme")]),
        protection: Protection::Off,
        token: "landfall-y".to_owned(),
    };
    let stack = stacks.create(&request).await.unwrap();
    assert_eq!(settled(stacks.as_ref(), &stack).await, StackStatus::CreateComplete);

    let iam = session.identities();
    let name = RoleName::new("acme-y").unwrap();
    let policy = landfall_model::Arn::iam(home().partition(), &account, "policy/acme/acme-workload");
    assert_eq!(iam.policy(policy.as_str()).await.unwrap().unwrap().document.json(), allow("s3:GetObject"));
    assert_eq!(iam.policy(&policy.as_str().replace("workload", "none")).await.unwrap(), None);
    assert_eq!(iam.role(&RoleName::new("acme-none").unwrap()).await.unwrap(), None);
    assert_eq!(iam.profile("acme-none").await.unwrap(), None);
    assert!(iam.profile("acme-y").await.unwrap().unwrap().roles.contains(&name));

    iam.put_boundary(&name, policy.as_str()).await.unwrap();
    iam.put_trust(&name, &trust("ecs-tasks")).await.unwrap();
    iam.put_inline(&name, "one", &allow("s3:PutObject")).await.unwrap();
    iam.put_inline(&name, "two", &allow("s3:*")).await.unwrap();
    iam.delete_inline(&name, "two").await.unwrap();
    iam.attach(&name, policy.as_str()).await.unwrap();
    iam.update_role(&name, "changed", 7200).await.unwrap();
    iam.tag_role(&name, &texts(&[("team", "app")])).await.unwrap();

    let role = iam.role(&name).await.unwrap().unwrap();
    assert_eq!(role.boundary.as_deref(), Some(policy.as_str()));
    assert_eq!(role.trust.json(), trust("ecs-tasks"));
    assert_eq!(role.inline, BTreeMap::from([(PolicyName::new("one").unwrap(), allow("s3:PutObject").into())]));
    assert_eq!(role.attached.iter().map(String::as_str).collect::<Vec<_>>(), [policy.as_str()]);
    assert_eq!((role.description.as_str(), role.max_session), ("changed", 7200));
    // Whether the stack's own tag reaches its roles is among the known gaps.
    let mut tags = role.tags.clone();
    tags.remove("landfall:organization");
    assert_eq!(tags, texts(&[("team", "app")]));

    // Read in one listing, everything is the same.
    let all = iam.all().await.unwrap();
    assert_eq!(all.roles[&name], role);
    assert_eq!(all.profiles["acme-y"], iam.profile("acme-y").await.unwrap().unwrap());
    if std::env::var_os("LANDFALL_TEST_LISTS_POLICIES").is_some() {
        assert_eq!(all.policies[&PolicyName::new("acme-workload").unwrap()].path, "/acme/");
    }

    // A policy has five versions at most: the seventh document still finds its place.
    for number in 0..6 {
        iam.put_policy(policy.as_str(), &allow(&format!("s3:Get{number}"))).await.unwrap();
    }
    assert_eq!(iam.policy(policy.as_str()).await.unwrap().unwrap().document.json(), allow("s3:Get5"));

    iam.detach(&name, policy.as_str()).await.unwrap();
    assert!(iam.role(&name).await.unwrap().unwrap().attached.is_empty());
    let gone = iam.delete_inline(&name, "two").await.unwrap_err();
    assert_eq!(gone.kind, FaultKind::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "run with an emulator's environment by the tests above"]
async fn a_crowd() {
    let aws = Arc::new(connect().await);
    let (_, access) = account(&aws, "crowded").await;
    let mut crowd = tokio::task::JoinSet::new();
    for _ in 0..64 {
        let (aws, access) = (Arc::clone(&aws), access.clone());
        crowd.spawn(async move {
            let session = aws.enter(&access).await.unwrap();
            session.identities().all().await.unwrap();
        });
    }
    crowd.join_all().await;
    assert_eq!(aws.calls()["sts:AssumeRole"], 1);
    assert_eq!(aws.calls()["iam:ListRoles"], 64);
}

#[tokio::test]
#[ignore = "run with an emulator's environment by the tests above"]
async fn misfortunes() {
    let aws = connect().await;
    let mut kinds = Vec::new();
    for _ in 0..5 {
        kinds.push(aws.caller().await.unwrap_err().kind);
    }
    use FaultKind::{Throttled, Transient};
    assert_eq!(kinds, [Throttled, Transient, Transient, Transient, Transient]);
    assert_eq!(aws.caller().await.unwrap().account.as_str(), "111111111111");
    let fault = aws.organizations().describe().await.unwrap_err();
    assert_eq!((fault.kind, fault.code.as_deref()), (Throttled, Some("TooManyRequestsException")));
    assert_eq!(aws.organizations().describe().await.unwrap_err().kind, Transient);
}

#[tokio::test]
#[ignore = "run with an emulator's environment by the tests above"]
async fn no_credentials() {
    let fault = connect().await.caller().await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Credentials, "{fault}");
    assert!(fault.message.contains("AWS_PROFILE"), "{fault}");
}
