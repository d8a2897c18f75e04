//! What CloudFormation keeps of a stack.

use std::collections::BTreeMap;

use landfall_model::{AccountId, Region, StackName};
use landfall_plan::{Imported, ObservedStack, StackStatus};
use landfall_stacks::Protection;
use serde::{Deserialize, Serialize};

use crate::clock::Millis;
use crate::faults::Script;

/// What a stack is made of.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Definition {
    /// The template's digest.
    pub(crate) template: String,
    pub(crate) parameters: BTreeMap<String, String>,
    pub(crate) tags: BTreeMap<String, String>,
}

/// A resource that stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Made {
    pub(crate) type_name: String,
    /// What `Ref` returns.
    pub(crate) physical: String,
}

/// A failed resource event.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct FailureRow {
    pub(crate) token: String,
    pub(crate) logical: String,
    pub(crate) type_name: String,
    pub(crate) status: String,
    pub(crate) reason: String,
}

/// What an operation does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Phase {
    Create,
    CreateRollback,
    Update,
    Import,
    ImportRollback,
    UpdateCleanup,
    UpdateRollback,
    UpdateRollbackCleanup,
    Delete,
}

/// What an update did to a resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Applied {
    Added(String),
    Modified(String),
    /// Made anew; what stood before is kept until the update is complete.
    Replaced(String, Made),
}

/// An operation under way.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Operation {
    pub(crate) phase: Phase,
    /// When the phase ends.
    pub(crate) due: Millis,
    pub(crate) token: String,
    pub(crate) script: Script,
    /// What the stack shall become.
    pub(crate) target: Definition,
    #[serde(default)]
    pub(crate) aim: Aim,
    pub(crate) applied: Vec<Applied>,
}

/// A stack.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct StackRow {
    /// Its ARN.
    pub(crate) id: String,
    pub(crate) account: AccountId,
    pub(crate) region: Region,
    pub(crate) name: StackName,
    pub(crate) status: StackStatus,
    pub(crate) reason: Option<String>,
    pub(crate) definition: Definition,
    pub(crate) protection: Protection,
    /// The token that it was made with.
    pub(crate) token: String,
    pub(crate) resources: BTreeMap<String, Made>,
    pub(crate) outputs: BTreeMap<String, String>,
    pub(crate) operation: Option<Operation>,
    /// The rollback that failed and can be gone on with.
    pub(crate) suspended: Option<Operation>,
    pub(crate) failures: Vec<FailureRow>,
    /// The ids of its change sets by name.
    pub(crate) change_sets: BTreeMap<String, String>,
}

/// A change set, by its ARN.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ChangeSetRow {
    pub(crate) id: String,
    pub(crate) name: String,
    /// The key of its stack.
    pub(crate) stack: String,
    pub(crate) target: Definition,
    #[serde(default)]
    pub(crate) aim: Aim,
    pub(crate) token: String,
    /// When it is ready, or has failed.
    pub(crate) due: Millis,
    /// Why it fails.
    pub(crate) failure: Option<String>,
    /// With which token it was carried out.
    pub(crate) executed: Option<String>,
}

/// What a change set, or the operation that carries it out, is for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Aim {
    /// To bring the stack to the template.
    #[default]
    Update,
    /// To bring the stack to the template, and what stands with it.
    RevertDrift,
    /// To take what stands into the stack.
    Import(Vec<Imported>),
}

/// The key of a stack: `account/region/name/uuid`.
pub(crate) fn key_of(account: &AccountId, region: &Region, name: &str, uuid: &str) -> String {
    [account.as_str(), region.as_str(), name, uuid].join("/")
}

/// The ARN of a stack.
pub(crate) fn arn_of(account: &AccountId, region: &Region, name: &str, uuid: &str) -> String {
    let resource = ["stack", name, uuid].join("/");
    ["arn", region.partition().as_str(), "cloudformation", region.as_str(), account.as_str(), &resource].join(":")
}

/// The key in a stack's ARN.
pub(crate) fn key_in(arn: &str) -> Option<String> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    match parts.as_slice() {
        ["arn", _, "cloudformation", region, account, resource] => {
            Some([account, "/", region, "/", resource.strip_prefix("stack/")?].concat())
        }
        _ => None,
    }
}

/// Hexadecimal digits in the form of a UUID.
pub(crate) fn uuid(hex: &str) -> String {
    [(0, 8), (8, 12), (12, 16), (16, 20), (20, 32)].map(|(from, to)| hex.get(from..to).unwrap_or_default()).join("-")
}

impl StackRow {
    /// A stack with nothing in it; `drawn` is 64 hexadecimal digits that no other stack has.
    pub(crate) fn shell(drawn: &str, place: (&AccountId, &Region), name: &StackName, status: StackStatus) -> Self {
        let (account, region) = place;
        let uuid = uuid(drawn);
        Self {
            id: arn_of(account, region, name.as_str(), &uuid),
            account: account.clone(),
            region: region.clone(),
            name: name.clone(),
            status,
            reason: None,
            definition: Definition::default(),
            protection: Protection::Off,
            token: String::new(),
            resources: BTreeMap::new(),
            outputs: BTreeMap::new(),
            operation: None,
            suspended: None,
            failures: Vec::new(),
            change_sets: BTreeMap::new(),
        }
    }

    pub(crate) fn key(&self) -> String {
        key_in(&self.id).unwrap_or_default()
    }

    pub(crate) fn observed(&self) -> ObservedStack {
        ObservedStack {
            region: self.region.clone(),
            name: self.name.clone(),
            id: self.id.clone(),
            status: self.status,
            reason: self.reason.clone(),
            tags: self.definition.tags.clone(),
            protected: Some(self.protection == Protection::On),
            outputs: self.outputs.clone(),
            dates: landfall_plan::Dates::default(),
        }
    }

    pub(crate) fn fail(&mut self, token: &str, logical: &str, type_name: &str, status: &str, reason: String) {
        // As many as one page of events of a stack that is tried again and again.
        if self.failures.len() >= 100 {
            self.failures.remove(0);
        }
        self.failures.push(FailureRow {
            token: token.to_owned(),
            logical: logical.to_owned(),
            type_name: type_name.to_owned(),
            status: status.to_owned(),
            reason,
        });
    }
}
