//! Every policy through iam-policy-validator: nothing is found but what is accepted with a reason.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde_json::json;

use super::accepted::ACCEPTED;
use super::documents::{PolicyType, Written, configurations, written};
use super::service_reference;
use crate::emulator::python::Python;
use crate::emulator::wanted;

const TYPES: [(PolicyType, &str); 5] = [
    (PolicyType::Identity, "IDENTITY_POLICY"),
    (PolicyType::Trust, "TRUST_POLICY"),
    (PolicyType::Resource, "RESOURCE_POLICY"),
    (PolicyType::ServiceControl, "SERVICE_CONTROL_POLICY"),
    (PolicyType::ResourceControl, "RESOURCE_CONTROL_POLICY"),
];

#[derive(Debug, Deserialize)]
struct Report {
    results: Vec<Result>,
}

#[derive(Debug, Deserialize)]
struct Result {
    policy_file: String,
    issues: Vec<Issue>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
struct Issue {
    check_id: String,
    issue_type: String,
    statement_sid: Option<String>,
    message: String,
}

/// What the validator says of policies, with each the policy that it is said of.
fn findings(room: &Path, policies: &[Written]) -> Vec<(Written, Issue)> {
    let reference = room.join("reference");
    if !reference.exists() {
        service_reference::write(&reference);
    }
    let mut out = Vec::new();
    for (policy_type, word) in TYPES {
        let folder = room.join(word);
        let mut files = BTreeMap::new();
        for (number, one) in policies.iter().enumerate().filter(|(_, one)| one.policy_type == policy_type) {
            fs::create_dir_all(&folder).unwrap();
            let file = folder.join(format!("{number}.json"));
            fs::write(&file, one.document.to_string()).unwrap();
            files.insert(file.display().to_string(), one);
        }
        if files.is_empty() {
            continue;
        }
        let output = Python::oracles()
            .tool("iam-validator")
            .args(["--log-level", "error", "validate", "--format", "json", "--policy-type", word])
            .arg("--aws-services-dir")
            .arg(&reference)
            .arg("--path")
            .arg(&folder)
            .current_dir(room)
            .output()
            .unwrap();
        let report: Report = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
        assert_eq!(report.results.len(), files.len(), "{word}: a policy was not looked at");
        for result in report.results {
            let policy = files[&result.policy_file];
            out.extend(result.issues.into_iter().map(|issue| (policy.clone(), issue)));
        }
        fs::remove_dir_all(&folder).unwrap();
    }
    out
}

#[test]
fn every_policy_is_clean_but_for_what_is_accepted() {
    if !wanted() {
        return;
    }
    let room = tempfile::tempdir().unwrap();
    let mut all: Vec<Written> = configurations().iter().flat_map(|folder| written(folder)).collect();
    all.sort_by_key(|one| (one.policy_type, one.name.clone(), one.document.to_string()));
    all.dedup();
    for (policy_type, word) in TYPES {
        assert!(all.iter().any(|one| one.policy_type == policy_type), "no {word} was looked at");
    }
    let mut used = BTreeSet::new();
    let mut left = BTreeSet::new();
    for (policy, issue) in findings(room.path(), &all) {
        let accepted: Vec<(usize, &str)> = ACCEPTED
            .iter()
            .enumerate()
            .filter(|(_, row)| {
                row.check == issue.check_id && row.issue == issue.issue_type && row.of.contains(&policy.kind)
            })
            .flat_map(|(number, row)| row.names.iter().map(move |name| (number, *name)))
            .filter(|(_, name)| issue.message.contains(name))
            .collect();
        if accepted.is_empty() {
            let sid = issue.statement_sid.as_deref().unwrap_or("-");
            left.insert(format!(
                "{} {} [{sid}]: {}/{}: {}",
                policy.kind, policy.name, issue.check_id, issue.issue_type, issue.message
            ));
        }
        used.extend(accepted);
    }
    assert!(left.is_empty(), "{} findings:\n{}", left.len(), left.into_iter().collect::<Vec<_>>().join("\n"));
    let rows = ACCEPTED.iter().enumerate().flat_map(|(number, row)| row.names.iter().map(move |name| (number, *name)));
    let idle: Vec<_> = rows.filter(|row| !used.contains(row)).map(|(number, name)| (name, &ACCEPTED[number])).collect();
    assert!(idle.is_empty(), "accepted, but not found any more: {idle:#?}");
}

#[test]
fn the_validator_finds_what_is_wrong() {
    if !wanted() {
        return;
    }
    let room = tempfile::tempdir().unwrap();
    let policy = |policy_type, statement: serde_json::Value| Written {
        policy_type,
        kind: "service",
        name: "bad".to_owned(),
        document: json!({ "Version": "2012-10-17", "Statement": [statement] }),
    };
    let allow = |action: &str, resource: &str| json!({ "Effect": "Allow", "Action": action, "Resource": resource });
    let provider = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com";
    let trust = json!({ "Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
        "Principal": { "Federated": provider } });
    let control = json!({ "Effect": "Deny", "Action": "s3:*", "Resource": "*", "Principal": "*" });
    for (policy, issue) in [
        (policy(PolicyType::Identity, allow("s3:GetObjekt", "arn:aws:s3:::b/*")), "invalid_action"),
        (
            policy(PolicyType::Identity, allow("s3:GetObject", "arn:aws:sqs:eu-west-1:111122223333:q")),
            "resource_mismatch",
        ),
        (policy(PolicyType::Trust, trust), "missing_required_condition_for_assume_action"),
        (policy(PolicyType::ServiceControl, control), "invalid_principal"),
    ] {
        let found = findings(room.path(), std::slice::from_ref(&policy));
        assert!(found.iter().any(|(_, found)| found.issue_type == issue), "{issue}: {found:#?}");
    }
}
