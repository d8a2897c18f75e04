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
