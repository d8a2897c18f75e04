//! A folder read from an organization that exists.

use crate::desk::{Desk, root};

/// The acme example, deployed into the sandbox of its organization.
fn deployed() -> Desk {
    let desk = Desk::new();
    let acme = root().join("examples/acme");
    let applied = desk.run(&["apply", acme.to_str().unwrap(), "--sandbox", "--yes", "--quiet", "--no-journal"]);
    assert_eq!(applied.code, 0, "{}", applied.both());
    desk
}

fn init(desk: &Desk, more: &[&str]) -> crate::desk::Ran {
    desk.run(&[&["init", "found", "--from-organization", "--sandbox"][..], more].concat())
}

#[test]
fn the_deployed_example_reads_back_into_a_folder_with_nothing_to_do() {
    let desk = deployed();
    let made = init(&desk, &["--name", "acme"]);
    assert_eq!(made.code, 0, "{}", made.both());
    assert!(made.err.contains("8 accounts, 5 units and 5 guardrails were read"), "{}", made.both());
    let text = desk.read("found/landfall.yaml");
    for line in [
        "# - Landfall's stack acme-break-glass (break-glass) in app-prod, ci, data-dev, data-prod, log-archive, ml-prod, security\n",
        "  tags: { managed-by: landfall, owner: platform }",
        "    - workloads/prod\n",
        "tags: { env: prod } }\n",
        "policy: guardrails/no-long-term-keys.json, attach: [\"unit:workloads\"]",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
    let plan = desk.run(&["plan", "found", "--sandbox", "--format", "json"]);
    assert_eq!(plan.code, 0, "{}", plan.both());
    let plan = plan.json();
    assert_eq!(plan["steps"], serde_json::json!([]));
    let findings: Vec<&str> =
        plan["findings"].as_array().unwrap().iter().filter_map(|one| one["finding"].as_str()).collect();
    assert!(findings.len() > 30 && findings.iter().all(|one| *one == "not-wanted"), "{findings:?}");
    let example = desk.run(&["plan", root().join("examples/acme").to_str().unwrap(), "--sandbox"]);
    assert_eq!(example.code, 0, "and nothing was changed: {}", example.both());
}

#[test]
fn nothing_is_overwritten_and_what_is_missing_is_told() {
    let desk = deployed();
    let missing = init(&desk, &["--region", "eu-west-1"]);
    assert_eq!(missing.code, 64, "{}", missing.both());
    assert!(missing.err.contains("missing: --name"), "{}", missing.both());
    let elsewhere = init(&desk, &["--name", "nobody"]);
    assert_eq!(elsewhere.code, 1, "there is no such sandbox: {}", elsewhere.both());
    desk.write("found/guardrails/protect-foundation.json", "mine");
    let refused = init(&desk, &["--name", "acme"]);
    assert_eq!(refused.code, 64, "{}", refused.both());
    assert_eq!(desk.read("found/guardrails/protect-foundation.json"), "mine");
    assert!(!desk.path().join("found/landfall.yaml").exists(), "half of a folder was written");
}

#[test]
fn an_organization_of_somebody_else_reads_back_too() {
    let desk = deployed();
    // Under another name, acme's stacks and guardrails are nobody's.
    let made = init(&desk, &["--name", "other", "--sandbox-file", ".landfall/acme.json"]);
    assert_eq!(made.code, 0, "{}", made.both());
    let text = desk.read("found/landfall.yaml");
    assert!(text.contains("# - policy acme-no-long-term-keys (p-"), "{text}");
    assert!(!text.contains("guardrails:"), "{text}");
    let plan = desk.run(&["plan", "found", "--sandbox-file", ".landfall/acme.json"]);
    assert_eq!(plan.code, 0, "{}", plan.both());
}
