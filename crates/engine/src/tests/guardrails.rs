//! Guardrails, with answers that are lost, late or wrong.

use std::collections::{BTreeMap, BTreeSet};

use landfall_model::{GuardrailKind, PolicyName};
use landfall_plan::{Action, GuardrailSpec, GuardrailTarget, StepId};
use landfall_policies::{Document, GuardrailText, Statement};
use landfall_stacks::{GuardrailKey, TAG_ORGANIZATION};

use super::build::Build;
use super::fake::{Fake, Strike};
use crate::{FaultKind, Outcome};

fn key() -> GuardrailKey {
    GuardrailKey { kind: GuardrailKind::ServiceControl, name: PolicyName::new("acme-keys").unwrap() }
}

fn spec() -> GuardrailSpec {
    let document = Document::new([Statement::deny("Keys", ["iam:CreateUser"]).on_all()]);
    GuardrailSpec {
        text: GuardrailText::new(&document, landfall_model::Partition::Aws),
        description: "Made by Landfall".to_owned(),
        tags: BTreeMap::from([(TAG_ORGANIZATION.to_owned(), "acme".to_owned())]),
    }
}

fn steps() -> (Build, [StepId; 3]) {
    let mut build = Build::new(1);
    let kind = GuardrailKind::ServiceControl;
    let enabled = build.step(StepId::PolicyType(kind), Action::EnablePolicyType { kind }, &[]);
    let made = Action::CreateGuardrail { spec: spec() };
    let made = build.step(StepId::Guardrail(key()), made, std::slice::from_ref(&enabled));
    let attached = StepId::Attachment(key(), GuardrailTarget::Root);
    let attached = build.step(attached, Action::AttachGuardrail { policy: None }, &[enabled.clone(), made.clone()]);
    (build, [enabled, made, attached])
}

#[tokio::test(start_paused = true)]
async fn a_guardrail_is_made_read_back_and_attached() {
    let fake = Fake::new();
    steps().0.run(&fake).await.all_done();
    let world = fake.world();
    let (new, targets) = world.guardrails.values().next().unwrap();
    assert_eq!((new.name.as_str(), targets), ("acme-keys", &BTreeSet::from(["r-1".to_owned()])));
    assert!(world.calls["organizations:DescribePolicy"] >= 1);
}

#[tokio::test(start_paused = true)]
async fn lost_answers_and_other_changes_make_nothing_twice() {
    let fake = Fake::new();
    for operation in ["organizations:CreatePolicy", "organizations:AttachPolicy", "organizations:EnablePolicyType"] {
        fake.script(operation, FaultKind::Conflict, "ConcurrentModificationException", Strike::Before, 2);
        fake.script(operation, FaultKind::Transient, "connection reset", Strike::After, 1);
    }
    let (build, ids) = steps();
    let run = build.run(&fake).await;
    for id in &ids {
        assert!(matches!(run.outcome(id), Outcome::Done | Outcome::Unchanged), "{id}: {:?}", run.outcome(id));
    }
    assert_eq!(fake.world().guardrails.len(), 1);
    assert!(run.retries() >= 6, "{}", run.retries());
}

#[tokio::test(start_paused = true)]
async fn a_policy_of_somebody_else_is_not_taken_over() {
    let fake = Fake::new();
    let mut theirs = spec();
    theirs.tags.clear();
    {
        let mut world = fake.world();
        let content = crate::port::GuardrailContent { description: String::new(), content: "{}".to_owned() };
        let new = crate::port::NewGuardrail { kind: key().kind, name: key().name, content, tags: theirs.tags };
        world.guardrails.insert("p-theirs".to_owned(), (new, BTreeSet::new()));
    }
    let (build, [_, made, attached]) = steps();
    let run = build.run(&fake).await;
    assert!(run.failure(&made).0.contains("is not Landfall's"), "{:?}", run.failure(&made));
    assert_eq!(*run.outcome(&attached), Outcome::Skipped { because: made });
    assert_eq!(fake.count("organizations:UpdatePolicy"), 0);
}

#[tokio::test(start_paused = true)]
async fn a_write_that_has_no_effect_is_a_failure() {
    let fake = Fake::new();
    steps().0.run(&fake).await.all_done();
    let policy = fake.world().guardrails.keys().next().unwrap().clone();
    fake.world().guardrails.get_mut(&policy).unwrap().0.content.content = "{}".to_owned();
    fake.world().stubborn = true;
    let mut build = Build::new(1);
    let update = Action::UpdateGuardrail { spec: spec(), policy };
    let update = build.step(StepId::Guardrail(key()), update, &[]);
    let run = build.run(&fake).await;
    assert!(run.failure(&update).0.contains("does not say what was written"), "{:?}", run.failure(&update));
}

#[tokio::test(start_paused = true)]
async fn the_last_policy_of_a_target_stays_and_what_is_off_already_is_fine() {
    let fake = Fake::new();
    steps().0.run(&fake).await.all_done();
    let policy = fake.world().guardrails.keys().next().unwrap().clone();
    let off = |policy: &str| {
        let mut build = Build::new(1);
        let target = "r-1".to_owned();
        let action = Action::DetachGuardrail { policy: policy.to_owned(), target };
        let id = build.step(StepId::Attachment(key(), GuardrailTarget::Root), action, &[]);
        (build, id)
    };
    let (build, id) = off(&policy);
    let run = build.run(&fake).await;
    assert!(run.failure(&id).2.contains("FullAWSAccess"), "{:?}", run.failure(&id));
    assert_eq!(fake.count("organizations:DetachPolicy"), 0);
    let full = fake.world().guardrails[&policy].clone();
    fake.world().guardrails.insert("p-FullAWSAccess".to_owned(), full);
    let (build, id) = off(&policy);
    assert_eq!(*build.run(&fake).await.outcome(&id), Outcome::Done);
    let (build, id) = off(&policy);
    assert_eq!(*build.run(&fake).await.outcome(&id), Outcome::Unchanged);
}
