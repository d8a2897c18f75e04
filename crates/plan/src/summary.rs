//! A plan in few words: the same change in many accounts is one.

use std::collections::BTreeSet;
use std::mem::{Discriminant, discriminant};

use indexmap::IndexMap;
use landfall_model::{GuardrailKind, Kind, UnitPath};

use crate::{Action, Cause, IdentityKind, Plan, Step, StepId};

/// What sort of thing a step is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sort {
    /// The organization.
    Organization,
    /// Units.
    Unit,
    /// Accounts, their places and tags.
    Account,
    /// Stacks.
    Stack,
    /// What stands in IAM.
    Identities,
    /// Guardrails, the types of policy, and what guardrails are attached to.
    Guardrail,
    /// Notes of what was applied.
    Record,
}

impl StepId {
    /// What sort of thing it is.
    pub fn sort(&self) -> Sort {
        match self {
            Self::Organization => Sort::Organization,
            Self::Unit(_) => Sort::Unit,
            Self::Account(_) | Self::Placement(_) | Self::AccountTags(_) => Sort::Account,
            Self::Stack(_) => Sort::Stack,
            Self::Identities(_) => Sort::Identities,
            Self::PolicyType(_) | Self::Guardrail(_) | Self::Attachment(..) => Sort::Guardrail,
            Self::Record(_) => Sort::Record,
        }
    }
}

/// What makes two steps the same change.
#[derive(PartialEq, Eq, Hash)]
struct Sameness<'p> {
    thing: Discriminant<StepId>,
    action: Discriminant<Action>,
    /// The name of a stack or a guardrail: others are alike whatever they are called.
    name: Option<&'p str>,
    kind: Option<Kind>,
    guardrail: Option<GuardrailKind>,
    /// Where an account moves to.
    to: Option<&'p UnitPath>,
    causes: &'p BTreeSet<Cause>,
    /// What differs in IAM; not how, since accounts have their ids in it.
    differences: Vec<(IdentityKind, &'p str, &'p str)>,
}

impl<'p> Sameness<'p> {
    fn of(step: &'p Step) -> Self {
        let (name, guardrail) = match &step.id {
            StepId::Stack(key) => (Some(key.name.as_str()), None),
            StepId::Guardrail(key) | StepId::Attachment(key, _) => (Some(key.name.as_str()), Some(key.kind)),
            _ => (None, None),
        };
        let kind = match &step.action {
            Action::DeleteStack { kind, .. } => Some(*kind),
            action => action.spec().map(|spec| spec.kind),
        };
        let to = match &step.action {
            Action::MoveAccount { to, .. } => to.as_ref(),
            _ => None,
        };
        let differences = match &step.action {
            Action::RepairIdentities { differences, .. } => {
                differences.iter().map(|one| (one.kind, one.name.as_str(), one.property.as_str())).collect()
            }
            _ => Vec::new(),
        };
        let (thing, action) = (discriminant(&step.id), discriminant(&step.action));
        Self { thing, action, name, kind, guardrail, to, causes: &step.causes, differences }
    }
}

/// The changes of a plan, each with all steps that make it, in the order in which they first come. No group is empty.
pub fn groups(plan: &Plan) -> Vec<Vec<&Step>> {
    let mut groups: IndexMap<Sameness<'_>, Vec<&Step>> = IndexMap::new();
    for step in plan.steps.values() {
        groups.entry(Sameness::of(step)).or_default().push(step);
    }
    groups.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Mode;
    use crate::tests::world::{World, boundary, foundation, name, role};

    fn world() -> World {
        let accounts: Vec<String> = (0..200).map(|number| format!("account-{number:03}")).collect();
        let mut entries = vec![("management", None)];
        entries.extend(accounts.iter().map(|account| (account.as_str(), Some("prod"))));
        let stacks = accounts.iter().flat_map(|account| [boundary(account), role(account, "etl")]).collect();
        World::new(&foundation(&entries), stacks)
    }

    #[test]
    fn one_change_in_200_accounts_is_one_group() {
        let mut world = world();
        world.settle();
        for account in 0..200 {
            world.live(&format!("account-{account:03}"), "acme-service-etl").tags.remove("landfall:digest");
        }
        let plan = world.plan(Mode::Apply);
        let groups = groups(&plan);
        assert_eq!((groups.len(), groups[0].len()), (1, 200));
        let first = groups[0][7];
        assert_eq!(first.id.account(), Some(&name("account-007")));
        assert_eq!(first.causes, BTreeSet::from([Cause::TemplateChanged]));
    }

    #[test]
    fn what_is_made_and_why_tells_changes_apart() {
        let plan = world().plan(Mode::Apply);
        let groups = groups(&plan);
        let sizes: Vec<(Sort, usize)> = groups.iter().map(|group| (group[0].id.sort(), group.len())).collect();
        let stacks: Vec<usize> =
            sizes.iter().filter(|(sort, _)| *sort == Sort::Stack).map(|(_, number)| *number).collect();
        assert_eq!(stacks, [200, 200], "boundaries, and roles");
        assert!(sizes.contains(&(Sort::Unit, 1)) && sizes.contains(&(Sort::Account, 200)), "{sizes:?}");
        assert_eq!(groups.iter().map(Vec::len).sum::<usize>(), plan.steps.len());
    }
}
