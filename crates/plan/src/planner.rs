//! Desired × observed → plan.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use indexmap::IndexMap;
use landfall_model::{AccountName, Kind};
use landfall_stacks::{Body, Digest, StackKey};

use crate::diff::{
    Comparison, Deletions, GuardrailOrder, GuardrailVerdict, Presence, Presences, Records, Repairs, StackDiff,
    StackVerdict, attachment, check_organization, creation, deletions, given_up, guardrail, known, move_account,
    policy_type, removals, stacks_wait, tag_account, unwanted,
};
use crate::drift::AsDeployed;
use crate::remediation::Remediation;
use crate::seal::seal;
use crate::target::Selection;
use crate::{
    Action, Cause, Class, Desired, Difference, Edge, Finding, Fingerprint, Graph, Kept, Mode, Observed, PLAN_VERSION,
    Plan, PlanError, Repaired, Request, Step, StepId, drift, order,
};

/// Makes the complete plan that brings what is observed to what is desired.
///
/// # Errors
/// Another organization than the configuration means, an account that is not where the configuration says, a target
/// that matches nothing.
pub fn plan(desired: &Desired, graph: &Graph, observed: &Observed, request: &Request) -> Result<Plan, PlanError> {
    let management_id = check_organization(desired, observed)?;
    let presences = Presences::of(desired, observed, &management_id, request.mode)?;
    let also: Vec<(StackKey, Option<Kind>)> =
        unwanted(desired, observed).into_iter().map(|stack| (stack.key, stack.kind)).collect();
    let selection = Selection::of(&request.targets, desired, graph, &also)?;
    let account_ids = presences.ids((&desired.management, &management_id));

    let remediation = match request.mode {
        Mode::Remediate => {
            let found = drift(desired, graph, observed, &request.targets)?;
            Some(Remediation::of(found, request, AsDeployed::new(desired, observed)))
        }
        Mode::Apply | Mode::Prune | Mode::Adopt | Mode::Destroy => None,
    };
    let mut draft = Draft::default();
    if request.mode != Mode::Destroy {
        let id = observed.organization.as_ref().map(|organization| &organization.id);
        let comparison = Comparison::new(desired, &account_ids, id);
        let mut stacks = StackDiff::new(desired, observed, request.mode, comparison);
        for id in graph.order().filter(|id| selection.has(id)) {
            let drifted = remediation.as_ref().map(|remediation| remediation.class(id));
            if drifted == Some(None) {
                draft.kept.push(Kept { id: id.clone() });
                continue;
            }
            let verdict = match (&remediation, id) {
                (Some(remediation), StepId::Stack(key)) => match desired.stacks.get(key) {
                    Some(stack) => stacks.remedied(stack, remediation),
                    None => Verdict::Included,
                },
                _ => verdict(id, desired, observed, &presences, &mut stacks),
            };
            draft.take(id, verdict, graph, &presences);
            if let Some(class) = drifted.flatten() {
                draft.drifted(id, class);
            }
        }
    }
    draft.look_around(observed, &presences, &selection);
    let Draft { mut steps, mut kept, mut findings, blocked, repairs, imports } = draft;
    repairs.into_steps(graph, &mut steps);
    if selection.is_all() && !matches!(request.mode, Mode::Destroy | Mode::Remediate) {
        let left_out = blocked.keys().filter_map(|id| id.account().cloned()).collect();
        seal(desired, &presences, &left_out, &mut steps, &mut kept);
    }
    removals(desired, observed, &presences, request.mode, &selection, &mut steps, &mut findings);
    let given_up =
        given_up(desired, observed, request.mode, |whole| selection.has(whole) && !blocked.contains_key(whole));
    let leaving = Deletions { desired, graph, observed, request, selection: &selection, given_up };
    deletions(&leaving, &mut steps, &mut findings);
    stacks_wait(desired, &presences, &mut steps);
    match remediation {
        Some(remediation) => {
            steps.retain(|id, _| matches!(id, StepId::Identities(_)) || remediation.class(id).is_some());
            GuardrailOrder { desired, observed, presences: &presences }.draw(&mut steps);
            findings.retain(|finding| !matches!(finding, Finding::LeftOut { .. } | Finding::GuardrailNotWanted { .. }));
            findings.extend(remediation.findings);
        }
        None if request.mode == Mode::Adopt => steps = needed_to_adopt(steps),
        None => {}
    }
    if request.mode != Mode::Adopt {
        let (presences, selection) = (&presences, &selection);
        Records { desired, observed, presences, mode: request.mode, selection }.add(&mut steps);
    }

    // A stack whose identities are put right stays as it is, unless something is done to the stack itself besides.
    kept.retain(|one| !steps.contains_key(&one.id));
    let steps = order::sorted(steps);
    let plan = Plan {
        version: PLAN_VERSION,
        mode: request.mode,
        targets: request.targets.clone(),
        emergency_access: request.emergency_access,
        only: request.only.clone(),
        via: request.via,
        organization: desired.organization.clone(),
        organization_id: observed.organization.as_ref().map(|organization| organization.id.clone()),
        management: desired.management.clone(),
        management_id,
        access_role: desired.access_role.clone(),
        region: desired.region.clone(),
        account_ids,
        unit_ids: unit_ids(observed),
        fingerprint: Fingerprint::of(desired, observed, &presences, &selection, steps.values()),
        templates: templates(desired, &steps, imports),
        steps,
        kept,
        findings,
    };
    plan.check()?;
    Ok(plan)
}

/// What becomes of one thing.
pub(crate) enum Verdict {
    /// It stays as it is.
    Keep(Option<Finding>),
    /// It comes with another step.
    Included,
    /// It cannot be had, and so cannot what needs it.
    Blocked(Finding),
    /// It cannot be known, since another thing cannot be looked into.
    Unknown(StepId),
    /// It stays, and what it made in IAM is put right.
    Repair(Repaired, Vec<Difference>, Option<Finding>),
    /// What stands comes into it, with the template for the import.
    Adopt(Action, (Digest, Arc<str>)),
    /// Something should be seen beside it.
    Seen(Finding),
    /// A template is needed that the configuration does not make any more.
    Template(Body),
    /// Several of that.
    All(Vec<Verdict>),
    /// Something is to be done.
    Do(Action, BTreeSet<Cause>, Option<Finding>),
}

impl From<Option<(Action, Cause)>> for Verdict {
    fn from(found: Option<(Action, Cause)>) -> Self {
        match found {
            Some((action, cause)) => Self::Do(action, BTreeSet::from([cause]), None),
            None => Self::Keep(None),
        }
    }
}

fn verdict(
    id: &StepId,
    desired: &Desired,
    observed: &Observed,
    presences: &Presences<'_>,
    stacks: &mut StackDiff<'_>,
) -> Verdict {
    let account = |name: &AccountName| desired.accounts.get(name).map(|account| (account, presences.get(name)));
    match id {
        StepId::Organization => {
            observed.organization.is_none().then_some((Action::CreateOrganization, Cause::Missing)).into()
        }
        StepId::Unit(path) => {
            let (path, tags) = (path.clone(), desired.tags.clone());
            (!observed.units.contains_key(&path)).then_some((Action::CreateUnit { path, tags }, Cause::Missing)).into()
        }
        StepId::Account(name) => match account(name) {
            Some((_, Presence::Suspended(_))) => Verdict::Blocked(Finding::Suspended { account: name.clone() }),
            Some((account, presence)) => creation(name, account, presence).into(),
            None => Verdict::Included,
        },
        // No configuration can say where the management account stands, so it stays where it is.
        StepId::Placement(name) if *name == desired.management => Verdict::Keep(None),
        StepId::Placement(name) => match account(name) {
            Some((account, Presence::Absent)) if account.unit.is_none() => Verdict::Included,
            Some((account, presence)) => move_account(account, presence).into(),
            None => Verdict::Included,
        },
        StepId::AccountTags(name) => match account(name) {
            Some((_, Presence::Absent)) | None => Verdict::Included,
            Some((account, presence)) => tag_account(account, presence).into(),
        },
        StepId::Stack(key) => {
            if presences.closed(&key.account).is_some() {
                return Verdict::Unknown(StepId::Account(key.account.clone()));
            }
            match desired.stacks.get(key).map(|stack| stacks.of(stack)) {
                Some(StackVerdict::Keep(finding)) => Verdict::Keep(finding),
                Some(StackVerdict::Blocked(finding)) => Verdict::Blocked(finding),
                Some(StackVerdict::NotOurs) => Verdict::Blocked(Finding::NotOurs { stack: key.clone() }),
                Some(StackVerdict::Adopt(action, import)) => Verdict::Adopt(action, import),
                Some(StackVerdict::Repair(repaired, differences, finding)) => {
                    Verdict::Repair(repaired, differences, finding)
                }
                Some(StackVerdict::Do(action, causes, finding)) => Verdict::Do(action, causes, finding),
                None => Verdict::Included,
            }
        }
        // The graph has none: what differs is found stack by stack, and what is noted follows from all other steps.
        StepId::Identities(_) | StepId::Record(_) => Verdict::Included,
        StepId::PolicyType(kind) => policy_type(*kind, observed).into(),
        StepId::Guardrail(key) => match desired.guardrails.get(key).map(|one| guardrail(one, desired, observed)) {
            Some(GuardrailVerdict::Keep) => Verdict::Keep(None),
            Some(GuardrailVerdict::NotOurs) => Verdict::Blocked(Finding::GuardrailNotOurs { guardrail: key.clone() }),
            Some(GuardrailVerdict::Do(action, causes)) => Verdict::Do(action, causes, None),
            None => Verdict::Included,
        },
        StepId::Attachment(key, target) => attachment(key, target, observed, presences).into(),
    }
}

/// A plan in the making.
#[derive(Default)]
struct Draft {
    steps: IndexMap<StepId, Step>,
    kept: Vec<Kept>,
    findings: Vec<Finding>,
    /// What cannot be had, with what is in the way.
    blocked: HashMap<StepId, StepId>,
    repairs: Repairs,
    /// The templates of imports, and those of stacks that are put right as they were deployed, by digest.
    imports: BTreeMap<Digest, Arc<str>>,
}

impl Draft {
    /// Things come in topological order, so all that one needs was taken before.
    fn take(&mut self, id: &StepId, verdict: Verdict, graph: &Graph, presences: &Presences<'_>) {
        match verdict {
            Verdict::Included => {}
            Verdict::Keep(finding) => {
                self.kept.push(Kept { id: id.clone() });
                self.findings.extend(finding);
            }
            Verdict::Blocked(finding) => {
                self.findings.push(finding);
                self.blocked.insert(id.clone(), id.clone());
            }
            Verdict::Unknown(because) => self.leave_out(id, because),
            Verdict::Repair(repaired, differences, finding) => {
                self.kept.push(Kept { id: id.clone() });
                self.findings.extend(finding);
                self.repairs.take(repaired, differences);
            }
            Verdict::Adopt(action, (digest, body)) => {
                self.imports.insert(digest, body);
                let causes = BTreeSet::from([Cause::StandsAlready]);
                self.take(id, Verdict::Do(action, causes, None), graph, presences);
            }
            Verdict::Seen(finding) => self.findings.push(finding),
            Verdict::Template(Body { digest, json }) => drop(self.imports.insert(digest, json)),
            Verdict::All(all) => all.into_iter().for_each(|one| self.take(id, one, graph, presences)),
            Verdict::Do(action, causes, finding) => {
                let needs = graph.needs(id);
                let in_the_way = needs
                    .iter()
                    .filter(|edge| !beyond_help(id, edge, presences))
                    .find_map(|edge| self.blocked.get(&edge.on))
                    .cloned();
                match in_the_way {
                    Some(because) => self.leave_out(id, because),
                    None => {
                        let needs: Vec<Edge> =
                            needs.into_iter().filter(|edge| self.steps.contains_key(&edge.on)).collect();
                        self.steps.insert(id.clone(), Step { id: id.clone(), action, causes, needs });
                        self.findings.extend(finding);
                    }
                }
            }
        }
    }

    /// Says that something was changed behind Landfall's back.
    fn drifted(&mut self, id: &StepId, class: Class) {
        if let Some(step) = self.steps.get_mut(id) {
            step.causes.insert(Cause::Drifted(class));
        }
        if let StepId::Stack(key) = id {
            self.repairs.drifted(key, class);
        }
    }

    fn leave_out(&mut self, id: &StepId, because: StepId) {
        self.findings.push(Finding::LeftOut { step: id.clone(), because: because.clone() });
        self.blocked.insert(id.clone(), because);
    }

    /// What should be seen about accounts, whatever is done.
    fn look_around(&mut self, observed: &Observed, presences: &Presences<'_>, selection: &Selection<'_>) {
        for (name, presence) in presences.iter().filter(|(name, _)| selection.has(&StepId::Account((*name).clone()))) {
            if let Presence::Here(found) = presence
                && found.name != name.as_str()
            {
                self.findings.push(Finding::NameDiffers { account: name.clone(), live: found.name.clone() });
            }
            if let (Presence::Here(_) | Presence::Alone, Some(reach)) = (presence, presences.closed(name)) {
                self.findings.push(Finding::Unreachable { account: name.clone(), reach });
            }
        }
        if selection.is_all() {
            let known = known(presences);
            let unknown = observed.accounts.values().filter(|account| !known.contains(&account.id));
            self.findings.extend(
                unknown.map(|account| Finding::UnknownAccount { id: account.id.clone(), name: account.name.clone() }),
            );
        }
    }
}

/// Nobody can be locked out of an account that is closed or suspended: guardrails do not wait for what it lacks.
fn beyond_help(id: &StepId, edge: &Edge, presences: &Presences<'_>) -> bool {
    matches!(id, StepId::Guardrail(_) | StepId::Attachment(..))
        && matches!(&edge.on, StepId::Stack(key) if matches!(presences.get(&key.account), Presence::Suspended(_)))
}

/// The adoptions, and what they wait for, near or far.
fn needed_to_adopt(mut steps: IndexMap<StepId, Step>) -> IndexMap<StepId, Step> {
    let adoptions = steps.values().filter(|step| matches!(step.action, Action::AdoptStack { .. }));
    let mut open: Vec<StepId> = adoptions.map(|step| step.id.clone()).collect();
    let mut needed = BTreeSet::new();
    while let Some(id) = open.pop() {
        if let Some(step) = steps.get(&id) {
            open.extend(step.needs.iter().map(|edge| edge.on.clone()).filter(|on| !needed.contains(on)));
        }
        needed.insert(id);
    }
    steps.retain(|id, _| needed.contains(id));
    steps
}

fn unit_ids(observed: &Observed) -> BTreeMap<String, String> {
    let mut ids: BTreeMap<String, String> =
        observed.units.iter().map(|(path, unit)| (path.as_str().to_owned(), unit.id.clone())).collect();
    if let Some(organization) = &observed.organization {
        ids.insert(String::new(), organization.root.clone());
    }
    ids
}

/// The bodies that steps name, each once.
fn templates(
    desired: &Desired,
    steps: &IndexMap<StepId, Step>,
    imports: BTreeMap<Digest, Arc<str>>,
) -> BTreeMap<Digest, Arc<str>> {
    let named: BTreeSet<&Digest> = steps.values().flat_map(|step| step.action.templates()).collect();
    let made = desired.stacks.values().map(|stack| (stack.body.digest.clone(), Arc::clone(&stack.body.json)));
    let mut templates: BTreeMap<Digest, Arc<str>> = made.filter(|(digest, _)| named.contains(digest)).collect();
    templates.extend(imports.into_iter().filter(|(digest, _)| named.contains(digest)));
    templates
}

#[cfg(test)]
mod tests;
