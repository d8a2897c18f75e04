//! Policies of the organization. Source: Organizations API reference and User Guide, "Service control policies",
//! "Resource control policies", "Quotas for AWS Organizations".

use std::collections::BTreeSet;

use landfall_engine::port::{Answer, GuardrailContent, NewGuardrail};
use landfall_engine::{Fault, FaultKind};
use landfall_model::GuardrailKind;
use landfall_policies::{Document, Effect, Principals, Quota, Resources};

use crate::organization::{fault, in_use, missing_target};
use crate::quotas;
use crate::rows::GuardrailRow;
use crate::world::World;

/// What AWS attaches to every root, unit and account while the type is enabled.
fn full_access(kind: GuardrailKind) -> (&'static str, &'static str) {
    match kind {
        GuardrailKind::ServiceControl => ("p-FullAWSAccess", "FullAWSAccess"),
        GuardrailKind::ResourceControl => ("p-RCPFullAWSAccess", "RCPFullAWSAccess"),
    }
}

fn full_access_kind(policy: &str) -> Option<GuardrailKind> {
    GuardrailKind::ALL.into_iter().find(|kind| full_access(*kind).0 == policy)
}

fn missing(operation: &str) -> Fault {
    let message = "We can't find a policy with the PolicyId that you specified.";
    fault(FaultKind::NotFound, operation, "PolicyNotFoundException", message)
}

fn limit(operation: &str, reason: &str) -> Fault {
    let message = format!("You have exceeded a limit of AWS Organizations. ({reason})");
    fault(FaultKind::LimitExceeded, operation, "ConstraintViolationException", message)
}

fn not_enabled(operation: &str) -> Fault {
    let message = "The specified policy type isn't currently enabled in this root.";
    fault(FaultKind::NotReady, operation, "PolicyTypeNotEnabledException", message)
}

fn managed(operation: &str) -> Fault {
    let message = "You can't change a policy that AWS manages. (IMMUTABLE_POLICY)";
    fault(FaultKind::Invalid, operation, "InvalidInputException", message)
}

fn row<'a>(world: &'a World, policy: &str, operation: &str) -> Answer<&'a GuardrailRow> {
    in_use(world, operation)?;
    world
        .guardrails
        .get(policy)
        .ok_or_else(|| if full_access_kind(policy).is_some() { managed(operation) } else { missing(operation) })
}

pub(crate) fn enable(world: &mut World, root: &str, kind: GuardrailKind) -> Answer<()> {
    let operation = "organizations:EnablePolicyType";
    let row = in_use(world, operation)?;
    if row.root != root {
        let message = "We can't find a root with the RootId that you specified.";
        return Err(fault(FaultKind::NotFound, operation, "RootNotFoundException", message));
    }
    if row.policy_types.contains(&kind) {
        let message = "The specified policy type is already enabled in the specified root.";
        return Err(fault(FaultKind::AlreadyExists, operation, "PolicyTypeAlreadyEnabledException", message));
    }
    if let Some(row) = world.organization.get_mut() {
        row.policy_types.insert(kind);
    }
    Ok(())
}

/// `DisablePolicyType`: every policy of the type comes off everything. Source: Organizations API reference.
pub(crate) fn disable(world: &mut World, kind: GuardrailKind) {
    if let Some(row) = world.organization.get_mut() {
        row.policy_types.remove(&kind);
    }
    let own: Vec<String> =
        world.guardrails.iter().filter(|(_, row)| row.kind == kind).map(|(id, _)| id.clone()).collect();
    for id in own {
        if let Some(row) = world.guardrails.get_mut(&id) {
            row.targets.clear();
        }
    }
}

pub(crate) fn list(world: &World, kind: GuardrailKind) -> Answer<Vec<(String, String)>> {
    in_use(world, "organizations:ListPolicies")?;
    let (id, name) = full_access(kind);
    let own = world.guardrails.iter().filter(|(_, row)| row.kind == kind);
    let own = own.map(|(id, row)| (id.clone(), row.name.clone()));
    Ok(std::iter::once((id.to_owned(), name.to_owned())).chain(own).collect())
}

pub(crate) fn describe(world: &World, policy: &str) -> Answer<Option<GuardrailContent>> {
    in_use(world, "organizations:DescribePolicy")?;
    if let Some(kind) = full_access_kind(policy) {
        let principal = if kind == GuardrailKind::ResourceControl { r#""Principal":"*","# } else { "" };
        let content = format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow",{principal}"Action":"*","Resource":"*"}}]}}"#
        );
        return Ok(Some(GuardrailContent { description: "Allows access to every operation".to_owned(), content }));
    }
    let read =
        |row: &GuardrailRow| GuardrailContent { description: row.description.clone(), content: row.content.clone() };
    Ok(world.guardrails.get(policy).map(read))
}

/// What Organizations checks of a document before it takes it.
fn check(kind: GuardrailKind, content: &GuardrailContent, operation: &str) -> Answer<()> {
    let quota = match kind {
        GuardrailKind::ServiceControl => Quota::ServiceControlPolicy,
        GuardrailKind::ResourceControl => Quota::ResourceControlPolicy,
    };
    // White space counts in what comes through the API.
    if content.content.chars().count() > quota.limit() {
        return Err(limit(operation, "POLICY_CONTENT_LIMIT_EXCEEDED"));
    }
    if content.description.chars().count() > quotas::POLICY_DESCRIPTION {
        let message = "You specified an invalid value. (MAX_LENGTH_EXCEEDED)";
        return Err(fault(FaultKind::Invalid, operation, "InvalidInputException", message));
    }
    let json = serde_json::from_str(&content.content).ok();
    let document = json.and_then(|json| Document::parse(&json).ok());
    let fits = document.is_some_and(|document| {
        document.statements.iter().all(|statement| {
            statement.resources != Resources::Implied
                && match kind {
                    GuardrailKind::ServiceControl => statement.principals == Principals::Implied,
                    GuardrailKind::ResourceControl => {
                        statement.principals == Principals::Anyone && statement.effect == Effect::Deny
                    }
                }
        })
    });
    if fits {
        return Ok(());
    }
    let message = "The provided policy document doesn't meet the requirements of the specified policy type.";
    Err(fault(FaultKind::Invalid, operation, "MalformedPolicyDocumentException", message))
}

pub(crate) fn create(world: &mut World, request: &NewGuardrail) -> Answer<String> {
    let operation = "organizations:CreatePolicy";
    in_use(world, operation)?;
    check(request.kind, &request.content, operation)?;
    let name = request.name.as_str();
    let same = |row: &GuardrailRow| row.kind == request.kind && row.name == name;
    if world.guardrails.iter().any(|(_, row)| same(row)) || full_access(request.kind).1 == name {
        let message = "A policy with the same name already exists.";
        return Err(fault(FaultKind::AlreadyExists, operation, "DuplicatePolicyException", message));
    }
    if world.guardrails.len() >= Quota::OrganizationPolicies.limit() {
        return Err(limit(operation, "POLICY_NUMBER_LIMIT_EXCEEDED"));
    }
    let digits = world.draw("guardrail");
    let id = ["p-", digits.get(..8).unwrap_or_default()].concat();
    let row = GuardrailRow {
        kind: request.kind,
        name: name.to_owned(),
        description: request.content.description.clone(),
        content: request.content.content.clone(),
        tags: request.tags.clone(),
        targets: BTreeSet::new(),
    };
    world.guardrails.insert(id.clone(), row);
    Ok(id)
}

pub(crate) fn update(world: &mut World, policy: &str, content: &GuardrailContent) -> Answer<()> {
    let operation = "organizations:UpdatePolicy";
    let kind = row(world, policy, operation)?.kind;
    check(kind, content, operation)?;
    if let Some(row) = world.guardrails.get_mut(policy) {
        row.content.clone_from(&content.content);
        row.description.clone_from(&content.description);
    }
    Ok(())
}

pub(crate) fn delete(world: &mut World, policy: &str) -> Answer<()> {
    let operation = "organizations:DeletePolicy";
    if !row(world, policy, operation)?.targets.is_empty() {
        let message = "The policy is attached to one or more entities. You must detach it from all roots, OUs, and \
                       accounts before performing this operation.";
        return Err(fault(FaultKind::Invalid, operation, "PolicyInUseException", message));
    }
    world.guardrails.remove(policy);
    Ok(())
}

pub(crate) fn targets(world: &World, policy: &str) -> Answer<BTreeSet<String>> {
    let operation = "organizations:ListTargetsForPolicy";
    let organization = in_use(world, operation)?;
    let Some(kind) = full_access_kind(policy) else {
        return world.guardrails.get(policy).map(|row| row.targets.clone()).ok_or_else(|| missing(operation));
    };
    if !organization.policy_types.contains(&kind) {
        return Ok(BTreeSet::new());
    }
    let units = world.units.iter().map(|(id, _)| id);
    let accounts = world.accounts.iter().map(|(id, _)| id);
    let all = std::iter::once(&organization.root).chain(units).chain(accounts);
    let bare = |id: &&String| kind == GuardrailKind::ServiceControl && organization.bare.contains(*id);
    Ok(all.filter(|id| !bare(id)).cloned().collect())
}

/// The policies of a type that are attached right to a target.
pub(crate) fn on(world: &World, target: &str, kind: GuardrailKind, operation: &str) -> Answer<BTreeSet<String>> {
    let organization = in_use(world, operation)?;
    let known =
        organization.root == target || world.units.get(target).is_some() || world.accounts.get(target).is_some();
    if !known {
        return Err(missing_target(operation));
    }
    let own = world.guardrails.iter().filter(|(_, row)| row.kind == kind && row.targets.contains(target));
    let mut all: BTreeSet<String> = own.map(|(id, _)| id.clone()).collect();
    let bare = kind == GuardrailKind::ServiceControl && organization.bare.contains(target);
    if organization.policy_types.contains(&kind) && !bare {
        all.insert(full_access(kind).0.to_owned());
    }
    Ok(all)
}

pub(crate) fn attach(world: &mut World, policy: &str, target: &str) -> Answer<()> {
    let operation = "organizations:AttachPolicy";
    let kind = match full_access_kind(policy) {
        Some(kind) => kind,
        None => row(world, policy, operation)?.kind,
    };
    let attached = on(world, target, kind, operation)?;
    if !in_use(world, operation)?.policy_types.contains(&kind) {
        return Err(not_enabled(operation));
    }
    if attached.contains(policy) {
        let message = "The selected policy is already attached to the specified target.";
        return Err(fault(FaultKind::AlreadyExists, operation, "DuplicatePolicyAttachmentException", message));
    }
    let quota = match kind {
        GuardrailKind::ServiceControl => Quota::AttachedServiceControlPolicies,
        GuardrailKind::ResourceControl => Quota::AttachedResourceControlPolicies,
    };
    if attached.len() >= quota.limit() {
        return Err(limit(operation, "MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED"));
    }
    if let Some(row) = world.guardrails.get_mut(policy) {
        row.targets.insert(target.to_owned());
    } else if let Some(row) = world.organization.get_mut() {
        row.bare.remove(target);
    }
    Ok(())
}

pub(crate) fn detach(world: &mut World, policy: &str, target: &str) -> Answer<()> {
    let operation = "organizations:DetachPolicy";
    let kind = match full_access_kind(policy) {
        Some(GuardrailKind::ResourceControl) => return Err(managed(operation)),
        Some(kind) => kind,
        None => row(world, policy, operation)?.kind,
    };
    let attached = on(world, target, kind, operation)?;
    if !attached.contains(policy) {
        let message = "The policy isn't attached to the specified target in the specified root.";
        return Err(fault(FaultKind::NotFound, operation, "PolicyNotAttachedException", message));
    }
    if attached.len() == 1 && kind == GuardrailKind::ServiceControl {
        let message = "You can't remove the last policy of this type. (MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED)";
        return Err(fault(FaultKind::LimitExceeded, operation, "ConstraintViolationException", message));
    }
    if let Some(row) = world.guardrails.get_mut(policy) {
        row.targets.remove(target);
    } else if let Some(row) = world.organization.get_mut() {
        row.bare.insert(target.to_owned());
    }
    Ok(())
}
