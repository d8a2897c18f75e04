//! Commands that ask nobody: graph and synth.

use std::collections::BTreeSet;

use crate::desk::{Desk, root};

#[test]
fn the_graph_comes_in_every_form() {
    let desk = Desk::started();
    let form = |arguments: &[&str]| {
        let ran = desk.run(&[&["graph", "it"], arguments].concat());
        assert_eq!(ran.code, 0, "{}", ran.both());
        ran
    };
    assert!(form(&[]).out.contains("boundary before role"));
    assert!(form(&["--as", "dot"]).out.starts_with("digraph"));
    assert!(form(&["--as", "svg"]).out.starts_with("<svg"));
    assert!(form(&["--format", "markdown"]).out.starts_with("```mermaid\n"));
    assert!(form(&["--as", "json"]).json().is_object());
    assert_eq!(form(&["--as", "json"]).out, form(&["--format", "json"]).out);
}

#[test]
fn templates_are_written_in_order_with_a_manifest() {
    let desk = Desk::started();
    let ran = desk.run(&["synth", "it", "--out", "templates"]);
    assert_eq!(ran.code, 0, "{}", ran.both());
    let manifest: serde_json::Value = serde_json::from_str(&desk.read("templates/manifest.json")).unwrap();
    assert_eq!(manifest["schema"], "landfall/manifest/1");
    let stacks = manifest["stacks"].as_array().unwrap();
    let mut written = BTreeSet::new();
    for stack in stacks {
        let path = stack["template"].as_str().unwrap();
        let text = desk.read(&format!("templates/{path}"));
        assert_eq!(landfall_stacks::Digest::of(&text).as_str(), stack["template_digest"], "{path}");
        for wait in stack["waits_for"].as_array().unwrap() {
            let on = wait["on"].as_str().unwrap();
            let first = on.strip_prefix("stack ").is_none_or(|key| written.contains(key));
            assert!(first, "{path} comes before {on}");
        }
        written.insert(path.trim_end_matches(".json").to_owned());
    }
    let shown = desk.run(&["synth", "it", "--format", "json"]).json();
    assert_eq!(shown, manifest);

    // A second run replaces what the first one wrote, and nothing else.
    desk.write("templates/notes.txt", "mine");
    desk.replace("it/landfall.yaml", "name: hello", "name: hallo");
    std::fs::remove_file(desk.path().join("it/teams/data.yaml")).unwrap();
    assert_eq!(desk.run(&["synth", "it", "--out", "templates"]).code, 0);
    assert_eq!(desk.read("templates/notes.txt"), "mine");
    let gone =
        stacks.iter().filter(|stack| stack["kind"] == "batch-team").map(|stack| stack["template"].as_str().unwrap());
    let mut teams = 0;
    for path in gone {
        assert!(!desk.path().join("templates").join(path).exists(), "{path} is left over");
        teams += 1;
    }
    assert_eq!(teams, 2);

    desk.write("other/notes.txt", "mine");
    assert_eq!(desk.run(&["synth", "it", "--out", "other"]).code, 64);
}

#[test]
fn the_example_validates_and_its_manifest_says_who_fills_which_parameter() {
    let example = root().join("examples/acme");
    let desk = Desk::new();
    let valid = desk.run(&["validate", example.to_str().unwrap()]);
    assert_eq!(valid.code, 0, "{}", valid.both());
    let manifest = desk.run(&["synth", example.to_str().unwrap(), "--format", "json"]).json();
    let reader = manifest["stacks"]
        .as_array()
        .unwrap()
        .iter()
        .find(|stack| stack["name"] == "acme-cross-account-data-lake-reader")
        .unwrap();
    assert_eq!(reader["parameters"]["MlProdAccountId"]["account"], "ml-prod");
    assert!(!desk.path().join(".landfall").exists(), "a command that asks nobody left something behind");
}

#[test]
fn metaflow_gets_its_configuration() {
    let example = root().join("examples/acme");
    let example = example.to_str().unwrap();
    let desk = Desk::new();
    let ran = desk.run(&["synth", example, "--metaflow-config", "metaflow-prod", "--account-id", "123456789012"]);
    assert_eq!(ran.code, 0, "{}", ran.both());
    assert_eq!(
        ran.json()["METAFLOW_ECS_S3_ACCESS_IAM_ROLE"],
        "arn:aws:iam::123456789012:role/acme/metaflow-prod-batch-job-role"
    );
    let ran = desk.run(&["synth", example, "--metaflow-config", "metaflow-prod"]);
    assert_eq!(ran.code, 64, "{}", ran.both());
    assert!(ran.err.contains("`ml-prod`") && ran.err.contains("--account-id"), "{}", ran.both());
    let ran = desk.run(&["synth", example, "--metaflow-config", "other"]);
    assert_eq!(ran.code, 64, "{}", ran.both());
    assert!(ran.err.contains("metaflow-prod"), "{}", ran.both());
}

#[test]
fn the_strategy_of_batch_roles_is_decided_with_reasons_and_a_way() {
    let example = root().join("examples/acme");
    let example = example.to_str().unwrap();
    let desk = Desk::new();
    let ran = desk.run(&["onboard", "strategy", example]);
    assert_eq!(ran.code, 0, "{}", ran.both());
    assert!(ran.out.starts_with("Batch roles: per-team 4, per-job 12, hybrid 6; configured 8"), "{}", ran.out);
    for line in [
        "data-engineering: hybrid: one pair of roles, and pairs of their own for purge-customer-data",
        "because job purge-customer-data deletes, and others do not",
        "1. write `roles: both` and apply: ml-execution-role and ml-job-role are made beside the others",
        "jobRoleArn:       ml-scoring-job-role -> ml-job-role",
        "3. only when no job definition names them: write `roles: per-team` and apply; 4 roles go",
    ] {
        assert!(ran.out.contains(line), "{line}\n{}", ran.out);
    }
    let strict = desk.run(&["onboard", "strategy", example, "--compliance", "strict", "--format", "json"]).json();
    assert!(strict["teams"].as_array().unwrap().iter().all(|team| team["advice"] == "per-job"), "{strict:#}");
    assert_eq!(strict["role_counts"]["per_job"], 12);
}
