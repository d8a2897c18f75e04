//! The watch: one issue that comes and goes with what it finds.

use serde_json::Value;

use super::runner::Jobs;
use super::stage::{Installed, Stage};
use crate::emulator::wanted;

/// A stage on which everything stands, with the watch as it is configured.
fn standing(remediate: &str) -> Stage {
    let stage = Stage::new(Installed::Compiled, &format!("\n  drift: {{ remediate: {remediate} }}"));
    let applied = stage.landfall(&["apply", "--yes"]);
    assert_eq!(applied.code, 0, "{}", applied.both());
    stage
}

fn tamper(stage: &Stage, how: &str, account: &str, role: &str) {
    let done = stage.landfall(&["sandbox", "tamper", how, "--account", account, "--role", role]);
    assert_eq!(done.code, 0, "{}", done.both());
}

/// What the jobs came to, in order, and the issues.
fn ended(stage: &Stage, jobs: &Jobs) -> (String, Vec<Value>) {
    let results: Vec<String> = jobs.iter().map(|(id, job)| format!("{id} {}", job.result)).collect();
    (results.join(", "), stage.github()["issues"].as_array().unwrap().clone())
}

fn logs(jobs: &Jobs) -> String {
    jobs.iter().map(|(id, job)| format!("=== {id} {:?}\n{}{}\n", job.code, job.log, job.summary)).collect()
}

#[test]
fn dangerous_drift_opens_one_issue_and_fails_until_it_is_gone() {
    if !wanted() {
        return;
    }
    let stage = standing("none");
    let jobs = stage.nightly();
    let (results, issues) = ended(&stage, &jobs);
    assert_eq!(results, "look success, report success", "{}", logs(&jobs));
    assert!(issues.is_empty());

    tamper(&stage, "remove-boundary", "data-prod", "data-engineering-job-role");
    for run in 1..=2 {
        let jobs = stage.nightly();
        let (results, issues) = ended(&stage, &jobs);
        assert_eq!(results, "look success, report failure", "{run}: {}", logs(&jobs));
        assert_eq!(jobs["report"].code, Some(1));
        assert_eq!(issues.len(), 1, "{run}: one issue, however often it is found");
        assert_eq!((&issues[0]["state"], &issues[0]["title"]), (&"open".into(), &"Drift in the landing zone".into()));
        let body = issues[0]["body"].as_str().unwrap();
        assert!(body.contains("data-engineering-job-role"), "{body}");
        assert!(jobs["look"].summary.contains("data-engineering-job-role"), "{}", logs(&jobs));
    }
    tamper(&stage, "attach-policy", "app-prod", "acme-service-web");
    stage.nightly();
    let issues = stage.github()["issues"].clone();
    assert!(issues[0]["body"].as_str().unwrap().contains("acme-service-web"), "the issue was not brought up to date");

    let repaired = stage.landfall(&["apply", "--drift", "--yes"]);
    assert_eq!(repaired.code, 0, "{}", repaired.both());
    let jobs = stage.nightly();
    let (results, issues) = ended(&stage, &jobs);
    assert_eq!(results, "look success, report success", "{}", logs(&jobs));
    assert_eq!((issues.len(), &issues[0]["state"]), (1, &"closed".into()));
    assert!(issues[0]["comments"][0].as_str().unwrap().contains("actions/runs/4711"));

    // What comes after it was closed gets an issue of its own.
    tamper(&stage, "remove-boundary", "data-prod", "data-engineering-job-role");
    stage.nightly();
    assert_eq!(stage.github()["issues"].as_array().unwrap().len(), 2);
}

#[test]
fn what_could_not_be_read_closes_no_issue() {
    if !wanted() {
        return;
    }
    let stage = standing("none");
    tamper(&stage, "remove-boundary", "data-prod", "data-engineering-job-role");
    stage.nightly();
    assert_eq!(stage.landfall(&["apply", "--drift", "--yes"]).code, 0);
    // Nothing is found now, but an account was not read.
    stage.desk.write(Stage::DRIFT_ENDS_WITH, "3");
    let jobs = stage.nightly();
    let (results, issues) = ended(&stage, &jobs);
    assert_eq!(results, "look success, report failure", "{}", logs(&jobs));
    assert_eq!((jobs["report"].code, &issues[0]["state"]), (Some(3), &"open".into()), "{}", logs(&jobs));
    // A look that failed says nothing about what is there.
    stage.desk.write(Stage::DRIFT_ENDS_WITH, "1");
    let jobs = stage.nightly();
    assert_eq!(ended(&stage, &jobs).0, "look failure, report skipped", "{}", logs(&jobs));
    std::fs::remove_file(stage.desk.path().join(Stage::DRIFT_ENDS_WITH)).unwrap();
    stage.nightly();
    assert_eq!(stage.github()["issues"][0]["state"], "closed");
}
#[test]
fn what_is_repairable_is_put_right_where_the_configuration_says_so() {
    if !wanted() {
        return;
    }
    let stage = standing("repairable");
    let jobs = stage.nightly();
    assert_eq!(
        ended(&stage, &jobs).0,
        "look success, remediate skipped, report success, settle skipped",
        "{}",
        logs(&jobs)
    );

    tamper(&stage, "delete-inline", "data-prod", "data-engineering-job-role");
    let jobs = stage.nightly();
    let (results, issues) = ended(&stage, &jobs);
    assert_eq!(results, "look success, remediate success, report success, settle success", "{}", logs(&jobs));
    assert!(jobs["remediate"].role.as_ref().unwrap().ends_with("automation-apply"));
    assert_eq!((issues.len(), &issues[0]["state"]), (1, &"closed".into()), "{}", logs(&jobs));
    assert_eq!(stage.landfall(&["drift"]).code, 0);

    // What is dangerous is reported, and stays for a person to look at.
    tamper(&stage, "delete-inline", "data-prod", "data-engineering-job-role");
    tamper(&stage, "remove-boundary", "app-prod", "acme-service-web");
    let jobs = stage.nightly();
    let (results, issues) = ended(&stage, &jobs);
    assert_eq!(results, "look success, remediate success, report failure, settle skipped", "{}", logs(&jobs));
    assert_eq!((issues.len(), &issues[1]["state"]), (2, &"open".into()));
    let left = stage.landfall(&["drift", "--format", "json"]);
    assert_eq!(left.code, 2, "{}", left.both());
    assert_eq!((&left.json()["summary"]["repairable"], &left.json()["summary"]["dangerous"]), (&0.into(), &1.into()));
}
