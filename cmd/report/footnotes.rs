//! What a plan's reader should know beside the steps.

use std::collections::BTreeMap;

use landfall_plan::{RoleCounts, role_counts};
use landfall_policies::{Quota, service_linked_roles};
use landfall_stacks::{Sizes, fullest};
use serde_json::{Value, json};

use crate::configuration::Configuration;
use crate::report::strategy::{counts_in_words, counts_json};
use crate::report::{Paint, count};

/// What follows from the configuration and is no step.
#[derive(Debug)]
pub(crate) struct Footnotes<'a> {
    sizes: &'a Sizes,
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
        Self { sizes: &configuration.sizes, batch, linked }
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
        let full: Vec<String> = fullest(self.sizes)
            .iter()
            .map(|one| {
                let (used, limit) = (one.used.used, one.used.quota.limit());
                format!("{} {used} of {limit} ({})", word(one.used.quota), one.name)
            })
            .collect();
        if !full.is_empty() {
            out.push(paint.dim(format!("fullest quotas: {}", full.join(", "))));
        }
        out
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
        json!({
            "batch_roles": self.batch.as_ref().map(counts_json),
            "service_linked_roles": self.linked,
            "quotas": sizes,
        })
    }
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
