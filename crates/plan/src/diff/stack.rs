//! What brings one stack there.

use std::collections::{BTreeSet, HashMap};

use landfall_stacks::{Protection, Stack, StackKey, TAG_DIGEST, TAG_KIND};

use super::comparison::Comparison;
use super::deletion::Ownership;
use super::shared_roles::lost_too_early;
use crate::{Action, Cause, Desired, Difference, Finding, Observed, ObservedStack, Repair, Repaired, Standing};

/// Compares stacks.
pub(crate) struct StackDiff<'a> {
    desired: &'a Desired,
    observed: &'a Observed,
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
    /// It stays, and what it made in IAM is put right.
    Repair(Repaired, Vec<Difference>, Option<Finding>),
    /// Something is to be done.
    Do(Action, BTreeSet<Cause>, Option<Finding>),
}

impl<'a> StackDiff<'a> {
    /// With all stacks that stand.
    pub(crate) fn new(desired: &'a Desired, observed: &'a Observed, comparison: Comparison<'a>) -> Self {
        let standing = observed
            .stacks
            .iter()
            .flat_map(|(account, stacks)| stacks.iter().map(move |stack| (account, stack)))
            .filter(|(_, stack)| stack.status.standing() != Standing::Gone)
            .map(|(account, stack)| (stack.key(account), stack))
            .collect();
        Self { desired, observed, standing, comparison }
    }

    /// What becomes of a stack that the configuration wants.
    pub(crate) fn of(&mut self, stack: &Stack) -> StackVerdict {
        let spec = || self.desired.spec(stack);
        let Some(live) = self.standing.get(&stack.key).copied() else {
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

/// Tags that Landfall or AWS adds for itself.
fn is_reserved(key: &str) -> bool {
    key.starts_with("landfall:") || key.starts_with("aws:")
}
