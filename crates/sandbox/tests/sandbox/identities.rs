//! IAM as a caller sees it and puts it right.

use std::collections::BTreeMap;

use landfall_engine::FaultKind;
use landfall_engine::port::IdentityPort;
use landfall_model::PolicyName;
use serde_json::json;

use crate::failures::trusting;
use crate::world::{
    a_policy, a_role, allow, create, enter, member, region, role, sandbox, service_trust, update, with,
};

#[tokio::test(start_paused = true)]
async fn what_was_changed_by_hand_is_seen_and_put_right() {
    let sandbox = sandbox();
    let account = member(&sandbox).await;
    let session = enter(&sandbox, &account).await;
    let stacks = session.stacks(&region());
    let resources = json!({
        "P": a_policy("boundary"),
        "R": with(a_role("r"), "PermissionsBoundary", json!({ "Ref": "P" })),
    });
    create(&stacks, "acme", resources).await;
    let iam: std::sync::Arc<dyn IdentityPort> = session.identities();
    let wanted = iam.role(&role("r")).await.unwrap().unwrap();
    let boundary = wanted.boundary.clone().unwrap();

    let hand = sandbox.hand();
    let admin = ["arn:aws:iam", "", "aws", "policy/AdministratorAccess"].join(":");
    let inline = PolicyName::new("extra").unwrap();
    hand.remove_boundary(&account, &role("r")).unwrap();
    hand.attach(&account, &role("r"), &admin).unwrap();
    hand.put_inline(&account, &role("r"), &inline, &allow("iam:*")).unwrap();
    hand.widen_trust(&account, &role("r"), "999999999999").unwrap();
    let live = iam.role(&role("r")).await.unwrap().unwrap();
    assert_eq!((live.boundary.as_ref(), live.attached.len(), live.inline.len()), (None, 1, 1));
    assert_ne!(live.trust, wanted.trust);

    iam.put_boundary(&role("r"), &boundary).await.unwrap();
    iam.detach(&role("r"), &admin).await.unwrap();
    iam.delete_inline(&role("r"), "extra").await.unwrap();
    iam.put_trust(&role("r"), &service_trust()).await.unwrap();
    assert_eq!(iam.role(&role("r")).await.unwrap().unwrap(), wanted);

    iam.update_role(&role("r"), "words", 7_200).await.unwrap();
    iam.tag_role(&role("r"), &BTreeMap::from([("k".to_owned(), "v".to_owned())])).await.unwrap();
    iam.attach(&role("r"), &admin).await.unwrap();
    iam.put_inline(&role("r"), "extra", &allow("s3:*")).await.unwrap();
    iam.put_policy(&boundary, &allow("logs:*")).await.unwrap();
    let live = iam.role(&role("r")).await.unwrap().unwrap();
    assert_eq!((live.description.as_str(), live.max_session), ("words", 7_200));
    assert_eq!((live.tags["k"].as_str(), live.tags["owner"].as_str()), ("v", "platform"));
    assert_eq!(iam.policy(&boundary).await.unwrap().unwrap().document.json(), allow("logs:*"));
}

#[tokio::test(start_paused = true)]
async fn an_update_leaves_alone_what_its_template_does_not_speak_of() {
    let sandbox = sandbox();
    let account = member(&sandbox).await;
    let session = enter(&sandbox, &account).await;
    let stacks = session.stacks(&region());
    create(&stacks, "acme", json!({ "R": a_role("r") })).await;
    let inline = PolicyName::new("extra").unwrap();
    sandbox.hand().put_inline(&account, &role("r"), &inline, &allow("iam:*")).unwrap();
    update(&stacks, "acme", "up", json!({ "R": with(a_role("r"), "Description", json!("new")) })).await;
    let live = session.identities().role(&role("r")).await.unwrap().unwrap();
    assert_eq!((live.description.as_str(), live.inline.len()), ("new", 1));
}

#[tokio::test(start_paused = true)]
async fn refusals_have_their_kind() {
    let sandbox = sandbox();
    let account = member(&sandbox).await;
    let session = enter(&sandbox, &account).await;
    create(&session.stacks(&region()), "acme", json!({ "R": a_role("r") })).await;
    let iam = session.identities();
    let nobody = ["arn:aws:iam", "", account.as_str(), "role/nobody"].join(":");
    for (fault, kind, code) in [
        (iam.put_boundary(&role("nobody"), "x").await, FaultKind::NotFound, "NoSuchEntity"),
        (iam.put_boundary(&role("r"), &nobody).await, FaultKind::NotFound, "NoSuchEntity"),
        (iam.put_trust(&role("r"), &trusting(&nobody)).await, FaultKind::NotReady, "MalformedPolicyDocument"),
        (iam.put_trust(&role("r"), &json!({})).await, FaultKind::Invalid, "MalformedPolicyDocument"),
        (iam.put_inline(&role("r"), "x", &json!({})).await, FaultKind::Invalid, "MalformedPolicyDocument"),
        (iam.delete_inline(&role("r"), "x").await, FaultKind::NotFound, "NoSuchEntity"),
        (iam.detach(&role("r"), "x").await, FaultKind::NotFound, "NoSuchEntity"),
        (iam.put_policy("x", &allow("s3:*")).await, FaultKind::NotFound, "NoSuchEntity"),
    ] {
        let fault = fault.unwrap_err();
        assert_eq!((fault.kind, fault.code.as_deref()), (kind, Some(code)), "{fault}");
    }
    assert_eq!(iam.role(&role("nobody")).await.unwrap(), None);
    assert_eq!(iam.profile("nobody").await.unwrap(), None);
    assert_eq!(iam.policy(&nobody).await.unwrap(), None);
}
