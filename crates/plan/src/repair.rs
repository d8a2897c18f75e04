//! The way back for what was changed in IAM, in an order that never widens access in between.

use std::collections::{BTreeMap, BTreeSet};

use landfall_model::RoleName;
use serde_json::Value;

use crate::{Difference, IdentityKind, document};

/// One IAM write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RepairCall {
    /// `PutRolePermissionsBoundary`
    PutBoundary {
        /// The role.
        role: RoleName,
        /// The boundary's ARN.
        policy: String,
    },
    /// `UpdateAssumeRolePolicy`
    PutTrust {
        /// The role.
        role: RoleName,
        /// The document.
        document: Value,
    },
    /// `PutRolePolicy`
    PutInline {
        /// The role.
        role: RoleName,
        /// The inline policy.
        name: String,
        /// The document.
        document: Value,
    },
    /// `DeleteRolePolicy`
    DeleteInline {
        /// The role.
        role: RoleName,
        /// The inline policy.
        name: String,
    },
    /// `AttachRolePolicy`
    Attach {
        /// The role.
        role: RoleName,
        /// The managed policy's ARN.
        policy: String,
    },
    /// `DetachRolePolicy`
    Detach {
        /// The role.
        role: RoleName,
        /// The managed policy's ARN.
        policy: String,
    },
    /// `UpdateRole`. What is `None` did not differ and stays as it is read.
    UpdateRole {
        /// The role.
        role: RoleName,
        /// The description.
        description: Option<String>,
        /// The longest session in seconds.
        max_session: Option<u32>,
    },
    /// `TagRole`
    TagRole {
        /// The role.
        role: RoleName,
        /// What is set.
        tags: BTreeMap<String, String>,
    },
    /// `CreatePolicyVersion` as the default one, of a customer managed policy under the organization's IAM path.
    PutPolicy {
        /// The policy's name.
        name: String,
        /// The document.
        document: Value,
    },
}

/// When a call comes. Each stage is over before the next one begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    /// A boundary where none is only ever narrows.
    MissingBoundary,
    /// Policies too many go before anything that could make them reach further.
    Narrow,
    /// A boundary's document is right before a role is put under it.
    Policies,
    /// One boundary for another.
    OtherBoundary,
    /// Who may come in is settled before what they may do grows.
    Trust,
    /// What is missing comes back.
    Add,
    /// What grants nothing.
    Settings,
    /// A policy too many that denies goes only when everything else is right: until then it holds something shut.
    Release,
}

/// The IAM writes that put differences right, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Repair {
    /// The writes.
    pub calls: Vec<RepairCall>,
    /// What no IAM write puts right: it needs its stack, or somebody who looks.
    pub beyond: Vec<Difference>,
}

impl Repair {
    /// The writes for differences.
    pub fn of(differences: &[Difference]) -> Self {
        let mut staged: Vec<(Stage, RepairCall)> = Vec::new();
        let mut updates: BTreeMap<RoleName, (Option<String>, Option<u32>)> = BTreeMap::new();
        let mut tags: BTreeMap<RoleName, BTreeMap<String, String>> = BTreeMap::new();
        let mut beyond = Vec::new();
        for difference in differences {
            match Remedy::of(difference) {
                Some(Remedy::Calls(calls)) => staged.extend(calls),
                Some(Remedy::Description(role, text)) => updates.entry(role).or_default().0 = Some(text),
                Some(Remedy::MaxSession(role, seconds)) => updates.entry(role).or_default().1 = Some(seconds),
                Some(Remedy::Tag(role, key, value)) => {
                    tags.entry(role).or_default().insert(key, value);
                }
                None => beyond.push(difference.clone()),
            }
        }
        staged.extend(updates.into_iter().map(|(role, (description, max_session))| {
            (Stage::Settings, RepairCall::UpdateRole { role, description, max_session })
        }));
        staged.extend(tags.into_iter().map(|(role, tags)| (Stage::Settings, RepairCall::TagRole { role, tags })));
        // The sort is stable: inside a stage calls stay in the order of the differences.
        staged.sort_by_key(|(stage, _)| *stage);
        Self { calls: staged.into_iter().map(|(_, call)| call).collect(), beyond }
    }

    /// Whether IAM writes can put a difference right.
    pub fn can_put_right(difference: &Difference) -> bool {
        Remedy::of(difference).is_some()
    }
}

enum Remedy {
    Calls(Vec<(Stage, RepairCall)>),
    Description(RoleName, String),
    MaxSession(RoleName, u32),
    Tag(RoleName, String, String),
}

impl Remedy {
    fn of(difference: &Difference) -> Option<Self> {
        let Difference { kind, name, property, desired, live } = difference;
        match kind {
            IdentityKind::Role => Self::of_role(RoleName::new(name.clone()).ok()?, property, desired, live),
            IdentityKind::Policy if property == "PolicyDocument" => {
                let call = RepairCall::PutPolicy { name: name.clone(), document: desired.clone() };
                Some(Self::Calls(vec![(Stage::Policies, call)]))
            }
            IdentityKind::Policy | IdentityKind::InstanceProfile | IdentityKind::Provider => None,
        }
    }

    fn of_role(role: RoleName, property: &str, desired: &Value, live: &Value) -> Option<Self> {
        let one = |stage, call| Some(Self::Calls(vec![(stage, call)]));
        match property.split_once('/') {
            Some(("Policies", name)) => {
                let name = name.to_owned();
                return match desired {
                    Value::Null if document::denies(live) => {
                        one(Stage::Release, RepairCall::DeleteInline { role, name })
                    }
                    Value::Null => one(Stage::Narrow, RepairCall::DeleteInline { role, name }),
                    document => one(Stage::Add, RepairCall::PutInline { role, name, document: document.clone() }),
                };
            }
            Some(("Tags", key)) => return Some(Self::Tag(role, key.to_owned(), desired.as_str()?.to_owned())),
            _ => {}
        }
        match property {
            "AssumeRolePolicyDocument" => one(Stage::Trust, RepairCall::PutTrust { role, document: desired.clone() }),
            "PermissionsBoundary" => {
                let stage = if live.is_null() { Stage::MissingBoundary } else { Stage::OtherBoundary };
                one(stage, RepairCall::PutBoundary { role, policy: desired.as_str()?.to_owned() })
            }
            "ManagedPolicyArns" => {
                let (desired, live) = (arns(desired), arns(live));
                let detach = live
                    .difference(&desired)
                    .map(|policy| (Stage::Narrow, RepairCall::Detach { role: role.clone(), policy: policy.clone() }));
                let attach = desired
                    .difference(&live)
                    .map(|policy| (Stage::Add, RepairCall::Attach { role: role.clone(), policy: policy.clone() }));
                Some(Self::Calls(detach.chain(attach).collect()))
            }
            "MaxSessionDuration" => {
                Some(Self::MaxSession(role, desired.as_u64().and_then(|seconds| u32::try_from(seconds).ok())?))
            }
            "Description" => Some(Self::Description(role, desired.as_str()?.to_owned())),
            _ => None,
        }
    }
}

fn arns(value: &Value) -> BTreeSet<String> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(property: &str, desired: Value, live: Value) -> Difference {
        let (kind, name) = (IdentityKind::Role, "etl".to_owned());
        Difference { kind, name, property: property.to_owned(), desired, live }
    }

    fn order(differences: &[Difference]) -> Vec<&'static str> {
        let word = |call: &RepairCall| match call {
            RepairCall::PutBoundary { .. } => "boundary",
            RepairCall::PutTrust { .. } => "trust",
            RepairCall::PutInline { .. } => "put inline",
            RepairCall::DeleteInline { .. } => "delete inline",
            RepairCall::Attach { .. } => "attach",
            RepairCall::Detach { .. } => "detach",
            RepairCall::UpdateRole { .. } => "update",
            RepairCall::TagRole { .. } => "tag",
            RepairCall::PutPolicy { .. } => "policy",
        };
        Repair::of(differences).calls.iter().map(word).collect()
    }

    fn everything(boundary: Value) -> Vec<Difference> {
        let allow = json!({ "Statement": [{ "Effect": "Allow" }] });
        let policy = Difference {
            kind: IdentityKind::Policy,
            name: "acme-boundary-workload".to_owned(),
            property: "PolicyDocument".to_owned(),
            desired: json!({}),
            live: json!({ "Statement": [] }),
        };
        vec![
            of("Tags/team", json!("data"), Value::Null),
            of("Policies/missing", allow.clone(), Value::Null),
            of("Policies/quarantine", Value::Null, json!({ "Statement": { "Effect": "Deny" } })),
            of("Policies/extra", Value::Null, allow),
            of("ManagedPolicyArns", json!(["a", "b"]), json!(["b", "c"])),
            of("AssumeRolePolicyDocument", json!({}), json!({ "Statement": [] })),
            policy,
            of("PermissionsBoundary", json!("x"), boundary),
            of("Description", json!("moves data"), json!("")),
            of("MaxSessionDuration", json!(3600), json!(43200)),
        ]
    }

    #[test]
    fn access_narrows_before_it_grows() {
        assert_eq!(
            order(&everything(Value::Null)),
            [
                "boundary",
                "delete inline",
                "detach",
                "policy",
                "trust",
                "put inline",
                "attach",
                "update",
                "tag",
                "delete inline"
            ]
        );
    }

    #[test]
    fn another_boundary_waits_until_its_document_is_right() {
        let order = order(&everything(json!("y")));
        let at = |word: &str| order.iter().position(|other| *other == word).unwrap();
        assert!(at("delete inline") < at("policy") && at("policy") < at("boundary") && at("boundary") < at("trust"));
    }

    #[test]
    fn settings_of_one_role_are_one_call_and_tags_are_one_call() {
        let repair = Repair::of(&[
            of("Description", json!("moves data"), json!("")),
            of("Tags/a", json!("1"), Value::Null),
            of("MaxSessionDuration", json!(3600), json!(43200)),
            of("Tags/b", json!("2"), json!("3")),
        ]);
        let role = RoleName::new("etl").unwrap();
        let tags = BTreeMap::from([("a".to_owned(), "1".to_owned()), ("b".to_owned(), "2".to_owned())]);
        let description = Some("moves data".to_owned());
        assert_eq!(
            repair.calls,
            [
                RepairCall::UpdateRole { role: role.clone(), description, max_session: Some(3600) },
                RepairCall::TagRole { role, tags },
            ]
        );
    }

    #[test]
    fn what_no_call_puts_right_is_told() {
        let gone = of("", json!({ "name": "etl" }), Value::Null);
        let path = of("Path", json!("/acme/"), json!("/"));
        let repair = Repair::of(&[gone.clone(), path.clone()]);
        assert_eq!((repair.calls, repair.beyond), (vec![], vec![gone, path]));
    }
}
