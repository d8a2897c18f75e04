//! CloudFormation: creation, update, deletion.

use landfall_engine::FaultKind;
use landfall_engine::port::{ChangeSetStatus, Replacement};
use landfall_plan::StackStatus;
use serde_json::json;

use crate::world::{
    a_policy, a_role, create, enter, failure, member, observed, region, request, role, sandbox, seconds, status,
    template, update, with,
};

#[tokio::test(start_paused = true)]
async fn a_stack_makes_its_resources_and_carries_its_tags() {
    let sandbox = sandbox();
    let session = enter(&sandbox, &member(&sandbox).await).await;
    let stacks = session.stacks(&region());
    let resources = json!({
        "Role": with(a_role("acme-x"), "PermissionsBoundary", json!({ "Ref": "Boundary" })),
        "Boundary": a_policy("acme-boundary"),
    });
    let (id, status) = create(&stacks, "acme-x", resources).await;
    assert_eq!(status, StackStatus::CreateComplete);
    assert_eq!(observed(&stacks, "acme-x").await.id, id);
    let live = session.identities().role(&role("acme-x")).await.unwrap().unwrap();
    assert_eq!(live.tags["owner"], "platform");
    assert!(live.boundary.unwrap().ends_with(":policy/acme/acme-boundary"));
    let all = session.identities().all().await.unwrap();
    assert_eq!((all.roles.len(), all.policies.len()), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn a_failed_creation_is_rolled_back() {
    let sandbox = sandbox();
    let session = enter(&sandbox, &member(&sandbox).await).await;
    let stacks = session.stacks(&region());
    create(&stacks, "first", json!({ "Role": a_role("acme-x") })).await;
    let resources = json!({ "Fine": a_role("acme-fine"), "Role": a_role("ACME-X"), "Other": a_role("acme-other") });
    let id = stacks.create(&request("second", "token", &template(resources))).await.unwrap();
    seconds(10).await;
    let rolling = observed(&stacks, &id).await;
    assert_eq!(rolling.status, StackStatus::RollbackInProgress);
    assert_eq!(
        rolling.reason.as_deref(),
        Some("The following resource(s) failed to create: [Role]. Rollback requested by user.")
    );
    seconds(5).await;
    assert_eq!(status(&stacks, &id).await, StackStatus::RollbackComplete);
    assert_eq!(session.identities().role(&role("acme-fine")).await.unwrap(), None);
    assert!(session.identities().role(&role("acme-x")).await.unwrap().is_some());
    let failures = stacks.failures(&id, "token").await.unwrap();
    assert!(failures[0].reason.contains("Role with name ACME-X already exists."), "{failures:?}");
    assert!(failures[0].reason.contains("HandlerErrorCode: AlreadyExists"));
    assert_eq!(
        (failures[1].logical_id.as_str(), failures[1].reason.as_str()),
        ("Other", "Resource creation cancelled")
    );

    let again = request("second", "again", &template(json!({ "Role": a_role("acme-y") })));
    let fault = stacks.create_change_set(&again, "again").await.unwrap_err();
    assert_eq!(fault.code.as_deref(), Some("ValidationError"));
    assert!(fault.message.contains("is in ROLLBACK_COMPLETE state and can not be updated."), "{fault}");
    stacks.delete(&id, "delete").await.unwrap();
    seconds(5).await;
    assert_eq!(status(&stacks, &id).await, StackStatus::DeleteComplete);
    assert_eq!(stacks.describe("second").await.unwrap(), None);
    stacks.create(&again).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn an_update_goes_through_a_change_set() {
    let sandbox = sandbox();
    let session = enter(&sandbox, &member(&sandbox).await).await;
    let stacks = session.stacks(&region());
    create(&stacks, "acme", json!({ "A": a_role("a"), "B": a_role("b") })).await;
    let next = json!({ "A": with(a_role("a"), "Description", json!("new")), "C": a_role("c") });
    let change_set = stacks.create_change_set(&request("acme", "up", &template(next.clone())), "up").await.unwrap();
    let pending = stacks.describe_change_set(&change_set).await.unwrap();
    assert_eq!(pending.status, ChangeSetStatus::Pending);
    seconds(2).await;
    let ready = stacks.describe_change_set(&change_set).await.unwrap();
    assert_eq!(ready.status, ChangeSetStatus::Ready);
    let actions: Vec<(&str, &str)> =
        ready.changes.iter().map(|change| (change.logical_id.as_str(), change.action.as_str())).collect();
    assert_eq!(actions, [("A", "Modify"), ("C", "Add"), ("B", "Remove")]);
    stacks.execute_change_set(&change_set, "go").await.unwrap();
    stacks.execute_change_set(&change_set, "go").await.unwrap();
    seconds(10).await;
    assert_eq!(status(&stacks, "acme").await, StackStatus::UpdateCompleteCleanupInProgress);
    assert!(session.identities().role(&role("b")).await.unwrap().is_some());
    seconds(3).await;
    assert_eq!(status(&stacks, "acme").await, StackStatus::UpdateComplete);
    assert_eq!(session.identities().role(&role("b")).await.unwrap(), None);
    assert_eq!(session.identities().role(&role("a")).await.unwrap().unwrap().description, "new");

    let same = stacks.create_change_set(&request("acme", "same", &template(next)), "same").await.unwrap();
    seconds(2).await;
    let empty = stacks.describe_change_set(&same).await.unwrap();
    assert_eq!(empty.status, ChangeSetStatus::Failed);
    assert_eq!(
        empty.reason.as_deref(),
        Some("The submitted information didn't contain changes. Submit different information to create a change set.")
    );
    assert_eq!(
        stacks.execute_change_set(&same, "x").await.unwrap_err().code.as_deref(),
        Some("InvalidChangeSetStatus")
    );
}

#[tokio::test(start_paused = true)]
async fn a_failed_update_restores_what_was() {
    let sandbox = sandbox();
    let session = enter(&sandbox, &member(&sandbox).await).await;
    let stacks = session.stacks(&region());
    create(&stacks, "other", json!({ "Taken": a_role("taken") })).await;
    create(&stacks, "acme", json!({ "A": with(a_role("a"), "Description", json!("old")) })).await;
    let before = session.identities().all().await.unwrap();
    let next = json!({ "A": with(a_role("a"), "Description", json!("new")), "B": a_role("b"), "C": a_role("taken") });
    assert_eq!(update(&stacks, "acme", "up", next).await, StackStatus::UpdateRollbackComplete);
    assert!(failure(&stacks, "acme", "up").await.contains("Role with name taken already exists."));
    assert_eq!(session.identities().all().await.unwrap(), before);
}

#[tokio::test(start_paused = true)]
async fn a_named_resource_cannot_be_replaced() {
    let sandbox = sandbox();
    let session = enter(&sandbox, &member(&sandbox).await).await;
    let stacks = session.stacks(&region());
    create(&stacks, "acme", json!({ "P": a_policy("p") })).await;
    let next = json!({ "P": with(a_policy("p"), "Description", json!("words")) });
    let change_set = stacks.create_change_set(&request("acme", "up", &template(next)), "up").await.unwrap();
    seconds(2).await;
    let ready = stacks.describe_change_set(&change_set).await.unwrap();
    assert_eq!(ready.changes[0].replacement, Replacement::Yes);
    stacks.execute_change_set(&change_set, "up").await.unwrap();
    seconds(30).await;
    assert_eq!(status(&stacks, "acme").await, StackStatus::UpdateRollbackComplete);
    assert_eq!(
        failure(&stacks, "acme", "up").await,
        "CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename p and update the \
         stack again."
    );
}

#[tokio::test(start_paused = true)]
async fn deletion_takes_all_away() {
    let sandbox = sandbox();
    let session = enter(&sandbox, &member(&sandbox).await).await;
    let stacks = session.stacks(&region());
    let resources = json!({
        "Boundary": a_policy("boundary"),
        "Role": with(a_role("x"), "PermissionsBoundary", json!({ "Ref": "Boundary" })),
        "Profile": { "Type": "AWS::IAM::InstanceProfile", "Properties": {
            "InstanceProfileName": "ip", "Roles": [{ "Ref": "Role" }]
        } },
    });
    let before = session.identities().all().await.unwrap();
    let (id, made) = create(&stacks, "acme", resources).await;
    assert_eq!(made, StackStatus::CreateComplete);
    assert_eq!(session.identities().profile("ip").await.unwrap().unwrap().roles.len(), 1);
    stacks.delete("acme", "gone").await.unwrap();
    assert_eq!(status(&stacks, &id).await, StackStatus::DeleteInProgress);
    seconds(5).await;
    assert_eq!(status(&stacks, &id).await, StackStatus::DeleteComplete);
    assert_eq!(session.identities().all().await.unwrap(), before);
    stacks.delete("never-was", "gone").await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_name_is_taken_and_a_token_makes_creation_repeatable() {
    let sandbox = sandbox();
    let session = enter(&sandbox, &member(&sandbox).await).await;
    let stacks = session.stacks(&region());
    let first = request("acme", "token", &template(json!({ "A": a_role("a") })));
    let id = stacks.create(&first).await.unwrap();
    assert_eq!(stacks.create(&first).await.unwrap(), id);
    seconds(20).await;
    assert_eq!(stacks.create(&first).await.unwrap(), id);
    let fault = stacks.create(&request("acme", "other", &template(json!({ "A": a_role("a") })))).await.unwrap_err();
    assert_eq!((fault.kind, fault.message.as_str()), (FaultKind::AlreadyExists, "Stack [acme] already exists"));
    let fault = stacks.create(&request("acme", "token", &template(json!({ "A": a_role("b") })))).await.unwrap_err();
    assert_eq!(fault.code.as_deref(), Some("TokenAlreadyExistsException"));
}
