//! What is asked where somebody is there to answer.

use std::process::Command;

use serde_json::json;

use crate::desk::{Desk, root};

/// Runs a command in a terminal; the pairs are what to wait for and what to type then.
fn typed(desk: &Desk, answers: &[(&str, &str)], arguments: &[&str]) -> (i32, String) {
    let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let path = std::env::var("PATH").unwrap_or_default();
    let output = Command::new(python)
        .arg(root().join("tests/cli/terminal.py"))
        .arg(json!(answers).to_string())
        .arg(env!("CARGO_BIN_EXE_landfall"))
        .args(arguments)
        .current_dir(desk.path())
        .env_clear()
        .env("PATH", path)
        .env("NO_COLOR", "1")
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(said).unwrap())
}

#[test]
fn a_team_is_asked_for_with_defaults() {
    let desk = Desk::started();
    let answers = [
        ("The team's name:", "no name"),
        ("The team's name:", "orders"),
        ("Accounts, of management, security, app-prod, app-dev [app-dev, app-prod]:", ""),
        ("Boundary, one of workload [workload]:", "other"),
        ("there is no boundary `other`", ""),
        ("Buckets [none]:", "orders-in, orders-out"),
        ("Jobs [none]:", "load"),
        ("Path of its secrets [/batch-jobs/orders]:", ""),
        ("Roles: per-team, per-job or both [per-team]:", "per-job"),
    ];
    std::fs::rename(desk.path().join("it/landfall.yaml"), desk.path().join("landfall.yaml")).unwrap();
    std::fs::rename(desk.path().join("it/teams"), desk.path().join("teams")).unwrap();
    let (code, said) = typed(&desk, &answers, &["onboard", "team"]);
    assert_eq!(code, 0, "{said}");
    let text = desk.read("teams/orders.yaml");
    for line in [
        "accounts: [app-dev, app-prod]\n",
        "roles: per-job ",
        "buckets: [orders-in, orders-out]",
        "secrets: /batch-jobs/orders ",
        "  - name: load\n",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
}

#[test]
fn an_account_is_asked_for_with_defaults() {
    let desk = Desk::started();
    let answers =
        [("Address of its root user [aws+lab@example.com]:", ""), ("Unit, one of security, workloads, ", "/")];
    let (code, said) = typed(&desk, &answers, &["onboard", "account", "lab", "it"]);
    assert_eq!(code, 0, "{said}");
    assert!(desk.read("it/accounts/lab.yaml").contains("email: aws+lab@example.com\n# unit: "), "{said}");
}

#[test]
fn a_file_goes_only_after_the_word() {
    let desk = Desk::started();
    let (code, said) = typed(&desk, &[("Type `yes` to go on:", "no")], &["offboard", "team", "data", "it"]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("removes 4 roles in 2 accounts") && said.contains("nothing was changed"), "{said}");
    assert!(desk.path().join("it/teams/data.yaml").exists());
    let (code, said) = typed(&desk, &[("Type `yes` to go on:", "yes")], &["offboard", "team", "data", "it"]);
    assert_eq!(code, 0, "{said}");
    assert!(!desk.path().join("it/teams/data.yaml").exists());
}

#[test]
fn a_plan_is_carried_out_only_after_the_word() {
    let desk = Desk::started();
    let question = [("Change organization `example`? Type `yes` to go on:", "y")];
    let (code, said) = typed(&desk, &question, &["apply", "it", "--sandbox", "--target", "account:security"]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("not confirmed; nothing was changed"), "{said}");
    let question = [("Change organization `example`? Type `yes` to go on:", "yes")];
    let (code, said) = typed(&desk, &question, &["apply", "it", "--sandbox", "--target", "account:security"]);
    assert_eq!(code, 0, "{said}");
}

#[test]
fn a_pipeline_that_was_changed_by_hand_is_overwritten_only_after_the_word() {
    let desk = Desk::started();
    let github = "automation:\n  github: { repository: example/landing-zone, environment: landing-zone }\n";
    desk.write("it/landfall.yaml", &[&desk.read("it/landfall.yaml"), github].concat());
    assert_eq!(desk.run(&["workflow", "it"]).code, 0);
    let file = ".github/workflows/landfall-apply.yml";
    desk.replace(file, "timeout-minutes: 90", "timeout-minutes: 80");
    let question = format!("Overwrite what was changed by hand in {file}? Type `yes` to go on:");
    let (code, said) = typed(&desk, &[(&question, "y")], &["workflow", "it"]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("not confirmed; nothing was written"), "{said}");
    assert!(desk.read(file).contains("timeout-minutes: 80"));
    let (code, said) = typed(&desk, &[(&question, "yes")], &["workflow", "it"]);
    assert_eq!(code, 0, "{said}");
    assert!(desk.read(file).contains("timeout-minutes: 90"));
}
