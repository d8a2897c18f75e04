//! By which roles the pipelines enter member accounts: with the credentials of Landfall's own roles, as a pipeline has them.

use std::collections::{BTreeMap, BTreeSet};

use super::journey::{Journey, bridged};
use super::python::Python;
use super::wanted;

/// The environment of a session of a role in the management account.
fn session(journey: &Journey, role: &str) -> BTreeMap<String, String> {
    let (url, (key, secret)) = journey.reach();
    let arn = ["arn:aws:iam::111111111111:role/acme/", role].concat();
    let output = Python::ready().script("assume.py").args([&url, key, secret, &arn]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_plan_role_enters_by_readers_and_the_apply_role_by_executors() {
    if !wanted() {
        return;
    }
    let journey = Journey::ministack(bridged()).await;
    journey.apply().await;
    for (role, entered) in [
        ("acme-automation-plan", "role/acme/acme-automation-reader"),
        ("acme-automation-apply", "role/acme/acme-automation-executor"),
    ] {
        let (code, assumed) = journey.assumed_by(&session(&journey, role), &["plan", "--drift"]).await;
        assert_eq!(code, 0, "{role}");
        let (accounts, resources): (BTreeSet<&str>, BTreeSet<&str>) = assumed
            .iter()
            .map(|arn| {
                let mut parts = arn.splitn(6, ':').skip(4);
                (parts.next().unwrap(), parts.next().unwrap())
            })
            .unzip();
        assert_eq!(accounts.len(), 7, "{assumed:?}");
        assert_eq!(resources, BTreeSet::from([entered]), "{role}");
    }
}
