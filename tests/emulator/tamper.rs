//! What is done by hand to what stands in an emulator is found, and judged as it is written beside it; on what nobody
//! touched nothing is found. `manipulations.py` does it, through boto3 and nothing of Landfall's.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::Value;

use super::journey::{Journey, bridged};
use super::python::Python;
use super::wanted;

/// What must be found of a manipulation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
struct Expected {
    account: Option<String>,
    kind: String,
    name: String,
    property: String,
    rule: String,
}

impl Expected {
    fn found(drift: &Value) -> Self {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        Self {
            account: text(&drift["account"]),
            kind: text(&drift["subject"]["kind"]).unwrap(),
            name: text(&drift["subject"]["name"]).unwrap(),
            property: text(&drift["property"]).unwrap(),
            rule: text(&drift["rule"]).unwrap(),
        }
    }
}

/// What an emulator shows although nobody did it, each of which has its line in `known_gaps`.
struct Gaps {
    /// The emulator cannot detect drift of a single resource: what is not IAM's stays unread.
    unread: bool,
    /// Termination protection cannot be set.
    unprotected: bool,
}

async fn look(journey: &Journey, gaps: &Gaps) -> BTreeSet<Expected> {
    let (code, report) = journey.drift().await;
    let unread = report["unread"].as_array().unwrap();
    let of_resources = |one: &Value| one["what"].as_str().unwrap().contains(" of stack ");
    assert!(unread.iter().all(of_resources), "{unread:#?}");
    assert_eq!(!unread.is_empty(), gaps.unread, "{unread:#?}");
    let drifts = report["drifts"].as_array().unwrap();
    let (unprotected, found): (Vec<Expected>, Vec<Expected>) =
        drifts.iter().map(Expected::found).partition(|one| one.property == "TerminationProtection");
    assert_eq!(!unprotected.is_empty(), gaps.unprotected, "{unprotected:#?}");
    let set: BTreeSet<Expected> = found.iter().cloned().collect();
    let twice: Vec<_> = set.iter().filter(|one| found.iter().filter(|other| other == one).count() > 1).collect();
    assert!(twice.is_empty(), "nothing is told twice: {twice:#?}");
    let wanted = if gaps.unread { 3 } else { 2 * i32::from(!set.is_empty()) };
    assert_eq!(code, wanted, "{report:#}");
    set
}

async fn tampered(journey: &Journey, gaps: Gaps) {
    assert_eq!(look(journey, &gaps).await, BTreeSet::new(), "nobody touched anything");
    let (url, credentials) = journey.reach();
    let output = Python::ready()
        .script("manipulations.py")
        .args([url.as_str(), credentials.0, credentials.1, "OrganizationAccountAccessRole", "eu-west-1"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let expected: BTreeSet<Expected> = serde_json::from_slice(&output.stdout).unwrap();
    assert!(expected.len() >= 13, "{expected:#?}");
    let found = look(journey, &gaps).await;
    let missed: Vec<_> = expected.difference(&found).collect();
    let beside: Vec<_> = found.difference(&expected).collect();
    assert!(missed.is_empty() && beside.is_empty(), "missed: {missed:#?}\nfound beside: {beside:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_done_by_hand_on_ministack_is_found() {
    if wanted() {
        let journey = Journey::ministack(bridged()).await;
        journey.apply().await;
        tampered(&journey, Gaps { unread: true, unprotected: false }).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_done_by_hand_on_moto_is_found() {
    if wanted() {
        let journey = Journey::moto(bridged()).await;
        journey.apply().await;
        tampered(&journey, Gaps { unread: true, unprotected: true }).await;
    }
}
