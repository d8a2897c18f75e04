//! What CloudFormation refuses before it begins.

use std::collections::BTreeMap;
use std::sync::Arc;

use landfall_engine::FaultKind;
use landfall_engine::port::{ChangeSetStatus, Stacks};
use landfall_plan::StackStatus;
use landfall_sandbox::{Sandbox, Settings};
use landfall_stacks::Protection;
use serde_json::{Value, json};

use crate::world::{
    a_policy, a_role, create, enter, id, member, observed, region, request, sandbox, seconds, settings, status,
    template, with,
};

async fn stacks(sandbox: &Sandbox) -> Arc<dyn Stacks> {
    enter(sandbox, &member(sandbox).await).await.stacks(&region())
}

#[tokio::test(start_paused = true)]
async fn templates_are_read_first() {
    let stacks = stacks(&sandbox()).await;
    let refer = |to: Value| with(a_role("x"), "Description", to);
    for (body, wanted) in [
        (json!("no object").to_string(), "At least one Resources member must be defined."),
        ("{".to_owned(), "Template format error: JSON not well-formed."),
        (json!({ "Resources": {} }).to_string(), "At least one Resources member must be defined."),
        (
            template(json!({ "A": { "Type": "AWS::Nobody::Knows" } })).to_string(),
            "Template format error: Unrecognized resource types: [AWS::Nobody::Knows]",
        ),
        (
            template(json!({ "A": refer(json!({ "Ref": "Nobody" })) })).to_string(),
            "Template format error: Unresolved resource dependencies [Nobody] in the Resources block of the template",
        ),
        (
            template(json!({ "A": refer(json!({ "Ref": "B" })), "B": refer(json!({ "Fn::GetAtt": ["A", "Arn"] })) }))
                .to_string(),
            "Circular dependency between resources: [A, B]",
        ),
        (
            json!({ "Parameters": { "P": { "Type": "String" } }, "Resources": { "A": a_role("x") } }).to_string(),
            "Parameters: [P] must have values",
        ),
        (
            template(json!({ "A": refer(json!("x".repeat(51_200))) })).to_string(),
            "at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to 51200",
        ),
    ] {
        let mut request = request("acme", "token", &Value::Null);
        request.template = body.into();
        let fault = stacks.create(&request).await.unwrap_err();
        assert_eq!((fault.kind, fault.code.as_deref()), (FaultKind::Invalid, Some("ValidationError")));
        assert!(fault.message.contains(wanted), "{wanted}: {fault}");
    }
    let mut request = request("acme", "token", &template(json!({ "A": a_role("x") })));
    request.parameters.insert("Q".to_owned(), "1".to_owned());
    let fault = stacks.create(&request).await.unwrap_err();
    assert_eq!(fault.message, "Parameters: [Q] do not exist in the template");
    request.parameters.clear();
    request.token = "-no token".to_owned();
    assert_eq!(stacks.create(&request).await.unwrap_err().kind, FaultKind::Invalid);
    request.token = "token".to_owned();
    request.tags = (0..51).map(|n| (format!("k{n}"), String::new())).collect();
    assert_eq!(stacks.create(&request).await.unwrap_err().kind, FaultKind::Invalid);
    request.tags = BTreeMap::from([("aws:x".to_owned(), String::new())]);
    assert_eq!(stacks.create(&request).await.unwrap_err().kind, FaultKind::Invalid);
    assert!(stacks.list().await.unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn the_stack_quota_holds() {
    let stacks = stacks(&Sandbox::in_memory(Settings { stack_quota: 1, ..settings() })).await;
    create(&stacks, "one", json!({ "A": a_role("a") })).await;
    let fault = stacks.create(&request("two", "two", &template(json!({ "B": a_role("b") })))).await.unwrap_err();
    assert_eq!((fault.kind, fault.code.as_deref()), (FaultKind::LimitExceeded, Some("LimitExceededException")));
}

#[tokio::test(start_paused = true)]
async fn a_protected_stack_stays() {
    let stacks = stacks(&sandbox()).await;
    let mut request = request("acme", "token", &template(json!({ "A": a_role("a") })));
    request.protection = Protection::On;
    stacks.create(&request).await.unwrap();
    seconds(20).await;
    assert_eq!(observed(&stacks, "acme").await.protected, Some(true));
    let fault = stacks.delete("acme", "gone").await.unwrap_err();
    assert_eq!(fault.message, "Stack [acme] cannot be deleted while TerminationProtection is enabled");
    stacks.protect("acme", Protection::Off).await.unwrap();
    stacks.delete("acme", "gone").await.unwrap();
    seconds(5).await;
    assert_eq!(stacks.describe("acme").await.unwrap(), None);
    assert_eq!(stacks.protect("acme", Protection::On).await.unwrap_err().kind, FaultKind::NotFound);
}

#[tokio::test(start_paused = true)]
async fn one_operation_at_a_time() {
    let stacks = stacks(&sandbox()).await;
    create(&stacks, "acme", json!({ "A": a_role("a") })).await;
    let next = template(json!({ "A": a_role("a"), "B": a_role("b") }));
    let first = stacks.create_change_set(&request("acme", "first", &next), "first").await.unwrap();
    let second = stacks.create_change_set(&request("acme", "second", &next), "second").await.unwrap();
    assert_eq!(stacks.create_change_set(&request("acme", "first", &next), "first").await.unwrap(), first);
    let twin = stacks.create_change_set(&request("acme", "other", &next), "first").await.unwrap_err();
    assert_eq!(twin.kind, FaultKind::AlreadyExists);
    let early = stacks.execute_change_set(&first, "go").await.unwrap_err();
    assert_eq!(early.code.as_deref(), Some("InvalidChangeSetStatus"));
    seconds(2).await;
    stacks.execute_change_set(&first, "go").await.unwrap();
    let gone = stacks.describe_change_set(&second).await.unwrap_err();
    assert_eq!((gone.kind, gone.code.as_deref()), (FaultKind::NotFound, Some("ChangeSetNotFound")));
    for fault in [
        stacks.create_change_set(&request("acme", "third", &next), "third").await.map(drop).unwrap_err(),
        stacks.delete("acme", "gone").await.unwrap_err(),
    ] {
        assert_eq!((fault.kind, fault.code.as_deref()), (FaultKind::Conflict, Some("ValidationError")));
        assert!(fault.message.contains("is in UPDATE_IN_PROGRESS state"), "{fault}");
    }
    let none = stacks.create_change_set(&request("nobody", "x", &next), "x").await.unwrap_err();
    assert_eq!((none.kind, none.message.as_str()), (FaultKind::NotFound, "Stack [nobody] does not exist"));
}

#[tokio::test(start_paused = true)]
async fn new_tags_alone_are_a_change() {
    let stacks = stacks(&sandbox()).await;
    let resources = template(json!({ "A": a_role("a"), "P": a_policy("p") }));
    stacks.create(&request("acme", "acme", &resources)).await.unwrap();
    seconds(20).await;
    let mut tagged = request("acme", "tags", &resources);
    tagged.tags.insert("new".to_owned(), "tag".to_owned());
    let change_set = stacks.create_change_set(&tagged, "tags").await.unwrap();
    seconds(2).await;
    let ready = stacks.describe_change_set(&change_set).await.unwrap();
    assert_eq!(ready.status, ChangeSetStatus::Ready);
    let ids: Vec<&str> = ready.changes.iter().map(|change| change.logical_id.as_str()).collect();
    assert_eq!(ids, ["A"], "tags reach roles, not managed policies");
    let mut described = resources.clone();
    described["Description"] = json!("words");
    described["Resources"]["A"]["Metadata"] = json!({ "words": 1 });
    let change_set = stacks.create_change_set(&request("acme", "words", &described), "words").await.unwrap();
    seconds(2).await;
    assert_eq!(stacks.describe_change_set(&change_set).await.unwrap().status, ChangeSetStatus::Failed);
}

#[tokio::test(start_paused = true)]
async fn a_shell_of_a_change_set_is_in_the_way_until_it_is_deleted() {
    let sandbox = sandbox();
    let account = member(&sandbox).await;
    let stacks = enter(&sandbox, &account).await.stacks(&region());
    let name = landfall_model::StackName::new("acme").unwrap();
    sandbox.hand().leave_stack(&account, &region(), &name, StackStatus::ReviewInProgress).unwrap();
    assert_eq!(status(&stacks, "acme").await, StackStatus::ReviewInProgress);
    let wanted = request("acme", "token", &template(json!({ "A": a_role("a") })));
    assert_eq!(stacks.create(&wanted).await.unwrap_err().kind, FaultKind::AlreadyExists);
    assert!(stacks.create_change_set(&wanted, "x").await.is_err());
    stacks.delete("acme", "gone").await.unwrap();
    seconds(5).await;
    stacks.create(&wanted).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn stacks_of_other_accounts_and_regions_are_not_seen() {
    let sandbox = sandbox();
    let account = member(&sandbox).await;
    let session = enter(&sandbox, &account).await;
    let (id_here, _) = create(&session.stacks(&region()), "acme", json!({ "A": a_role("a") })).await;
    let elsewhere = session.stacks(&landfall_model::Region::new("us-east-1").unwrap());
    assert_eq!(elsewhere.describe(&id_here).await.unwrap(), None);
    assert!(elsewhere.list().await.unwrap().is_empty());
    let view = sandbox.view().unwrap();
    let shown = view.accounts.iter().find(|shown| shown.id == account).unwrap();
    assert_eq!(shown.stacks[0].resources, ["A"]);
    assert!(shown.roles.iter().any(|role| role.name == "/acme/a" && role.stack.as_ref() == Some(&id_here)));
    assert!(view.accounts.iter().any(|shown| shown.id == id("111111111111")));
}
