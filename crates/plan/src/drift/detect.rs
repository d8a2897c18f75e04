//! Desired × observed → what drifted.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use landfall_model::{AccountName, Kind, RoleName};
use landfall_stacks::{Identities, ManagedPolicy, Stack, StackKey};

use super::as_deployed::AsDeployed;
use super::guardrail::OrganizationDrift;
use super::identity::identities;
use super::resource::resource;
use super::sighting::{OwnedRole, Watch};
use super::stack::StackDrift;
use super::{Dates, Drift, DriftReport, ForeignRole, NotCompared, SubjectKind, Survey, Unread};
use crate::applied::Pending;
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
        pending: Pending::of(desired, observed, &presences),
        standing: standing(observed),
        deployed: AsDeployed::new(desired, observed),
        comparison: Comparison::new(desired, &ids, organization_id),
        owned: BTreeMap::new(),
        bounds: bounds(desired),
        policies: BTreeMap::new(),
        report: DriftReport::default(),
    };
    for id in graph.order().filter(|id| selection.has(id)) {
        match id {
            StepId::Organization => {
                if observed.organization.is_none() {
                    look.report.pending.push(id.clone());
                }
            }
            StepId::Unit(path) => look.organization(organization.unit(path)),
            StepId::Account(name) => match presences.get(name) {
                Presence::Absent | Presence::UnderWay(_) => look.report.pending.push(id.clone()),
                Presence::Here(_) | Presence::Alone | Presence::Suspended(_) => look.account(name),
            },
            StepId::Placement(name) => {
                let account = desired.accounts.get(name);
                look.organization(account.and_then(|account| organization.placement(name, account)));
            }
            StepId::AccountTags(name) => {
                let account = desired.accounts.get(name);
                look.organization(account.into_iter().flat_map(|account| organization.tags(name, account)));
            }
            StepId::PolicyType(kind) => look.organization(organization.policy_type(*kind)),
            StepId::Guardrail(key) => {
                let wanted = desired.guardrails.get(key);
                look.organization(wanted.into_iter().flat_map(|wanted| organization.guardrail(wanted)));
            }
            StepId::Attachment(key, target) => look.organization(organization.attachment(key, target)),
            // The graph has none: identities are found stack by stack, and a note is nothing that drifts.
            StepId::Identities(_) | StepId::Record(_) => {}
            StepId::Stack(key) => {
                if let Some(stack) = desired.stacks.get(key) {
                    look.stack(stack);
                }
            }
        }
    }
    // Whatever is looked for: what the folder makes elsewhere is nobody else's.
    for stack in desired.stacks.values().filter(|stack| !selection.has(&StepId::Stack(stack.key.clone()))) {
        look.own(stack);
    }
    let Look { owned: names, mut report, .. } = look;
    let owned: Vec<OwnedRole<'_>> = names
        .iter()
        .filter_map(|(account, roles)| Some((account, roles, observed.identities.get(account)?)))
        .flat_map(|(account, roles, live)| {
            let role = |name| live.roles.get(name).map(|role| OwnedRole { account, role });
            roles.iter().filter_map(role)
        })
        .collect();
    let watch = Watch::new(desired, observed, &ids, &owned);
    for (account, survey) in &observed.surveys {
        if selection.has(&StepId::Account(account.clone())) {
            let foreign = strangers(survey, observed.identities.get(account), names.get(account));
            report.sightings.extend(watch.account(account, &foreign));
        }
    }
    report.drifts.sort_by_key(|drift| Reverse(drift.class));
    report.unapplied.sort_by_key(|drift| Reverse(drift.class));
    Ok(report)
}

/// The roles of others in an account: those under Landfall's path among them that no stack of the folder makes.
fn strangers(survey: &Survey, live: Option<&Identities>, ours: Option<&BTreeSet<RoleName>>) -> Vec<ForeignRole> {
    let mut out = survey.foreign.clone();
    if let Some(live) = live {
        for role in live.roles.values().filter(|role| !ours.is_some_and(|ours| ours.contains(&role.name))) {
            let dates = survey.roles.get(&role.name).cloned().unwrap_or_default();
            out.push(ForeignRole::of(role.clone(), &live.policies, dates));
        }
    }
    out.sort_by(|a, b| a.name.cmp(&b.name));
    out
}

/// The stacks that make boundaries and shared policies, by account.
fn bounds(desired: &Desired) -> BTreeMap<&AccountName, Vec<&Stack>> {
    let mut out: BTreeMap<&AccountName, Vec<&Stack>> = BTreeMap::new();
    for stack in desired.stacks.values().filter(|stack| matches!(stack.kind, Kind::Boundary | Kind::SharedPolicy)) {
        out.entry(&stack.key.account).or_default().push(stack);
    }
    out
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
    pending: Pending<'a>,
    standing: HashMap<StackKey, &'a ObservedStack>,
    deployed: AsDeployed<'a>,
    comparison: Comparison<'a>,
    /// The roles that the folder's stacks make.
    owned: BTreeMap<AccountName, BTreeSet<RoleName>>,
    /// What [`bounds`] found.
    bounds: BTreeMap<&'a AccountName, Vec<&'a Stack>>,
    /// What [`Look::policies`] found.
    policies: BTreeMap<AccountName, Vec<ManagedPolicy>>,
    report: DriftReport,
}

impl Look<'_> {
    /// What of an account could not be read.
    fn account(&mut self, name: &AccountName) {
        let mut unread = |what: &str, reason: String| {
            self.report.unread.push(Unread { account: name.clone(), what: what.to_owned(), reason });
        };
        match self.presences.closed(name) {
            Some(Reach::Refused { reason }) => unread("", reason),
            Some(Reach::Read | Reach::Absent) => unread("", "nobody looked into the account".to_owned()),
            None => {}
        }
        if let Some(survey) = self.observed.surveys.get(name) {
            for gap in &survey.gaps {
                unread(&gap.what, gap.reason.clone());
            }
            if let Some(reason) = &survey.blind {
                let what = "roles of others".to_owned();
                self.report.blind.push(Unread { account: name.clone(), what, reason: reason.clone() });
            }
        }
    }

    /// What differs in the organization: drift, or what the configuration has changed since it was applied.
    fn organization(&mut self, found: impl IntoIterator<Item = Drift>) {
        for drift in found {
            if !self.pending.has(&drift) {
                self.report.drifts.push(drift);
                continue;
            }
            // What one thing comes to is told at a time.
            if self.report.pending.last() != Some(&drift.owner) {
                self.report.pending.push(drift.owner.clone());
            }
            self.report.unapplied.push(drift);
        }
    }

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
        if deployed_as_wanted(stack, live) {
            self.identities(stack);
        } else {
            self.report.pending.push(id);
            if let Some(deployed) = self.deployed.stack(stack, live) {
                self.identities(&deployed);
            }
        }
        self.resources(stack);
    }

    /// What the stack makes in IAM.
    fn identities(&mut self, stack: &Stack) {
        let account = &stack.key.account;
        let Some(live) = self.observed.identities.get(account) else { return };
        match self.comparison.of(stack, live) {
            Ok(mut found) => {
                self.owned.entry(account.clone()).or_default().extend(found.wanted.roles.keys().cloned());
                if found.differences.is_empty() {
                    return;
                }
                for policy in self.policies(account) {
                    found.wanted.policies.entry(policy.name.clone()).or_insert_with(|| policy.clone());
                }
                let mut drifts = identities(&stack.key, stack.kind, &found.wanted, live, found.differences);
                for drift in &mut drifts {
                    drift.dates = self.dates(account, drift.subject.kind, &drift.subject.name, live);
                }
                self.report.drifts.extend(drifts);
            }
            Err(reason) => {
                let owner = StepId::Stack(stack.key.clone());
                self.report.not_compared.push(NotCompared { owner, reason });
            }
        }
    }

    /// The boundaries and shared policies that the folder wants in an account: what a role is under or has attached says
    /// how grave it is that it is not.
    fn policies(&mut self, account: &AccountName) -> &[ManagedPolicy] {
        if !self.policies.contains_key(account) {
            let here = self.bounds.get(account).into_iter().flatten();
            let made = here.filter_map(|stack| self.comparison.of(stack, &Identities::default()).ok());
            let all = made.flat_map(|found| found.wanted.policies.into_values()).collect();
            self.policies.insert(account.clone(), all);
        }
        self.policies.get(account).map(Vec::as_slice).unwrap_or_default()
    }

    /// Takes note of the roles that a stack makes.
    fn own(&mut self, stack: &Stack) {
        let account = &stack.key.account;
        if !self.observed.surveys.contains_key(account) {
            return;
        }
        if let Ok(found) = self.comparison.of(stack, &Identities::default()) {
            self.owned.entry(account.clone()).or_default().extend(found.wanted.roles.into_keys());
        }
    }

    fn dates(&self, account: &AccountName, kind: SubjectKind, name: &str, live: &Identities) -> Option<Dates> {
        let survey = self.observed.surveys.get(account)?;
        let dates = match kind {
            SubjectKind::Role => {
                live.roles.keys().find(|role| role.as_str() == name).and_then(|role| survey.roles.get(role))
            }
            SubjectKind::Policy => live
                .policies
                .keys()
                .find(|policy| policy.as_str() == name)
                .and_then(|policy| survey.policies.get(policy)),
            _ => None,
        };
        dates.filter(|dates| !dates.is_empty()).cloned()
    }

    /// What the stack makes elsewhere.
    fn resources(&mut self, stack: &Stack) {
        let key = &stack.key;
        let Some(survey) = self.observed.surveys.get(&key.account) else { return };
        let own = survey.resources.iter().filter(|found| (&found.region, &found.stack) == (&key.region, &key.name));
        for found in own {
            match resource(stack, found) {
                Ok(drifts) => self.report.drifts.extend(drifts),
                Err(reason) => {
                    let what = [found.logical_id.as_str(), " of stack ", key.name.as_str()].concat();
                    self.report.unread.push(Unread { account: key.account.clone(), what, reason });
                }
            }
        }
    }
}
