//! The form for a new team or account becomes a pull request.

use serde_json::{Value, json};

use super::runner::Jobs;
use super::stage::{Installed, Stage};
use crate::emulator::wanted;

fn inputs(what: &str, name: &str, more: Value) -> Value {
    let mut all = json!({
        "what": what, "name": name, "accounts": "", "buckets": "", "jobs": "", "strategy": "per-team", "email": "", "unit": "",
    });
    all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    all
}

fn ended(jobs: &Jobs) -> (&str, Option<i32>) {
    let job = &jobs["onboard"];
    assert_eq!(job.role, None, "onboarding needs no AWS");
    (job.result.as_str(), job.code)
}

#[test]
fn a_team_and_an_account_become_pull_requests() {
    if !wanted() {
        return;
    }
    let stage = Stage::new(Installed::Compiled, "");
    assert_eq!(stage.landfall(&["apply", "--yes"]).code, 0);
    let team =
        json!({ "accounts": "data-prod,data-dev", "buckets": "acme-fraud", "jobs": "score,train", "strategy": "both" });
    let jobs = stage.by_hand("onboard", inputs("team", "fraud", team));
    assert_eq!(ended(&jobs), ("success", None), "{}", jobs["onboard"].log);
    assert!(jobs["onboard"].summary.contains("fraud"), "{}", jobs["onboard"].summary);
    let account = json!({ "email": "aws+fraud@acme.example", "unit": "workloads/prod" });
    let jobs = stage.by_hand("onboard", inputs("account", "fraud-prod", account));
    assert_eq!(ended(&jobs), ("success", None), "{}", jobs["onboard"].log);

    let pulls = stage.github()["pulls"].clone();
    let heads: Vec<&str> = pulls.as_array().unwrap().iter().map(|one| one["head"].as_str().unwrap()).collect();
    assert_eq!(heads, ["landfall/onboard-team-fraud", "landfall/onboard-account-fraud-prod"]);
    assert_eq!(pulls[0]["base"], "main");
    assert_eq!(pulls[0]["title"], "Onboard team fraud");
    assert!(pulls[0]["body"].as_str().unwrap().contains("data-prod"), "{pulls}");
    // Each branch has one file more, and nothing else.
    for (head, file) in [(heads[0], "infra/teams/fraud.yaml"), (heads[1], "infra/accounts/fraud-prod.yaml")] {
        assert_eq!(stage.git(&["diff", "--name-status", "main", head]), format!("A\t{file}\n"));
    }
    // What was merged is applied: the team's own stacks and no other.
    stage.git(&["merge", "--quiet", heads[0]]);
    let jobs = stage.push();
    assert_eq!(jobs["apply"].result, "success", "{}", jobs["apply"].log);
    assert!(jobs["plan"].summary.contains("acme-batch-team-fraud"), "{}", jobs["plan"].summary);
    assert!(!jobs["plan"].summary.contains("acme-batch-team-ml"), "{}", jobs["plan"].summary);
}

#[test]
fn what_the_form_should_not_say_is_refused_before_anything_is_pushed() {
    if !wanted() {
        return;
    }
    let stage = Stage::new(Installed::Compiled, "");
    let team = |name: &str, accounts: &str| {
        inputs("team", name, json!({ "accounts": accounts, "buckets": "b-1", "jobs": "j" }))
    };
    for bad in ["--sandbox", "../x", "Fraud", "a b", "$(id)", "", "a;b"] {
        assert_eq!(ended(&stage.by_hand("onboard", team(bad, "data-prod"))), ("failure", Some(64)), "{bad}");
    }
    for accounts in ["nowhere", "--yes", ""] {
        let jobs = stage.by_hand("onboard", team("fraud", accounts));
        assert_eq!(ended(&jobs), ("failure", Some(64)), "{accounts}: {}", jobs["onboard"].log);
    }
    assert_eq!(ended(&stage.by_hand("onboard", team("ml", "data-prod"))).0, "failure", "the team is there already");
    assert_eq!(stage.github()["pulls"], json!([]));
    assert_eq!(stage.git(&["branch", "--format", "%(refname:short)"]), "main\n");
}
