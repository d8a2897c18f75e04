//! Every policy that Landfall writes for a configuration, as AWS would store it in one account.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use landfall_model::{GuardrailKind, Kind, OrganizationId, load};
use landfall_stacks::{ParameterSource, Stack, Synthesis, synthesize};
use serde_json::Value;

use crate::desk::root;
use crate::emulator::expected::resolved;

/// What a policy is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum PolicyType {
    Identity,
    Trust,
    Resource,
    ServiceControl,
    ResourceControl,
}

/// A policy that Landfall writes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Written {
    pub(super) policy_type: PolicyType,
    /// The kind of stack that it stands in, or `guardrail`.
    pub(super) kind: &'static str,
    /// What carries it: the role, the managed policy, the guardrail.
    pub(super) name: String,
    pub(super) document: Value,
}

/// The configurations that are accepted: the examples, and the good ones of the tests.
pub(super) fn configurations() -> Vec<PathBuf> {
    let mut out: Vec<PathBuf> = ["examples", "tests/configs/good"]
        .iter()
        .flat_map(|folder| root().join(folder).read_dir().unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    out.sort();
    out
}

/// What a configuration comes to.
pub(crate) fn synthesized(folder: &Path) -> Synthesis {
    let loaded = load(folder);
    assert!(!loaded.diagnostics.has_errors(), "{}: {:?}", folder.display(), loaded.diagnostics);
    synthesize(loaded.foundation.as_ref().unwrap())
}

/// All policies of a configuration; what is the same in many accounts comes once.
pub(super) fn written(folder: &Path) -> Vec<Written> {
    let synthesis = synthesized(folder);
    let mut out: Vec<Written> = synthesis.stacks.iter().flat_map(of_stack).collect();
    for guardrail in &synthesis.guardrails {
        let text = guardrail.text.of(&OrganizationId::new("o-a1b2c3d4e5").unwrap());
        out.push(Written {
            policy_type: match guardrail.key.kind {
                GuardrailKind::ServiceControl => PolicyType::ServiceControl,
                GuardrailKind::ResourceControl => PolicyType::ResourceControl,
            },
            kind: "guardrail",
            name: guardrail.key.name.as_str().to_owned(),
            document: serde_json::from_str(&text).unwrap(),
        });
    }
    let key = |one: &Written| (one.policy_type, one.name.clone(), one.document.to_string());
    out.sort_by_key(key);
    out.dedup_by_key(|one| key(one));
    out
}

/// The resources of a stack with their properties, as one account of the partition has them.
pub(crate) fn resources(stack: &Stack) -> Vec<(String, Value)> {
    let template: Value = serde_json::from_str(&stack.body.json).unwrap();
    let mut names = BTreeMap::from([
        ("AWS::Partition".to_owned(), stack.key.region.partition().as_str().to_owned()),
        ("AWS::AccountId".to_owned(), "111122223333".to_owned()),
        ("AWS::Region".to_owned(), stack.key.region.as_str().to_owned()),
        ("AWS::URLSuffix".to_owned(), "amazonaws.com".to_owned()),
    ]);
    for (name, source) in &stack.parameters {
        let value = match source {
            ParameterSource::Account(_) => "444455556666",
            ParameterSource::Organization => "o-a1b2c3d4e5",
        };
        names.insert(name.clone(), value.to_owned());
    }
    let of = |resource: &Value| {
        (resource["Type"].as_str().unwrap().to_owned(), resolved(&resource["Properties"], &template, &names))
    };
    template["Resources"].as_object().unwrap().values().map(of).collect()
}

fn of_stack(stack: &Stack) -> Vec<Written> {
    let kind = Kind::as_str(stack.kind);
    let mut out = Vec::new();
    for (resource, properties) in resources(stack) {
        let mut add = |policy_type, name: &Value, document: &Value| {
            let name = name.as_str().unwrap_or(stack.key.name.as_str()).to_owned();
            out.push(Written { policy_type, kind, name, document: document.clone() });
        };
        match resource.as_str() {
            "AWS::IAM::Role" => {
                add(PolicyType::Trust, &properties["RoleName"], &properties["AssumeRolePolicyDocument"]);
                for inline in properties["Policies"].as_array().into_iter().flatten() {
                    add(PolicyType::Identity, &properties["RoleName"], &inline["PolicyDocument"]);
                }
            }
            "AWS::IAM::ManagedPolicy" => {
                add(PolicyType::Identity, &properties["ManagedPolicyName"], &properties["PolicyDocument"]);
            }
            "AWS::SNS::TopicPolicy" => add(PolicyType::Resource, &Value::Null, &properties["PolicyDocument"]),
            other => assert!(!properties.to_string().contains("\"Statement\""), "{other} carries a policy"),
        }
    }
    out
}
