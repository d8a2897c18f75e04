//! What of the drift is put right by a plan, and how.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use landfall_stacks::{Body, Stack};

use crate::diff::Comparison;
use crate::drift::AsDeployed;
use crate::{
    Action, Class, Desired, Difference, Drift, DriftReport, Finding, ObservedStack, Remedy, Repaired, Request,
    StackSpec, StepId, Via,
};

/// What of the drift a plan puts right.
pub(crate) struct Remediation<'a> {
    deployed: AsDeployed<'a>,
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
    /// The template that it was deployed with, where the configuration wants another one by now.
    pub(crate) template: Option<Body>,
    /// What should be seen.
    pub(crate) findings: Vec<Finding>,
}

impl<'a> Remediation<'a> {
    /// What of a report is asked for.
    pub(crate) fn of(report: DriftReport, request: &Request, deployed: AsDeployed<'a>) -> Self {
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
        Self { deployed, by_owner, pending: report.pending.into_iter().collect(), via: request.via, findings }
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
        let mut drifts: Vec<&Drift> = drifts.iter().collect();
        let mut remedy = StackRemedy::default();
        let Some(live) = live else {
            remedy.whole = true;
            return remedy;
        };
        let deployed;
        // A change set takes a whole resource back, with what is left to `apply`.
        let via = if self.pending.contains(&id) { Via::Iam } else { self.via };
        let (stack, spec) = if self.pending.contains(&id) {
            // What is dangerous goes back to what was deployed, and the stack stays as pending as it was. The rest is
            // left to `apply`: somebody may have taken by hand what the configuration does not grant any more either.
            let all = drifts.len();
            drifts.retain(|drift| drift.class == Class::Dangerous && drift.remedy != Remedy::Stack);
            let found = self.deployed.stack(stack, live).filter(|_| !drifts.is_empty());
            if found.is_none() || drifts.len() < all {
                remedy.findings.push(Finding::PendingFirst { stack: stack.key.clone() });
            }
            let Some(found) = found else { return remedy };
            remedy.findings.push(Finding::AsDeployed { stack: stack.key.clone() });
            deployed = found;
            remedy.template = Some(deployed.body.clone());
            let tags = live.tags.iter().filter(|(key, _)| !key.starts_with("aws:"));
            let tags = tags.map(|(key, value)| (key.clone(), value.clone())).collect();
            (&deployed, StackSpec { tags, ..desired.spec(&deployed) })
        } else {
            remedy.whole = drifts.iter().any(|drift| drift.remedy == Remedy::Stack);
            (stack, desired.spec(stack))
        };
        let mut reverted: BTreeSet<String> = drifts
            .iter()
            .filter(|drift| drift.remedy == Remedy::CloudFormation)
            .map(|drift| drift.subject.name.clone())
            .collect();
        let differences: Vec<Difference> = drifts.iter().filter_map(|drift| drift.difference()).collect();
        match via {
            Via::CloudFormation if !differences.is_empty() => match comparison.resources(stack) {
                Ok(resources) => {
                    let drifted = |kind, name: &str| differences.iter().any(|one| one.kind == kind && one.name == name);
                    let found = resources.into_iter().filter(|one| drifted(one.kind, &one.name));
                    reverted.extend(found.map(|one| one.logical));
                }
                Err(reason) => {
                    remedy.findings.push(Finding::NotCompared { stack: stack.key.clone(), reason });
                }
            },
            Via::Iam if !differences.is_empty() => {
                let (key, spec) = (stack.key.clone(), spec.clone());
                remedy.repair = Some((Repaired { key, spec, stack: live.id.clone() }, differences));
            }
            Via::Iam | Via::CloudFormation => {}
        }
        if !reverted.is_empty() {
            remedy.revert = Some(Action::RevertDrift { spec, stack: live.id.clone(), resources: reverted });
        }
        remedy
    }
}
