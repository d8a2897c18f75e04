//! `conditions:` on who may assume a role, beyond the principal itself.

use crate::{AccountId, Arn, Day, OrganizationId, Place};

/// Narrows a trust policy. Everything given must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Conditions {
    /// `external_id:`, 2 to 1,224 characters.
    pub external_id: Option<String>,
    /// `source_account:`
    pub source_account: Option<AccountId>,
    /// `source_ips:`, CIDR blocks.
    pub source_ips: Vec<String>,
    /// `source_vpcs:`, VPC ids.
    pub source_vpcs: Vec<String>,
    /// `principal_arns:`, patterns.
    pub principal_arns: Vec<Arn>,
    /// `organization:`, another organization's id.
    pub organization: Option<OrganizationId>,
    /// `mfa: true`
    pub mfa: bool,
    /// `valid:`, a time window.
    pub valid: Option<Validity>,
}

/// A window in time, both ends in UTC as ISO 8601 (`2026-12-31T00:00:00Z`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Validity {
    /// Not before.
    pub from: Option<String>,
    /// Not after.
    pub until: Option<String>,
    /// Where its end is written, or else the window.
    pub place: Place,
}

impl Validity {
    /// The day, in UTC, on which it ends.
    pub fn last_day(&self) -> Option<Day> {
        Day::new(self.until.as_deref()?.get(..10)?)
    }

    /// Whether it is over when a day begins. Moments of one form compare as text.
    pub fn is_over(&self, today: &Day) -> bool {
        self.until.as_deref().is_some_and(|until| until <= [today.as_str(), "T00:00:00Z"].concat().as_str())
    }
}
