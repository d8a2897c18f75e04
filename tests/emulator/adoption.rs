//! A role that somebody made before Landfall came, on ministack: left alone, taken in by an import, put right when it
//! is tampered with, and the same role all the while. boto3 says so, which shares nothing with Landfall.

use std::fs;

use serde_json::Value;

use super::newcomer::Newcomer;
use super::{expected, wanted};

const ACCOUNT: &str = "orders-prod";
const ROLE: &str = "orders-job-role";

/// What stands is what the templates say, but for the differences that contain one of these words.
async fn assert_stands(newcomer: &Newcomer, but: &[&str]) {
    let folder = newcomer.room().join("templates");
    newcomer.says(&["synth", "it", "--out", folder.to_str().unwrap()], 0).await;
    let differences = expected::differences(&folder, &newcomer.read());
    let (known, more): (Vec<_>, Vec<_>) =
        differences.iter().partition(|difference| but.iter().any(|word| difference.contains(word)));
    assert!(more.is_empty(), "{more:#?}");
    assert_eq!(known.is_empty(), but.is_empty(), "{known:#?}");
}

fn allows_more(role: &Value) -> bool {
    role["boundary"].is_null() || role["inline"].as_array().unwrap().iter().any(|name| name == "by-hand")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_stood_is_adopted_and_kept_as_it_shall_be_on_ministack() {
    if !wanted() {
        return;
    }
    let newcomer = Newcomer::arrives().await;
    newcomer.settles().await;
    newcomer.says(&["apply", "it", "--yes"], 0).await;
    let made = newcomer.hand(ACCOUNT, ROLE, &["make=/globex/", "add-inline"]);
    let team = ["--accounts=orders-prod,orders-dev", "--buckets=globex-orders", "--jobs=load"];
    newcomer.says(&[&["onboard", "team", "orders", "it"][..], &team].concat(), 0).await;

    let applied = newcomer.says(&["apply", "it", "--yes"], 0).await;
    assert!(applied.contains("landfall adopt") && applied.contains(ROLE), "{applied}");
    assert_eq!(newcomer.hand(ACCOUNT, ROLE, &[]), made, "nobody touched it");
    // The other account has no such role, and so its stack stands.
    assert_ne!(newcomer.hand("orders-dev", ROLE, &[])["id"], made["id"]);

    let shown = newcomer.says(&["adopt", "it"], 2).await;
    assert!(shown.contains("adopt stack") && shown.contains(ROLE), "{shown}");
    assert_eq!(newcomer.hand(ACCOUNT, ROLE, &[]), made, "a look changes nothing");
    newcomer.says(&["adopt", "it", "--apply", "--yes"], 0).await;
    let adopted = newcomer.hand(ACCOUNT, ROLE, &[]);
    assert_eq!(adopted["id"], made["id"], "it is the one that stood");
    assert!(!allows_more(&adopted), "{adopted}");
    assert_ne!(adopted["trust"], made["trust"]);
    assert_stands(&newcomer, &[]).await;
    newcomer.says(&["plan", "it"], 0).await;
    newcomer.says(&["plan", "it", "--drift"], 0).await;

    assert!(allows_more(&newcomer.hand(ACCOUNT, ROLE, &["drop-boundary", "add-inline"])));
    // ministack does not detect the drift of the alarm's topic policy, so that not all could be read.
    newcomer.says(&["remediate", "it", "--apply", "--yes"], 3).await;
    assert_eq!(newcomer.hand(ACCOUNT, ROLE, &[]), adopted, "all of it is put right");
    assert_stands(&newcomer, &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_ministack_cannot_do_is_told_in_its_own_words() {
    if !wanted() {
        return;
    }
    let newcomer = Newcomer::arrives().await;
    newcomer.settles().await;
    newcomer.says(&["apply", "it", "--yes"], 0).await;
    newcomer.hand(ACCOUNT, "globex-break-glass-responder", &["policy=/globex/globex-boundary-other"]);
    let made = newcomer.read().accounts[ACCOUNT].policies["globex-boundary-other"].clone();
    let file = newcomer.room().join("it/landfall.yaml");
    let service = "services:\n  - { name: web, service: lambda, accounts: [orders-prod], boundary: other }";
    let text = fs::read_to_string(&file).unwrap();
    let text = text.replacen("\nboundaries:", "\nboundaries:\n  other: { services: [s3, logs] }", 1);
    fs::write(&file, text.replacen("\nservices:", &["\n", service].concat(), 1)).unwrap();

    let applied = newcomer.says(&["apply", "it", "--yes"], 0).await;
    assert!(applied.contains("landfall adopt") && applied.contains("globex-boundary-other"), "{applied}");
    let told = newcomer.says(&["adopt", "it", "--apply", "--yes"], 1).await;
    assert!(told.contains("the import cannot be done: Resource import is not supported"), "{told}");
    assert!(told.contains("nothing was changed"), "{told}");
    let read = newcomer.read();
    let account = &read.accounts[ACCOUNT];
    assert_eq!(account.policies["globex-boundary-other"], made);
    assert_eq!(account.stacks["globex-boundary-other"].status, "REVIEW_IN_PROGRESS");
    // The empty stack is in nobody's way.
    newcomer.says(&["plan", "it"], 0).await;
}
