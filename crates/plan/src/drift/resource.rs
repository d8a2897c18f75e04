//! A resource that IAM does not tell of, as CloudFormation's drift detection sees it.

use landfall_model::Kind;
use landfall_stacks::Stack;
use serde_json::{Value, json};

use super::statement::changes;
use super::{Drift, ObservedResource, PropertyDifference, Remedy, ResourceState, Rule, Subject, SubjectKind};
use crate::StepId;

/// What is said about a resource of a stack; the error has CloudFormation's words for why it cannot tell.
pub(crate) fn resource(stack: &Stack, found: &ObservedResource) -> Result<Vec<Drift>, String> {
    let drift = |rule: Rule, property: &str, desired: &Value, live: &Value| {
        let rule = match stack.kind {
            Kind::BreakGlass => Rule::BreakGlass,
            Kind::Alarm => Rule::Alarm,
            _ => rule,
        };
        Drift {
            owner: StepId::Stack(stack.key.clone()),
            account: Some(stack.key.account.clone()),
            subject: Subject { kind: SubjectKind::Resource, name: found.logical_id.clone() },
            property: property.to_owned(),
            class: rule.class(),
            rule,
            remedy: Remedy::CloudFormation,
            desired: desired.clone(),
            live: live.clone(),
            changes: if property.ends_with("/PolicyDocument") { changes(desired, live) } else { Vec::new() },
            dates: None,
        }
    };
    match &found.state {
        ResourceState::InSync => Ok(Vec::new()),
        ResourceState::Deleted => Ok(vec![drift(Rule::Missing, "", &json!(found.resource_type), &Value::Null)]),
        ResourceState::Modified(properties) => Ok(properties
            .iter()
            .map(|PropertyDifference { path, desired, live }| drift(Rule::Otherwise, path, desired, live))
            .collect()),
        ResourceState::NotChecked(reason) => Err(reason.clone()),
    }
}
