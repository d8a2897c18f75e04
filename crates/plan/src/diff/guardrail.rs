//! Guardrails: what is made, changed and attached, and what comes off again.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use indexmap::IndexMap;
use landfall_model::{AccountName, GuardrailKind, UnitPath};
use landfall_stacks::{GuardrailKey, GuardrailPolicy};

use crate::diff::{Presence, Presences};
use crate::guardrail::ours;
use crate::target::Selection;
use crate::{Action, Cause, Desired, Edge, Finding, GuardrailTarget, Mode, Observed, Reason, Step, StepId, document};

/// What becomes of a guardrail that the configuration wants.
pub(crate) enum GuardrailVerdict {
    /// It stays as it is.
    Keep,
    /// Another policy has its name.
    NotOurs,
    /// Something is to be done.
    Do(Action, BTreeSet<Cause>),
}

/// Switches a type of policy on.
pub(crate) fn policy_type(kind: GuardrailKind, observed: &Observed) -> Option<(Action, Cause)> {
    let on = observed.organization.as_ref().is_some_and(|organization| organization.policy_types.contains(&kind));
    (!on).then_some((Action::EnablePolicyType { kind }, Cause::Missing))
}

/// What a guardrail needs.
pub(crate) fn guardrail(wanted: &GuardrailPolicy, desired: &Desired, observed: &Observed) -> GuardrailVerdict {
    let spec = desired.guardrail_spec(wanted);
    let Some(live) = observed.guardrails.get(&wanted.key) else {
        return GuardrailVerdict::Do(Action::CreateGuardrail { spec }, BTreeSet::from([Cause::Missing]));
    };
    if !live.is_ours(desired) {
        return GuardrailVerdict::NotOurs;
    }
    let mut causes = BTreeSet::new();
    let same = observed.organization.as_ref().is_some_and(|organization| {
        let text = spec.text.of(&organization.id);
        serde_json::from_str(&text).is_ok_and(|json| document::same(&json, &live.content))
    });
    if !same {
        causes.insert(Cause::PolicyDiffers);
    }
    // Tags that somebody else put there stay.
    if spec.description != live.description || spec.tags.iter().any(|(key, value)| live.tags.get(key) != Some(value)) {
        causes.insert(Cause::SettingsChanged);
    }
    if causes.is_empty() {
        GuardrailVerdict::Keep
    } else {
        GuardrailVerdict::Do(Action::UpdateGuardrail { spec, policy: live.id.clone() }, causes)
    }
}

/// What attaches a guardrail, if it is not attached.
pub(crate) fn attachment(
    key: &GuardrailKey,
    target: &GuardrailTarget,
    observed: &Observed,
    presences: &Presences<'_>,
) -> Option<(Action, Cause)> {
    let live = observed.guardrails.get(key);
    let id = target_id(target, observed, presences);
    let attached = live.zip(id).is_some_and(|(live, id)| live.targets.contains(id));
    (!attached).then(|| (Action::AttachGuardrail { policy: live.map(|live| live.id.clone()) }, Cause::Missing))
}

/// The id of what a guardrail is attached to, if it is there.
pub(crate) fn target_id<'a>(
    target: &GuardrailTarget,
    observed: &'a Observed,
    presences: &Presences<'a>,
) -> Option<&'a str> {
    match target {
        GuardrailTarget::Root => observed.organization.as_ref().map(|organization| organization.root.as_str()),
        GuardrailTarget::Unit(path) => observed.units.get(path).map(|unit| unit.id.as_str()),
        GuardrailTarget::Account(name) => match presences.get(name) {
            Presence::Here(found) | Presence::Suspended(found) => Some(found.id.as_str()),
            Presence::Alone | Presence::UnderWay(_) | Presence::Absent => None,
        },
        GuardrailTarget::Unknown(_) => None,
    }
}

/// What the ids of roots, units and accounts stand for.
pub(crate) fn targets_by_id<'a>(
    observed: &'a Observed,
    presences: &Presences<'a>,
) -> HashMap<&'a str, GuardrailTarget> {
    let mut out: HashMap<&str, GuardrailTarget> = HashMap::new();
    out.extend(observed.organization.iter().map(|found| (found.root.as_str(), GuardrailTarget::Root)));
    out.extend(observed.units.iter().map(|(path, unit)| (unit.id.as_str(), GuardrailTarget::Unit(path.clone()))));
    out.extend(presences.iter().filter_map(|(name, presence)| match presence {
        Presence::Here(found) | Presence::Suspended(found) => {
            Some((found.id.as_str(), GuardrailTarget::Account((*name).clone())))
        }
        Presence::Alone | Presence::UnderWay(_) | Presence::Absent => None,
    }));
    out
}

/// Adds the steps that take guardrails off and away, or the findings about what could be.
///
/// A guardrail that the configuration still wants comes off where it is not wanted any more, once it and whatever else
/// the plan attaches there are attached; while something of that cannot be attached, it stays. One that is not wanted
/// at all goes with [`Mode::Prune`] and [`Mode::Destroy`] only.
pub(crate) fn removals(
    desired: &Desired,
    observed: &Observed,
    presences: &Presences<'_>,
    mode: Mode,
    selection: &Selection<'_>,
    steps: &mut IndexMap<StepId, Step>,
    findings: &mut Vec<Finding>,
) {
    let known = targets_by_id(observed, presences);
    let mut attaching: BTreeMap<GuardrailTarget, Vec<StepId>> = BTreeMap::new();
    for step in steps.values() {
        if let (StepId::Attachment(_, target), Action::AttachGuardrail { .. }) = (&step.id, &step.action) {
            attaching.entry(target.clone()).or_default().push(step.id.clone());
        }
    }
    let cause = if mode == Mode::Destroy { Cause::TakenDown } else { Cause::NotWanted };
    let mut gone: Vec<Step> = Vec::new();
    for (key, live) in ours(desired, observed) {
        let wanted = desired.guardrails.get(key).filter(|_| mode != Mode::Destroy);
        if wanted.is_none() && !matches!(mode, Mode::Prune | Mode::Destroy) {
            if selection.is_all() {
                findings.push(Finding::GuardrailNotWanted { guardrail: key.clone() });
            }
            continue;
        }
        let stays: BTreeSet<GuardrailTarget> =
            wanted.into_iter().flat_map(|one| &one.attach).map(GuardrailTarget::from).collect();
        let held = stays.iter().find_map(|target| {
            let id = StepId::Attachment(key.clone(), target.clone());
            let stands = target_id(target, observed, presences).is_some_and(|id| live.targets.contains(id));
            (!stands && selection.has(&id) && !steps.contains_key(&id)).then_some(id)
        });
        let mut off = Vec::new();
        for id in &live.targets {
            let target = known.get(id.as_str()).cloned().unwrap_or_else(|| GuardrailTarget::Unknown(id.clone()));
            if stays.contains(&target) || !selection.may_detach(desired, &target) {
                continue;
            }
            let step = StepId::Attachment(key.clone(), target.clone());
            if let Some(because) = &held {
                findings.push(Finding::LeftOut { step, because: because.clone() });
                continue;
            }
            let own = stays.iter().map(|target| StepId::Attachment(key.clone(), target.clone()));
            let mut before: BTreeSet<StepId> = own.filter(|id| steps.contains_key(id)).collect();
            before.extend(attaching.get(&target).into_iter().flatten().cloned());
            let needs = before.into_iter().map(|on| Edge { on, reason: Reason::AttachedBefore }).collect();
            let action = Action::DetachGuardrail { policy: live.id.clone(), target: id.clone() };
            off.push(Edge { on: step.clone(), reason: Reason::DetachedFirst });
            gone.push(Step { id: step, action, causes: BTreeSet::from([cause.clone()]), needs });
        }
        if wanted.is_none() && selection.is_all() {
            let action = Action::DeleteGuardrail { policy: live.id.clone() };
            let id = StepId::Guardrail(key.clone());
            gone.push(Step { id, action, causes: BTreeSet::from([cause.clone()]), needs: off });
        }
    }
    steps.extend(gone.into_iter().map(|step| (step.id.clone(), step)));
}

/// Stacks go after the guardrails above them came off: a guardrail may keep a stack from going, and must not stand
/// above an account whose emergency access is gone.
pub(crate) fn stacks_wait(desired: &Desired, presences: &Presences<'_>, steps: &mut IndexMap<StepId, Step>) {
    let detached: Vec<(StepId, GuardrailTarget)> = steps
        .values()
        .filter_map(|step| match (&step.id, &step.action) {
            (StepId::Attachment(_, target), Action::DetachGuardrail { .. }) => Some((step.id.clone(), target.clone())),
            _ => None,
        })
        .collect();
    if detached.is_empty() {
        return;
    }
    let mut above: HashMap<AccountName, Vec<Edge>> = HashMap::new();
    for step in steps.values_mut() {
        let (StepId::Stack(key), Action::DeleteStack { .. }) = (&step.id, &step.action) else { continue };
        let edges = above.entry(key.account.clone()).or_insert_with(|| {
            let holds = |target: &GuardrailTarget| {
                units(&key.account, desired, presences).into_iter().any(|unit| target.holds(&key.account, unit))
            };
            let over = detached.iter().filter(|(_, target)| holds(target));
            over.map(|(id, _)| Edge { on: id.clone(), reason: Reason::GuardrailsGoFirst }).collect()
        });
        step.needs.extend(edges.iter().cloned());
        step.needs.sort();
    }
}

/// The units that an account stands in now and shall stand in.
pub(super) fn units<'a>(
    account: &AccountName,
    desired: &'a Desired,
    presences: &Presences<'a>,
) -> [Option<&'a UnitPath>; 2] {
    let live = match presences.get(account) {
        Presence::Here(found) | Presence::Suspended(found) => found.unit.as_ref(),
        Presence::Alone | Presence::UnderWay(_) | Presence::Absent => None,
    };
    [live, desired.accounts.get(account).and_then(|account| account.unit.as_ref())]
}

#[cfg(test)]
mod tests;
