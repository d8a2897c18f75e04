//! How many calls a plan of an unchanged organization takes.

use std::collections::BTreeMap;
use std::path::PathBuf;

use landfall_model::AccountId;
use landfall_sandbox::{Sandbox, Settings};

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
}
