//! What is taken away, and in which order.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use indexmap::IndexMap;
use landfall_model::{AccountName, Kind, OrganizationName, StackName, TAG_PART_OF};
use landfall_stacks::{Protection, StackKey, TAG_KIND, TAG_ORGANIZATION};

use crate::target::Selection;
use crate::{
    Action, Cause, Desired, Edge, EmergencyAccess, Finding, Graph, Mode, Observed, ObservedStack, Reason, Request,
    Standing, Step, StepId,
};

/// Whose a stack is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ownership {
    /// It carries our organization's tag.
    Ours,
    /// It does not.
    Foreign,
}

impl Ownership {
    /// Whose a stack is, by its tags alone: a name proves nothing.
    pub(crate) fn of(stack: &ObservedStack, organization: &OrganizationName) -> Self {
        match stack.tags.get(TAG_ORGANIZATION) {
            Some(name) if name == organization.as_str() => Self::Ours,
            _ => Self::Foreign,
        }
    }
}

/// A stack of ours that stands.
pub(crate) struct Owned<'a> {
    pub(crate) key: StackKey,
    pub(crate) kind: Option<Kind>,
    pub(crate) live: &'a ObservedStack,
}

/// Every stack of ours that stands, by account, Region and name.
fn owned<'a>(desired: &Desired, observed: &'a Observed) -> Vec<Owned<'a>> {
    let mut all: Vec<Owned<'a>> = observed
        .stacks
        .iter()
        .flat_map(|(account, stacks)| stacks.iter().map(move |live| (account, live)))
        .filter(|(_, live)| {
            live.status.standing() != Standing::Gone && Ownership::of(live, &desired.organization) == Ownership::Ours
        })
        .map(|(account, live)| {
            let key = live.key(account);
            let kind = match desired.stacks.get(&key) {
                Some(stack) => Some(stack.kind),
                None => kind_of(live, &desired.organization),
            };
            Owned { key, kind, live }
        })
        .collect();
    all.sort_by(|a, b| a.key.cmp(&b.key));
    all
}

/// Every stack of ours that stands and that the configuration does not want.
pub(crate) fn unwanted<'a>(desired: &Desired, observed: &'a Observed) -> Vec<Owned<'a>> {
    let mut all = owned(desired, observed);
    all.retain(|stack| !desired.stacks.contains_key(&stack.key));
    all
}

/// The parts that gave their last role back, each with the stack of the configuration that it was split from, near or far.
///
/// Such a part is no stack of its own that somebody might still want: were it one template, an update would take its
/// roles away without `--prune`. `may_change` says whether the whole can be brought to where it shall be.
pub(crate) fn given_up(
    desired: &Desired,
    observed: &Observed,
    mode: Mode,
    may_change: impl Fn(&StepId) -> bool,
) -> HashMap<StackKey, StepId> {
    if !matches!(mode, Mode::Apply | Mode::Prune) {
        return HashMap::new();
    }
    let gone = unwanted(desired, observed);
    let parents: HashMap<&StackKey, StackKey> = gone
        .iter()
        .filter_map(|part| {
            let name = StackName::new(part.live.tags.get(TAG_PART_OF)?.clone()).ok()?;
            Some((&part.key, StackKey { name, ..part.key.clone() }))
        })
        .collect();
    let whole = |part: &StackKey| {
        let mut at = parents.get(part)?;
        // Tags may be written by anybody: a loop among them ends.
        for _ in 0..parents.len() {
            match parents.get(at) {
                Some(above) => at = above,
                None => break,
            }
        }
        let wanted = desired.stacks.get(at).filter(|whole| whole.kind == Kind::BatchTeam)?;
        Some(StepId::Stack(wanted.key.clone())).filter(&may_change)
    };
    parents.keys().filter_map(|part| Some(((*part).clone(), whole(part)?))).collect()
}

/// The kind that a stack's tag says, or else its name.
fn kind_of(live: &ObservedStack, organization: &OrganizationName) -> Option<Kind> {
    let named = || {
        let rest = live.name.as_str().strip_prefix(organization.as_str())?.strip_prefix('-')?;
        Kind::ALL
            .into_iter()
            .find(|kind| rest.strip_prefix(kind.as_str()).is_some_and(|tail| tail.is_empty() || tail.starts_with('-')))
    };
    live.tags.get(TAG_KIND).and_then(|kind| Kind::parse(kind)).or_else(named)
}

/// How late a kind goes: what others lean on goes after them, emergency access last of all.
fn lateness(kind: Kind) -> u8 {
    match kind {
        Kind::Automation
        | Kind::CrossAccount
        | Kind::CiDeployer
        | Kind::Metaflow
        | Kind::BatchTeam
        | Kind::Service
        | Kind::Federation => 0,
        Kind::IdentityProvider | Kind::SharedPolicy | Kind::Boundary => 1,
        Kind::Alarm => 2,
        Kind::BreakGlass => 3,
    }
}

/// What is known when it is decided what goes.
pub(crate) struct Deletions<'a> {
    pub(crate) desired: &'a Desired,
    pub(crate) graph: &'a Graph,
    pub(crate) observed: &'a Observed,
    pub(crate) request: &'a Request,
    pub(crate) selection: &'a Selection<'a>,
    /// Parts that give their roles back, each with the stack that takes them.
    pub(crate) given_up: HashMap<StackKey, StepId>,
}

/// Adds the steps that delete, or the findings about what could be deleted.
pub(crate) fn deletions(all: &Deletions<'_>, steps: &mut IndexMap<StepId, Step>, findings: &mut Vec<Finding>) {
    let Deletions { desired, graph, observed, request, selection, given_up } = all;
    let candidates = match request.mode {
        Mode::Apply | Mode::Prune | Mode::Adopt => unwanted(desired, observed),
        Mode::Remediate => Vec::new(),
        Mode::Destroy => owned(desired, observed),
    };
    let mut doomed: Vec<(Owned<'_>, Kind)> = Vec::new();
    for stack in candidates {
        if let (true, Some(kind)) = (given_up.contains_key(&stack.key), stack.kind) {
            doomed.push((stack, kind));
            continue;
        }
        if !selection.may_delete(desired, &stack.key, stack.kind) {
            continue;
        }
        let emergency = stack.kind == Some(Kind::BreakGlass);
        match (request.mode, stack.kind) {
            (Mode::Prune, _) if emergency && request.emergency_access == EmergencyAccess::Keep => {
                findings.push(Finding::EmergencyAccessKept { stack: stack.key });
            }
            (Mode::Prune | Mode::Destroy, Some(kind)) => doomed.push((stack, kind)),
            (Mode::Apply | Mode::Adopt | Mode::Remediate, _) | (Mode::Prune | Mode::Destroy, None) => {
                findings.push(Finding::NotWanted { stack: stack.key });
            }
        }
    }
    if request.mode == Mode::Destroy {
        keep_what_is_in_use(graph, &owned(desired, observed), &mut doomed, findings);
    }
    let orders = orders(graph, &doomed, steps);
    for ((stack, kind), needs) in doomed.iter().zip(orders) {
        let wanted = desired.stacks.get(&stack.key).map_or(Protection::Off, |wanted| wanted.protection);
        let protection = match stack.live.protected {
            Some(true) => Protection::On,
            Some(false) => Protection::Off,
            None => wanted,
        };
        let cause = match request.mode {
            Mode::Destroy => Cause::TakenDown,
            _ if given_up.contains_key(&stack.key) => Cause::GivenBack,
            _ => Cause::NotWanted,
        };
        let id = StepId::Stack(stack.key.clone());
        let action = Action::DeleteStack { kind: *kind, stack: stack.live.id.clone(), protection };
        steps.insert(id.clone(), Step { id, action, causes: BTreeSet::from([cause]), needs });
    }
    for (part, whole) in given_up {
        if let Some(step) = steps.get_mut(whole) {
            step.needs.push(Edge { on: StepId::Stack(part.clone()), reason: Reason::PartGoesFirst });
            step.needs.sort();
        }
    }
}

/// IAM deletes no policy that a role carries: a boundary or shared policy stays as long as a stack that is not in the part
/// leans on it. Source: IAM API, `DeletePolicy`, `DeleteConflict`.
fn keep_what_is_in_use(
    graph: &Graph,
    standing: &[Owned<'_>],
    doomed: &mut Vec<(Owned<'_>, Kind)>,
    findings: &mut Vec<Finding>,
) {
    let going: HashSet<StackKey> = doomed.iter().map(|(stack, _)| stack.key.clone()).collect();
    let staying: HashSet<&StackKey> =
        standing.iter().map(|stack| &stack.key).filter(|key| !going.contains(*key)).collect();
    doomed.retain(|(stack, _)| {
        let carried = |edge: &Edge| matches!(edge.reason, Reason::BoundaryBeforeRole | Reason::PolicyBeforeRole);
        let by: BTreeSet<StackKey> = graph
            .dependents(&StepId::Stack(stack.key.clone()))
            .into_iter()
            .filter(carried)
            .filter_map(|edge| match edge.on {
                StepId::Stack(key) if staying.contains(&key) => Some(key),
                _ => None,
            })
            .collect();
        if by.is_empty() {
            return true;
        }
        findings.push(Finding::InUse { stack: stack.key.clone(), by: by.into_iter().collect() });
        false
    });
}

/// For each doomed stack what must be done before it goes.
fn orders(graph: &Graph, doomed: &[(Owned<'_>, Kind)], steps: &IndexMap<StepId, Step>) -> Vec<Vec<Edge>> {
    let late: HashMap<&StackKey, u8> = doomed.iter().map(|(stack, kind)| (&stack.key, lateness(*kind))).collect();
    let mut leaving: HashMap<&AccountName, BTreeMap<u8, Vec<&StackKey>>> = HashMap::new();
    for (stack, kind) in doomed {
        leaving.entry(&stack.key.account).or_default().entry(lateness(*kind)).or_default().push(&stack.key);
    }
    // A stack that stays may let go, in its own step, of the boundary or shared policy that goes.
    let mut changing: HashMap<&AccountName, Vec<&StepId>> = HashMap::new();
    for step in steps.values() {
        if let (StepId::Stack(key), Some(kind)) = (&step.id, graph.kind(&step.id))
            && lateness(kind) == 0
        {
            changing.entry(&key.account).or_default().push(&step.id);
        }
    }
    let order = |(stack, kind): &(Owned<'_>, Kind)| {
        let own = lateness(*kind);
        let mut before: HashSet<StepId> = HashSet::new();
        if own > 0 {
            let earlier =
                leaving.get(&stack.key.account).into_iter().flat_map(|by| by.range(..own)).flat_map(|(_, k)| k);
            before.extend(earlier.map(|key| StepId::Stack((*key).clone())));
            before.extend(changing.get(&stack.key.account).into_iter().flatten().map(|id| (*id).clone()));
        }
        // On the way back every edge is turned round, unless the kinds say otherwise: so no loop can come of it.
        for edge in graph.dependents(&StepId::Stack(stack.key.clone())) {
            if let StepId::Stack(key) = &edge.on
                && late.get(key).is_some_and(|other| *other <= own)
            {
                before.insert(edge.on);
            }
        }
        let mut edges: Vec<Edge> =
            before.into_iter().map(|on| Edge { on, reason: Reason::DependentGoesFirst }).collect();
        edges.sort();
        edges
    };
    doomed.iter().map(order).collect()
}

#[cfg(test)]
mod tests;
