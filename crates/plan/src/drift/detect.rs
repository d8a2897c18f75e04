//! Desired × observed → what drifted.

use std::cmp::Reverse;
use std::collections::HashMap;

use landfall_stacks::{Stack, StackKey};

use super::guardrail::OrganizationDrift;
use super::identity::identities;
use super::stack::StackDrift;
use super::{DriftReport, NotCompared, Unread};
use crate::diff::{Comparison, Ownership, Presence, Presences, check_organization, deployed_as_wanted};
use crate::target::Selection;
use crate::{Desired, Graph, Mode, Observed, ObservedStack, PlanError, Reach, Standing, StepId, Target};

/// Finds what is not as it shall be. An account that does not exist yet is no drift; a stack or guardrail that the
/// folder wants and nobody finds is one, since nothing tells one that was never made from one that was deleted.
///
/// # Errors
/// As for [`crate::plan`]: another organization, an account that is not where the configuration says, a target that
/// matches nothing.
pub fn drift(
    desired: &Desired,
    graph: &Graph,
    observed: &Observed,
    targets: &[Target],
) -> Result<DriftReport, PlanError> {
    let management = check_organization(desired, observed)?;
    let presences = Presences::of(desired, observed, &management, Mode::Apply)?;
    let selection = Selection::of(targets, desired, graph, &[])?;
    let ids = presences.ids((&desired.management, &management));
    let organization_id = observed.organization.as_ref().map(|organization| &organization.id);
    let organization = OrganizationDrift { desired, observed, presences: &presences };
    let mut look = Look {
        desired,
        observed,
        presences: &presences,
        standing: standing(observed),
        comparison: Comparison::new(&ids, organization_id),
        report: DriftReport::default(),
    };
    for id in graph.order().filter(|id| selection.has(id)) {
        match id {
            StepId::Organization => {
                if observed.organization.is_none() {
                    look.report.pending.push(id.clone());
                }
            }
            StepId::Unit(path) => look.report.drifts.extend(organization.unit(path)),
            StepId::Account(name) => match presences.get(name) {
                Presence::Absent | Presence::UnderWay(_) => look.report.pending.push(id.clone()),
                Presence::Here(_) | Presence::Alone | Presence::Suspended(_) => {
                    let reason = match presences.closed(name) {
                        Some(Reach::Refused { reason }) => reason,
                        Some(Reach::Read | Reach::Absent) => "nobody looked into the account".to_owned(),
                        None => continue,
                    };
                    look.report.unread.push(Unread { account: name.clone(), what: String::new(), reason });
                }
            },
            StepId::Placement(name) => {
                let account = desired.accounts.get(name);
                look.report.drifts.extend(account.and_then(|account| organization.placement(name, account)));
            }
            StepId::AccountTags(name) => {
                let account = desired.accounts.get(name);
                look.report.drifts.extend(account.into_iter().flat_map(|account| organization.tags(name, account)));
            }
            StepId::PolicyType(kind) => look.report.drifts.extend(organization.policy_type(*kind)),
            StepId::Guardrail(key) => {
                let wanted = desired.guardrails.get(key);
                look.report.drifts.extend(wanted.into_iter().flat_map(|wanted| organization.guardrail(wanted)));
            }
            StepId::Attachment(key, target) => look.report.drifts.extend(organization.attachment(key, target)),
            // The graph has none: they are found stack by stack.
            StepId::Identities(_) => {}
            StepId::Stack(key) => {
                if let Some(stack) = desired.stacks.get(key) {
                    look.stack(stack);
                }
            }
        }
    }
    let mut report = look.report;
    report.drifts.sort_by_key(|drift| Reverse(drift.class));
    Ok(report)
}

fn standing(observed: &Observed) -> HashMap<StackKey, &ObservedStack> {
    let all = observed.stacks.iter().flat_map(|(account, stacks)| stacks.iter().map(move |stack| (account, stack)));
    let there = all.filter(|(_, stack)| stack.status.standing() != Standing::Gone);
    there.map(|(account, stack)| (stack.key(account), stack)).collect()
}

struct Look<'a> {
    desired: &'a Desired,
    observed: &'a Observed,
    presences: &'a Presences<'a>,
    standing: HashMap<StackKey, &'a ObservedStack>,
    comparison: Comparison<'a>,
    report: DriftReport,
}

impl Look<'_> {
    fn stack(&mut self, stack: &Stack) {
        let key = &stack.key;
        let id = StepId::Stack(key.clone());
        match self.presences.get(&key.account) {
            Presence::Here(_) | Presence::Alone if self.presences.closed(&key.account).is_none() => {}
            Presence::Absent | Presence::UnderWay(_) => return self.report.pending.push(id),
            Presence::Here(_) | Presence::Alone | Presence::Suspended(_) => return,
        }
        let about = StackDrift::of(stack);
        let Some(live) = self.standing.get(key).copied() else {
            return self.report.drifts.push(about.missing(None));
        };
        if Ownership::of(live, &self.desired.organization) == Ownership::Foreign {
            return self.report.drifts.push(about.disowned(live));
        }
        match live.status.standing() {
            Standing::LeftOver | Standing::Gone => return self.report.drifts.push(about.missing(Some(live))),
            Standing::Busy => return self.report.pending.push(id),
            Standing::Failed => self.report.drifts.push(about.failed(live)),
            Standing::Good => {}
        }
        self.report.drifts.extend(about.protection(stack.protection, live));
        if !deployed_as_wanted(stack, live) {
            return self.report.pending.push(id);
        }
        self.identities(stack);
    }

    /// What the stack makes in IAM.
    fn identities(&mut self, stack: &Stack) {
        let Some(live) = self.observed.identities.get(&stack.key.account) else { return };
        match self.comparison.of(stack, live) {
            Ok(found) if found.differences.is_empty() => {}
            Ok(found) => {
                let drifts = identities(&stack.key, stack.kind, &found.wanted, live, found.differences);
                self.report.drifts.extend(drifts);
            }
            Err(reason) => {
                let owner = StepId::Stack(stack.key.clone());
                self.report.not_compared.push(NotCompared { owner, reason });
            }
        }
    }
}
