//! What a saved plan is good for: the same reality and the same folder.

use std::collections::BTreeMap;

use landfall_model::{AccountName, UnitPath};
use landfall_stacks::{Digest, StackKey, TAG_DIGEST};
use serde_json::{Value, json};

use crate::diff::{Presence, Presences, unwanted};
use crate::target::Selection;
use crate::{Action, Desired, Fingerprint, Observed, ObservedStack, Reach, Standing, Step, StepId};

impl Fingerprint {
    /// Of what a plan was made from. Left out is what changes by itself: a stack at work counts as one that stands,
    /// reasons, outputs and times do not count, and neither do accounts and stacks that the configuration does not know
    /// or that are outside the targets.
    pub(crate) fn of<'a>(
        desired: &Desired,
        observed: &Observed,
        presences: &Presences<'_>,
        selection: &Selection<'_>,
        steps: impl IntoIterator<Item = &'a Step>,
    ) -> Self {
        let has = |name: &AccountName| selection.has(&StepId::Account(name.clone()));
        let organization =
            observed.organization.as_ref().map(|o| json!([o.id, o.management, o.root, o.all_features, o.policy_types]));
        let guardrails: Vec<Value> = observed
            .guardrails
            .iter()
            .filter(|(key, live)| {
                let wanted = desired.guardrails.contains_key(key);
                let chosen = selection.has(&StepId::Guardrail((*key).clone()));
                chosen && (wanted || live.is_ours(desired))
            })
            .map(|(key, live)| json!([key, live]))
            .collect();
        let units: BTreeMap<&UnitPath, &String> = observed.units.iter().map(|(path, unit)| (path, &unit.id)).collect();
        let accounts: BTreeMap<&AccountName, Value> = presences
            .iter()
            .filter(|(name, _)| has(name))
            .map(|(name, presence)| (name, self::presence(presence)))
            .collect();
        let reach: BTreeMap<&AccountName, &str> = observed
            .reach
            .iter()
            .filter(|(name, _)| has(name))
            .map(|(name, reach)| {
                let word = match reach {
                    Reach::Read => "read",
                    Reach::Absent => "absent",
                    Reach::Refused { .. } => "refused",
                };
                (name, word)
            })
            .collect();
        let mut stacks: BTreeMap<StackKey, Value> = BTreeMap::new();
        for (account, live) in &observed.stacks {
            for stack in live {
                let key = stack.key(account);
                let chosen = desired.stacks.contains_key(&key) && selection.has(&StepId::Stack(key.clone()));
                if chosen && stack.status.standing() != Standing::Gone {
                    stacks.insert(key, self::stack(stack));
                }
            }
        }
        let unwanted = unwanted(desired, observed).into_iter();
        stacks.extend(
            unwanted
                .filter(|owned| selection.may_delete(desired, &owned.key, owned.kind))
                .map(|owned| (owned.key, self::stack(owned.live))),
        );
        let stacks: Vec<(StackKey, Value)> = stacks.into_iter().collect();
        let differing: Vec<(&StepId, Value)> = steps
            .into_iter()
            .filter_map(|step| match &step.action {
                Action::RepairIdentities { differences, .. } | Action::AdoptStack { differences, .. } => {
                    Some((&step.id, json!(differences)))
                }
                Action::TagAccount { tags } => Some((&step.id, json!(tags))),
                Action::RecordOrganization { applied, .. } => Some((&step.id, json!(applied))),
                _ => None,
            })
            .collect();
        let canonical = json!([observed.caller, organization, units, accounts, reach, stacks, differing, guardrails]);
        Self { observed: Digest::of(canonical.to_string()), desired: desired.digest() }
    }
}

fn presence(presence: Presence<'_>) -> Value {
    match presence {
        Presence::Here(found) => json!(["here", found.id, found.unit]),
        Presence::Suspended(found) => json!(["suspended", found.id, found.unit]),
        Presence::UnderWay(pending) => json!(["under-way", pending.request]),
        Presence::Alone => json!(["alone"]),
        Presence::Absent => json!(["absent"]),
    }
}

fn stack(stack: &ObservedStack) -> Value {
    let standing = match stack.status.standing() {
        Standing::Good | Standing::Busy => "stands",
        Standing::Failed => "failed",
        Standing::LeftOver => "left-over",
        Standing::Gone => "gone",
    };
    let ours: BTreeMap<&String, &String> = stack.tags.iter().filter(|(key, _)| !key.starts_with("aws:")).collect();
    json!([stack.id, standing, stack.tags.get(TAG_DIGEST), stack.protected, ours])
}
