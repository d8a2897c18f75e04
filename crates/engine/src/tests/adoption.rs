//! An adoption that was cut off: whose stack an import has left is told by its template, since it has no tags.

use landfall_plan::{Action, StackStatus};

use crate::{FaultKind, Outcome};

use super::build::{Build, EMPTY, Run, stack_id};
use super::fake::{Fake, Strike};

const IMPORT: &str = r#"{"Resources":{"Role":{"Type":"AWS::IAM::Role","DeletionPolicy":"Retain"}}}"#;

#[tokio::test(start_paused = true)]
async fn an_import_that_is_refused_says_in_which_words() {
    let fake = Fake::new();
    let words = "ChangeSet [x] is in UNAVAILABLE status";
    fake.script("cloudformation:ExecuteChangeSet", FaultKind::Conflict, words, Strike::Before, 9);
    let mut build = Build::new(1);
    let (spec, import) = (build.template(EMPTY), build.template(IMPORT).template);
    let action = Action::AdoptStack { spec, import, resources: vec![], begun: None, differences: vec![] };
    let step = build.step(stack_id("a1", "acme-service-x"), action, &[]);
    let (reason, _, hint) = build.run(&fake).await.failure(&step);
    assert!(reason.contains("could not be carried out") && reason.contains(words), "{reason}");
    assert!(hint.contains("delete the empty stack"), "{hint}");
}

/// An adoption that finds an untagged stack there, with a status and a template.
async fn goes_on(fake: &Fake, status: StackStatus, tags: &[(&str, &str)], template: Option<&str>) -> Run {
    let live = fake.world().put_stack(2, "acme-service-x", status, tags);
    fake.world().deployed = template.map(str::to_owned);
    let mut build = Build::new(1);
    let (spec, import) = (build.template(EMPTY), build.template(IMPORT).template);
    let action = Action::AdoptStack { spec, import, resources: vec![], begun: Some(live), differences: vec![] };
    build.step(stack_id("a1", "acme-service-x"), action, &[]);
    build.run(fake).await
}

#[tokio::test(start_paused = true)]
async fn what_the_import_left_is_brought_to_its_template() {
    let fake = Fake::new();
    let spaced = IMPORT.replace(",", ", ");
    let run = goes_on(&fake, StackStatus::ImportComplete, &[], Some(&spaced)).await;
    assert_eq!(*run.outcome(&stack_id("a1", "acme-service-x")), Outcome::Done);
    assert_eq!(fake.count("cloudformation:ExecuteChangeSet"), 1, "the update, and no second import");
}

#[tokio::test(start_paused = true)]
async fn what_somebody_else_imported_is_left_alone() {
    let other = IMPORT.replace("Retain", "Delete");
    let complete = StackStatus::ImportComplete;
    for (status, tags, template) in [
        (complete, &[][..], Some(other.as_str())),
        (complete, &[], Some("Resources: {}")),
        (complete, &[], None),
        (complete, &[("owner", "bob")], Some(IMPORT)),
        (StackStatus::UpdateComplete, &[], Some(IMPORT)),
    ] {
        let fake = Fake::new();
        let run = goes_on(&fake, status, tags, template).await;
        let (reason, ..) = run.failure(&stack_id("a1", "acme-service-x"));
        assert!(reason.contains("stands there by now"), "{reason}");
        assert_eq!(fake.count("cloudformation:CreateChangeSet"), 0, "{status} {tags:?} {template:?}");
    }
}
