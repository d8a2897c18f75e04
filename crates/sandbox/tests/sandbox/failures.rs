//! Why resources cannot be made, in AWS's words.

use std::collections::BTreeMap;

use landfall_plan::StackStatus;
use landfall_sandbox::{Sandbox, Settings};
use landfall_stacks::Role;
use serde_json::{Value, json};

use crate::world::{
    a_policy, a_role, allow, create, enter, failure, member, member_named, region, role, sandbox, seconds,
    service_trust, settings, status, with,
};

pub(crate) fn trusting(principal: &str) -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Principal": { "AWS": principal }, "Action": "sts:AssumeRole" }]
    })
}

/// The reason why a stack of one resource fails.
async fn reason(resource: Value) -> String {
    let sandbox = sandbox();
    let session = enter(&sandbox, &member(&sandbox).await).await;
    let stacks = session.stacks(&region());
    let (id, status) = create(&stacks, "acme", json!({ "It": resource })).await;
    assert_eq!(status, StackStatus::RollbackComplete);
    failure(&stacks, &id, "acme").await
}

#[tokio::test(start_paused = true)]
async fn iam_refuses_in_its_own_words() {
    let arn = |account: &str, resource: &str| ["arn:aws:iam", "", account, resource].join(":");
    let long = |length: usize| {
        let mut document = allow("s3:*");
        document["Statement"][0]["Resource"] = json!("x".repeat(length));
        document
    };
    let inline: Vec<Value> =
        (0..2).map(|n| json!({ "PolicyName": format!("p{n}"), "PolicyDocument": long(5_200) })).collect();
    let many: Vec<String> = (0..21).map(|n| arn("aws", &format!("policy/P{n}"))).collect();
    for (resource, wanted) in [
        (
            with(a_role("x"), "PermissionsBoundary", json!(arn("222222222222", "policy/acme/none"))),
            "Scope ARN: arn:aws:iam::222222222222:policy/acme/none does not exist or is not attachable.",
        ),
        (
            with(
                a_role("x"),
                "ManagedPolicyArns",
                json!([{ "Fn::Sub": "arn:aws:iam::${AWS::AccountId}:policy/none" }]),
            ),
            ":policy/none does not exist or is not attachable.",
        ),
        (
            with(a_role("x"), "AssumeRolePolicyDocument", trusting(&arn("111111111111", "role/nobody"))),
            "Invalid principal in policy: \"AWS\":\"arn:aws:iam::111111111111:role/nobody\"",
        ),
        (
            with(a_role("x"), "AssumeRolePolicyDocument", trusting(&arn("111111111111", "user/nobody"))),
            "Invalid principal in policy",
        ),
        (
            with(a_role("x"), "AssumeRolePolicyDocument", trusting(&arn("111111111111", "role/*"))),
            "Invalid principal in policy",
        ),
        (with(a_role("x"), "AssumeRolePolicyDocument", json!({ "Version": "2012-10-17" })), "Syntax errors in policy."),
        (with(a_role("x"), "AssumeRolePolicyDocument", allow("sts:AssumeRole")), "Has prohibited field Resource"),
        (with(a_role("x"), "MaxSessionDuration", json!(60)), "Member must have value between 3600 and 43200"),
        (with(a_role("x"), "Path", json!("acme")), "The specified value for path is invalid."),
        (a_role(&"x".repeat(65)), "a role name at most 64"),
        (with(a_role("x"), "Policies", json!(inline)), "Maximum policy size of 10240 bytes exceeded for role x"),
        (with(a_role("x"), "ManagedPolicyArns", json!(many)), "Cannot exceed quota for PoliciesPerRole: 20"),
        (with(a_policy("p"), "PolicyDocument", long(6_144)), "Cannot exceed quota for PolicySize: 6144"),
        (with(a_policy("p"), "PolicyDocument", service_trust()), "Policy document should not specify a principal."),
    ] {
        let reason = reason(resource).await;
        assert!(reason.contains(wanted), "{wanted}: {reason}");
        assert!(reason.starts_with("Resource handler returned message: \""), "{reason}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_exists_is_not_made_again_whoever_made_it() {
    let sandbox = sandbox();
    let account = member(&sandbox).await;
    let session = enter(&sandbox, &account).await;
    let stacks = session.stacks(&region());
    let by_hand = Role {
        name: role("Acme-X"),
        path: "/".to_owned(),
        trust: service_trust().into(),
        inline: BTreeMap::new(),
        attached: [].into(),
        boundary: None,
        max_session: 3_600,
        description: String::new(),
        tags: BTreeMap::new(),
    };
    sandbox.hand().create_role(&account, &by_hand).unwrap();
    let provider = json!({ "Type": "AWS::IAM::OIDCProvider", "Properties": {
        "Url": "https://token.actions.githubusercontent.com", "ClientIdList": ["sts.amazonaws.com"]
    } });
    let profile = json!({ "Type": "AWS::IAM::InstanceProfile", "Properties": {
        "InstanceProfileName": "ip", "Roles": ["Acme-X"]
    } });
    let first = json!({ "P": a_policy("p"), "O": provider.clone(), "I": profile.clone() });
    assert_eq!(create(&stacks, "first", first).await.1, StackStatus::CreateComplete);
    for (index, (resource, wanted)) in [
        (a_role("acme-x"), "Role with name acme-x already exists."),
        (a_policy("P"), "A policy called P already exists. Duplicate names are not allowed."),
        (provider, "Provider with url https://token.actions.githubusercontent.com already exists."),
        (profile, "Instance Profile ip already exists."),
    ]
    .into_iter()
    .enumerate()
    {
        let name = format!("second-{index}");
        let (id, status) = create(&stacks, &name, json!({ "It": resource })).await;
        assert_eq!(status, StackStatus::RollbackComplete);
        let reason = failure(&stacks, &id, &name).await;
        assert!(reason.contains(wanted), "{reason}");
    }
    assert!(session.identities().policy(&observed_policy(&account)).await.unwrap().is_some());
}

fn observed_policy(account: &landfall_model::AccountId) -> String {
    ["arn:aws:iam", "", account.as_str(), "policy/acme/p"].join(":")
}

#[tokio::test(start_paused = true)]
async fn a_trusted_role_must_be_there_and_seen() {
    let sandbox = Sandbox::in_memory(Settings { propagation: 30.0, ..settings() });
    let first = member(&sandbox).await;
    let second = member_named(&sandbox, "second").await;
    let (one, two) = (enter(&sandbox, &first).await, enter(&sandbox, &second).await);
    let (here, there) = (one.stacks(&region()), two.stacks(&region()));
    let principal = ["arn:aws:iam", "", first.as_str(), "role/acme/hub"].join(":");
    let spoke = json!({ "Spoke": with(a_role("spoke"), "AssumeRolePolicyDocument", trusting(&principal)) });
    assert_eq!(create(&there, "before", spoke.clone()).await.1, StackStatus::RollbackComplete);
    create(&here, "hub", json!({ "Hub": a_role("hub") })).await;
    let (id, status) = create(&there, "too-early", spoke.clone()).await;
    assert_eq!(status, StackStatus::RollbackComplete);
    assert!(failure(&there, &id, "too-early").await.contains("Invalid principal in policy"));
    seconds(30).await;
    assert_eq!(create(&there, "after", spoke).await.1, StackStatus::CreateComplete);
    let both = json!({
        "A": a_role("a"),
        "B": with(a_role("b"), "AssumeRolePolicyDocument", json!({
            "Version": "2012-10-17",
            "Statement": [{ "Effect": "Allow", "Principal": { "AWS": { "Fn::GetAtt": ["A", "Arn"] } }, "Action": "sts:AssumeRole" }]
        })),
    });
    assert_eq!(create(&here, "own", both).await.1, StackStatus::CreateComplete);
}

#[tokio::test(start_paused = true)]
async fn users_by_hand_can_be_trusted() {
    let sandbox = sandbox();
    let account = member(&sandbox).await;
    sandbox.hand().add_user(&account, "alice").unwrap();
    let stacks = enter(&sandbox, &account).await.stacks(&region());
    let principal = ["arn:aws:iam", "", account.as_str(), "user/alice"].join(":");
    let resource = with(a_role("x"), "AssumeRolePolicyDocument", trusting(&principal));
    assert_eq!(create(&stacks, "acme", json!({ "It": resource })).await.1, StackStatus::CreateComplete);
}

#[tokio::test(start_paused = true)]
async fn the_role_quota_holds() {
    let sandbox = Sandbox::in_memory(Settings { role_quota: 2, ..settings() });
    let stacks = enter(&sandbox, &member(&sandbox).await).await.stacks(&region());
    let (id, status) = create(&stacks, "acme", json!({ "A": a_role("a"), "B": a_role("b") })).await;
    assert_eq!(status, StackStatus::RollbackComplete);
    assert!(failure(&stacks, &id, "acme").await.contains("Cannot exceed quota for RolesPerAccount: 2"));
}

#[tokio::test(start_paused = true)]
async fn what_is_still_used_cannot_be_deleted() {
    let sandbox = sandbox();
    let account = member(&sandbox).await;
    let stacks = enter(&sandbox, &account).await.stacks(&region());
    let (boundary, _) = create(&stacks, "boundary", json!({ "P": a_policy("p") })).await;
    let arn = observed_policy(&account);
    create(&stacks, "role", json!({ "R": with(a_role("r"), "PermissionsBoundary", json!(arn)) })).await;
    stacks.delete("boundary", "one").await.unwrap();
    seconds(5).await;
    assert_eq!(status(&stacks, &boundary).await, StackStatus::DeleteFailed);
    assert!(failure(&stacks, &boundary, "one").await.contains("Cannot delete a policy attached to entities."));

    let by_hand = landfall_model::PolicyName::new("by-hand").unwrap();
    sandbox.hand().put_inline(&account, &role("r"), &by_hand, &allow("s3:*")).unwrap();
    stacks.delete("role", "two").await.unwrap();
    seconds(5).await;
    assert_eq!(status(&stacks, "role").await, StackStatus::DeleteFailed);
    assert!(failure(&stacks, "role", "two").await.contains("Cannot delete entity, must delete policies first."));
    sandbox.hand().delete_role(&account, &role("r")).unwrap();
    stacks.delete("role", "three").await.unwrap();
    stacks.delete("boundary", "three").await.unwrap();
    seconds(5).await;
    assert_eq!(status(&stacks, &boundary).await, StackStatus::DeleteComplete);
    assert!(stacks.list().await.unwrap().is_empty());
}
