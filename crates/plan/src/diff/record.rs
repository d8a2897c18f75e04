//! The steps that note what was applied, each after all that it stands for.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use landfall_model::{AccountName, UnitPath};
use landfall_stacks::GuardrailPolicy;

use super::Presences;
use super::guardrail::targets_by_id;
use crate::applied::{Applied, GuardrailState, OrganizationState, TAG_APPLIED, noted_on_organization};
use crate::target::Selection;
use crate::{Action, Cause, Desired, Edge, Mode, Observed, Reason, Recorded, Step, StepId};

/// What the steps are made from.
pub(crate) struct Records<'a> {
    pub(crate) desired: &'a Desired,
    pub(crate) observed: &'a Observed,
    pub(crate) presences: &'a Presences<'a>,
    pub(crate) mode: Mode,
    pub(crate) selection: &'a Selection<'a>,
}

impl Records<'_> {
    /// Adds them, where what is noted is not what there will be.
    pub(crate) fn add(&self, steps: &mut IndexMap<StepId, Step>) {
        if self.mode == Mode::Destroy {
            return;
        }
        let mut added: Vec<Step> =
            self.desired.guardrails.values().filter_map(|wanted| self.guardrail(wanted, steps)).collect();
        // A plan that has nothing else to do leaves an organization alone that nothing was ever noted of.
        let note = self.organization(steps);
        let first = noted_on_organization(self.desired, self.presences) == Some(Applied::default());
        added.extend(note.filter(|_| !first || !steps.is_empty() || !added.is_empty()));
        steps.extend(added.into_iter().map(|step| (step.id.clone(), step)));
    }

    /// Whether something is looked at that the plan does nothing else about.
    fn all(&self) -> bool {
        self.selection.is_all() && self.mode != Mode::Remediate
    }

    fn guardrail(&self, wanted: &GuardrailPolicy, steps: &IndexMap<StepId, Step>) -> Option<Step> {
        let key = &wanted.key;
        let own = |id: &StepId| match id {
            StepId::Guardrail(other) | StepId::Attachment(other, _) => other == key,
            _ => false,
        };
        let needs: Vec<Edge> = edges(steps.keys().filter(|id| own(id)));
        if needs.is_empty() && !self.all() {
            return None;
        }
        let live = self.observed.guardrails.get(key).filter(|live| live.is_ours(self.desired));
        let action = steps.get(&StepId::Guardrail(key.clone())).map(|step| &step.action);
        let written = matches!(action, Some(Action::CreateGuardrail { .. } | Action::UpdateGuardrail { .. }));
        let folder = GuardrailState::wanted(wanted, self.desired);
        let by_id = targets_by_id(self.observed, self.presences);
        let state = || {
            let organization = self.observed.organization.as_ref()?;
            Some(GuardrailState::standing(live?, wanted, self.desired, organization, &by_id))
        };
        let stood = state();
        let mut stands = match state() {
            Some(state) if written => state.written(&folder),
            Some(state) => state,
            None if written => GuardrailState { targets: BTreeSet::new(), ..folder.clone() },
            None => return None,
        };
        for step in steps.values() {
            match (&step.id, &step.action) {
                (StepId::Attachment(other, target), Action::AttachGuardrail { .. }) if other == key => {
                    stands.targets.insert(target.clone());
                }
                (StepId::Attachment(other, target), Action::DetachGuardrail { .. }) if other == key => {
                    stands.targets.remove(target);
                }
                _ => {}
            }
        }
        let noted = Applied::noted(live.and_then(|live| live.tags.get(TAG_APPLIED)));
        let before = stood.map(|state| state.applied()).unwrap_or_default();
        let applied = Applied::after(&noted, &before, &stands.applied(), &folder.applied());
        if applied == noted {
            return None;
        }
        let action =
            Action::RecordGuardrail { policy: live.map(|live| live.id.clone()), targets: stands.targets, applied };
        Some(step(Recorded::Guardrail(key.clone()), action, needs))
    }

    fn organization(&self, steps: &IndexMap<StepId, Step>) -> Option<Step> {
        let Self { desired, observed, presences, .. } = self;
        let stood = OrganizationState::standing(desired, observed, presences);
        let mut stands = stood.clone();
        let mut placed: BTreeMap<AccountName, Option<UnitPath>> = BTreeMap::new();
        let mut needs: Vec<Edge> = Vec::new();
        for step in steps.values() {
            match (&step.id, &step.action) {
                (StepId::Unit(path), _) => {
                    stands.units.insert(path.clone());
                }
                (StepId::Guardrail(key), Action::CreateGuardrail { .. }) => {
                    stands.guardrails.insert(key.clone());
                }
                (StepId::Account(name), _) if *name != desired.management => {
                    stands.places.entry(name.clone()).or_default();
                }
                (StepId::Placement(name), Action::MoveAccount { to, .. }) => {
                    stands.places.insert(name.clone(), to.clone());
                    placed.insert(name.clone(), to.clone());
                }
                (StepId::AccountTags(name), Action::TagAccount { tags }) if *name == desired.management => {
                    stands.tagged(tags, desired);
                }
                (StepId::PolicyType(_), _) => {}
                _ => continue,
            }
            needs.extend(edges([&step.id]));
        }
        let wanted = OrganizationState::wanted(desired);
        let (noted, applied) = match noted_on_organization(desired, presences) {
            Some(noted) => {
                if stands == stood && !self.all() {
                    return None;
                }
                let after = Applied::after(&noted, &stood.applied(), &stands.applied(), &wanted.applied());
                (noted, after)
            }
            // A plan does not read the tag for its own sake; but where it changes everything to what it shall be, it
            // knows what to write.
            None if stands != stood && stands == wanted => (Applied::default(), wanted.applied()),
            None => return None,
        };
        if applied == noted {
            return None;
        }
        if steps.contains_key(&StepId::Organization) {
            needs.extend(edges([&StepId::Organization]));
        }
        Some(step(Recorded::Organization, Action::RecordOrganization { placed, applied }, needs))
    }
}

fn edges<'s>(ids: impl IntoIterator<Item = &'s StepId>) -> Vec<Edge> {
    ids.into_iter().map(|id| Edge { on: id.clone(), reason: Reason::AppliedBefore }).collect()
}

fn step(what: Recorded, action: Action, needs: Vec<Edge>) -> Step {
    Step { id: StepId::Record(what), action, causes: BTreeSet::from([Cause::NotNoted]), needs }
}

#[cfg(test)]
mod tests;
