//! What was applied is noted only when it is seen to stand.

use std::collections::{BTreeMap, BTreeSet};

use landfall_model::{GuardrailKind, PolicyName};
use landfall_plan::{Action, Applied, GuardrailTarget, Recorded, StepId, TAG_APPLIED, tag_applied};
use landfall_stacks::GuardrailKey;

use super::build::{Build, name};
use super::fake::{Fake, Strike, id};
use crate::port::{GuardrailContent, NewGuardrail};
use crate::{FaultKind, Outcome};

fn applied() -> Applied {
    serde_json::from_value(serde_json::json!(["a", "b", "c"])).unwrap()
}

/// The root's guardrail, and a step that notes it.
fn guardrail(fake: &Fake) -> (Build, StepId) {
    let key = GuardrailKey { kind: GuardrailKind::ServiceControl, name: PolicyName::new("acme-keys").unwrap() };
    let content = GuardrailContent { description: String::new(), content: "{}".to_owned() };
    let new = NewGuardrail { kind: key.kind, name: key.name.clone(), content, tags: BTreeMap::new() };
    fake.world().guardrails.insert("p-1".to_owned(), (new, BTreeSet::from(["r-1".to_owned()])));
    let mut build = Build::new(1);
    let targets = BTreeSet::from([GuardrailTarget::Root]);
    let action = Action::RecordGuardrail { policy: Some("p-1".to_owned()), targets, applied: applied() };
    let id = build.step(StepId::Record(Recorded::Guardrail(key)), action, &[]);
    (build, id)
}

/// An account that was moved to the root, and a step that notes it.
fn organization() -> (Build, StepId) {
    let mut build = Build::new(1);
    let placed = BTreeMap::from([(name("a1"), None)]);
    let action = Action::RecordOrganization { placed, applied: applied() };
    let id = build.step(StepId::Record(Recorded::Organization), action, &[]);
    (build, id)
}

#[tokio::test(start_paused = true)]
async fn a_guardrail_that_is_attached_as_planned_is_noted_whatever_answers_are_lost() {
    let fake = Fake::new();
    fake.script("organizations:TagResource", FaultKind::Transient, "connection reset", Strike::After, 1);
    guardrail(&fake).0.run(&fake).await.all_done();
    assert_eq!(fake.world().tags["p-1"][TAG_APPLIED], "a.b.c");
}

#[tokio::test(start_paused = true)]
async fn a_guardrail_that_somebody_attached_elsewhere_is_not_noted() {
    let fake = Fake::new();
    let (build, id) = guardrail(&fake);
    fake.world().guardrails.get_mut("p-1").unwrap().1.insert("ou-9".to_owned());
    let run = build.run(&fake).await;
    assert!(run.failure(&id).0.contains("is not attached to what it was attached to"), "{:?}", run.failure(&id));
    assert_eq!(fake.count("organizations:TagResource"), 0);
}

#[tokio::test(start_paused = true)]
async fn an_account_is_noted_where_it_is_seen() {
    let fake = Fake::new();
    fake.world().parents.insert(id(2), "ou-9".to_owned());
    let (build, step) = organization();
    let run = build.run(&fake).await;
    assert!(
        run.failure(&step).0.contains("account a1 does not stand where it was moved to"),
        "{:?}",
        run.failure(&step)
    );
    assert_eq!(fake.count("organizations:TagResource"), 0);
    fake.world().parents.insert(id(2), "r-1".to_owned());
    let (build, step) = organization();
    let tag = tag_applied(&build.plan.organization);
    let run = build.run(&fake).await;
    assert_eq!(*run.outcome(&step), Outcome::Done);
    assert_eq!(fake.world().tags[id(1).as_str()][&tag], "a.b.c");
}
