//! Guardrails and what is put right below them: what holds comes back before anything grows, and lets go when all else is
//! right.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use landfall_model::{AccountName, Kind};
use landfall_stacks::{GuardrailKey, Provides};

use super::guardrail::{targets_by_id, units};
use super::repairs::reaches;
use crate::diff::Presences;
use crate::{
    Action, Desired, Difference, Edge, GuardrailTarget, IdentityKind, Observed, Reason, Repair, Repaired, Step, StepId,
    document, widens,
};

/// What a step does to all that stands below a guardrail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hold {
    /// It holds more.
    Tighter,
    /// It holds less.
    Looser,
}

/// The order of guardrails and of what is put right in IAM below them.
pub(crate) struct GuardrailOrder<'a> {
    pub(crate) desired: &'a Desired,
    pub(crate) observed: &'a Observed,
    pub(crate) presences: &'a Presences<'a>,
}

impl GuardrailOrder<'_> {
    /// Draws the edges. A guardrail that comes back does not wait for emergency access that stands, whatever else of it
    /// differs; where nobody could come in, emergency access comes first, as in every plan.
    pub(crate) fn draw(&self, steps: &mut IndexMap<StepId, Step>) {
        let repairs: Vec<(AccountName, bool)> = steps
            .values()
            .filter_map(|step| self.repair(step))
            .filter(|(account, _)| *account != self.desired.management)
            .collect();
        let guardrails: Vec<(StepId, Hold)> =
            steps.values().filter_map(|step| Some((step.id.clone(), self.hold(step)?))).collect();
        for (guardrail, hold) in guardrails {
            for (account, first) in repairs.iter().filter(|(account, _)| self.is_above(&guardrail, account)) {
                let identities = StepId::Identities(account.clone());
                match hold {
                    Hold::Tighter if *first => {
                        if let Some(step) = steps.get_mut(&guardrail) {
                            step.needs.retain(|edge| edge.on != identities);
                        }
                        wait(steps, &identities, &guardrail, Reason::GuardrailFirst);
                    }
                    Hold::Tighter => {}
                    Hold::Looser => wait(steps, &guardrail, &identities, Reason::GuardrailLetsGoLast),
                }
            }
        }
    }

    /// Whose IAM a step puts right, and whether guardrails come back before it does.
    fn repair(&self, step: &Step) -> Option<(AccountName, bool)> {
        let (StepId::Identities(account), Action::RepairIdentities { stacks, differences }) = (&step.id, &step.action)
        else {
            return None;
        };
        let shut = differences.iter().any(|difference| self.keeps_out(stacks, difference));
        Some((account.clone(), !shut && differences.iter().any(Repair::grows)))
    }

    /// Whether emergency access, or Landfall itself, may not come in by a role as it stands.
    fn keeps_out(&self, stacks: &[Repaired], difference: &Difference) -> bool {
        let entry = matches!(difference.property.as_str(), "" | "AssumeRolePolicyDocument");
        let keepers = stacks.iter().filter(|one| matches!(one.spec.kind, Kind::BreakGlass | Kind::Automation));
        let mut provided =
            keepers.filter_map(|one| self.desired.stacks.get(&one.key)).flat_map(|stack| &stack.provides);
        difference.kind == IdentityKind::Role
            && entry
            && provided.any(|one| matches!(one, Provides::Role(role) if role.as_str() == difference.name))
    }

    fn hold(&self, step: &Step) -> Option<Hold> {
        match (&step.id, &step.action) {
            (_, Action::EnablePolicyType { .. } | Action::CreateGuardrail { .. } | Action::AttachGuardrail { .. }) => {
                Some(Hold::Tighter)
            }
            (_, Action::DetachGuardrail { .. }) => Some(Hold::Looser),
            (StepId::Guardrail(key), Action::UpdateGuardrail { spec, .. }) => {
                let organization = self.observed.organization.as_ref()?;
                let desired = serde_json::from_str(&spec.text.of(&organization.id)).ok()?;
                let live = &self.observed.guardrails.get(key)?.content;
                if document::same(&desired, live) {
                    return None;
                }
                // What holds more here and less there takes back first what was taken from it.
                let looser = widens(live, &desired) && !widens(&desired, live);
                Some(if looser { Hold::Looser } else { Hold::Tighter })
            }
            _ => None,
        }
    }

    /// Whether a guardrail's step bears on an account.
    fn is_above(&self, guardrail: &StepId, account: &AccountName) -> bool {
        match guardrail {
            StepId::PolicyType(_) => true,
            StepId::Attachment(_, target) => self.holds(target, account),
            StepId::Guardrail(key) => self.targets(key).iter().any(|target| self.holds(target, account)),
            _ => false,
        }
    }

    fn targets(&self, key: &GuardrailKey) -> BTreeSet<GuardrailTarget> {
        let known = targets_by_id(self.observed, self.presences);
        let live = self.observed.guardrails.get(key).into_iter().flat_map(|live| &live.targets);
        let live = live.filter_map(|id| known.get(id.as_str()).cloned());
        let wanted = self.desired.guardrails.get(key).into_iter().flat_map(|wanted| &wanted.attach);
        live.chain(wanted.map(GuardrailTarget::from)).collect()
    }

    fn holds(&self, target: &GuardrailTarget, account: &AccountName) -> bool {
        units(account, self.desired, self.presences).into_iter().any(|unit| target.holds(account, unit))
    }
}

/// One step waits for another, unless that waits for it.
fn wait(steps: &mut IndexMap<StepId, Step>, step: &StepId, on: &StepId, reason: Reason) {
    if reaches(steps, on, step) {
        return;
    }
    if let Some(step) = steps.get_mut(step) {
        step.needs.push(Edge { on: on.clone(), reason });
        step.needs.sort();
        step.needs.dedup();
    }
}

#[cfg(test)]
mod tests;
