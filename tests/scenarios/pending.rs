//! What the folder has changed in the organization and nobody has applied yet is no drift, and hides none.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::Value;

use crate::desk::{Desk, Ran, root};

const FILE: &str = "acme/landfall.yaml";

/// A desk with a copy of the example that was applied.
fn applied() -> Desk {
    let desk = Desk::new();
    desk.copy(&root().join("examples/acme"), "acme");
    apply(&desk);
    desk
}

fn apply(desk: &Desk) {
    let ran = desk.run(&["apply", "acme", "--sandbox", "--yes", "--no-journal", "-q"]);
    assert_eq!(ran.code, 0, "{}", ran.both());
    let (plan, look) = (plan(desk), drift(desk));
    assert_eq!((plan.code, look.code), (0, 0), "{}{}", plan.both(), look.both());
    assert_eq!(look.json()["unapplied"], Value::Array(Vec::new()));
}

fn plan(desk: &Desk) -> Ran {
    desk.run(&["plan", "acme", "--sandbox", "-q"])
}

fn drift(desk: &Desk) -> Ran {
    desk.run(&["drift", "acme", "--sandbox", "-q", "--format", "json"])
}

fn tamper(desk: &Desk, how: &str) {
    let done = desk.run(&["sandbox", "tamper", how, "acme", "--sandbox"]);
    assert_eq!(done.code, 0, "{how}: {}", done.both());
}

/// What a list of the report is about: `guardrail acme-x, Content`.
fn about(report: &Value, list: &str) -> BTreeSet<String> {
    let all = report[list].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    all.map(|one| format!("{}, {}", text(&one["owner"]), text(&one["property"]))).collect()
}

fn set<const N: usize>(all: [&str; N]) -> BTreeSet<String> {
    all.map(str::to_owned).into()
}

const ROOT_USER: (&str, &str) = (
    "  - { preset: deny-leave-organization,   attach: [root] }",
    "  - { preset: deny-leave-organization,   attach: [root] }\n  - { preset: deny-root-user, attach: [root] }",
);
const REGIONS: (&str, &str) = ("[eu-west-1, us-east-1], attach", "[eu-west-1, us-east-1, eu-north-1], attach");
const TARGET: (&str, &str) = (
    "{ preset: require-imdsv2,            attach: [\"unit:workloads\"] }",
    "{ preset: require-imdsv2,            attach: [\"unit:workloads\", \"unit:infrastructure\"] }",
);
const UNIT: (&str, &str) = ("    - workloads/dev\n", "    - workloads/dev\n    - workloads/test\n");
const PLACE: (&str, &str) = ("unit: workloads/dev, tags: { env: dev }", "unit: workloads/test, tags: { env: dev }");
const OWN_TAG: (&str, &str) = ("email: aws@acme.example }", "email: aws@acme.example, tags: { cost: center } }");
const TAG: (&str, &str) = ("tags: { env: dev }", "tags: { env: development }");

#[test]
fn each_change_of_the_folder_is_pending_until_it_is_applied() {
    let desk = applied();
    for (changes, pending) in [
        (vec![REGIONS], set(["guardrail acme-allowed-regions, Content"])),
        (vec![TARGET], set(["guardrail acme-require-imdsv2 on unit infrastructure, Attachment"])),
        (vec![ROOT_USER], set(["guardrail acme-deny-root-user, "])),
        (vec![UNIT, PLACE], set(["unit workloads/test, ", "placement of data-dev, Unit"])),
        (vec![TAG], set(["tags of data-dev, Tags/env"])),
        (vec![OWN_TAG], set(["tags of management, Tags/cost"])),
    ] {
        for (from, to) in changes {
            desk.replace(FILE, from, to);
        }
        let looked = drift(&desk);
        assert_eq!(looked.code, 0, "{pending:?}: {}", looked.both());
        assert_eq!(about(&looked.json(), "unapplied"), pending);
        let named: BTreeSet<&str> = pending.iter().filter_map(|one| one.split(", ").next()).collect();
        let json = looked.json();
        let ids: BTreeSet<&str> = json["pending"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        assert_eq!(ids, named);
        let planned = plan(&desk);
        assert_eq!(planned.code, 2, "{}", planned.both());
        apply(&desk);
    }
}

#[test]
fn what_somebody_else_did_is_drift_beside_what_is_pending() {
    let desk = applied();
    desk.replace(FILE, TARGET.0, TARGET.1);
    let pending = set(["guardrail acme-require-imdsv2 on unit infrastructure, Attachment"]);
    for (how, found) in [
        ("change-guardrail", "guardrail acme-allowed-regions, Content"),
        ("detach-guardrail", "guardrail acme-allowed-regions on unit workloads, Attachment"),
        ("move-account", "placement of app-prod, Unit"),
        ("change-account-tag", "tags of app-prod, Tags/env"),
    ] {
        tamper(&desk, how);
        let looked = drift(&desk);
        assert_eq!(looked.code, 2, "{how}: {}", looked.both());
        let report = looked.json();
        assert!(about(&report, "drifts").contains(found), "{how}: {}", looked.both());
        assert_eq!(about(&report, "unapplied"), pending, "{how}");
    }
    let put_right = desk.run(&["remediate", "acme", "--sandbox", "--apply", "--yes", "--no-journal", "-q"]);
    assert_eq!(put_right.code, 0, "{}", put_right.both());
    let looked = drift(&desk);
    assert_eq!(looked.code, 0, "{}", looked.both());
    assert_eq!(about(&looked.json(), "unapplied"), pending);
    apply(&desk);
}

#[test]
fn of_one_guardrail_one_part_may_be_pending_and_another_drift() {
    let desk = applied();
    desk.replace(FILE, REGIONS.0, REGIONS.1);
    tamper(&desk, "detach-guardrail");
    let report = drift(&desk).json();
    assert_eq!(about(&report, "drifts"), set(["guardrail acme-allowed-regions on unit workloads, Attachment"]));
    assert_eq!(about(&report, "unapplied"), set(["guardrail acme-allowed-regions, Content"]));
    apply(&desk);
    desk.replace(FILE, REGIONS.1, REGIONS.0);
    tamper(&desk, "change-guardrail");
    let looked = drift(&desk);
    assert!(about(&looked.json(), "drifts").contains("guardrail acme-allowed-regions, Content"), "{}", looked.both());
    assert_eq!(about(&looked.json(), "unapplied"), set([]));
    apply(&desk);
}

#[test]
fn a_change_of_the_folder_hides_no_change_of_the_same_thing() {
    let desk = applied();
    tamper(&desk, "move-account");
    tamper(&desk, "delete-guardrail");
    for (from, to) in [PLACE, UNIT, ROOT_USER] {
        desk.replace(FILE, from, to);
    }
    let looked = drift(&desk);
    assert_eq!(looked.code, 2, "{}", looked.both());
    let report = looked.json();
    // Which account was moved and which guardrail was deleted nobody can tell, and so all of them count.
    let drifted = about(&report, "drifts");
    for one in ["placement of app-prod, Unit", "placement of data-dev, Unit"] {
        assert!(drifted.contains(one), "{drifted:?}");
    }
    for one in ["guardrail acme-allowed-regions, ", "guardrail acme-deny-root-user, "] {
        assert!(drifted.contains(one), "{drifted:?}");
    }
    assert_eq!(about(&report, "unapplied"), set(["unit workloads/test, "]));
    apply(&desk);
}

#[test]
fn what_an_older_build_applied_is_noted_by_the_next_apply_and_judged_as_before_until_then() {
    let desk = applied();
    // An older build left no such tags.
    desk.replace(".landfall/acme.json", "landfall:applied", "somebody:else");
    desk.replace(FILE, REGIONS.0, REGIONS.1);
    let looked = drift(&desk);
    assert_eq!(looked.code, 2, "{}", looked.both());
    assert_eq!(about(&looked.json(), "drifts"), set(["guardrail acme-allowed-regions, Content"]));
    desk.replace(FILE, REGIONS.1, REGIONS.0);
    let planned = plan(&desk);
    assert_eq!(planned.code, 2, "{}", planned.both());
    let steps: Vec<&str> =
        planned.out.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   ")).collect();
    assert_eq!(steps.len(), 2, "{}", planned.both());
    assert!(steps.iter().all(|line| line.starts_with("  = note applied state of ")), "{}", planned.both());
    assert!(planned.out.contains("because no tag in AWS says so yet"), "{}", planned.both());
    assert!(planned.out.contains("6 steps: 6 to note;"), "{}", planned.both());
    apply(&desk);
}

#[test]
fn what_was_applied_from_another_folder_is_named_and_goes_with_the_next_apply() {
    let desk = applied();
    // Whoever may write guardrails and their tags may do what Landfall does.
    desk.copy(&root().join("examples/acme"), "theirs");
    desk.replace("theirs/landfall.yaml", "[eu-west-1, us-east-1], attach", "[eu-west-1, us-east-1, ap-east-1], attach");
    assert_eq!(desk.run(&["apply", "theirs", "--sandbox", "--yes", "--no-journal", "-q"]).code, 0);
    let looked = drift(&desk);
    assert_eq!(looked.code, 0, "{}", looked.both());
    let report = looked.json();
    assert_eq!(about(&report, "unapplied"), set(["guardrail acme-allowed-regions, Content"]));
    assert_eq!(report["unapplied"][0]["class"], "dangerous");
    for format in ["human", "markdown"] {
        let shown = desk.run(&["drift", "acme", "--sandbox", "-q", "--format", format]);
        assert!(shown.out.contains("guardrail acme-allowed-regions: Content"), "{}", shown.both());
        assert!(shown.out.contains("as drift it would be dangerous"), "{}", shown.both());
    }
    assert_eq!(plan(&desk).code, 2, "a plan asks no note what is to be done");
    apply(&desk);
}

/// Drift in stacks that the folder has changed since: a role, its boundary and its grants, and the alarm.
fn pending_and_tampered() -> Desk {
    let desk = applied();
    desk.replace(
        FILE,
        "bucket: pettracker-images, prefix: uploads, mode: write",
        "bucket: pettracker-images, prefix: incoming, mode: write",
    );
    desk.replace(FILE, "alarm: { email: security@acme.example", "alarm: { email: alarm@acme.example");
    let looked = drift(&desk);
    assert_eq!(looked.code, 0, "{}", looked.both());
    for how in ["widen-trust", "remove-boundary", "change-inline"] {
        let role = ["--account", "app-prod", "--role", "acme-service-photo-processor"];
        let done = desk.run(&[&["sandbox", "tamper", how, "acme", "--sandbox"], &role[..]].concat());
        assert_eq!(done.code, 0, "{how}: {}", done.both());
    }
    tamper(&desk, "disable-alarm");
    let looked = drift(&desk);
    let rules: Vec<String> =
        looked.json()["drifts"].as_array().unwrap().iter().map(|one| one["rule"].to_string()).collect();
    assert_eq!(rules.len(), 4, "{}", looked.both());
    assert_eq!(looked.json()["summary"]["dangerous"], 3, "{}", looked.both());
    desk
}

fn remediate(desk: &Desk, more: &[&str]) -> Ran {
    desk.run(&[&["remediate", "acme", "--sandbox", "--no-journal"], more].concat())
}

#[test]
fn what_is_dangerous_in_a_pending_stack_goes_back_to_what_was_deployed_and_the_stack_stays_pending() {
    for via in ["iam", "cloudformation"] {
        let desk = pending_and_tampered();
        let before = plan(&desk);
        let shown = remediate(&desk, &["--via", via]);
        assert_eq!(shown.code, 2, "{via}: {}", shown.both());
        assert!(shown.out.contains("what is dangerous goes back to what was deployed"), "{via}: {}", shown.both());
        assert!(!shown.out.contains("update stack"), "{via}: {}", shown.both());
        let done = remediate(&desk, &["--via", via, "--apply", "--yes", "-q"]);
        assert_eq!(done.code, 3, "what is not dangerous is left: {via}: {}", done.both());
        let looked = drift(&desk);
        let left = about(&looked.json(), "drifts");
        assert_eq!(left.len(), 1, "{via}: {}", looked.both());
        assert_eq!(looked.json()["drifts"][0]["rule"], "wider", "{via}: {}", looked.both());
        assert!(looked.json()["pending"].as_array().unwrap().len() >= 3, "{via}: {}", looked.both());
        assert_eq!(plan(&desk).out, before.out, "{via}: what the folder has changed is still to come");
        apply(&desk);
    }
}

#[test]
fn a_saved_way_back_carries_the_template_that_was_deployed() {
    let desk = pending_and_tampered();
    assert_eq!(remediate(&desk, &["--only", "dangerous", "--out", "back.json"]).code, 2);
    let done = desk.run(&["apply", "acme", "--sandbox", "--plan", "back.json", "--yes", "--no-journal", "-q"]);
    assert_eq!(done.code, 0, "{}", done.both());
    let summary = drift(&desk).json()["summary"].clone();
    assert_eq!((&summary["dangerous"], &summary["repairable"]), (&0.into(), &1.into()));
    apply(&desk);
}

#[test]
fn what_somebody_took_by_hand_is_not_given_back_while_the_folder_takes_it_too() {
    let desk = applied();
    let grant = ", { dynamodb: { table: PetTracker-Photos, mode: write } }";
    desk.replace(FILE, grant, "");
    let role = ["--account", "app-prod", "--role", "acme-service-photo-processor"];
    let done = desk.run(&[&["sandbox", "tamper", "delete-inline", "acme", "--sandbox"], &role[..]].concat());
    assert_eq!(done.code, 0, "{}", done.both());
    let before = drift(&desk);
    let shown = remediate(&desk, &["--apply", "--yes"]);
    assert_eq!(shown.code, 3, "{}", shown.both());
    assert!(shown.both().contains("`landfall apply` brings both there"), "{}", shown.both());
    assert_eq!(drift(&desk).out, before.out);
    apply(&desk);
}

#[test]
fn what_takes_a_whole_stack_that_is_pending_is_left_to_apply() {
    let desk = applied();
    desk.replace(FILE, "owner: platform", "owner: others");
    tamper(&desk, "unprotect-stack");
    let shown = remediate(&desk, &["--apply", "--yes"]);
    assert_eq!(shown.code, 3, "{}", shown.both());
    assert!(shown.both().contains("`landfall apply` brings both there"), "{}", shown.both());
    apply(&desk);
}

#[test]
fn killed_between_the_change_and_the_note_the_next_apply_ends_it() {
    for after in [20, 60, 120, 240] {
        let desk = applied();
        for (from, to) in [REGIONS, TARGET, ROOT_USER, PLACE, UNIT] {
            desk.replace(FILE, from, to);
        }
        let mut child = desk.command(&["apply", "acme", "--sandbox", "--yes", "--no-journal", "-q"]).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(after));
        // On a fast machine the run may be over, and the second one has nothing to do.
        let _ = child.kill();
        child.wait().unwrap();
        apply(&desk);
    }
}
