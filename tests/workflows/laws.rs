//! What holds for every job of every pipeline, whatever the configuration: read off the written files.

use serde_json::{Value, json};

use super::{acme, yaml};
use crate::desk::Desk;

/// Everything that a configuration can switch on is on.
fn written() -> Desk {
    let desk = acme();
    let environment = "environment: landing-zone }";
    let all = [environment, "\n  drift: { remediate: repairable }"].concat();
    desk.replace("it/landfall.yaml", environment, &all);
    assert_eq!(desk.run(&["workflow", "it"]).code, 0);
    desk
}

/// Every job of every pipeline, with where it stands and its scripts.
fn jobs() -> Vec<(String, Value, String)> {
    let desk = written();
    let mut out = Vec::new();
    for file in ["bootstrap", "plan", "apply", "drift", "onboard"] {
        let text = desk.read(&format!(".github/workflows/landfall-{file}.yml"));
        assert!(!text.contains("secrets.") && !text.contains("pull_request_target"), "{file}");
        let workflow = yaml::read(&text);
        for (id, job) in workflow["jobs"].as_object().unwrap() {
            let steps = job["steps"].as_array().unwrap();
            let scripts: String = steps.iter().filter_map(|step| step["run"].as_str()).collect();
            out.push((format!("{file}/{id}"), job.clone(), scripts));
        }
    }
    assert_eq!(out.len(), 13, "{:?}", out.iter().map(|(at, ..)| at).collect::<Vec<_>>());
    out
}

fn granted(job: &Value) -> Vec<(&str, &str)> {
    job["permissions"].as_object().unwrap().iter().map(|(name, word)| (name.as_str(), word.as_str().unwrap())).collect()
}

#[test]
fn what_writes_to_aws_waits_for_the_environment_and_never_meets_another() {
    let mut writers = Vec::new();
    for (at, job, scripts) in jobs() {
        let writes = scripts.contains("landfall apply") || scripts.contains("landfall remediate");
        if writes {
            assert_eq!(job["environment"], json!({ "name": "landing-zone" }), "{at}");
            assert_eq!(job["concurrency"], json!({ "group": "landfall-apply", "cancel-in-progress": false }), "{at}");
            writers.push(at.clone());
        }
        let steps = job["steps"].as_array().unwrap();
        let role = steps.iter().find_map(|step| step["with"]["role-to-assume"].as_str());
        let applies = role.is_some_and(|role| !role.ends_with("automation-plan"));
        assert!(!applies || job["environment"].is_object(), "{at} comes in by the apply role from anywhere");
        assert!(!writes || applies, "{at} writes as a role that reads");
        assert_eq!(job["permissions"]["id-token"].is_string(), role.is_some(), "{at}: a token that nobody needs");
    }
    assert_eq!(writers, ["bootstrap/apply", "apply/apply", "drift/remediate"]);
}

#[test]
fn a_job_may_do_what_it_needs_and_a_job_with_credentials_writes_nothing_at_github() {
    let mut writing = Vec::new();
    for (at, job, _) in jobs() {
        assert!(job["timeout-minutes"].as_i64().is_some_and(|minutes| minutes <= 360), "{at}");
        let granted = granted(&job);
        let aws = granted.contains(&("id-token", "write"));
        for (name, word) in granted {
            if word == "write" && name != "id-token" {
                assert!(!aws, "{at} has AWS credentials and may write {name}");
                writing.push(format!("{at}: {name}"));
            }
        }
    }
    let all = [
        "plan/validate: security-events",
        "plan/comment: pull-requests",
        "drift/report: issues",
        "drift/settle: issues",
        "onboard/onboard: contents",
        "onboard/onboard: pull-requests",
    ];
    assert_eq!(writing, all);
}

#[test]
fn texts_from_outside_reach_a_shell_as_its_environment() {
    for (at, job, scripts) in jobs() {
        assert!(!scripts.contains("${{"), "{at}");
        for step in job["steps"].as_array().unwrap() {
            let uses = step["uses"].as_str().unwrap_or_default();
            if uses.starts_with("actions/checkout@") {
                assert_eq!(step["with"]["persist-credentials"], json!(false), "{at}");
            }
        }
    }
}

#[test]
fn what_every_job_installs_is_the_same() {
    let mut installs: Vec<String> = jobs()
        .iter()
        .flat_map(|(_, job, _)| job["steps"].as_array().unwrap().clone())
        .filter(|step| step["name"] == "Compile Landfall" || step["name"] == "Install Landfall")
        .map(|step| step.to_string())
        .collect();
    assert_eq!(installs.len(), 10);
    installs.dedup();
    assert_eq!(installs.len(), 1, "{installs:#?}");
}
