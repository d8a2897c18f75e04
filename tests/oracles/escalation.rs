//! No role that works lets its holder become more, as cloudsplaining sees it: of everything that a role names, its
//! conditions and resources left aside, nothing is a way up.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use landfall_model::Kind;
use landfall_stacks::Synthesis;
use serde_json::{Value, json};

use super::documents::{configurations, resources, synthesized};
use crate::emulator::python::Python;
use crate::emulator::wanted;

/// Roles that may do it, and are not asked about.
const OTHERS: [Kind; 3] = [Kind::Automation, Kind::BreakGlass, Kind::CiDeployer];

/// Roles whose holder is one AWS service and nobody else, with AWS's own policy for it, and the ways up that are seen in
/// that policy: AWS Batch and Spot Fleet start instances and tasks with the roles that they are told to.
const OF_A_SERVICE: &[(&str, &str, &[&str])] = &[
    (
        "acme/metaflow-prod-batch-service-role",
        "batch.amazonaws.com",
        &[
            "CreateEC2WithExistingIP",
            "PassExistingRoleToNewECSClusterRunTask",
            "PassExistingRoleToNewECSTaskViaRunTask",
            "PassExistingRoleToNewECSTaskViaStartTask",
        ],
    ),
    (
        "acme/metaflow-prod-spot-fleet-role",
        "spotfleet.amazonaws.com",
        &["CreateEC2WithExistingIP", "PassExistingRoleToNewEC2SpotInstance"],
    ),
];

/// What a role holds: its own documents, and the ARNs of what it attaches.
#[derive(Default)]
struct Held {
    principals: BTreeSet<String>,
    inline: Vec<Value>,
    attached: Vec<String>,
}

fn roles(synthesis: &Synthesis) -> BTreeMap<String, Held> {
    let mut out: BTreeMap<String, Held> = BTreeMap::new();
    for stack in synthesis.stacks.iter().filter(|stack| !OTHERS.contains(&stack.kind)) {
        for (resource, properties) in resources(stack) {
            if resource == "AWS::IAM::Role" {
                let held = out.entry(properties["RoleName"].as_str().unwrap().to_owned()).or_default();
                let trusted = properties["AssumeRolePolicyDocument"]["Statement"].as_array().into_iter().flatten();
                held.principals.extend(trusted.map(|statement| statement["Principal"].to_string()));
                for policy in properties["Policies"].as_array().into_iter().flatten() {
                    held.inline.push(policy["PolicyDocument"].clone());
                }
                let attached = properties["ManagedPolicyArns"].as_array().into_iter().flatten();
                held.attached.extend(attached.map(|arn| arn.as_str().unwrap().to_owned()));
            }
        }
    }
    out
}

/// The managed policies that the templates make, by the end of their ARNs.
fn own(synthesis: &Synthesis) -> BTreeMap<String, Value> {
    let policies = synthesis.stacks.iter().flat_map(resources).filter(|(kind, _)| kind == "AWS::IAM::ManagedPolicy");
    let name = |properties: &Value| properties["ManagedPolicyName"].as_str().unwrap().to_owned();
    policies.map(|(_, properties)| (name(&properties), properties["PolicyDocument"].clone())).collect()
}

fn asked(command: &mut Command, input: &str) -> Value {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn escalations(holders: &BTreeMap<String, Vec<Value>>) -> BTreeMap<String, Vec<String>> {
    let found =
        asked(&mut Python::oracles().run(Path::new("tests/oracles/escalation.py")), &json!(holders).to_string());
    serde_json::from_value(found).unwrap()
}

#[test]
fn no_role_that_works_can_become_more() {
    if !wanted() {
        return;
    }
    let mut holders: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    let mut principals: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for folder in configurations() {
        let synthesis = synthesized(&folder);
        // What would be refused is not deployed.
        if synthesis.diagnostics.has_errors() {
            continue;
        }
        let own = own(&synthesis);
        let roles = roles(&synthesis);
        let aws: BTreeSet<&String> =
            roles.values().flat_map(|held| &held.attached).filter(|arn| arn.contains(":iam::aws:policy/")).collect();
        let aws = asked(Python::ready().run(Path::new("tests/oracles/managed_policies.py")).args(aws), "");
        for (name, held) in roles {
            let attached = held.attached.iter().map(|arn| {
                let last = arn.rsplit('/').next().unwrap_or_default();
                aws.get(arn).or_else(|| own.get(last)).unwrap_or_else(|| panic!("{name}: {arn} is not known")).clone()
            });
            let name = format!("{}/{name}", folder.file_name().unwrap().display());
            let attached: Vec<Value> = attached.collect();
            principals.insert(name.clone(), held.principals);
            holders.insert(name, [held.inline, attached].concat());
        }
    }
    assert!(holders.len() > 25, "{} roles are few", holders.len());
    let found = escalations(&holders);
    let accepted: BTreeMap<String, Vec<String>> = OF_A_SERVICE
        .iter()
        .map(|(name, _, kinds)| ((*name).to_owned(), kinds.iter().map(|kind| (*kind).to_owned()).collect()))
        .collect();
    assert_eq!(found, accepted, "left: found, right: accepted");
    for (name, service, _) in OF_A_SERVICE {
        let only = json!({ "Service": service }).to_string();
        assert_eq!(principals[*name], BTreeSet::from([only]), "{name} is held by others than {service}");
    }
}

#[test]
fn the_check_sees_ways_up() {
    if !wanted() {
        return;
    }
    let allow = |actions: &[&str]| {
        json!({ "Version": "2012-10-17", "Statement": { "Effect": "Allow", "Action": actions,
            "Resource": "arn:aws:iam::111122223333:role/acme/one" } })
    };
    let holders = BTreeMap::from([
        ("by itself".to_owned(), vec![allow(&["iam:PutRolePolicy"])]),
        ("over two documents".to_owned(), vec![allow(&["iam:PassRole"]), allow(&["lambda:*"])]),
        ("not at all".to_owned(), vec![allow(&["s3:GetObject"])]),
    ]);
    let found = escalations(&holders);
    assert_eq!(found.keys().collect::<Vec<_>>(), ["by itself", "over two documents"], "{found:?}");
}
