//! What CloudFormation calls for Landfall's resources, against the schemas of AWS's own registry.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use landfall_policies::HANDLERS;

use super::documents::{configurations, resources, synthesized};
use crate::emulator::python::Python;
use crate::emulator::wanted;

#[test]
fn what_cloudformation_calls_is_what_the_registry_says() {
    if !wanted() {
        return;
    }
    let output = Python::ready()
        .run(Path::new("tests/oracles/handlers.py"))
        .args(HANDLERS.iter().map(|handler| handler.resource))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let registry: BTreeMap<String, BTreeSet<String>> = serde_json::from_slice(&output.stdout).unwrap();
    let own: BTreeMap<String, BTreeSet<String>> = HANDLERS
        .iter()
        .map(|handler| {
            let actions = handler.actions.iter().chain(handler.never.iter().map(|(action, _)| action));
            (handler.resource.to_owned(), actions.map(|action| (*action).to_owned()).collect())
        })
        .collect();
    for (resource, actions) in &registry {
        let missing: Vec<&String> = actions.difference(&own[resource]).collect();
        let more: Vec<&String> = own[resource].difference(actions).collect();
        assert!(missing.is_empty() && more.is_empty(), "{resource}: missing {missing:?}, too much {more:?}");
    }
}

#[test]
fn every_type_of_resource_has_its_calls() {
    let known: BTreeSet<&str> = HANDLERS.iter().map(|handler| handler.resource).collect();
    // Makes nothing and calls nobody.
    let nothing = "AWS::CloudFormation::WaitConditionHandle";
    for folder in configurations() {
        for stack in &synthesized(&folder).stacks {
            for (resource, _) in resources(stack) {
                assert!(known.contains(resource.as_str()) || resource == nothing, "{resource} of {}", stack.key);
            }
        }
    }
}
