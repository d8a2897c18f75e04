//! The hand that is not Landfall's: `tampering/`, through boto3.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::emulator::journey::Journey;
use crate::emulator::python::Python;

/// What came of one manipulation.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Act {
    /// It was done, to these.
    Done(Vec<Touched>),
    /// The emulator refused it, in these words.
    Refused(#[expect(dead_code, reason = "a failed test shows it")] String),
    /// Nobody knows how to do it.
    Unknown(#[expect(dead_code, reason = "it is always true")] bool),
}

/// One thing that a manipulation touched.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Touched {
    pub(super) account: Option<String>,
    /// As `landfall drift` names it; without one, no drift is to be found.
    pub(super) kind: Option<String>,
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) property: String,
    /// The role of somebody else's that is to be seen.
    pub(super) seen: Option<String>,
    /// Where it is in what is read back.
    #[serde(rename = "where")]
    pub(super) place: Vec<String>,
}

/// Does manipulations, past the proxy.
pub(super) fn tamper(journey: &Journey, names: &[&str]) -> BTreeMap<String, Act> {
    let (url, credentials) = journey.reach();
    let output = Python::ready()
        .script("tampering")
        .args([url.as_str(), credentials.0, credentials.1, "OrganizationAccountAccessRole", "eu-west-1"])
        .args(names)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}
