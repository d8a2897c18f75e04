//! How many calls a plan of an unchanged organization takes.

use std::collections::BTreeMap;
use std::path::PathBuf;

use landfall_engine::Look;
use landfall_model::{AccountId, RoleName};
use landfall_sandbox::{Sandbox, Settings};
use landfall_stacks::Role;

use crate::desk::{Desk, root};

/// Calls by operation, as the sandbox counted them in one process. The binary does not tell them for a plan, so that the
/// same plan is made here through the libraries.
fn count(calls: &BTreeMap<String, u64>, prefix: &str) -> u64 {
    calls.iter().filter(|(operation, _)| operation.starts_with(prefix)).map(|(_, count)| count).sum()
}

#[test]
fn an_unchanged_organization_is_planned_with_three_calls_an_account() {
    let desk = Desk::new();
    let example: PathBuf = root().join("examples/acme");
    let folder = example.to_str().unwrap();
    let applied = desk.run(&["apply", folder, "--sandbox", "--yes"]);
    assert_eq!(applied.code, 0, "{}", applied.both());
    let unchanged = desk.run(&["plan", folder, "--sandbox"]);
    assert_eq!(unchanged.code, 0, "{}", unchanged.both());

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let calls = runtime.block_on(async {
        let settings = Settings::of(AccountId::new("111111111111").unwrap());
        let sandbox = Sandbox::open(desk.path().join(".landfall/acme.json"), settings).unwrap();
        super::clock::observed(&sandbox, &super::clock::example()).await;
        landfall_engine::port::Cloud::calls(&sandbox)
    });
    let accounts = 8;
    let inside = count(&calls, "sts:AssumeRole") + count(&calls, "cloudformation:") + count(&calls, "iam:");
    assert!(inside <= 3 * accounts, "{inside} calls in {accounts} accounts: {calls:?}");
    assert_eq!(count(&calls, "iam:"), 0, "all that stands was read back: {calls:?}");
    let guardrails = 5;
    assert_eq!(
        count(&calls, "organizations:ListTagsForResource"),
        1 + guardrails,
        "the seal spares accounts: {calls:?}"
    );
    // What was last applied is noted in tags that are read anyway. The organization, its root, accounts and creations, a
    // list of policies; units and accounts of the root and of five units; what each guardrail says and is attached to.
    let others = 5 + 2 * 6 + 2 * guardrails;
    assert_eq!(count(&calls, "organizations:"), 1 + guardrails + others, "{calls:?}");
}

#[test]
fn a_look_for_drift_takes_four_calls_an_account_however_many_roles_stand_there() {
    let desk = Desk::new();
    let example = root().join("examples/acme");
    let folder = example.to_str().unwrap();
    assert_eq!(desk.run(&["apply", folder, "--sandbox", "--yes"]).code, 0);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let calls = runtime.block_on(async {
        let settings = Settings::of(AccountId::new("111111111111").unwrap());
        let sandbox = Sandbox::open(desk.path().join(".landfall/acme.json"), settings).unwrap();
        let desired = super::clock::example();
        let before = super::clock::looked(&sandbox, &desired, Look::Behind).await;
        for account in before.accounts.values() {
            let model = before.identities.values().flat_map(|all| all.roles.values()).next().unwrap().clone();
            for number in 0..200 {
                let name = RoleName::new(format!("theirs-{number}")).unwrap();
                let trust = serde_json::json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow",
                    "Action": "sts:AssumeRole", "Principal": { "Service": "ec2.amazonaws.com" } }] });
                let role = Role {
                    name,
                    path: "/".to_owned(),
                    trust: trust.into(),
                    boundary: None,
                    attached: Default::default(),
                    ..model.clone()
                };
                sandbox.hand().create_role(&account.id, &role).unwrap();
            }
        }
        let first = landfall_engine::port::Cloud::calls(&sandbox);
        let observed = super::clock::looked(&sandbox, &desired, Look::Behind).await;
        assert!(observed.surveys.values().all(|survey| survey.foreign.len() >= 200));
        let mut calls = landfall_engine::port::Cloud::calls(&sandbox);
        calls.iter_mut().for_each(|(operation, count)| *count -= first.get(operation).copied().unwrap_or_default());
        calls
    });
    let accounts = 8;
    // Stacks are listed once a Region: the alarm stands in one more.
    assert_eq!(count(&calls, "cloudformation:DescribeStacks"), accounts + 1, "{calls:?}");
    assert_eq!(count(&calls, "iam:GetAccountAuthorizationDetails"), accounts, "{calls:?}");
    assert_eq!(count(&calls, "iam:ListRoles"), accounts, "{calls:?}");
    assert!(count(&calls, "sts:AssumeRole") <= accounts, "{calls:?}");
    assert_eq!(count(&calls, "cloudformation:GetTemplate"), 0, "nothing is pending: {calls:?}");
    // What was last applied is noted in tags that are read anyway.
    let guardrails = 5;
    assert_eq!(count(&calls, "organizations:ListTagsForResource"), accounts + guardrails, "{calls:?}");
    let places = 6;
    assert_eq!(count(&calls, "organizations:ListTargetsForPolicy"), guardrails, "{calls:?}");
    assert_eq!(count(&calls, "organizations:ListAccountsForParent"), places, "{calls:?}");
}
