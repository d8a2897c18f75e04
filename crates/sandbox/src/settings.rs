//! How the sandbox behaves. Stored with its state, so that every command sees the same organization.

use landfall_model::{AccountId, Partition};
use serde::{Deserialize, Serialize};

use crate::FaultRule;

/// How the sandbox behaves. All times are in seconds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The management account, which is the caller's.
    pub management: AccountId,
    /// The management account's name.
    pub management_name: String,
    /// The management account's address.
    pub management_email: String,
    /// The partition of all ARNs of global services.
    pub partition: Partition,
    /// How long a stack operation takes.
    pub stack_seconds: f64,
    /// How long a change set takes to be made.
    pub change_set_seconds: f64,
    /// How long an account takes to be made.
    pub account_seconds: f64,
    /// How long after that its access role cannot be assumed yet.
    pub access_seconds: f64,
    /// How long every call takes.
    pub latency: f64,
    /// How long a new role or user cannot be named as a principal yet.
    pub propagation: f64,
    /// How many accounts the organization may have. AWS starts with 10 and goes up to 50,000.
    pub account_quota: usize,
    /// How many stacks an account may have in a Region. Source: CloudFormation quotas, 2,000.
    pub stack_quota: usize,
    /// How many roles an account may have. Source: IAM quotas, 1,000.
    pub role_quota: usize,
    /// What ids and probabilities are drawn from.
    pub seed: u64,
    /// What goes wrong.
    pub faults: Vec<FaultRule>,
}

impl Settings {
    /// The usual settings for this management account: quick, and without faults.
    pub fn of(management: AccountId) -> Self {
        Self {
            management,
            management_name: "management".to_owned(),
            management_email: "management@sandbox.example".to_owned(),
            partition: Partition::Aws,
            stack_seconds: 0.05,
            change_set_seconds: 0.01,
            account_seconds: 0.2,
            access_seconds: 0.05,
            latency: 0.0,
            propagation: 0.0,
            account_quota: 50_000,
            stack_quota: 2_000,
            role_quota: 1_000,
            seed: 1,
            faults: Vec::new(),
        }
    }
}
