//! By which rule a difference in IAM is judged.

use std::collections::BTreeSet;

use landfall_model::{Kind, PolicyName};
use landfall_stacks::Identities;
use serde_json::{Value, json};

use super::Rule;
use super::widening::{loses_deny, widens};
use crate::{Difference, IdentityKind, document};

/// What is known about the account around a difference.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Surroundings<'a> {
    /// The kind of the stack that owns the resource.
    pub(crate) kind: Kind,
    /// What the stack shall make, with the policies that other stacks of the account make for it.
    pub(crate) wanted: &'a Identities,
    /// What stands in the account.
    pub(crate) live: &'a Identities,
}

/// Whose word counts first.
#[derive(Debug, Clone, Copy)]
enum Side {
    Wanted,
    Live,
}

impl Surroundings<'_> {
    /// The rule for a difference.
    pub(crate) fn rule(&self, difference: &Difference) -> Rule {
        match self.kind {
            Kind::BreakGlass => return Rule::BreakGlass,
            Kind::Alarm => return Rule::Alarm,
            _ => {}
        }
        let Difference { kind, property, desired, live, .. } = difference;
        match (kind, property.as_str()) {
            (_, "") if live.is_null() => Rule::Missing,
            (_, "Path") => Rule::Elsewhere,
            (IdentityKind::Role, "AssumeRolePolicyDocument") => document_rule(desired, live, Rule::TrustWider),
            (IdentityKind::Role, "PermissionsBoundary") => self.boundary(desired, live),
            (IdentityKind::Role, "ManagedPolicyArns") => self.attached(desired, live),
            (IdentityKind::Role, "MaxSessionDuration") => {
                if live.as_u64() > desired.as_u64() {
                    Rule::Wider
                } else {
                    Rule::Narrower
                }
            }
            (IdentityKind::Role, property) if property.starts_with("Policies/") => policy_rule(desired, live),
            (IdentityKind::Role, _) => Rule::GrantsNothing,
            (IdentityKind::Policy, _) if self.is_boundary(&difference.name) => {
                document_rule(desired, live, Rule::BoundaryWider)
            }
            (IdentityKind::Policy, _) => policy_rule(desired, live),
            (IdentityKind::InstanceProfile, _) => {
                if more(desired, live) {
                    Rule::Wider
                } else {
                    Rule::Narrower
                }
            }
            (IdentityKind::Provider, "ClientIdList") => {
                if more(desired, live) {
                    Rule::TrustWider
                } else {
                    Rule::Narrower
                }
            }
            // Another issuer, or other keys: somebody else vouches for those who come in.
            (IdentityKind::Provider, _) => Rule::TrustWider,
        }
    }

    /// Whether a policy is one that roles have as their boundary.
    fn is_boundary(&self, policy: &str) -> bool {
        let end = ["/", policy].concat();
        let named = |boundary: &Option<String>| boundary.as_ref().is_some_and(|arn| arn.ends_with(&end));
        self.kind == Kind::Boundary
            || self.wanted.roles.values().any(|role| named(&role.boundary))
            || self.live.roles.values().any(|role| named(&role.boundary))
    }

    /// Another boundary is judged by what it says, as far as that is known: policies of AWS's own are not read.
    fn boundary(&self, desired: &Value, live: &Value) -> Rule {
        if live.is_null() {
            return Rule::BoundaryGone;
        }
        match (self.document(desired, Side::Wanted), self.document(live, Side::Live)) {
            (Some(desired), Some(live)) => document_rule(&desired, &live, Rule::BoundaryWider),
            _ => Rule::BoundaryWider,
        }
    }

    /// What a policy says by its side, or, where it is missing there, by the other.
    fn document(&self, arn: &Value, side: Side) -> Option<Value> {
        let name = PolicyName::new(arn.as_str()?.rsplit('/').next()?).ok()?;
        let (first, second) = match side {
            Side::Wanted => (self.wanted, self.live),
            Side::Live => (self.live, self.wanted),
        };
        let policy = first.policies.get(&name).or_else(|| second.policies.get(&name))?;
        Some(policy.document.json())
    }

    /// What a policy denied that was taken off is denied no more.
    fn attached(&self, desired: &Value, live: &Value) -> Rule {
        let (wanted, found) = (texts(desired), texts(live));
        let off = wanted.difference(&found);
        if off
            .into_iter()
            .any(|arn| self.document(&json!(arn), Side::Wanted).is_some_and(|json| document::denies(&json)))
        {
            Rule::DenyRemoved
        } else if found.is_subset(&wanted) {
            Rule::Narrower
        } else {
            Rule::Wider
        }
    }
}

/// A document that holds somebody out or in.
pub(super) fn document_rule(desired: &Value, live: &Value, wider: Rule) -> Rule {
    if widens(desired, live) {
        wider
    } else if widens(live, desired) {
        Rule::Narrower
    } else {
        Rule::GrantsNothing
    }
}

/// A document that grants below a boundary.
fn policy_rule(desired: &Value, live: &Value) -> Rule {
    if loses_deny(desired, live) { Rule::DenyRemoved } else { document_rule(desired, live, Rule::Wider) }
}

fn texts(value: &Value) -> BTreeSet<&str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

fn more(desired: &Value, live: &Value) -> bool {
    !texts(live).is_subset(&texts(desired))
}
