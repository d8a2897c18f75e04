//! What a first run does, in which order, and with how many calls.

use std::time::Duration;

use crate::{Event, FaultKind, Limits, Options, Outcome, Refused, stop};
use landfall_plan::{Action, StepId};

use super::build::{Build, name, stack_id};
use super::fake::{Fake, Strike, id};

#[tokio::test(start_paused = true)]
async fn accounts_are_made_moved_and_filled_in_order() {
    let fake = Fake::new();
    let mut build = Build::new(1);
    let path = landfall_model::UnitPath::new("workloads").unwrap();
    let unit = build.step(
        StepId::Unit(path.clone()),
        Action::CreateUnit { path: path.clone(), tags: std::collections::BTreeMap::new() },
        &[],
    );
    let account = build.create_account("new");
    let placement = StepId::Placement(name("new"));
    let action = Action::MoveAccount { from: None, to: Some(path) };
    build.step(placement.clone(), action, &[unit, account.clone()]);
    let boundary = build.create("new", "acme-boundary", &[placement]);
    let role = build.create("new", "acme-service-x", std::slice::from_ref(&boundary));
    let other = build.create("a1", "acme-cross-account-y", std::slice::from_ref(&account));
    build.parameter(&other, "NewAccountId", "new");
    let run = build.run(&fake).await;
    run.all_done();
    let world = fake.world();
    let order = |text: &str| world.log.iter().position(|line| line.starts_with(text)).unwrap();
    assert!(order("organizations:CreateAccount new") < order("organizations:MoveAccount"));
    assert!(order("organizations:MoveAccount") < order("cloudformation:CreateStack acme-boundary"));
    assert!(order("cloudformation:CreateStack acme-boundary") < order("cloudformation:CreateStack acme-service-x"));
    // The id of the new account fills the parameter of a stack elsewhere.
    let made = world.accounts[0].id.to_string();
    let line = world.log.iter().find(|line| line.starts_with("cloudformation:CreateStack acme-cross")).unwrap();
    assert!(line.contains(&made), "{line}");
    assert!(
        run.events.iter().any(|event| matches!(&event.event, Event::AccountKnown { id, .. } if id.to_string() == made))
    );
    assert!(matches!(run.events.first().unwrap().event, Event::RunStarted { steps: 6, .. }));
    assert!(matches!(&run.events.last().unwrap().event, Event::RunEnded { summary } if summary.done == 6));
    let _ = role;
}

#[tokio::test(start_paused = true)]
async fn a_failure_skips_what_needs_it_and_the_rest_goes_on() {
    let fake = Fake::new();
    let stack = landfall_model::StackName::new("acme-boundary").unwrap();
    let words = "Resource of type AWS::IAM::Role with name x already exists";
    fake.world().doomed.insert(stack, (1, words.to_owned()));
    let mut build = Build::new(2);
    let boundary = build.create("a1", "acme-boundary", &[]);
    let role = build.create("a1", "acme-service-x", std::slice::from_ref(&boundary));
    let deep = build.create("a2", "acme-service-y", std::slice::from_ref(&role));
    let rest = build.create("a2", "acme-service-z", &[]);
    let run = build.run(&fake).await;
    let (reason, resource, hint) = run.failure(&boundary);
    insta::assert_snapshot!(
        format!("{reason}\n{resource:?}\n{hint}"),
        @r#"
        the creation failed (ROLLBACK_COMPLETE): Role (AWS::IAM::Role): Resource of type AWS::IAM::Role with name x already exists
        Some("Role (AWS::IAM::Role)")
        something outside the stack has the name: rename or delete it, then run again
        "#
    );
    assert_eq!(*run.outcome(&role), Outcome::Skipped { because: boundary.clone() });
    assert_eq!(*run.outcome(&deep), Outcome::Skipped { because: boundary });
    assert_eq!(*run.outcome(&rest), Outcome::Done);
    let summary = &run.ended.summary;
    assert_eq!((summary.done, summary.failed, summary.skipped), (1, 1, 2));
}

#[tokio::test(start_paused = true)]
async fn credentials_of_another_account_are_refused_before_any_write() {
    let fake = Fake::new();
    fake.world().caller = id(7);
    let mut build = Build::new(1);
    build.create("a1", "acme-boundary", &[]);
    let (_handle, signal) = stop();
    let refused = build.run_with(&fake, Options::new(signal)).await.err().unwrap();
    assert!(matches!(refused, Refused::WrongAccount { .. }), "{refused}");
    assert_eq!(fake.world().log, ["sts:GetCallerIdentity "]);
}

#[tokio::test(start_paused = true)]
async fn two_hundred_accounts_are_quick_and_cost_few_calls() {
    let fake = Fake::new();
    fake.world().latency = Duration::from_millis(100);
    fake.world().stack_time = Duration::ZERO;
    let mut build = Build::with(200, &super::reading::template());
    fake.world().makes.insert(super::reading::template(), super::reading::made());
    for account in 1..=200 {
        let account = format!("a{account}");
        let boundary = build.create(&account, "acme-boundary", &[]);
        build.create(&account, "acme-service-x", std::slice::from_ref(&boundary));
        build.create(&account, "acme-service-y", std::slice::from_ref(&boundary));
    }
    let run = build.run(&fake).await;
    run.all_done();
    assert!(run.ended.summary.took < Duration::from_secs(8), "{:?}", run.ended.summary.took);
    assert_eq!(fake.count("cloudformation:CreateStack"), 600);
    assert_eq!(fake.count("sts:AssumeRole"), 200);
    assert!(fake.count("cloudformation:DescribeStacks") <= 600, "{:?}", run.ended.summary.calls);
    // The boundary is read back by itself, since the roles wait for it; the roles share one reading.
    assert!(fake.count("iam:GetAccountAuthorizationDetails") <= 400, "{:?}", run.ended.summary.calls);
    assert_eq!(fake.count("iam:GetRole"), 0);
}

#[tokio::test(start_paused = true)]
async fn an_account_that_stood_before_and_refuses_is_not_asked_for_two_minutes() {
    let fake = Fake::new();
    fake.script("sts:AssumeRole", FaultKind::AccessDenied, "not authorized", Strike::Before, usize::MAX);
    let mut build = Build::new(1);
    let step = build.create("a1", "acme-boundary", &[]);
    let run = build.run(&fake).await;
    assert!(run.failure(&step).0.contains("account a1 could not be entered"));
    assert_eq!(fake.count("sts:AssumeRole"), 1);
}

#[tokio::test(start_paused = true)]
async fn limits_are_kept() {
    let fake = Fake::new();
    let mut build = Build::new(3);
    for account in 1..=3 {
        for stack in 0..10 {
            build.create(&format!("a{account}"), &format!("acme-service-{stack}"), &[]);
        }
    }
    for account in 0..12 {
        build.create_account(&format!("new-{account}"));
    }
    let (_handle, signal) = stop();
    let mut options = Options::new(signal);
    options.limits = Limits { parallel: 9, per_account: 2, creations: 3 };
    let run = build.run_with(&fake, options).await.unwrap();
    run.all_done();
    let mut running: Vec<StepId> = Vec::new();
    let mut most = (0, 0, 0);
    for event in &run.events {
        match &event.event {
            Event::StepStarted { step } => running.push(step.clone()),
            Event::StepEnded { step, .. } => running.retain(|other| other != step),
            _ => {}
        }
        let creations = running.iter().filter(|step| matches!(step, StepId::Account(_))).count();
        let stacks = running.iter().filter(|step| matches!(step, StepId::Stack(key) if key.account == name("a1")));
        most = (most.0.max(running.len()), most.1.max(stacks.count()), most.2.max(creations));
    }
    assert_eq!(most, (9, 2, 3));
}

#[tokio::test(start_paused = true)]
async fn a_step_that_panics_is_a_failed_step() {
    let fake = Fake::new();
    let mut build = Build::new(1);
    // The fake has no account 9, and panics when asked where it stands.
    build.plan.account_ids.insert(name("ghost"), id(9));
    let ghost = StepId::Placement(name("ghost"));
    build.step(ghost.clone(), Action::MoveAccount { from: None, to: None }, &[]);
    let stack = build.create("a1", "acme-boundary", &[]);
    let run = build.run(&fake).await;
    assert!(run.failure(&ghost).0.contains("Landfall itself failed"));
    assert_eq!(*run.outcome(&stack), Outcome::Done);
}

#[tokio::test(start_paused = true)]
async fn throttling_is_waited_out() {
    let fake = Fake::new();
    fake.script("cloudformation:CreateStack", FaultKind::Throttled, "Rate exceeded", Strike::Before, 7);
    let mut build = Build::new(1);
    let step = build.create("a1", "acme-boundary", &[]);
    let run = build.run(&fake).await;
    run.all_done();
    assert_eq!(run.retries(), 7);
    assert_eq!(*run.outcome(&step), Outcome::Done);
    let _ = stack_id("a1", "x");
}
