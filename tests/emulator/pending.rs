//! What the folder has changed and nobody has applied yet, on ministack: pending through the real SDK, and what is
//! dangerous beside it put right all the same. boto3 says how the role stands.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use super::newcomer::Newcomer;
use super::wanted;

const ROLE: (&str, &str) = ("orders-prod", "orders-job-role");

/// The drifts and the pending of the organization, as `owner: rule`. ministack does not detect the drift of the alarm's
/// topic policy, so that a look always ends with 3.
async fn looked(newcomer: &Newcomer) -> (BTreeSet<String>, BTreeSet<String>) {
    newcomer.says(&["drift", "it", "--out", "report.json"], 3).await;
    let text = fs::read_to_string(newcomer.room().join("report.json")).unwrap();
    let report: Value = serde_json::from_str(&text).unwrap();
    let told = |list: &str| {
        let all = report[list].as_array().unwrap().iter();
        all.map(|one| format!("{}: {}", one["owner"].as_str().unwrap(), one["rule"].as_str().unwrap())).collect()
    };
    (told("drifts"), told("unapplied"))
}

fn set<const N: usize>(all: [&str; N]) -> BTreeSet<String> {
    all.map(str::to_owned).into()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_applied_yet_is_pending_and_hides_nothing_on_ministack() {
    if !wanted() {
        return;
    }
    let newcomer = Newcomer::arrives().await;
    newcomer.settles().await;
    newcomer.has_a_team().await;
    newcomer.says(&["apply", "it", "--yes"], 0).await;
    newcomer.says(&["plan", "it"], 0).await;
    assert_eq!(looked(&newcomer).await, (set([]), set([])));

    let file = newcomer.room().join("it/landfall.yaml");
    let text = fs::read_to_string(&file).unwrap();
    let (before, after) = text.split_once("guardrails:").unwrap();
    let (rest, after) = after.split_once('\n').unwrap();
    fs::write(&file, format!("{before}guardrails:{rest}\n  - {{ preset: deny-root-user, attach: [root] }}\n{after}"))
        .unwrap();
    let team = newcomer.room().join("it/teams/orders.yaml");
    let text = fs::read_to_string(&team).unwrap();
    fs::write(&team, text.replace("globex-orders", "globex-orders-too")).unwrap();
    newcomer.says(&["validate", "it"], 0).await;
    let pending = set(["guardrail globex-deny-root-user: guardrail-off"]);
    assert_eq!(looked(&newcomer).await, (set([]), pending.clone()));

    let stood = newcomer.hand(ROLE.0, ROLE.1, &[]);
    assert!(newcomer.hand(ROLE.0, ROLE.1, &["drop-boundary"])["boundary"].is_null());
    let (drifts, unapplied) = looked(&newcomer).await;
    assert_eq!(unapplied, pending);
    assert!(drifts.len() == 1 && drifts.iter().all(|one| one.ends_with(": boundary-gone")), "{drifts:?}");
    let said = newcomer.says(&["remediate", "it", "--apply", "--yes"], 3).await;
    assert!(said.contains("goes back to what was deployed"), "{said}");
    assert_eq!(newcomer.hand(ROLE.0, ROLE.1, &[]), stood, "as it was deployed, and not as the folder wants it by now");
    assert_eq!(looked(&newcomer).await, (set([]), pending));

    newcomer.says(&["apply", "it", "--yes"], 0).await;
    assert_ne!(newcomer.hand(ROLE.0, ROLE.1, &[]), stood);
    assert_eq!(looked(&newcomer).await, (set([]), set([])));
    newcomer.says(&["plan", "it"], 0).await;
}
