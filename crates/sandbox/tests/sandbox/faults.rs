//! What goes wrong by rule.

use landfall_engine::FaultKind;
use landfall_engine::port::Cloud;
use landfall_plan::StackStatus;
use landfall_sandbox::{FaultRule, Sandbox, What, When};
use serde_json::json;
use tokio::time::Instant;

use crate::world::{
    a_role, create, enter, failure, member, region, request, role, sandbox, seconds, status, template, update, with,
};

fn rule(sandbox: &Sandbox, operation: &str, stack: Option<&str>, when: When, what: What) {
    let rule =
        FaultRule { operation: operation.to_owned(), account: None, stack: stack.map(str::to_owned), when, what };
    sandbox.configure(|settings| settings.faults.push(rule)).unwrap();
}

#[tokio::test(start_paused = true)]
async fn calls_are_refused_delayed_or_lose_their_answer() {
    let sandbox = sandbox();
    let stacks = enter(&sandbox, &member(&sandbox).await).await.stacks(&region());
    let create = "cloudformation:CreateStack";
    rule(&sandbox, create, None, When::Nth(1), What::Throttled);
    rule(&sandbox, create, None, When::Nth(1), What::Transient);
    rule(&sandbox, create, None, When::Nth(1), What::AccessDenied);
    rule(&sandbox, create, None, When::Nth(1), What::LostAnswer);
    rule(&sandbox, create, None, When::Nth(2), What::Delay(7.0));
    let wanted = request("acme", "token", &template(json!({ "A": a_role("a") })));
    for kind in [FaultKind::Throttled, FaultKind::Transient, FaultKind::AccessDenied] {
        assert_eq!(stacks.create(&wanted).await.unwrap_err().kind, kind);
        assert_eq!(stacks.describe("acme").await.unwrap(), None);
    }
    assert_eq!(stacks.create(&wanted).await.unwrap_err().kind, FaultKind::Transient);
    let made = stacks.describe("acme").await.unwrap().unwrap();
    assert_eq!(stacks.create(&wanted).await.unwrap(), made.id);
    let started = Instant::now();
    rule(&sandbox, "cloudformation:DeleteStack", None, When::Always, What::Delay(7.0));
    stacks.delete("acme", "gone").await.unwrap();
    assert_eq!(started.elapsed().as_secs(), 7);
    assert_eq!(sandbox.calls()[create], 5);
}

#[tokio::test(start_paused = true)]
async fn latency_is_on_every_call() {
    let sandbox = sandbox();
    sandbox.configure(|settings| settings.latency = 0.2).unwrap();
    let started = Instant::now();
    sandbox.caller().await.unwrap();
    assert_eq!(started.elapsed().as_millis(), 200);
}

#[tokio::test(start_paused = true)]
async fn a_scripted_resource_fails_in_the_given_words() {
    let sandbox = sandbox();
    let stacks = enter(&sandbox, &member(&sandbox).await).await.stacks(&region());
    let what = What::ResourceFailure { resource: "B*".to_owned(), reason: "an SCP denies it".to_owned() };
    rule(&sandbox, "cloudformation:CreateStack", Some("acme-*"), When::First(1), what);
    let resources = json!({ "A": a_role("a"), "Broken": a_role("b") });
    let (id, status) = create(&stacks, "acme-x", resources.clone()).await;
    assert_eq!(status, StackStatus::RollbackComplete);
    assert_eq!(failure(&stacks, &id, "acme-x").await, "an SCP denies it");
    assert_eq!(create(&stacks, "acme-y", resources).await.1, StackStatus::CreateComplete);
}

#[tokio::test(start_paused = true)]
async fn a_stuck_stack_stays_in_progress() {
    let sandbox = sandbox();
    let stacks = enter(&sandbox, &member(&sandbox).await).await.stacks(&region());
    rule(&sandbox, "cloudformation:CreateStack", None, When::Always, What::Stuck);
    stacks.create(&request("acme", "token", &template(json!({ "A": a_role("a") })))).await.unwrap();
    seconds(100_000).await;
    assert_eq!(status(&stacks, "acme").await, StackStatus::CreateInProgress);
    stacks.delete("acme", "gone").await.unwrap();
    seconds(5).await;
    assert_eq!(stacks.describe("acme").await.unwrap(), None);
}

#[tokio::test(start_paused = true)]
async fn a_rollback_that_fails_can_be_gone_on_with() {
    let sandbox = sandbox();
    let session = enter(&sandbox, &member(&sandbox).await).await;
    let stacks = session.stacks(&region());
    create(&stacks, "acme", json!({ "A": a_role("a") })).await;
    let before = session.identities().all().await.unwrap();
    for what in [
        What::ResourceFailure { resource: "B".to_owned(), reason: "no".to_owned() },
        What::RollbackFailure { resource: "A".to_owned(), reason: "not back either".to_owned() },
    ] {
        rule(&sandbox, "cloudformation:ExecuteChangeSet", Some("acme"), When::Always, what);
    }
    let next = json!({ "A": with(a_role("a"), "Description", json!("new")), "B": a_role("b") });
    assert_eq!(update(&stacks, "acme", "up", next).await, StackStatus::UpdateRollbackFailed);
    let reasons: Vec<String> =
        stacks.failures("acme", "up").await.unwrap().into_iter().map(|failure| failure.reason).collect();
    assert_eq!(reasons, ["no", "not back either"]);
    stacks.continue_update_rollback("acme", "on").await.unwrap();
    stacks.continue_update_rollback("acme", "on").await.unwrap();
    seconds(10).await;
    assert_eq!(status(&stacks, "acme").await, StackStatus::UpdateRollbackComplete);
    assert_eq!(session.identities().all().await.unwrap(), before);
    assert_eq!(stacks.continue_update_rollback("acme", "more").await.unwrap_err().kind, FaultKind::Invalid);
    assert!(session.identities().role(&role("b")).await.unwrap().is_none());
}
