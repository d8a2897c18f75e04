//! The example as it stands in the repository, every section of it, on the sandbox.

use std::collections::{BTreeMap, BTreeSet};

use crate::desk::{Desk, root};

#[test]
fn every_section_of_the_example_stands() {
    let example = root().join("examples/acme");
    let example = example.to_str().unwrap();
    let desk = Desk::new();
    let applied = desk.run(&["apply", example, "--sandbox", "--yes"]);
    assert_eq!(applied.code, 0, "{}", applied.both());
    let manifest = desk.run(&["synth", example, "--format", "json"]).json();
    let shown = desk.run(&["sandbox", "show", example, "--format", "json"]).json();
    let accounts: BTreeMap<&str, &serde_json::Value> = shown["accounts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|account| (account["name"].as_str().unwrap(), account))
        .collect();
    let mut kinds = BTreeSet::new();
    for stack in manifest["stacks"].as_array().unwrap() {
        let place = format!("{} of {}", stack["name"], stack["account"]);
        let account = accounts[stack["account"].as_str().unwrap()];
        let stacks = account["stacks"].as_array().unwrap();
        let live = stacks.iter().find(|one| one["name"] == stack["name"] && one["region"] == stack["region"]);
        assert_eq!(live.unwrap_or_else(|| panic!("{place}"))["status"], "CREATE_COMPLETE", "{place}");
        for name in stack["roles"].as_array().unwrap() {
            let path = ["/acme/", name.as_str().unwrap()].concat();
            let role = account["roles"].as_array().unwrap().iter().find(|one| one["name"] == path.as_str());
            assert!(
                role.unwrap_or_else(|| panic!("{name} of {place}"))["boundary"].is_string(),
                "{name} has no boundary"
            );
        }
        kinds.insert(stack["kind"].as_str().unwrap());
    }
    // A kind that nobody deploys is one that nobody tries.
    let all: BTreeSet<&str> = landfall_model::Kind::ALL.iter().map(|kind| kind.as_str()).collect();
    assert_eq!(kinds, all);
    let guardrails: BTreeMap<&str, Vec<&str>> = shown["guardrails"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            let attached = one["attached"].as_array().unwrap().iter().map(|target| target.as_str().unwrap());
            (one["name"].as_str().unwrap(), attached.collect())
        })
        .filter(|(name, _)| name.starts_with("acme-"))
        .collect();
    assert_eq!(guardrails.len(), 5, "{guardrails:?}");
    assert!(guardrails.values().all(|attached| !attached.is_empty()), "{guardrails:?}");
}
