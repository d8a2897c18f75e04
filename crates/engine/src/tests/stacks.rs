//! One stack: lost answers, left-overs, change sets, failures that pass.

use std::time::Duration;

use landfall_model::StackName;
use landfall_plan::{Action, StackStatus};
use landfall_stacks::{Protection, TAG_ORGANIZATION};

use crate::port::{ChangeSet, ChangeSetStatus, Replacement, ResourceChange};
use crate::{FaultKind, Outcome};

use super::build::{Build, EMPTY, stack_id};
use super::fake::{Fake, Strike};

const OURS: &[(&str, &str)] = &[(TAG_ORGANIZATION, "acme")];

fn doom(fake: &Fake, times: usize, words: &str) {
    let stack = StackName::new("acme-service-x").unwrap();
    fake.world().doomed.insert(stack, (times, words.to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_makes_no_second_stack() {
    let fake = Fake::new();
    fake.script("cloudformation:CreateStack", FaultKind::Transient, "connection reset", Strike::After, 1);
    let mut build = Build::new(1);
    build.create("a1", "acme-service-x", &[]);
    let run = build.run(&fake).await;
    run.all_done();
    assert_eq!(run.retries(), 1);
    assert_eq!(fake.world().stacks.values().flat_map(|all| all.values()).flatten().count(), 1);
}

#[tokio::test(start_paused = true)]
async fn somebody_elses_stack_is_left_alone() {
    let fake = Fake::new();
    fake.world().put_stack(2, "acme-service-x", StackStatus::CreateComplete, &[("owner", "bob")]);
    let mut build = Build::new(1);
    let step = build.create("a1", "acme-service-x", &[]);
    let run = build.run(&fake).await;
    assert!(run.failure(&step).0.contains("does not carry Landfall's tags"));
    assert_eq!(fake.count("cloudformation:CreateChangeSet") + fake.count("cloudformation:DeleteStack"), 0);
}

#[tokio::test(start_paused = true)]
async fn what_a_failed_creation_left_is_deleted_first() {
    for status in [StackStatus::ReviewInProgress, StackStatus::RollbackComplete, StackStatus::DeleteFailed] {
        let fake = Fake::new();
        let tags = if status == StackStatus::ReviewInProgress { &[] } else { OURS };
        let left = fake.world().put_stack(2, "acme-service-x", status, tags);
        let mut build = Build::new(1);
        let spec = build.template(EMPTY);
        let action = Action::CreateStack { spec, replaces: Some(left.clone()) };
        build.step(stack_id("a1", "acme-service-x"), action, &[]);
        build.run(&fake).await.all_done();
        let world = fake.world();
        let at = |text: &str| world.log.iter().position(|line| line.starts_with(text)).unwrap();
        assert!(at(&format!("cloudformation:DeleteStack {left}")) < at("cloudformation:CreateStack"));
    }
}

#[tokio::test(start_paused = true)]
async fn an_invalid_principal_is_tried_again_for_two_minutes_and_not_longer() {
    let words = "Invalid principal in policy: \"AWS\":\"arn:aws:iam::000000000009:role/x\"";
    let fake = Fake::new();
    doom(&fake, 2, words);
    let mut build = Build::new(1);
    build.create("a1", "acme-service-x", &[]);
    let run = build.run(&fake).await;
    run.all_done();
    assert_eq!(run.retries(), 2);
    assert_eq!(fake.count("cloudformation:DeleteStack"), 2);

    let fake = Fake::new();
    doom(&fake, usize::MAX, words);
    let mut build = Build::new(1);
    let step = build.create("a1", "acme-service-x", &[]);
    let run = build.run(&fake).await;
    let (reason, resource, hint) = run.failure(&step);
    assert!(reason.contains("Invalid principal") && hint.contains("does not exist"), "{reason} {hint}");
    assert_eq!(resource.unwrap(), "Role (AWS::IAM::Role)");
    let took = run.ended.summary.took;
    assert!(took > Duration::from_secs(90) && took < Duration::from_secs(150), "{took:?}");
    // The last try stays for the user to look at.
    let world = fake.world();
    let stacks = world.stacks.values().flat_map(|all| all.values()).flatten();
    assert_eq!(stacks.filter(|stack| stack.status == StackStatus::RollbackComplete).count(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_stack_is_updated_by_a_change_set() {
    let fake = Fake::new();
    let live = fake.world().put_stack(2, "acme-service-x", StackStatus::CreateComplete, OURS);
    let mut build = Build::new(1);
    let step = build.update("a1", "acme-service-x", &live, EMPTY);
    let run = build.run(&fake).await;
    assert_eq!(*run.outcome(&step), Outcome::Done);
    assert_eq!(fake.count("cloudformation:ExecuteChangeSet"), 1);
}

#[tokio::test(start_paused = true)]
async fn what_was_deployed_before_is_deployed_again_as_another_operation() {
    let fake = Fake::new();
    let live = fake.world().put_stack(2, "acme-service-x", StackStatus::UpdateComplete, OURS);
    fake.script("cloudformation:ExecuteChangeSet", FaultKind::Throttled, "Rate exceeded", Strike::Before, 1);
    let other = EMPTY.replacen('{', r#"{"Description":"another","#, 1);
    for template in [EMPTY, &other, EMPTY, &other] {
        let mut build = Build::new(1);
        build.update("a1", "acme-service-x", &live, template);
        build.run(&fake).await.all_done();
    }
    let world = fake.world();
    let tokens: Vec<&String> =
        world.log.iter().filter(|line| line.starts_with("cloudformation:ExecuteChangeSet")).collect();
    assert_eq!(tokens.len(), 5);
    assert_eq!(tokens[0], tokens[1], "a repeat is the same operation");
    assert_eq!(tokens.iter().collect::<std::collections::BTreeSet<_>>().len(), 4, "{tokens:#?}");
}

#[tokio::test(start_paused = true)]
async fn an_empty_change_set_is_no_failure_and_goes_away() {
    let sentences = [
        "The submitted information didn't contain changes. Submit different information to create a change set.",
        "No updates are to be performed.",
    ];
    for sentence in sentences {
        let fake = Fake::new();
        let live = fake.world().put_stack(2, "acme-service-x", StackStatus::UpdateComplete, OURS);
        let answer = ChangeSet { status: ChangeSetStatus::Failed, reason: Some(sentence.to_owned()), changes: vec![] };
        fake.world().change_answers.insert(StackName::new("acme-service-x").unwrap(), answer);
        let mut build = Build::new(1);
        let step = build.update("a1", "acme-service-x", &live, EMPTY);
        let run = build.run(&fake).await;
        assert_eq!(*run.outcome(&step), Outcome::Unchanged);
        assert!(fake.world().change_sets.is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn any_other_failed_change_set_is_a_failure() {
    let fake = Fake::new();
    let live = fake.world().put_stack(2, "acme-service-x", StackStatus::UpdateComplete, OURS);
    let reason = Some("Transform AWS::X failed".to_owned());
    let answer = ChangeSet { status: ChangeSetStatus::Failed, reason, changes: vec![] };
    fake.world().change_answers.insert(StackName::new("acme-service-x").unwrap(), answer);
    let mut build = Build::new(1);
    let step = build.update("a1", "acme-service-x", &live, EMPTY);
    assert!(build.run(&fake).await.failure(&step).0.contains("Transform AWS::X failed"));
}

#[tokio::test(start_paused = true)]
async fn the_replacement_of_a_named_role_is_refused() {
    let fake = Fake::new();
    let live = fake.world().put_stack(2, "acme-service-x", StackStatus::CreateComplete, OURS);
    let change = ResourceChange {
        logical_id: "Role".to_owned(),
        resource_type: "AWS::IAM::Role".to_owned(),
        action: "Modify".to_owned(),
        replacement: Replacement::Yes,
    };
    let answer = ChangeSet { status: ChangeSetStatus::Ready, reason: None, changes: vec![change] };
    fake.world().change_answers.insert(StackName::new("acme-service-x").unwrap(), answer);
    let mut build = Build::new(1);
    let step = build.update("a1", "acme-service-x", &live, EMPTY);
    let run = build.run(&fake).await;
    let (reason, resource, _) = run.failure(&step);
    assert!(reason.contains("anew"), "{reason}");
    assert_eq!(resource.unwrap(), "Role (AWS::IAM::Role)");
    assert_eq!(fake.count("cloudformation:ExecuteChangeSet"), 0);
    assert!(fake.world().change_sets.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_failed_rollback_is_continued_before_the_update() {
    let fake = Fake::new();
    let live = fake.world().put_stack(2, "acme-service-x", StackStatus::UpdateRollbackFailed, OURS);
    let mut build = Build::new(1);
    build.update("a1", "acme-service-x", &live, EMPTY);
    build.run(&fake).await.all_done();
    assert_eq!(fake.count("cloudformation:ContinueUpdateRollback"), 1);
    assert_eq!(fake.count("cloudformation:ExecuteChangeSet"), 1);
}

#[tokio::test(start_paused = true)]
async fn an_update_that_rolls_back_is_told() {
    let fake = Fake::new();
    doom(&fake, 1, "User is not authorized to perform: iam:TagRole with an explicit deny in a service control policy");
    let live = fake.world().put_stack(2, "acme-service-x", StackStatus::CreateComplete, OURS);
    let mut build = Build::new(1);
    let step = build.update("a1", "acme-service-x", &live, EMPTY);
    let (reason, _, hint) = build.run(&fake).await.failure(&step);
    assert!(reason.starts_with("the update failed and was rolled back (UPDATE_ROLLBACK_COMPLETE)"), "{reason}");
    assert!(hint.contains("guardrail"), "{hint}");
}

#[tokio::test(start_paused = true)]
async fn a_stack_at_work_is_waited_for() {
    let fake = Fake::new();
    let live = fake.world().put_stack(2, "acme-service-x", StackStatus::UpdateInProgress, OURS);
    {
        let mut world = fake.world();
        let at = tokio::time::Instant::now() + Duration::from_secs(20);
        let stack = world.stacks.values_mut().flat_map(|all| all.values_mut()).flatten().next().unwrap();
        stack.next = Some((at, StackStatus::UpdateRollbackComplete));
    }
    let mut build = Build::new(1);
    build.update("a1", "acme-service-x", &live, EMPTY);
    let run = build.run(&fake).await;
    run.all_done();
    assert!(run.ended.summary.took > Duration::from_secs(20));
}

#[tokio::test(start_paused = true)]
async fn a_stack_that_somebody_began_to_change_in_between_is_waited_for() {
    let fake = Fake::new();
    fake.script("cloudformation:CreateChangeSet", FaultKind::Conflict, "is in UPDATE_IN_PROGRESS", Strike::Before, 1);
    let live = fake.world().put_stack(2, "acme-service-x", StackStatus::CreateComplete, OURS);
    let mut build = Build::new(1);
    build.update("a1", "acme-service-x", &live, EMPTY);
    build.run(&fake).await.all_done();
    assert_eq!(fake.count("cloudformation:CreateChangeSet"), 2);
}

#[tokio::test(start_paused = true)]
async fn a_stack_that_never_ends_is_given_up() {
    let fake = Fake::new();
    fake.world().stack_time = Duration::from_secs(86_400);
    let mut build = Build::new(1);
    let step = build.create("a1", "acme-service-x", &[]);
    let run = build.run(&fake).await;
    assert!(run.failure(&step).0.contains("still CREATE_IN_PROGRESS after 15 minutes"));
    assert!(fake.count("cloudformation:DescribeStacks") < 300, "no storm of polls");
}

#[tokio::test(start_paused = true)]
async fn protection_is_taken_off_before_a_deletion() {
    let fake = Fake::new();
    let live = fake.world().put_stack(2, "acme-break-glass", StackStatus::CreateComplete, OURS);
    fake.world().stacks.values_mut().flat_map(|all| all.values_mut()).flatten().next().unwrap().protected = true;
    let mut build = Build::new(1);
    let kind = landfall_model::Kind::BreakGlass;
    let action = Action::DeleteStack { kind, stack: live, protection: Protection::On };
    let step = build.step(stack_id("a1", "acme-break-glass"), action.clone(), &[]);
    build.run(&fake).await.all_done();
    // Once more: there is nothing left to do.
    let mut build = Build::new(1);
    build.step(step.clone(), action, &[]);
    let run = build.run(&fake).await;
    assert_eq!(*run.outcome(&step), Outcome::Unchanged);
}

#[tokio::test(start_paused = true)]
async fn many_stacks_of_one_account_are_watched_by_one_listing() {
    let fake = Fake::new();
    fake.world().stack_time = Duration::from_secs(30);
    let mut build = Build::new(1);
    for stack in 0..4 {
        build.create("a1", &format!("acme-service-{stack}"), &[]);
    }
    build.run(&fake).await.all_done();
    let looks = fake.count("cloudformation:DescribeStacks");
    // Alone, each of four stacks would be looked at some twenty times in thirty seconds.
    assert!(looks <= 24, "{looks}");
}
