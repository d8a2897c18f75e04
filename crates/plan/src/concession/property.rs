//! Which words a drift belongs to, by its owner and its property.

use landfall_model::Kind;
use landfall_stacks::StackKey;

use super::ground::Ground;
use super::proposal::Proposal;
use super::refusal::Unsayable;
use super::{boundary, guardrail, organization, provider, role};
use crate::{Drift, StepId, SubjectKind};

/// How a drift would be said. Whether that says it and nothing else is for `sound` to tell.
///
/// `all` is what is to be said with it: the inline policies of a role are said together.
pub(super) fn proposal(ground: &Ground<'_>, drift: &Drift, all: &[&Drift]) -> Result<Proposal, Unsayable> {
    match &drift.owner {
        StepId::Stack(key) => in_stack(ground, key, drift, all),
        StepId::Placement(name) => organization::placement(ground, name, drift),
        StepId::AccountTags(name) => organization::tag(ground, name, drift),
        StepId::Unit(path) => organization::unit(ground, path),
        StepId::Guardrail(key) => guardrail::guardrail(ground, key, drift),
        StepId::Attachment(key, target) => guardrail::attachment(ground, key, target, drift),
        StepId::PolicyType(_) => Err(Unsayable::NoWords("guardrails need their type of policy")),
        StepId::Organization | StepId::Account(_) | StepId::Identities(_) | StepId::Record(_) => {
            Err(Unsayable::NoWords("it is nothing of an entry's"))
        }
    }
}

fn in_stack(ground: &Ground<'_>, key: &StackKey, drift: &Drift, all: &[&Drift]) -> Result<Proposal, Unsayable> {
    let stack = ground.stack(key)?;
    match drift.subject.kind {
        SubjectKind::Role if !drift.property.is_empty() => role::role(ground, stack, drift, all),
        SubjectKind::Policy if !drift.property.is_empty() => match stack.kind {
            Kind::Boundary => boundary::boundary(ground, stack, drift),
            _ => Err(Unsayable::NoWords("what the policy says follows from what it is for")),
        },
        SubjectKind::Provider if !drift.property.is_empty() => provider::provider(ground, stack, drift),
        SubjectKind::InstanceProfile if !drift.property.is_empty() => {
            Err(Unsayable::NoWords("an instance profile has the role that it is made for"))
        }
        SubjectKind::Stack if drift.property == "TerminationProtection" => {
            Err(Unsayable::NoWords("Landfall protects what it makes"))
        }
        SubjectKind::Stack if !drift.property.is_empty() => {
            Err(Unsayable::NoWords("a stack stands as CloudFormation leaves it"))
        }
        SubjectKind::Resource if !drift.property.is_empty() => {
            Err(Unsayable::NoWords("the resource is set as its entry needs it"))
        }
        _ => Err(Unsayable::Gone),
    }
}
