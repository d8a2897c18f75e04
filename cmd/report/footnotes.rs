//! What a plan's reader should know beside the steps.

use std::collections::BTreeMap;

use landfall_model::OrganizationName;
use landfall_plan::{RoleCounts, role_counts};
use landfall_policies::{Quota, SharedPolicy, service_linked_roles};
use landfall_stacks::{Fullest, NEAR, Shared, Sharing, Sizes, fullest, near};
use serde_json::{Value, json};

use crate::configuration::{Configuration, Ending};
use crate::report::strategy::{counts_in_words, counts_json};
use crate::report::{Paint, count};

/// What follows from the configuration and is no step.
#[derive(Debug)]
pub(crate) struct Footnotes<'a> {
    organization: &'a OrganizationName,
    sizes: &'a Sizes,
    shared: &'a Shared,
    ending: &'a [Ending],
    batch: Option<RoleCounts>,
    /// Service-linked roles by name, with the number of accounts that rely on them.
    linked: BTreeMap<&'static str, usize>,
}

impl<'a> Footnotes<'a> {
    /// Of a configuration.
    pub(crate) fn of(configuration: &'a Configuration) -> Self {
        let foundation = &configuration.foundation;
        let mut linked: BTreeMap<&'static str, usize> = BTreeMap::new();
        for role in service_linked_roles(foundation).values().flatten() {
            *linked.entry(role.name()).or_default() += 1;
        }
        let batch = (!foundation.teams.is_empty()).then(|| role_counts(&foundation.teams));
        Self {
            organization: &foundation.organization.name,
            sizes: &configuration.sizes,
            shared: &configuration.shared,
            ending: &configuration.ending,
            batch,
            linked,
        }
    }

    /// One line each.
    pub(crate) fn lines(&self, paint: Paint) -> Vec<String> {
        let mut out = Vec::new();
        if let Some(counts) = &self.batch {
            out.push(paint.dim(format!("batch roles: {}", counts_in_words(counts))));
        }
        if !self.linked.is_empty() {
            let names: Vec<String> = self
                .linked
                .iter()
                .map(|(name, accounts)| format!("{name} in {}", count(*accounts, "account")))
                .collect();
            out.push(paint.dim(format!("AWS makes by itself, and Landfall never does: {}", names.join(", "))));
        }
        if !self.shared.is_empty() {
            out.push(
                paint.dim(format!("roles share, as managed policies of their account: {}", self.sharing().join(", "))),
            );
        }
        let full: Vec<String> = fullest(self.sizes).iter().map(in_words).collect();
        if !full.is_empty() {
            out.push(paint.dim(format!("fullest quotas: {}", full.join(", "))));
        }
        let near = near(self.sizes);
        if !near.is_empty() {
            let mut names: Vec<String> = near.iter().take(NAMED).map(in_words).collect();
            if let Some(more @ 1..) = near.len().checked_sub(NAMED) {
                names.push(format!("and {more} more, in --format json"));
            }
            out.push(paint.warn(format!("over {NEAR} % of a quota: {}", names.join(", "))));
        }
        for one in self.ending {
            out.push(paint.warn(format!("{}:{}: {}", one.file, one.line, one.message)));
        }
        out
    }

    /// `lambda-vpc by 2 roles in 2 accounts (543 of 6144)`
    fn sharing(&self) -> Vec<String> {
        let one = |(policy, sharing): (&SharedPolicy, &Sharing)| {
            let (roles, accounts) = (count(sharing.roles, "role"), count(sharing.accounts.len(), "account"));
            let (used, limit) = (sharing.used.used, sharing.used.quota.limit());
            format!("{} by {roles} in {accounts} ({used} of {limit})", policy.as_str())
        };
        self.shared.iter().map(one).collect()
    }

    /// For programs.
    pub(crate) fn json(&self) -> Value {
        let sizes: Vec<Value> = self
            .sizes
            .iter()
            .flat_map(|((stack, name), uses)| {
                uses.iter().map(move |used| {
                    let quota = word(used.quota);
                    json!({ "stack": stack, "name": name, "quota": quota, "used": used.used, "limit": used.quota.limit() })
                })
            })
            .collect();
        let shared: Vec<Value> = self
            .shared
            .iter()
            .map(|(policy, sharing)| {
                json!({
                    "shares": policy.as_str(),
                    "policy": policy.name(self.organization).ok(),
                    "roles": sharing.roles,
                    "accounts": sharing.accounts,
                    "used": sharing.used.used,
                    "limit": sharing.used.quota.limit(),
                })
            })
            .collect();
        let near: Vec<Value> = near(self.sizes)
            .iter()
            .map(|one| json!({ "stack": one.stack, "name": one.name, "quota": word(one.used.quota), "percent": one.percent() }))
            .collect();
        let ending: Vec<Value> = self
            .ending
            .iter()
            .map(|one| json!({ "code": one.code, "message": one.message, "file": one.file, "line": one.line }))
            .collect();
        json!({
            "batch_roles": self.batch.as_ref().map(counts_json),
            "service_linked_roles": self.linked,
            "shared_policies": shared,
            "quotas": sizes,
            "near_limit": near,
            "ending": ending,
        })
    }
}

/// How many names of a long list are shown.
const NAMED: usize = 8;

/// `trust policy 505 of 2048 (acme-ci-deployer-terraform-hub)`
fn in_words(one: &Fullest<'_>) -> String {
    let (used, limit) = (one.used.used, one.used.quota.limit());
    format!("{} {used} of {limit} ({})", word(one.used.quota), one.name)
}

fn word(quota: Quota) -> &'static str {
    match quota {
        Quota::ManagedPolicy => "managed policy",
        Quota::TrustPolicy => "trust policy",
        Quota::InlinePolicies => "inline policies",
        Quota::AttachedPolicies => "attached policies",
        Quota::ServiceControlPolicy => "service control policy",
        Quota::ResourceControlPolicy => "resource control policy",
        Quota::AttachedServiceControlPolicies => "attached service control policies",
        Quota::AttachedResourceControlPolicies => "attached resource control policies",
        Quota::OrganizationPolicies => "policies of the organization",
    }
}
