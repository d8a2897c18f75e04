//! What brings one stack there.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use landfall_stacks::{Digest, Protection, Stack, StackKey, TAG_DIGEST, TAG_KIND};

use super::adoption::Taken;
use super::comparison::Comparison;
use super::deletion::Ownership;
use super::shared_roles::lost_too_early;
use crate::planner::Verdict;
use crate::remediation::Remediation;
use crate::{
    Action, Cause, Desired, Difference, Finding, Mode, Observed, ObservedStack, Repair, Repaired, StackStatus, Standing,
};

/// Compares stacks.
pub(crate) struct StackDiff<'a> {
    desired: &'a Desired,
    observed: &'a Observed,
    mode: Mode,
    standing: HashMap<StackKey, &'a ObservedStack>,
    comparison: Comparison<'a>,
}

/// What becomes of a stack.
pub(crate) enum StackVerdict {
    /// It stays, with what should be seen nevertheless.
    Keep(Option<Finding>),
    /// It is somebody else's.
    NotOurs,
    /// It cannot be brought there in one step.
    Blocked(Finding),
    /// What stands comes into it, with the template for the import.
    Adopt(Action, (Digest, Arc<str>)),
    /// It stays, and what it made in IAM is put right.
    Repair(Repaired, Vec<Difference>, Option<Finding>),
    /// Something is to be done.
    Do(Action, BTreeSet<Cause>, Option<Finding>),
}

impl<'a> StackDiff<'a> {
    /// With all stacks that stand.
    pub(crate) fn new(desired: &'a Desired, observed: &'a Observed, mode: Mode, comparison: Comparison<'a>) -> Self {
        let standing = observed
            .stacks
            .iter()
            .flat_map(|(account, stacks)| stacks.iter().map(move |stack| (account, stack)))
            .filter(|(_, stack)| stack.status.standing() != Standing::Gone)
            .map(|(account, stack)| (stack.key(account), stack))
            .collect();
        Self { desired, observed, mode, standing, comparison }
    }

    /// What becomes of a stack that the configuration wants.
    pub(crate) fn of(&mut self, stack: &Stack) -> StackVerdict {
        let spec = || self.desired.spec(stack);
        let found = self.standing.get(&stack.key).copied();
        if found.is_none_or(begun)
            && let Some(verdict) = self.taken(stack, found)
        {
            return verdict;
        }
        let Some(live) = found else {
            let action = Action::CreateStack { spec: spec(), replaces: None };
            return StackVerdict::Do(action, BTreeSet::from([Cause::Missing]), None);
        };
        if Ownership::of(live, &self.desired.organization) == Ownership::Foreign {
            return StackVerdict::NotOurs;
        }
        let mut causes = self.changes(stack, live);
        match live.status.standing() {
            Standing::LeftOver | Standing::Gone => {
                let action = Action::CreateStack { spec: spec(), replaces: Some(live.id.clone()) };
                return StackVerdict::Do(action, BTreeSet::from([Cause::BadStatus(live.status)]), None);
            }
            // Whoever began it may fail at it: the step waits for the end, and then finds nothing or something to do.
            Standing::Busy | Standing::Failed => {
                causes.insert(Cause::BadStatus(live.status));
            }
            Standing::Good => {}
        }
        if causes.is_empty() {
            return self.identities(stack, live);
        }
        let roles = lost_too_early(self.desired, self.observed, stack);
        if roles.is_empty() {
            StackVerdict::Do(Action::UpdateStack { spec: spec(), stack: live.id.clone() }, causes, None)
        } else {
            StackVerdict::Blocked(Finding::SharedRolesFirst { stack: stack.key.clone(), roles })
        }
    }

    /// What becomes of a stack that drifted.
    pub(crate) fn remedied(&mut self, stack: &Stack, remediation: &Remediation<'_>) -> Verdict {
        let live = self.standing.get(&stack.key).copied();
        let there = live.filter(|live| !matches!(live.status.standing(), Standing::LeftOver | Standing::Gone));
        let remedy = remediation.stack(stack, there, self.desired, &mut self.comparison);
        let mut all = Vec::new();
        if let Some((repaired, differences)) = remedy.repair {
            all.push(Verdict::Repair(repaired, differences, None));
        }
        let failed = there.is_some_and(|live| live.status.standing() == Standing::Failed);
        match remedy.revert {
            // A change set that is carried out is followed by protection too; a failed stack takes none.
            Some(action) if !failed => all.push(Verdict::Do(action, BTreeSet::new(), None)),
            _ if remedy.whole => all.push(match self.of(stack) {
                StackVerdict::Do(action, causes, finding) => Verdict::Do(action, causes, finding),
                StackVerdict::Blocked(finding) => Verdict::Blocked(finding),
                StackVerdict::NotOurs => Verdict::Blocked(Finding::NotOurs { stack: stack.key.clone() }),
                StackVerdict::Keep(_) | StackVerdict::Adopt(..) | StackVerdict::Repair(..) => Verdict::Keep(None),
            }),
            _ => {}
        }
        if all.is_empty() {
            all.push(Verdict::Keep(None));
        } else {
            all.extend(remedy.template.map(Verdict::Template));
        }
        all.extend(remedy.findings.into_iter().map(Verdict::Seen));
        Verdict::All(all)
    }

    /// What becomes of a stack that is not there while what it would make is. On AWS the creation would fail, and not
    /// everything that speaks its protocol is so careful.
    fn taken(&mut self, stack: &Stack, begun: Option<&ObservedStack>) -> Option<StackVerdict> {
        let live = self.observed.identities.get(&stack.key.account)?;
        if self.gives_way(stack) {
            return None;
        }
        let not_compared =
            |reason| Some(StackVerdict::Keep(Some(Finding::NotCompared { stack: stack.key.clone(), reason })));
        let taken = match Taken::of(&mut self.comparison, stack, live) {
            Ok(taken) => taken?,
            // What cannot be told now is told by CloudFormation.
            Err(_) => return None,
        };
        let (key, names) = (stack.key.clone(), taken.names());
        let stands = Finding::StandsAlready { stack: key, names };
        if self.mode != Mode::Adopt {
            return Some(StackVerdict::Blocked(stands));
        }
        match taken.adoption(&mut self.comparison, self.desired, stack, begun.map(|live| live.id.clone())) {
            Ok(Some((action, import))) => Some(StackVerdict::Adopt(action, import)),
            Ok(None) => Some(StackVerdict::Blocked(stands)),
            Err(reason) => not_compared(reason),
        }
    }

    /// Whether another stack of Landfall's in the account is about to change, and may give up what stands: parts of a
    /// stack that was split take over its roles.
    fn gives_way(&self, stack: &Stack) -> bool {
        let here = self.standing.iter().filter(|(key, _)| key.account == stack.key.account);
        here.filter(|(_, live)| Ownership::of(live, &self.desired.organization) == Ownership::Ours)
            .any(|(key, live)| self.desired.stacks.get(key).is_none_or(|wanted| !deployed_as_wanted(wanted, live)))
    }

    /// Why the stack itself is not as it shall be.
    fn changes(&self, stack: &Stack, live: &ObservedStack) -> BTreeSet<Cause> {
        let mut causes = BTreeSet::new();
        let live_tags = live.tags.iter().filter(|(key, _)| !is_reserved(key));
        let tags_differ = !live_tags.eq(stack.tags.iter())
            || live.tags.get(TAG_KIND).map(String::as_str) != Some(stack.kind.as_str());
        let protection = match live.protected {
            Some(true) => Protection::On,
            Some(false) => Protection::Off,
            None => stack.protection,
        };
        if tags_differ || protection != stack.protection {
            causes.insert(Cause::SettingsChanged);
        }
        let deployed = live.tags.get(TAG_DIGEST).map(String::as_str);
        if deployed != Some(stack.digest().as_str()) {
            // The digest is one over template and settings. If it fits the template with the settings that stand, then
            // the template is the same.
            let tags = live.tags.iter().filter(|(key, _)| !is_reserved(key));
            let same_template = causes.contains(&Cause::SettingsChanged) && {
                let tags = tags.map(|(key, value)| (key.clone(), value.clone())).collect();
                let as_it_stands = Stack { tags, protection, ..stack.clone() };
                deployed == Some(as_it_stands.digest().as_str())
            };
            if !same_template {
                causes.insert(Cause::TemplateChanged);
            }
        }
        causes
    }

    fn identities(&mut self, stack: &Stack, live: &ObservedStack) -> StackVerdict {
        let Some(identities) = self.observed.identities.get(&stack.key.account) else {
            return StackVerdict::Keep(None);
        };
        let differences = match self.comparison.of(stack, identities) {
            Ok(found) => found.differences,
            Err(reason) => {
                return StackVerdict::Keep(Some(Finding::NotCompared { stack: stack.key.clone(), reason }));
            }
        };
        let (repairable, beyond): (Vec<Difference>, Vec<Difference>) =
            differences.into_iter().partition(Repair::can_put_right);
        let finding =
            (!beyond.is_empty()).then(|| Finding::BeyondRepair { stack: stack.key.clone(), differences: beyond });
        if repairable.is_empty() {
            return StackVerdict::Keep(finding);
        }
        let repaired = Repaired { key: stack.key.clone(), spec: self.desired.spec(stack), stack: live.id.clone() };
        StackVerdict::Repair(repaired, repairable, finding)
    }
}

/// Whether what was last deployed is what the configuration wants by now.
pub(crate) fn deployed_as_wanted(stack: &Stack, live: &ObservedStack) -> bool {
    live.tags.get(TAG_DIGEST).map(String::as_str) == Some(stack.digest().as_str())
}

/// Whether a stack may be what an adoption that was cut off has left. An import takes no tags, and so nothing says yet
/// whose it is: whoever goes on looks at its template.
fn begun(live: &ObservedStack) -> bool {
    match live.status {
        StackStatus::ReviewInProgress => true,
        StackStatus::ImportComplete => live.tags.is_empty(),
        _ => false,
    }
}

/// Tags that Landfall or AWS adds for itself.
fn is_reserved(key: &str) -> bool {
    key.starts_with("landfall:") || key.starts_with("aws:")
}
