//! What ministack and moto cannot hold, as tables that are asserted both ways: a gap that is closed upstream fails
//! here, and so does a capability that is lost. The probe speaks boto3 and shares nothing with Landfall.

use std::collections::BTreeMap;

use super::python::Python;
use super::server::Server;
use super::{ministack, moto, wanted};

/// Whether an emulator does as AWS documents: ministack 1.5.33 first, moto 5.2.5 second.
const CAPABILITIES: &[(&str, bool, bool)] = &[
    ("organization is made", false, true),
    ("creations under way are listed", false, true),
    ("accounts are listed in pages", false, true),
    ("access role stands in a new account", false, true),
    ("assuming a missing role is refused", false, false),
    ("stack tags reach roles", true, false),
    ("resource AWS::IAM::Role", true, true),
    ("resource AWS::IAM::ManagedPolicy", true, true),
    ("resource AWS::IAM::InstanceProfile", true, true),
    ("resource AWS::IAM::OIDCProvider", false, false),
    ("resource AWS::IAM::SAMLProvider", false, false),
    ("resource AWS::Organizations::Policy", false, false),
    ("resource AWS::SNS::Topic", true, true),
    ("resource AWS::SNS::TopicPolicy", true, false),
    ("resource AWS::Events::Rule", true, true),
    ("resource AWS::ApiGateway::Account", true, false),
    ("stack sets a role's boundary", false, true),
    ("stack sets a role's inline policies", true, false),
    ("stack attaches managed policies", true, false),
    ("stack sets a role's session length", true, true),
    ("stack update changes a role", true, false),
    ("account details can be read", true, false),
    ("account details show boundaries", false, false),
    ("account details show customer policies", true, false),
    ("boundary is kept by the API", true, true),
    ("unchanged update is refused", true, false),
    ("empty change set fails", true, false),
    ("capabilities are demanded", false, false),
    ("events carry the request token", true, false),
    ("termination protection holds", true, false),
    ("existing role fails the stack", false, false),
    ("stack update leaves a role's other tags", false, true),
    ("drift AWS::SNS::Topic", true, false),
    ("drift AWS::SNS::TopicPolicy", false, false),
    ("drift AWS::Events::Rule", true, false),
    ("import AWS::IAM::Role", true, false),
    ("import with tags is refused", true, false),
    ("import AWS::IAM::ManagedPolicy", false, false),
    ("import AWS::IAM::InstanceProfile", false, false),
    ("import AWS::IAM::OIDCProvider", false, false),
    ("import AWS::IAM::SAMLProvider", false, false),
    ("import AWS::SNS::Topic", true, true),
    ("import AWS::Events::Rule", false, true),
    ("drift AWS::ApiGateway::Account", false, false),
    ("drift sees a disabled rule", false, false),
    // Both take a change set with DeploymentMode REVERT_DRIFT for an ordinary one, which has nothing to do.
    ("a change set says that it reverts drift", false, false),
    ("revert AWS::Events::Rule", false, false),
    ("revert AWS::IAM::InstanceProfile", false, false),
    ("revert AWS::IAM::ManagedPolicy", false, false),
    ("revert AWS::IAM::Role", false, false),
    ("revert AWS::SNS::TopicPolicy", false, false),
    ("a rollback can fail", false, false),
    ("a policy goes back to an older version", false, true),
    ("audiences of a provider can be changed", false, false),
];

/// Whether an emulator is known to lack something.
pub(super) fn lacks(emulator: &str, capability: &str) -> bool {
    let row = CAPABILITIES.iter().find(|row| row.0 == capability);
    let row = row.unwrap_or_else(|| panic!("`{capability}` is no known capability"));
    match emulator {
        "ministack" => !row.1,
        "moto" => !row.2,
        other => panic!("no emulator `{other}`"),
    }
}

fn probe(server: &Server, credentials: (&str, &str)) -> BTreeMap<String, bool> {
    let output =
        Python::ready().script("probe.py").args([&server.url(), credentials.0, credentials.1]).output().unwrap();
    assert!(output.status.success(), "{}\n{}", String::from_utf8_lossy(&output.stderr), server.log());
    serde_json::from_slice(&output.stdout).unwrap()
}

fn table(of: fn(&(&'static str, bool, bool)) -> bool) -> BTreeMap<String, bool> {
    CAPABILITIES.iter().map(|row| (row.0.to_owned(), of(row))).collect()
}

#[test]
fn ministack_has_the_gaps_that_are_known() {
    if wanted() {
        pretty(probe(&ministack::start(), ministack::CREDENTIALS), table(|row| row.1));
    }
}

#[test]
fn moto_has_the_gaps_that_are_known() {
    if wanted() {
        pretty(probe(&moto::start(), moto::CREDENTIALS), table(|row| row.2));
    }
}

fn pretty(found: BTreeMap<String, bool>, known: BTreeMap<String, bool>) {
    let differing = |(name, holds): (&String, &bool)| {
        (known.get(name) != Some(holds)).then(|| format!("{name}: found {holds}, known {:?}", known.get(name)))
    };
    let differences: Vec<String> = found.iter().filter_map(differing).collect();
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    let missing: Vec<&String> = known.keys().filter(|name| !found.contains_key(*name)).collect();
    assert!(missing.is_empty(), "not probed: {missing:?}");
}
