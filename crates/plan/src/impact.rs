//! What a change of templates comes to for those who use the roles: who may assume what, and what that may do.

mod allowed;
mod template;
mod trusted;

use std::collections::{BTreeMap, BTreeSet};

use landfall_stacks::{Identities, ManagedPolicy, PolicyDocument, Role};
use serde_json::Value;

pub use allowed::{Allowed, allowed, denied};
pub use template::{OWN_ACCOUNT, identities_in_words};
pub use trusted::{TrustedBy, trusted_by};

use crate::{Difference, IdentityKind, compare};

/// What becomes of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Alteration {
    /// It is made.
    Added,
    /// It is changed.
    Changed,
    /// It goes.
    Removed,
}

/// What comes and what goes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Turnover<T: Ord> {
    /// There after, and not before.
    pub gained: BTreeSet<T>,
    /// There before, and not after.
    pub lost: BTreeSet<T>,
}

impl<T: Ord> Default for Turnover<T> {
    fn default() -> Self {
        Self { gained: BTreeSet::new(), lost: BTreeSet::new() }
    }
}

impl<T: Ord + Clone> Turnover<T> {
    fn between(before: &BTreeSet<T>, after: &BTreeSet<T>) -> Self {
        Self { gained: after.difference(before).cloned().collect(), lost: before.difference(after).cloned().collect() }
    }

    /// Whether nothing comes or goes.
    pub fn is_empty(&self) -> bool {
        self.gained.is_empty() && self.lost.is_empty()
    }
}

/// What becomes of a role, or of a policy that several roles carry.
#[derive(Debug, Clone, PartialEq)]
pub struct IdentityImpact {
    /// A role or a policy.
    pub kind: IdentityKind,
    /// Its name.
    pub name: String,
    /// What becomes of it.
    pub alteration: Alteration,
    /// Who may assume it; nobody assumes a policy.
    pub trust: Turnover<TrustedBy>,
    /// What its own documents allow.
    pub access: Turnover<Allowed>,
    /// The statements of its own documents that deny.
    pub denials: Turnover<String>,
    /// The policies that are attached to it.
    pub attached: Turnover<String>,
    /// Everything that differs, property by property: `desired` is after, `live` is before.
    pub differences: Vec<Difference>,
}

/// What becomes of every role and policy of a template. Other resources are not access.
pub fn impacts(before: &Identities, after: &Identities) -> Vec<IdentityImpact> {
    let mut out = Vec::new();
    let differences = compare(after, before);
    let of = |kind: IdentityKind, name: &str| -> Vec<Difference> {
        differences.iter().filter(|one| one.kind == kind && one.name == name).cloned().collect()
    };
    let names: BTreeSet<_> = before.roles.keys().chain(after.roles.keys()).collect();
    for name in names {
        let (old, new) = (before.roles.get(name), after.roles.get(name));
        let differences = of(IdentityKind::Role, name.as_str());
        if let Some(alteration) = alteration(old.is_some(), new.is_some(), &differences) {
            out.push(role(name.as_str(), alteration, old, new, differences));
        }
    }
    let names: BTreeSet<_> = before.policies.keys().chain(after.policies.keys()).collect();
    for name in names {
        let (old, new) = (before.policies.get(name), after.policies.get(name));
        let differences = of(IdentityKind::Policy, name.as_str());
        if let Some(alteration) = alteration(old.is_some(), new.is_some(), &differences) {
            out.push(policy(name.as_str(), alteration, old, new, differences));
        }
    }
    out
}

/// What repairs come to: the change from what stands in IAM to what shall. `named` gives accounts their names.
pub(crate) fn repaired(differences: &[Difference], named: impl Fn(&Value) -> Value) -> Vec<IdentityImpact> {
    let mut by_identity: BTreeMap<(IdentityKind, &str), Vec<Difference>> = BTreeMap::new();
    for one in differences {
        let (desired, live) = (named(&one.desired), named(&one.live));
        by_identity.entry((one.kind, &one.name)).or_default().push(Difference { desired, live, ..one.clone() });
    }
    let texts = |value: &Value| -> BTreeSet<String> {
        value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let mut out = Vec::new();
    for ((kind, name), differences) in by_identity {
        let of = |property: &str| differences.iter().find(|one| one.property == property);
        let documents = |side: fn(&Difference) -> &Value| -> Vec<Value> {
            let inline = |one: &&Difference| one.property.starts_with("Policies/") || one.property == "PolicyDocument";
            differences.iter().filter(inline).map(|one| side(one).clone()).collect()
        };
        let trust = of("AssumeRolePolicyDocument").map(|one| (trusted_by(&one.live), trusted_by(&one.desired)));
        let (untrusted, trusted) = trust.unwrap_or_default();
        let (unattached, attached) =
            of("ManagedPolicyArns").map(|one| (texts(&one.live), texts(&one.desired))).unwrap_or_default();
        out.push(IdentityImpact {
            kind,
            name: name.to_owned(),
            trust: Turnover::between(&untrusted, &trusted),
            attached: Turnover::between(&unattached, &attached),
            ..documented(&documents(|one| &one.live), &documents(|one| &one.desired))
        });
        if let Some(last) = out.last_mut() {
            last.differences = differences;
        }
    }
    out
}

fn alteration(before: bool, after: bool, differences: &[Difference]) -> Option<Alteration> {
    match (before, after) {
        (false, true) => Some(Alteration::Added),
        (true, false) => Some(Alteration::Removed),
        _ => (!differences.is_empty()).then_some(Alteration::Changed),
    }
}

fn role(
    name: &str,
    alteration: Alteration,
    before: Option<&Role>,
    after: Option<&Role>,
    differences: Vec<Difference>,
) -> IdentityImpact {
    let trust = |role: Option<&Role>| role.map(|role| trusted_by(&role.trust.json())).unwrap_or_default();
    let documents = |role: Option<&Role>| -> Vec<Value> {
        role.into_iter().flat_map(|role| role.inline.values().map(PolicyDocument::json)).collect()
    };
    let attached = |role: Option<&Role>| role.map(|role| role.attached.clone()).unwrap_or_default();
    IdentityImpact {
        kind: IdentityKind::Role,
        name: name.to_owned(),
        alteration,
        trust: Turnover::between(&trust(before), &trust(after)),
        attached: Turnover::between(&attached(before), &attached(after)),
        differences,
        ..documented(&documents(before), &documents(after))
    }
}

fn policy(
    name: &str,
    alteration: Alteration,
    before: Option<&ManagedPolicy>,
    after: Option<&ManagedPolicy>,
    differences: Vec<Difference>,
) -> IdentityImpact {
    let documents =
        |policy: Option<&ManagedPolicy>| policy.map(|policy| policy.document.json()).into_iter().collect::<Vec<_>>();
    IdentityImpact {
        name: name.to_owned(),
        alteration,
        differences,
        ..documented(&documents(before), &documents(after))
    }
}

fn documented(before: &[Value], after: &[Value]) -> IdentityImpact {
    let all = |documents: &[Value]| documents.iter().flat_map(allowed).collect();
    let none = |documents: &[Value]| documents.iter().flat_map(denied).collect();
    IdentityImpact {
        kind: IdentityKind::Policy,
        name: String::new(),
        alteration: Alteration::Changed,
        trust: Turnover::default(),
        access: Turnover::between(&all(before), &all(after)),
        denials: Turnover::between(&none(before), &none(after)),
        attached: Turnover::default(),
        differences: Vec::new(),
    }
}

#[cfg(test)]
mod tests;
