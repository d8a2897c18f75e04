//! A change set that reverts drift: what it came to is looked at.

use std::collections::{BTreeMap, BTreeSet};

use landfall_model::StackName;
use landfall_plan::{Action, Mode, ResourceState, StackStatus, StepId};
use landfall_stacks::TAG_ORGANIZATION;

use crate::Outcome;
use crate::port::{ChangeSet, ChangeSetStatus, Replacement, ResourceChange};

use super::build::{Build, EMPTY, Run, stack_id};
use super::fake::Fake;

const STACK: &str = "acme-service-x";

/// A stack whose topic shall be reverted by a change set with these changes, after which it stands like this.
async fn reverted(changes: &[&str], topic: ResourceState) -> (Run, StepId, Fake) {
    let fake = Fake::new();
    let live = fake.world().put_stack(2, STACK, StackStatus::CreateComplete, &[(TAG_ORGANIZATION, "acme")]);
    let change = |action: &&str| ResourceChange {
        logical_id: "Topic".to_owned(),
        resource_type: "AWS::SNS::Topic".to_owned(),
        action: (*action).to_owned(),
        replacement: Replacement::No,
    };
    let answer =
        ChangeSet { status: ChangeSetStatus::Ready, reason: None, changes: changes.iter().map(change).collect() };
    fake.world().change_answers.insert(StackName::new(STACK).unwrap(), answer);
    fake.world().drifted = BTreeMap::from([("Topic".to_owned(), topic)]);
    let mut build = Build::new(1);
    build.plan.mode = Mode::Remediate;
    let spec = build.template(EMPTY);
    let resources = BTreeSet::from(["Topic".to_owned()]);
    let step = build.step(stack_id("a1", STACK), Action::RevertDrift { spec, stack: live, resources }, &[]);
    (build.run(&fake).await, step, fake)
}

#[tokio::test(start_paused = true)]
async fn a_change_set_that_reverts_is_carried_out_and_looked_at() {
    let (run, step, fake) = reverted(&["Modify"], ResourceState::InSync).await;
    assert_eq!(*run.outcome(&step), Outcome::Done);
    assert_eq!(fake.count("cloudformation:ExecuteChangeSet"), 1);
    let (run, step, _) = reverted(&["Modify"], ResourceState::Deleted).await;
    let (reason, resource, hint) = run.failure(&step);
    assert_eq!(reason, "CloudFormation reported success, but Topic (AWS::SNS::Topic) is not there");
    assert_eq!(resource.unwrap(), "Topic (AWS::SNS::Topic)");
    assert!(hint.contains("by hand"), "{hint}");
}

#[tokio::test(start_paused = true)]
async fn a_change_set_that_reverts_nothing_is_thrown_away_and_told() {
    let (run, step, fake) = reverted(&[], ResourceState::Modified(Vec::new())).await;
    let (reason, _, hint) = run.failure(&step);
    assert!(reason.starts_with("CloudFormation found nothing to revert, but Topic"), "{reason}");
    assert!(hint.contains("leave --via out"), "{hint}");
    assert_eq!(fake.count("cloudformation:ExecuteChangeSet"), 0);
    assert!(fake.world().change_sets.is_empty());
    // Somebody else put it right before.
    let (run, step, _) = reverted(&[], ResourceState::InSync).await;
    assert_eq!(*run.outcome(&step), Outcome::Unchanged);
}
