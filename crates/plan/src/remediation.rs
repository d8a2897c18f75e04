//! What of the drift is put right by a plan, and how.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use landfall_stacks::Stack;

use crate::diff::Comparison;
use crate::{
    Action, Class, Desired, Difference, Drift, DriftReport, Finding, ObservedStack, Remedy, Repaired, Request, StepId,
    Via,
};

/// What of the drift a plan puts right.
pub(crate) struct Remediation {
    by_owner: BTreeMap<StepId, Vec<Drift>>,
    pending: HashSet<StepId>,
    via: Via,
    /// What somebody has to decide about.
    pub(crate) findings: Vec<Finding>,
}

/// What is done about one stack.
#[derive(Debug, Default)]
pub(crate) struct StackRemedy {
    /// Its status or its protection is not as it shall be, or it is gone.
    pub(crate) whole: bool,
    /// What is put right in IAM.
    pub(crate) repair: Option<(Repaired, Vec<Difference>)>,
    /// What a change set reverts.
    pub(crate) revert: Option<Action>,
    /// What should be seen.
    pub(crate) finding: Option<Finding>,
}

impl Remediation {
    /// What of a report is asked for.
    pub(crate) fn of(report: DriftReport, request: &Request) -> Self {
        let mut by_owner: BTreeMap<StepId, Vec<Drift>> = BTreeMap::new();
        let mut findings = Vec::new();
        for drift in report.drifts {
            if !request.only.is_empty() && !request.only.contains(&drift.class) {
                continue;
            }
            if drift.remedy == Remedy::Person {
                let Drift { owner, subject, property, rule, .. } = drift;
                findings.push(Finding::NeedsPerson { owner, subject, property, rule });
            } else {
                by_owner.entry(drift.owner.clone()).or_default().push(drift);
            }
        }
        Self { by_owner, pending: report.pending.into_iter().collect(), via: request.via, findings }
    }

    /// How grave the drift of something is; `None` if nothing of it is put right.
    pub(crate) fn class(&self, owner: &StepId) -> Option<Class> {
        let own = self.by_owner.get(owner).into_iter().flatten().map(|drift| drift.class).max();
        match owner {
            // A guardrail that is gone is attached nowhere, and that goes without saying.
            StepId::Attachment(key, _) => own.or_else(|| {
                let guardrail = self.by_owner.get(&StepId::Guardrail(key.clone())).into_iter().flatten();
                guardrail.filter(|drift| drift.live.is_null()).map(|drift| drift.class).max()
            }),
            _ => own,
        }
    }

    /// What is done about a stack that drifted. `live` is the stack, if it stands.
    pub(crate) fn stack(
        &self,
        stack: &Stack,
        live: Option<&ObservedStack>,
        desired: &Desired,
        comparison: &mut Comparison<'_>,
    ) -> StackRemedy {
        let id = StepId::Stack(stack.key.clone());
        let drifts = self.by_owner.get(&id).map(Vec::as_slice).unwrap_or_default();
        let mut remedy = StackRemedy::default();
        let Some(live) = live else {
            remedy.whole = true;
            return remedy;
        };
        if self.pending.contains(&id) {
            // Only what the configuration has now is at hand as a whole.
            remedy.finding = Some(Finding::PendingFirst { stack: stack.key.clone() });
            return remedy;
        }
        remedy.whole = drifts.iter().any(|drift| drift.remedy == Remedy::Stack);
        let mut reverted: BTreeSet<String> = drifts
            .iter()
            .filter(|drift| drift.remedy == Remedy::CloudFormation)
            .map(|drift| drift.subject.name.clone())
            .collect();
        let differences: Vec<Difference> = drifts.iter().filter_map(Drift::difference).collect();
        match self.via {
            Via::CloudFormation if !differences.is_empty() => match comparison.resources(stack) {
                Ok(resources) => {
                    let drifted = |kind, name: &str| differences.iter().any(|one| one.kind == kind && one.name == name);
                    let found = resources.into_iter().filter(|one| drifted(one.kind, &one.name));
                    reverted.extend(found.map(|one| one.logical));
                }
                Err(reason) => {
                    remedy.finding = Some(Finding::NotCompared { stack: stack.key.clone(), reason });
                }
            },
            Via::Iam if !differences.is_empty() => {
                let (key, spec) = (stack.key.clone(), desired.spec(stack));
                remedy.repair = Some((Repaired { key, spec, stack: live.id.clone() }, differences));
            }
            Via::Iam | Via::CloudFormation => {}
        }
        if !reverted.is_empty() {
            let (spec, stack) = (desired.spec(stack), live.id.clone());
            remedy.revert = Some(Action::RevertDrift { spec, stack, resources: reverted });
        }
        remedy
    }
}
