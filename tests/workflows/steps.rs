//! Pull requests, merges and the first run, every step as a runner runs it.

use serde_json::json;

use super::runner::{Job, Jobs};
use super::stage::{Installed, Stage};
use crate::emulator::wanted;

const PLAN: &str = "arn:aws:iam::111111111111:role/acme/acme-automation-plan";
const APPLY: &str = "arn:aws:iam::111111111111:role/acme/acme-automation-apply";

/// How each job ended, and the role that it had.
fn results(jobs: &Jobs) -> Vec<(&str, &str, Option<&str>)> {
    jobs.iter().map(|(id, job)| (id.as_str(), job.result.as_str(), job.role.as_deref())).collect()
}

fn logs(jobs: &Jobs) -> String {
    let one =
        |(id, job): (&String, &Job)| format!("=== {id}: {} {:?}\n{}{}\n", job.result, job.code, job.log, job.summary);
    jobs.iter().map(one).collect()
}

#[test]
fn a_pull_request_is_planned_into_one_comment() {
    if !wanted() {
        return;
    }
    let stage = Stage::new(Installed::Released, "");
    let jobs = stage.pull_request();
    let all = [("comment", "success", None), ("plan", "success", Some(PLAN)), ("validate", "success", None)];
    assert_eq!(results(&jobs), all, "{}", logs(&jobs));
    let comments = stage.github()["comments"].clone();
    assert_eq!(comments.as_array().unwrap().len(), 1);
    let body = comments[0]["body"].as_str().unwrap();
    assert!(body.starts_with("<!-- landfall plan -->\n"), "{body}");
    assert!(
        body.contains("acme-boundary")
            && body.contains(
                "Planned for `0123abc` in [this run](https://github.com/acme/landing-zone/actions/runs/4711)"
            ),
        "{body}"
    );
    assert!(jobs["plan"].summary.contains("acme-boundary"), "{}", logs(&jobs));
    let saved = std::fs::read_to_string(stage.artifact("landfall-plan").join("plan.json")).unwrap();
    assert_eq!(serde_json::from_str::<serde_json::Value>(&saved).unwrap()["plan"]["organization"], "acme");
    assert!(stage.desk.path().join("scanned.json").exists(), "code scanning got nothing");

    // Another push to the pull request: the same comment says what is so now.
    assert_eq!(stage.landfall(&["apply", "--yes"]).code, 0);
    stage.change("max_session: 1h", "max_session: 2h");
    let jobs = stage.pull_request();
    assert_eq!(results(&jobs), all, "{}", logs(&jobs));
    let comments = stage.github()["comments"].clone();
    assert_eq!(comments.as_array().unwrap().len(), 1, "{comments}");
    let body = comments[0]["body"].as_str().unwrap();
    assert!(body.contains("acme-break-glass") && !body.contains("acme-metaflow"), "{body}");
    // Nothing that came in by a pull request changed anything.
    assert_eq!(stage.landfall(&["plan"]).code, 2);
}

#[test]
fn a_fork_gets_neither_credentials_nor_a_comment() {
    if !wanted() {
        return;
    }
    let stage = Stage::new(Installed::Compiled, "");
    let jobs = stage.pull_request_from("somebody/landing-zone");
    let all = [("comment", "skipped", None), ("plan", "skipped", None), ("validate", "success", None)];
    assert_eq!(results(&jobs), all, "{}", logs(&jobs));
    assert_eq!(stage.github()["comments"], json!([]));
    assert!(!stage.desk.path().join("scanned.json").exists());
}

#[test]
fn a_mistake_is_shown_where_it_stands_and_a_plan_that_fails_says_so() {
    if !wanted() {
        return;
    }
    let stage = Stage::new(Installed::Compiled, "");
    stage.change("boundaries:  ", "boundarys:  ");
    let jobs = stage.pull_request();
    let all = [("comment", "skipped", None), ("plan", "skipped", None), ("validate", "failure", None)];
    assert_eq!(results(&jobs), all, "{}", logs(&jobs));
    assert_eq!(jobs["validate"].code, Some(64));
    assert!(stage.desk.read("scanned.json").contains("LF0301"));
    stage.change("boundarys:  ", "boundaries:  ");

    stage.desk.write("sandbox.json", "no sandbox\n");
    let jobs = stage.pull_request();
    let all = [("comment", "success", None), ("plan", "failure", Some(PLAN)), ("validate", "success", None)];
    assert_eq!(results(&jobs), all, "{}", logs(&jobs));
    let body = stage.github()["comments"][0]["body"].clone();
    let body = body.as_str().unwrap();
    assert!(body.contains("## Landfall could not plan this") && body.contains("sandbox.json"), "{body}");
    assert!(jobs["plan"].summary.contains("could not plan"), "{}", logs(&jobs));
}

#[test]
fn what_was_merged_is_applied_after_it_was_planned_anew() {
    if !wanted() {
        return;
    }
    let stage = Stage::new(Installed::Released, "");
    let jobs = stage.push();
    assert_eq!(results(&jobs), [("apply", "success", Some(APPLY)), ("plan", "success", Some(PLAN))], "{}", logs(&jobs));
    assert!(jobs["plan"].summary.contains("acme-boundary"), "{}", logs(&jobs));
    assert!(jobs["apply"].summary.contains("What stands now"), "{}", logs(&jobs));
    assert_eq!(stage.landfall(&["plan"]).code, 0);
    // Nothing to do: nobody is asked for an approval.
    let jobs = stage.push();
    assert_eq!(results(&jobs), [("apply", "skipped", None), ("plan", "success", Some(PLAN))], "{}", logs(&jobs));
}

#[test]
fn another_plan_than_the_approved_one_and_a_stale_one_are_refused() {
    if !wanted() {
        return;
    }
    let stage = Stage::new(Installed::Compiled, "");
    let forge = |id: &str| {
        if id == "plan" {
            let file = stage.artifact("landfall-plan").join("plan.json");
            let text = std::fs::read_to_string(&file).unwrap();
            std::fs::write(file, format!("{text} ")).unwrap();
        }
    };
    let jobs = stage.push_and(forge);
    assert_eq!(results(&jobs)[0], ("apply", "failure", None), "{}", logs(&jobs));
    assert!(jobs["apply"].log.contains("FAILED"), "{}", logs(&jobs));
    assert_eq!(stage.landfall(&["plan"]).code, 2, "a forged plan was applied");

    // Somebody applies a part while the plan waits for its approval.
    let overtake = |id: &str| {
        if id == "plan" {
            assert_eq!(stage.landfall(&["apply", "--yes", "--target", "account:security"]).code, 0);
        }
    };
    let jobs = stage.push_and(overtake);
    assert_eq!(results(&jobs)[0], ("apply", "failure", Some(APPLY)), "{}", logs(&jobs));
    assert!(jobs["apply"].log.contains("the saved plan is stale"), "{}", logs(&jobs));
}

#[test]
fn the_first_run_comes_in_by_roles_that_somebody_made_once() {
    if !wanted() {
        return;
    }
    let stage = Stage::new(Installed::Compiled, "");
    // By a workstation or CloudShell, as the head of the file says.
    assert_eq!(stage.landfall(&["apply", "--yes", "--target", "account:management"]).code, 0);
    let wrong = stage.by_hand("bootstrap", json!({ "organization": "globex", "role": "" }));
    let refused = [("apply", "skipped", None), ("plan", "skipped", None), ("validate", "failure", None)];
    assert_eq!(results(&wrong), refused, "{}", logs(&wrong));
    assert_eq!(wrong["validate"].code, Some(64));
    let jobs = stage.by_hand("bootstrap", json!({ "organization": "acme", "role": "" }));
    let all = [("apply", "success", Some(APPLY)), ("plan", "success", Some(APPLY)), ("validate", "success", None)];
    assert_eq!(results(&jobs), all, "{}", logs(&jobs));
    assert!(jobs["apply"].summary.contains("They stand, and trust what the configuration says."), "{}", logs(&jobs));
    assert_eq!(stage.landfall(&["plan"]).code, 0);

    // Or by a role that is there for this once.
    let stage = Stage::new(Installed::Compiled, "");
    let once = "arn:aws:iam::111111111111:role/one-time";
    let jobs = stage.by_hand("bootstrap", json!({ "organization": "acme", "role": once }));
    let all = [("apply", "success", Some(once)), ("plan", "success", Some(once)), ("validate", "success", None)];
    assert_eq!(results(&jobs), all, "{}", logs(&jobs));
    assert_eq!(stage.landfall(&["plan"]).code, 0);
}

#[test]
fn what_is_not_wanted_any_more_goes_when_somebody_says_so() {
    if !wanted() {
        return;
    }
    let stage = Stage::new(Installed::Compiled, "");
    assert_eq!(stage.landfall(&["apply", "--yes"]).code, 0);
    stage.remove("teams/data-engineering.yaml");
    let jobs = stage.push();
    assert_eq!(results(&jobs)[0], ("apply", "skipped", None), "{}", logs(&jobs));
    assert!(
        jobs["plan"].summary.contains("acme-batch-team-data-engineering is not in the configuration any more"),
        "{}",
        logs(&jobs)
    );
    let jobs = stage.by_hand("apply", json!({ "prune": true }));
    assert_eq!(results(&jobs), [("apply", "success", Some(APPLY)), ("plan", "success", Some(PLAN))], "{}", logs(&jobs));
    let left = stage.landfall(&["sandbox", "show"]);
    assert!(!left.out.contains("data-engineering") && left.out.contains("acme-batch-team-ml"), "{}", left.both());
}

#[test]
fn an_archive_with_another_checksum_is_not_installed() {
    if !wanted() {
        return;
    }
    let stage = Stage::new(Installed::Released, "");
    stage.desk.write("landfall.tar.gz", "another");
    let jobs = stage.pull_request();
    assert_eq!(jobs["validate"].result, "failure", "{}", logs(&jobs));
    assert!(jobs["validate"].log.contains("FAILED"), "{}", logs(&jobs));
    assert!(!jobs["validate"].log.contains("landfall.yaml"), "it ran all the same: {}", logs(&jobs));
}
