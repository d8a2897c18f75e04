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
    /// The id of its root.
    pub(super) root: String,
    /// The ids of its units by path.
    pub(super) units: BTreeMap<String, String>,
    /// The types of policy that are on.
    pub(super) policy_types: BTreeSet<String>,
    /// Policies of the organization by name, those of AWS left out.
    pub(super) guardrails: BTreeMap<String, Guardrail>,
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
    /// Identity providers: OpenID Connect's by host, SAML's by name.
    pub(super) providers: BTreeMap<String, Provider>,
    /// Stacks of the home Region by name.
    pub(super) stacks: BTreeMap<String, Stack>,
    /// What stands in each Region.
    pub(super) regions: BTreeMap<String, Region>,
}

/// A policy of the organization.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Guardrail {
    pub(super) kind: String,
    pub(super) content: Value,
    /// Ids of root, units and accounts.
    pub(super) targets: BTreeSet<String>,
    pub(super) tags: BTreeMap<String, String>,
}

/// An identity provider.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Provider {
    Audiences(BTreeSet<String>),
    Metadata(String),
}

/// A Region of an account.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Region {
    /// The role that API Gateway logs with.
    pub(super) gateway_role: Option<String>,
    /// SNS topics by name.
    pub(super) topics: BTreeMap<String, Topic>,
    /// EventBridge rules by name.
    pub(super) rules: BTreeMap<String, Rule>,
    /// Stacks by name.
    pub(super) stacks: BTreeMap<String, Stack>,
}

/// An SNS topic.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Topic {
    pub(super) policy: Value,
    /// `PROTOCOL ENDPOINT`.
    pub(super) subscribers: BTreeSet<String>,
}

/// An EventBridge rule.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Rule {
    pub(super) pattern: Value,
    pub(super) state: String,
    /// ARNs by the target's id.
    pub(super) targets: BTreeMap<String, String>,
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
    serde_json::from_value(all(url, credentials)).unwrap()
}

/// As [`read`], as it is printed.
pub(super) fn all(url: &str, credentials: (&str, &str)) -> Value {
    let output = Python::ready()
        .script("read_back.py")
        .args([url, credentials.0, credentials.1, "OrganizationAccountAccessRole", "eu-west-1", "us-east-1"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}
