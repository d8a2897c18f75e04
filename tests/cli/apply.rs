//! From a folder to an organization in the sandbox, and back.

use std::collections::BTreeSet;

use crate::desk::{Desk, root};

#[test]
fn plan_apply_plan() {
    let desk = Desk::started();
    let plan = desk.run(&["plan", "it", "--sandbox", "--format", "json"]);
    assert_eq!(plan.code, 2, "{}", plan.both());
    let value = plan.json();
    assert_eq!(value["schema"], "landfall/plan/1");
    let steps = value["steps"].as_array().unwrap().len();
    assert!(steps > 15, "{steps}");

    let applied = desk.run(&["apply", "it", "--sandbox", "--yes"]);
    assert_eq!(applied.code, 0, "{}", applied.both());
    assert!(applied.out.contains(&format!("{steps} done")), "{}", applied.both());
    assert!(applied.out.contains("What stands now: 4 accounts, 4 units, "), "{}", applied.both());
    assert!(!applied.err.contains('\u{1b}'), "colours in a log");
    for word in ["begin ", "start ", "done ", "end "] {
        assert!(applied.err.contains(word), "no line says `{word}`: {}", applied.err);
    }

    let again = desk.run(&["plan", "it", "--sandbox"]);
    assert_eq!(again.code, 0, "{}", again.both());
    assert!(again.out.contains("no changes"), "{}", again.both());
    let nothing = desk.run(&["apply", "it", "--sandbox"]);
    assert_eq!(nothing.code, 0, "nothing to do needs no consent: {}", nothing.both());

    let shown = desk.run(&["sandbox", "show", "it", "--format", "json"]).json();
    assert_eq!(shown["accounts"].as_array().unwrap().len(), 4);
}

#[test]
fn nothing_is_changed_without_consent() {
    let desk = Desk::started();
    let refused = desk.run(&["apply", "it", "--sandbox"]);
    assert_eq!(refused.code, 64, "{}", refused.both());
    assert!(refused.err.contains("no terminal") && refused.err.contains("--yes"), "{}", refused.both());
    assert_eq!(desk.run(&["plan", "it", "--sandbox"]).code, 2);
    assert!(!desk.path().join(".landfall/journal").exists(), "a run that never was left a journal");
}

#[test]
fn events_are_json_lines_and_the_journal_has_the_same() {
    let desk = Desk::started();
    let applied = desk.run(&["apply", "it", "--sandbox", "--yes", "--format", "json", "-q"]);
    assert_eq!(applied.code, 0, "{}", applied.both());
    assert!(!applied.err.contains("start "), "quiet means quiet: {}", applied.both());
    let events: Vec<serde_json::Value> = applied.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(events.first().unwrap()["event"], "run-started");
    assert_eq!(events.last().unwrap()["event"], "run-ended");
    let journal = std::fs::read_dir(desk.path().join(".landfall/journal")).unwrap().next().unwrap().unwrap();
    let journal = std::fs::read_to_string(journal.path()).unwrap();
    let kept: Vec<&str> = journal.lines().skip(1).collect();
    let told: Vec<&str> = applied.out.lines().collect();
    assert_eq!(kept.len(), told.len());
    assert_eq!(kept.last(), told.last());
}

#[test]
fn no_journal_means_none() {
    let desk = Desk::started();
    assert_eq!(desk.run(&["apply", "it", "--sandbox", "--yes", "--no-journal"]).code, 0);
    assert!(!desk.path().join(".landfall/journal").exists());
    assert!(desk.path().join(".landfall/example.json").exists());
}

#[test]
fn a_saved_plan_is_carried_out_once() {
    let desk = Desk::started();
    assert_eq!(desk.run(&["plan", "it", "--sandbox", "--out", "saved.json"]).code, 2);
    let applied = desk.run(&["apply", "it", "--sandbox", "--plan", "saved.json", "--yes"]);
    assert_eq!(applied.code, 0, "{}", applied.both());
    let stale = desk.run(&["apply", "it", "--sandbox", "--plan", "saved.json", "--yes"]);
    assert_eq!(stale.code, 1, "{}", stale.both());
    assert!(stale.err.contains("stale"), "{}", stale.both());
}

#[test]
fn a_saved_plan_of_another_folder_is_refused() {
    let desk = Desk::started();
    assert_eq!(desk.run(&["plan", "it", "--sandbox", "--out", "saved.json"]).code, 2);
    desk.replace("it/landfall.yaml", "max_session: 1h", "max_session: 2h");
    let stale = desk.run(&["apply", "it", "--sandbox", "--plan", "saved.json", "--yes"]);
    assert_eq!(stale.code, 1, "{}", stale.both());
    assert!(stale.err.contains("stale"), "{}", stale.both());
    desk.write("broken.json", "{");
    assert_eq!(desk.run(&["apply", "it", "--sandbox", "--plan", "broken.json", "--yes"]).code, 64);
}

#[test]
fn tampering_is_found_and_put_right() {
    let desk = Desk::started();
    assert_eq!(desk.run(&["apply", "it", "--sandbox", "--yes"]).code, 0);
    let role = ["--account", "app-prod", "--role", "data-job-role", "it"];
    for how in ["remove-boundary", "widen-trust", "attach-policy", "add-inline"] {
        let done = desk.run(&[&["sandbox", "tamper", how], role.as_slice()].concat());
        assert_eq!(done.code, 0, "{how}: {}", done.both());
    }
    let stacks = desk.run(&["plan", "it", "--sandbox"]);
    assert_eq!(stacks.code, 0, "the stacks are as they shall be: {}", stacks.both());
    let plan = desk.run(&["plan", "it", "--sandbox", "--drift"]);
    assert_eq!(plan.code, 2, "{}", plan.both());
    for what in ["! repair identities", "data-job-role: PermissionsBoundary", "data-job-role: AssumeRolePolicyDocument"]
    {
        assert!(plan.out.contains(what), "`{what}` is not in {}", plan.both());
    }
    let detailed = desk.run(&["plan", "it", "--sandbox", "--drift", "--detailed"]);
    assert!(detailed.out.lines().any(|line| line.trim_start().starts_with("- ")), "{}", detailed.both());
    let saved = desk.run(&["plan", "it", "--sandbox", "--drift", "--out", "repair.json"]);
    assert_eq!(saved.code, 2, "{}", saved.both());
    let repaired = desk.run(&["apply", "it", "--sandbox", "--plan", "repair.json", "--yes"]);
    assert_eq!(repaired.code, 0, "{}", repaired.both());
    assert_eq!(desk.run(&["plan", "it", "--sandbox", "--drift"]).code, 0);
    let nobody = desk.run(&["sandbox", "tamper", "delete-role", "--account", "nobody", "--role", "x", "it"]);
    assert_eq!(nobody.code, 64, "{}", nobody.both());
    assert!(nobody.err.contains("app-prod"), "{}", nobody.both());
}

#[test]
fn destroy_wants_the_name() {
    let desk = Desk::started();
    assert_eq!(desk.run(&["apply", "it", "--sandbox", "--yes"]).code, 0);
    let keep = desk.run(&["destroy", "it", "--sandbox", "--yes", "--confirm", "example"]);
    assert_eq!(keep.code, 64, "emergency access goes only when that is asked for: {}", keep.both());
    let yes = desk.run(&["destroy", "it", "--sandbox", "--yes", "--emergency-access"]);
    assert_eq!(yes.code, 64, "--yes alone is not enough: {}", yes.both());
    let other = desk.run(&["destroy", "it", "--sandbox", "--yes", "--emergency-access", "--confirm", "acme"]);
    assert_eq!(other.code, 64, "{}", other.both());
    let gone = desk.run(&["destroy", "it", "--sandbox", "--yes", "--emergency-access", "--confirm", "example"]);
    assert_eq!(gone.code, 0, "{}", gone.both());
    assert!(gone.out.contains(" 0 stacks, 0 roles"), "{}", gone.both());
    let shown = desk.run(&["sandbox", "show", "it"]);
    assert!(!shown.out.contains("stack example-"), "{}", shown.both());
    assert_eq!(desk.run(&["sandbox", "reset", "it", "--yes"]).code, 0);
    assert_eq!(desk.run(&["sandbox", "show", "it"]).code, 1);
}

#[test]
fn the_example_deploys_every_section() {
    let example = root().join("examples/acme");
    let example = example.to_str().unwrap();
    let desk = Desk::new();
    let plan = desk.run(&["plan", example, "--sandbox"]);
    assert!(plan.out.contains("batch roles: per-team 4, per-job 12, hybrid 6;"), "{}", plan.both());
    assert!(plan.out.contains("AWSServiceRoleForECS in 4 accounts"), "{}", plan.both());
    assert!(plan.out.contains("fullest quotas: managed policy "), "{}", plan.both());
    let applied = desk.run(&["apply", example, "--sandbox", "--yes", "-q"]);
    assert_eq!(applied.code, 0, "{}", applied.both());
    let again = desk.run(&["plan", example, "--sandbox"]);
    assert_eq!(again.code, 0, "{}", again.both());
    let manifest = desk.run(&["synth", example, "--format", "json"]).json();
    let kinds: BTreeSet<&str> =
        manifest["stacks"].as_array().unwrap().iter().map(|stack| stack["kind"].as_str().unwrap()).collect();
    let all: BTreeSet<&str> = landfall_model::Kind::ALL.iter().map(|kind| kind.as_str()).collect();
    assert_eq!(kinds, all, "the example has a stack of every kind");
}
