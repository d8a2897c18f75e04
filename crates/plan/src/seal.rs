//! One tag that stands for many.
//!
//! Whether an account's tags are right costs a call for each account, and Organizations answers only a few of them a
//! second. So the management account carries a digest of what the tags of all other accounts shall be, set after they
//! all stand: where it is as it shall be, the others need not be read. Tags that somebody else changes are not seen
//! that way; a plan sees them again when the configuration's tags change.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use landfall_model::AccountName;
use landfall_stacks::Digest;

use crate::diff::{Presence, Presences};
use crate::{Action, Cause, Desired, Edge, Kept, Reason, Step, StepId};

/// The key of the tag on the management account.
pub const TAG_SEAL: &str = "landfall:account-tags";

impl Desired {
    /// What the seal shall be; `None` where no account but the management account has tags.
    pub fn seal(&self) -> Option<String> {
        let tags = self
            .accounts
            .iter()
            .filter(|(name, account)| **name != self.management && !account.tags.is_empty())
            .map(|(name, account)| (name, (account.email.key(), account.tags.iter().collect())))
            .collect();
        sealed(&tags)
    }
}

fn sealed(tags: &BTreeMap<&AccountName, (String, BTreeMap<&String, &String>)>) -> Option<String> {
    (!tags.is_empty()).then(|| Digest::of(serde_json::json!(tags).to_string()).as_str().to_owned())
}

/// Whether the tags of all accounts stand as they were last set, and the configuration wants others by now. Keys that
/// the configuration does not name any more count as different: nobody knows then whose they are.
pub(crate) fn tags_as_sealed(desired: &Desired, presences: &Presences<'_>) -> bool {
    let Presence::Here(management) = presences.get(&desired.management) else { return false };
    let seal = management.tags.as_ref().and_then(|tags| tags.get(TAG_SEAL));
    let stands =
        desired.accounts.iter().filter(|(name, _)| **name != desired.management).filter_map(|(name, account)| {
            let Presence::Here(found) = presences.get(name) else { return None };
            let live = found.tags.as_ref()?;
            let tags: BTreeMap<&String, &String> =
                live.iter().filter(|(key, _)| account.tags.contains_key(*key)).collect();
            (!tags.is_empty()).then(|| (name, (account.email.key(), tags)))
        });
    seal.is_some() && seal != desired.seal().as_ref() && seal == sealed(&stands.collect()).as_ref()
}

/// Adds the seal to the steps, where it is not there yet and every other account will have its tags.
pub(crate) fn seal(
    desired: &Desired,
    presences: &Presences<'_>,
    left_out: &BTreeSet<AccountName>,
    steps: &mut IndexMap<StepId, Step>,
    kept: &mut Vec<Kept>,
) {
    let Some(seal) = desired.seal() else { return };
    let live = match presences.get(&desired.management) {
        Presence::Here(found) => match &found.tags {
            Some(tags) => tags.get(TAG_SEAL),
            None => return,
        },
        Presence::Alone => None,
        Presence::Suspended(_) | Presence::UnderWay(_) | Presence::Absent => return,
    };
    let others = desired.accounts.iter().filter(|(name, _)| **name != desired.management);
    let mut tagged = others.filter(|(_, account)| !account.tags.is_empty()).map(|(name, _)| name);
    if live == Some(&seal) || tagged.any(|name| left_out.contains(name)) {
        return;
    }
    let first = |id: &StepId| match id {
        StepId::Account(name) | StepId::AccountTags(name) => *name != desired.management,
        _ => false,
    };
    let waits: Vec<Edge> =
        steps.keys().filter(|id| first(id)).map(|id| Edge { on: id.clone(), reason: Reason::TagsBeforeSeal }).collect();
    let id = StepId::AccountTags(desired.management.clone());
    kept.retain(|thing| thing.id != id);
    let organization = steps.contains_key(&StepId::Organization);
    let step = steps.entry(id.clone()).or_insert_with(|| {
        let needs = organization.then_some(Edge { on: StepId::Organization, reason: Reason::OrganizationExists });
        Step {
            id,
            action: Action::TagAccount { tags: BTreeMap::new() },
            causes: BTreeSet::from([Cause::TagsDiffer]),
            needs: needs.into_iter().collect(),
        }
    });
    step.needs.extend(waits);
    if let Action::TagAccount { tags } = &mut step.action {
        tags.insert(TAG_SEAL.to_owned(), seal);
    }
}
