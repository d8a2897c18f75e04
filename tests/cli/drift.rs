//! `landfall drift` on the sandbox, in every form.

use serde_json::{Value, json};

use crate::desk::{Desk, Ran, root};

/// A desk with the example deployed.
fn deployed() -> (Desk, String) {
    let desk = Desk::new();
    let folder = root().join("examples/acme").to_str().unwrap().to_owned();
    let applied = desk.run(&["apply", &folder, "--sandbox", "--yes"]);
    assert_eq!(applied.code, 0, "{}", applied.both());
    (desk, folder)
}

fn tamper(desk: &Desk, folder: &str, how: &[&str]) {
    let ran = desk.run(&[&["sandbox", "tamper", how[0], folder, "--sandbox"], &how[1..]].concat());
    assert_eq!(ran.code, 0, "{}", ran.both());
}

fn drift(desk: &Desk, folder: &str, options: &[&str]) -> Ran {
    desk.run(&[&["drift", folder, "--sandbox"], options].concat())
}

#[test]
fn nothing_is_reported_on_what_was_not_touched() {
    let (desk, folder) = deployed();
    let ran = drift(&desk, &folder, &[]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "acme: nothing drifted\n"), "{}", ran.both());
    let json = drift(&desk, &folder, &["--format", "json"]).json();
    let nothing = json!({ "dangerous": 0, "repairable": 0, "benign": 0, "sightings": 0, "unread": 0, "pending": 0, "accounts": 8 });
    assert_eq!((&json["version"], &json["summary"]), (&json!(1), &nothing));
}

#[test]
fn what_was_done_by_hand_is_told_to_the_statement_in_every_form() {
    let (desk, folder) = deployed();
    let reader = ["--account", "ml-prod", "--role", "acme-service-inference"];
    tamper(&desk, &folder, &[&["widen-trust", "--principal", "*"], &reader[..]].concat());
    tamper(&desk, &folder, &[&["change-description"], &reader[..]].concat());
    tamper(&desk, &folder, &["open-topic"]);
    tamper(&desk, &folder, &["foreign-outsider", "--account", "ml-prod"]);
    let ran = drift(&desk, &folder, &["--out", "report.json"]);
    assert_eq!(ran.code, 2, "{}", ran.both());
    assert!(ran.out.starts_with("acme: 3 drifts: 2 dangerous, 1 benign\n"), "{}", ran.out);
    for line in [
        "! dangerous  role acme-service-inference: AssumeRolePolicyDocument in ml-prod",
        "      lets somebody in who shall not come in; put right by: calls to IAM",
        "! dangerous  resource TopicPolicy: /PolicyDocument in security",
        "  benign  role acme-service-inference: Description in ml-prod",
        "lets in somebody from outside of the organization: 999999999999",
        "`landfall remediate` shows the way back as a plan",
    ] {
        assert!(ran.out.contains(line), "{line} is not in\n{}", ran.out);
    }
    // The file is the JSON form, whatever is shown.
    let report: Value = serde_json::from_str(&desk.read("report.json")).unwrap();
    let json = drift(&desk, &folder, &["--format", "json"]);
    assert_eq!((json.code, &json.json()), (2, &report));
    let first = &report["drifts"][0];
    assert_eq!((&first["class"], &first["rule"]), (&json!("dangerous"), &json!("trust-wider")));
    assert_eq!(first["changes"][0]["change"], "added");
    assert!(first["place"]["file"].as_str().unwrap().ends_with(".yaml"), "{first}");
    assert_eq!(report["sightings"][0]["kind"], "trusts-outside");

    let markdown = drift(&desk, &folder, &["--format", "markdown"]);
    assert_eq!(markdown.code, 2);
    assert!(
        markdown.out.starts_with("### Drift in acme: 3 drifts: 2 dangerous, 1 benign\n\n#### Dangerous\n"),
        "{}",
        markdown.out
    );
    assert_eq!(markdown.out.matches("<details open>").count(), 2);

    let sarif = drift(&desk, &folder, &["--format", "sarif"]).json();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let levels: Vec<&str> = results.iter().map(|result| result["level"].as_str().unwrap()).collect();
    assert_eq!(levels, ["error", "error", "note"]);
    let place = &results[0]["locations"][0]["physicalLocation"];
    assert!(place["artifactLocation"]["uri"].as_str().unwrap().contains("examples/acme/"), "{place}");
    assert_eq!(
        sarif["runs"][0]["tool"]["driver"]["rules"][results[0]["ruleIndex"].as_u64().unwrap() as usize]["id"],
        "drift/trust-wider"
    );

    // Only what is asked for.
    let part = drift(&desk, &folder, &["--target", "account:data-prod"]);
    assert_eq!((part.code, part.out.lines().next()), (0, Some("acme: nothing drifted")), "{}", part.both());
    assert!(!part.out.contains("acme-"), "{}", part.out);
    let nobody = drift(&desk, &folder, &["--target", "account:nobody"]);
    assert_eq!(nobody.code, 64, "{}", nobody.both());
}

#[test]
fn a_change_of_the_folder_is_pending_and_dangerous_drift_below_it_is_seen() {
    let (desk, _) = deployed();
    copy(&root().join("examples/acme"), &desk.path().join("acme"));
    let file =
        ["landfall.yaml", "organization.yaml"].into_iter().find(|name| desk.path().join("acme").join(name).exists());
    let name = format!("acme/{}", file.unwrap());
    desk.replace(&name, "owner: platform", "owner: others");
    let ran = drift(&desk, "acme", &["--format", "json"]);
    let report = ran.json();
    let pending = report["pending"].as_array().unwrap();
    let sort = |one: &Value| one.as_str().unwrap().split(' ').next().unwrap().to_owned();
    let sorts: std::collections::BTreeSet<String> = pending.iter().map(sort).collect();
    assert!(pending.len() > 40 && sorts.iter().eq(["guardrail", "stack", "tags"]), "{pending:?}");
    assert_eq!((ran.code, report["drifts"].as_array().unwrap().len()), (0, 0), "{}", ran.both());
    tamper(&desk, "acme", &["remove-boundary", "--account", "ml-prod", "--role", "acme-service-inference"]);
    let report = drift(&desk, "acme", &["--format", "json"]).json();
    assert_eq!(report["drifts"].as_array().unwrap().len(), 1);
    assert_eq!(report["drifts"][0]["rule"], "boundary-gone");
}

fn copy(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
}
