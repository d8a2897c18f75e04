//! What a plan's reader should know beside the steps.

use std::collections::BTreeMap;

use landfall_model::Foundation;
use landfall_plan::{RoleCounts, role_counts};
use landfall_policies::service_linked_roles;
use serde_json::{Value, json};

use crate::report::strategy::{counts_in_words, counts_json};
use crate::report::{Paint, count};

/// What follows from the configuration and is no step.
#[derive(Debug)]
pub(crate) struct Footnotes {
    batch: Option<RoleCounts>,
    /// Service-linked roles by name, with the number of accounts that rely on them.
    linked: BTreeMap<&'static str, usize>,
}

impl Footnotes {
    /// Of a configuration.
    pub(crate) fn of(foundation: &Foundation) -> Self {
        let mut linked: BTreeMap<&'static str, usize> = BTreeMap::new();
        for role in service_linked_roles(foundation).values().flatten() {
            *linked.entry(role.name()).or_default() += 1;
        }
        let batch = (!foundation.teams.is_empty()).then(|| role_counts(&foundation.teams));
        Self { batch, linked }
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
        out
    }

    /// For programs.
    pub(crate) fn json(&self) -> Value {
        json!({ "batch_roles": self.batch.as_ref().map(counts_json), "service_linked_roles": self.linked })
    }
}
