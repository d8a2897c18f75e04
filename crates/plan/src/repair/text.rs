//! What managed policies say, as far as the order of writes hangs on it.

use std::collections::{BTreeMap, BTreeSet};

use landfall_policies::{Plain, aws_policy_document, aws_policy_name};
use landfall_stacks::Identities;
use serde_json::Value;

use crate::{Difference, IdentityKind};

/// What customer managed policies say now, by ARN, whoever made them. What AWS's own say is a part of the program. A policy
/// whose text is not here is taken to allow and deny anything.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Texts(BTreeMap<String, Value>);

impl Texts {
    /// The ARNs of the policies whose texts matter for these differences: what is attached, detached, or a boundary, and
    /// where a tag differs whatever the role leans on. None where a difference stands alone, since its one write has no
    /// order.
    pub fn wanted(differences: &[Difference], expected: &Identities) -> BTreeSet<String> {
        let several = differences.len() > 1 || differences.iter().any(|one| one.property == "ManagedPolicyArns");
        let mut arns = if several { leans(differences, expected) } else { BTreeSet::new() };
        let changed = changed(differences);
        arns.retain(|arn| aws_policy_name(arn).is_none() && !changed.contains_key(name(arn)));
        arns
    }

    /// Keeps what a policy says.
    pub fn insert(&mut self, arn: String, document: Value) {
        self.0.insert(arn, document);
    }
}

/// All that is at hand.
pub(super) struct Sources<'a> {
    texts: &'a Texts,
    changed: BTreeMap<&'a str, &'a Difference>,
}

/// The policies that differ themselves. Names of policies are unique in an account.
fn changed(differences: &[Difference]) -> BTreeMap<&str, &Difference> {
    let policies = differences.iter().filter(|one| one.kind == IdentityKind::Policy);
    let documents = policies.filter(|one| matches!(one.property.as_str(), "" | "PolicyDocument"));
    documents.map(|one| (one.name.as_str(), one)).collect()
}

impl<'a> Sources<'a> {
    pub(super) fn of(texts: &'a Texts, differences: &'a [Difference]) -> Self {
        Self { texts, changed: changed(differences) }
    }

    /// What a policy says now and shall say, if somebody knows.
    pub(super) fn documents(&self, arn: &str) -> Option<Vec<Value>> {
        if aws_policy_name(arn).is_some() {
            return Some(vec![aws_policy_document(arn)?.render(&Plain)]);
        }
        match self.changed.get(name(arn)) {
            Some(Difference { property, desired, .. }) if property.is_empty() => {
                Some(vec![desired.get("document")?.clone()])
            }
            Some(Difference { desired, live, .. }) => Some(vec![desired.clone(), live.clone()]),
            None => Some(vec![self.texts.0.get(arn)?.clone()]),
        }
    }

    /// What a policy says, if that stays.
    pub(super) fn standing(&self, arn: &Value) -> Option<Value> {
        match self.documents(arn.as_str()?)?.as_slice() {
            [one] => Some(one.clone()),
            _ => None,
        }
    }
}

/// The ARNs of the policies that these differences speak of, and of all that a role leans on whose tags differ.
pub(super) fn leans(differences: &[Difference], expected: &Identities) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    for one in differences.iter().filter(|one| one.kind == IdentityKind::Role) {
        match one.property.as_str() {
            "ManagedPolicyArns" => {
                out.extend(arns(&one.desired).symmetric_difference(&arns(&one.live)).cloned());
            }
            "PermissionsBoundary" => out.extend([&one.desired, &one.live].into_iter().filter_map(text)),
            "" => out.extend(one.desired.get("attached").map(arns).unwrap_or_default()),
            tag if tag.starts_with("Tags/") => {
                let role = expected.roles.get(one.name.as_str());
                out.extend(role.into_iter().flat_map(|role| role.attached.iter().chain(&role.boundary)).cloned());
            }
            _ => {}
        }
    }
    out
}

fn name(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or_default()
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

/// A list of texts.
pub(super) fn arns(value: &Value) -> BTreeSet<String> {
    value.as_array().into_iter().flatten().filter_map(text).collect()
}
