//! A role that somebody made before Landfall came, on ministack: left alone, taken in by an import, put right when it
//! is tampered with, and the same role all the while. boto3 says so, which shares nothing with Landfall.

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
