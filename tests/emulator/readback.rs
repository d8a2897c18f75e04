//! What really stands, read through boto3: another SDK, another language, none of Landfall's code.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::Value;

use super::python::Python;

/// An organization.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Organization {
    /// Its id.
    pub(super) organization: String,
    /// Its accounts by name; the management account is called `management`.
    pub(super) accounts: BTreeMap<String, Account>,
}

/// One account.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Account {
    /// Its id.
    pub(super) id: String,
    /// Its address.
    pub(super) email: String,
    /// Roles by name.
    pub(super) roles: BTreeMap<String, Role>,
    /// Customer managed policies by name.
    pub(super) policies: BTreeMap<String, Policy>,
    /// The roles of each instance profile.
    pub(super) profiles: BTreeMap<String, Vec<String>>,
    /// The ARNs of identity providers.
    pub(super) providers: BTreeSet<String>,
    /// Stacks of the home Region by name.
    pub(super) stacks: BTreeMap<String, Stack>,
}

/// A role.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Role {
    pub(super) path: String,
    pub(super) trust: Value,
    pub(super) inline: BTreeMap<String, Value>,
    pub(super) attached: BTreeSet<String>,
    pub(super) boundary: Option<String>,
    pub(super) max_session: u32,
    pub(super) description: String,
    pub(super) tags: BTreeMap<String, String>,
}

/// A managed policy.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Policy {
    pub(super) path: String,
    pub(super) document: Value,
}

/// A stack.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Stack {
    pub(super) status: String,
    pub(super) protected: bool,
    pub(super) outputs: BTreeMap<String, Option<String>>,
    pub(super) tags: BTreeMap<String, String>,
}

/// Everything in every account of the organization at an endpoint.
pub(super) fn read(url: &str, credentials: (&str, &str)) -> Organization {
    let output = Python::ready()
        .script("read_roles.py")
        .args([url, credentials.0, credentials.1, "eu-west-1", "OrganizationAccountAccessRole"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}
