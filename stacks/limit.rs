//! What fits into a template and into IAM.

use landfall_model::{Diagnostic, Partition, Place};
use landfall_policies::{Document, Piece, Principal, Principals, Quota, QuotaUse, Resources, Text};

use crate::blueprint::Blueprint;
use crate::codes;
use crate::render::Rendered;
use crate::template::Resource;

/// The most bytes of a template that `CreateStack` takes inline, without a bucket to put it into first.
/// Source: CloudFormation User Guide, "Understand CloudFormation quotas".
pub const TEMPLATE_BYTES: usize = 51_200;
/// The most resources of a template. Source: as above.
pub const TEMPLATE_RESOURCES: usize = 500;
/// The most outputs of a template. Source: as above.
pub const TEMPLATE_OUTPUTS: usize = 200;
/// The most parameters of a template. Source: as above.
pub const TEMPLATE_PARAMETERS: usize = 200;

/// Everything about a stack that AWS would refuse.
pub(crate) fn check(blueprint: &Blueprint, rendered: &Rendered, partition: Partition) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    let place = blueprint.place;
    for (what, used, limit) in [
        ("bytes", rendered.body.json.len(), TEMPLATE_BYTES),
        ("resources", blueprint.template.resources.len(), TEMPLATE_RESOURCES),
        ("outputs", blueprint.template.outputs.len(), TEMPLATE_OUTPUTS),
        ("parameters", rendered.parameters.len(), TEMPLATE_PARAMETERS),
    ] {
        if used > limit {
            let message = format!(
                "the template of stack `{}` has {used} {what}, and CloudFormation takes {limit}",
                blueprint.name
            );
            out.push(Diagnostic::error(codes::TEMPLATE, place, message).help("divide this item into several"));
        }
    }
    for resource in blueprint.template.resources.values() {
        match resource {
            Resource::Role(role) => {
                let name = role.name.as_str();
                out.extend(role.policies.uses().into_iter().filter_map(|used| quota("role", name, used, place)));
                let documents = [Some(&role.policies.trust), role.policies.inline.as_ref()];
                let texts = documents.into_iter().flatten().flat_map(texts).chain(&role.policies.attached);
                out.extend(texts.filter_map(|text| foreign(text, name, partition, place)));
            }
            Resource::ManagedPolicy(policy) => {
                let name = policy.name.as_str();
                let used = QuotaUse { quota: Quota::ManagedPolicy, used: policy.document.size() };
                out.extend(quota("policy", name, used, place));
                out.extend(texts(&policy.document).filter_map(|text| foreign(text, name, partition, place)));
            }
            _ => {}
        }
    }
    out
}

fn quota(what: &str, name: &str, used: QuotaUse, place: Place) -> Option<Diagnostic> {
    if used.fits() {
        return None;
    }
    let (subject, unit, help) = match used.quota {
        Quota::TrustPolicy => ("the trust policy", "characters", "trust fewer principals, or make two roles"),
        Quota::InlinePolicies => ("the permissions", "characters", "grant with wildcards, or make two roles"),
        Quota::AttachedPolicies => ("the attached policies", "policies", "attach fewer policies, or make two roles"),
        Quota::ManagedPolicy => ("the document", "characters", "shorten the policy: merge statements, use wildcards"),
        Quota::ServiceControlPolicy | Quota::ResourceControlPolicy => ("the document", "characters", "shorten it"),
    };
    let (used, limit) = (used.used, used.quota.limit());
    let message = format!("{subject} of {what} `{name}` come to {used} {unit}, and IAM takes {limit}");
    Some(Diagnostic::error(codes::QUOTA, place, message).help(help))
}

/// Every text of a document in which an ARN may stand.
fn texts(document: &Document) -> impl Iterator<Item = &Text> {
    document.statements.iter().flat_map(|statement| {
        let resources = match &statement.resources {
            Resources::Only(list) | Resources::Except(list) => list.as_slice(),
            Resources::Implied => &[],
        };
        let principals = match &statement.principals {
            Principals::Only(list) | Principals::Except(list) => list.as_slice(),
            Principals::Implied | Principals::Anyone => &[],
        };
        let principals = principals.iter().filter_map(|principal| match principal {
            Principal::Aws(text) | Principal::Federated(text) => Some(text),
            Principal::Service(_) | Principal::Canonical(_) => None,
        });
        let values = statement.conditions.iter().flat_map(|condition| &condition.values);
        resources.iter().chain(principals).chain(values)
    })
}

fn foreign(text: &Text, name: &str, partition: Partition, place: Place) -> Option<Diagnostic> {
    let Some(Piece::Literal(start)) = text.pieces().first() else { return None };
    let (written, _) = start.strip_prefix("arn:")?.split_once(':')?;
    if written.contains(['*', '?', '$']) || written == partition.as_str() {
        return None;
    }
    let message = format!("`{name}` names `{start}`, and the organization's partition is `{partition}`");
    let help = format!("write `arn:{partition}:…`");
    Some(Diagnostic::error(codes::PARTITION, place, message).help(help))
}
