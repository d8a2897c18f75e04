//! What CloudFormation reports is read back.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use landfall_model::{PolicyName, RoleName};
use landfall_plan::{Action, Difference, IdentityKind, Repaired, StepId};
use landfall_stacks::{Identities, ManagedPolicy, Role};
use serde_json::{Value, json};

use crate::{Event, FaultKind, Outcome};

use super::build::{Build, stack_id};
use super::fake::{Fake, Strike, id};

const BOUNDARY: &str = "arn:aws:iam::000000000002:policy/acme/acme-boundary-compute";

fn trust() -> Value {
    json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ]})
}

fn inline() -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]})
}

pub(crate) fn template() -> String {
    json!({"Resources": {
        "Role": {"Type": "AWS::IAM::Role", "Properties": {
            "RoleName": "acme-service-x",
            "Path": "/acme/",
            "AssumeRolePolicyDocument": trust(),
            "PermissionsBoundary": BOUNDARY,
            "Policies": [{"PolicyName": "main", "PolicyDocument": inline()}],
            "MaxSessionDuration": 3600,
            "Description": "x"
        }},
        "Policy": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {
            "ManagedPolicyName": "acme-boundary-x", "Path": "/acme/", "PolicyDocument": inline()
        }}
    }})
    .to_string()
}

pub(crate) fn made() -> Identities {
    let name = RoleName::new("acme-service-x").unwrap();
    let role = Role {
        name: name.clone(),
        path: "/acme/".to_owned(),
        trust: trust().into(),
        inline: BTreeMap::from([(PolicyName::new("main").unwrap(), inline().into())]),
        attached: BTreeSet::new(),
        boundary: Some(BOUNDARY.to_owned()),
        max_session: 3_600,
        description: "x".to_owned(),
        tags: BTreeMap::from([(landfall_stacks::TAG_ORGANIZATION.to_owned(), "acme".to_owned())]),
    };
    let policy = PolicyName::new("acme-boundary-x").unwrap();
    let managed = ManagedPolicy { name: policy.clone(), path: "/acme/".to_owned(), document: inline().into() };
    Identities {
        roles: BTreeMap::from([(name, role)]),
        policies: BTreeMap::from([(policy, managed)]),
        ..Identities::default()
    }
}

/// A run of one stack whose deployment leaves `made` in IAM.
async fn run(fake: &Fake, made: Identities) -> (super::build::Run, StepId) {
    fake.world().makes.insert(template(), made);
    let mut build = Build::new(1);
    let spec = build.template(&template());
    let action = Action::CreateStack { spec, replaces: None };
    let step = build.step(stack_id("a1", "acme-service-x"), action, &[]);
    (build.run(fake).await, step)
}

fn repaired(run: &super::build::Run) -> Vec<String> {
    let what = run.events.iter().filter_map(|event| match &event.event {
        Event::Repaired { what, .. } => Some(what.clone()),
        _ => None,
    });
    what.collect()
}

fn role(made: &mut Identities) -> &mut Role {
    made.roles.values_mut().next().unwrap()
}

#[tokio::test(start_paused = true)]
async fn one_reading_is_enough_when_all_is_well() {
    let fake = Fake::new();
    let (run, _) = run(&fake, made()).await;
    run.all_done();
    assert_eq!(fake.count("iam:GetAccountAuthorizationDetails"), 1);
    assert_eq!(fake.count("iam:GetRole"), 0);
}

#[tokio::test(start_paused = true)]
async fn a_lost_boundary_is_put_right() {
    let fake = Fake::new();
    let mut made = made();
    role(&mut made).boundary = None;
    let (run, _) = run(&fake, made).await;
    run.all_done();
    assert_eq!(repaired(&run), ["role acme-service-x: PermissionsBoundary"]);
    let world = fake.world();
    assert_eq!(world.identities[&id(2)].roles.values().next().unwrap().boundary.as_deref(), Some(BOUNDARY));
}

#[tokio::test(start_paused = true)]
async fn the_boundary_comes_before_what_widens() {
    let fake = Fake::new();
    let mut made = made();
    let live = role(&mut made);
    live.boundary = None;
    live.inline.clear();
    live.attached.insert("arn:aws:iam::aws:policy/AdministratorAccess".to_owned());
    made.policies.values_mut().next().unwrap().document = json!({"Version": "2012-10-17", "Statement": []}).into();
    let (run, _) = run(&fake, made).await;
    run.all_done();
    let repaired = repaired(&run);
    let at = |text: &str| repaired.iter().position(|what| what.contains(text)).unwrap();
    assert!(at("PermissionsBoundary") < at("Policies/main"), "{repaired:?}");
    assert!(at("AdministratorAccess") < at("Policies/main"), "{repaired:?}");
    assert!(repaired.iter().any(|what| what == "policy acme-boundary-x: PolicyDocument"));
}

/// A policy of others that denies, attached to a role that lacks a policy of its own.
fn guarded_by_others(world: &mut super::fake::World) -> Identities {
    let name = PolicyName::new("theirs").unwrap();
    let says = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]});
    let theirs = ManagedPolicy { name: name.clone(), path: "/".to_owned(), document: says.into() };
    world.identities.entry(id(2)).or_default().policies.insert(name, theirs);
    let mut made = made();
    let live = role(&mut made);
    live.inline.clear();
    live.attached.insert("arn:aws:iam::000000000002:policy/theirs".to_owned());
    made
}

#[tokio::test(start_paused = true)]
async fn what_a_policy_of_others_says_is_read_before_it_is_detached() {
    let fake = Fake::new();
    let made = guarded_by_others(&mut fake.world());
    let (run, _) = run(&fake, made).await;
    run.all_done();
    assert_eq!(fake.count("iam:GetPolicy"), 1);
    let [put, detach] = ["iam:PutRolePolicy", "iam:DetachRolePolicy"].map(|call| fake.position(call));
    assert!(put < detach, "it denies, so it goes last");
}

#[tokio::test(start_paused = true)]
async fn a_policy_that_may_not_be_read_may_say_anything() {
    let fake = Fake::new();
    fake.script("iam:GetPolicy", FaultKind::AccessDenied, "not you", Strike::Before, usize::MAX);
    let made = guarded_by_others(&mut fake.world());
    let (run, _) = run(&fake, made).await;
    run.all_done();
    let [put, detach] = ["iam:PutRolePolicy", "iam:DetachRolePolicy"].map(|call| fake.position(call));
    assert!(detach < put, "while it goes, the role has nothing else");
}

#[tokio::test(start_paused = true)]
async fn a_listing_that_lacks_fields_is_not_believed() {
    let fake = Fake::new();
    fake.world().listing_without_boundaries = true;
    let (run, _) = run(&fake, made()).await;
    run.all_done();
    assert!(repaired(&run).is_empty());
    assert_eq!(fake.count("iam:GetRole"), 1);
}

#[tokio::test(start_paused = true)]
async fn without_the_listing_each_is_read() {
    let fake = Fake::new();
    fake.script("iam:GetAccountAuthorizationDetails", FaultKind::Other, "cannot be read", Strike::Before, usize::MAX);
    let (run, _) = run(&fake, made()).await;
    run.all_done();
    assert_eq!(fake.count("iam:GetAccountAuthorizationDetails"), 1);
    assert_eq!((fake.count("iam:GetRole"), fake.count("iam:GetPolicy")), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn what_is_not_visible_yet_is_looked_for_again() {
    let fake = Fake::new();
    fake.world().identities_late = Duration::from_secs(12);
    let (run, _) = run(&fake, made()).await;
    run.all_done();
    assert!(repaired(&run).is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_was_never_made_fails_by_name() {
    let fake = Fake::new();
    let mut made = made();
    made.roles.clear();
    let (run, step) = run(&fake, made).await;
    let (reason, resource, _) = run.failure(&step);
    assert_eq!(reason, "CloudFormation reported success, but role acme-service-x is not there");
    assert_eq!(resource.unwrap(), "role acme-service-x");
    assert!(run.ended.summary.took < Duration::from_secs(45));
}

#[tokio::test(start_paused = true)]
async fn what_does_not_stay_right_fails() {
    let fake = Fake::new();
    fake.world().stubborn = true;
    let mut made = made();
    role(&mut made).boundary = None;
    let (run, step) = run(&fake, made).await;
    assert!(run.failure(&step).0.contains("PermissionsBoundary is missing"));
    assert_eq!(fake.count("iam:PutRolePermissionsBoundary"), 3);
}

#[tokio::test(start_paused = true)]
async fn drift_is_put_right_without_the_stack() {
    let fake = Fake::new();
    let mut live = made();
    role(&mut live).trust = json!({"Version": "2012-10-17", "Statement": []}).into();
    fake.world().identities.insert(id(2), live);
    let mut build = Build::new(1);
    let spec = build.template(&template());
    let difference = Difference {
        kind: IdentityKind::Role,
        name: "acme-service-x".to_owned(),
        property: "AssumeRolePolicyDocument".to_owned(),
        desired: trust(),
        live: Value::Null,
    };
    let StepId::Stack(key) = stack_id("a1", "acme-service-x") else { panic!() };
    let stack = Repaired { key: key.clone(), spec, stack: "arn".to_owned() };
    let action = Action::RepairIdentities { stacks: vec![stack], differences: vec![difference] };
    let step = build.step(StepId::Identities(key.account), action.clone(), &[]);
    let run = build.run(&fake).await;
    assert_eq!(*run.outcome(&step), Outcome::Done);
    assert_eq!(repaired(&run), ["role acme-service-x: AssumeRolePolicyDocument"]);
    let mut build = Build::new(1);
    build.template(&template());
    build.step(step.clone(), action, &[]);
    assert_eq!(*build.run(&fake).await.outcome(&step), Outcome::Unchanged);
    assert!(fake.world().log.iter().all(|line| !line.starts_with("cloudformation:")));
}

#[tokio::test(start_paused = true)]
async fn stacks_that_complete_together_share_a_reading() {
    let fake = Fake::new();
    fake.world().makes.insert(template(), made());
    let mut build = Build::new(1);
    for stack in 0..4 {
        let spec = build.template(&template());
        let step = stack_id("a1", &format!("acme-service-{stack}"));
        build.step(step, Action::CreateStack { spec, replaces: None }, &[]);
    }
    build.run(&fake).await.all_done();
    assert!(fake.count("iam:GetAccountAuthorizationDetails") <= 2);
}
