//! A plan in few words: the same change in many accounts is one.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use landfall_model::{AccountName, Kind};

use crate::{Action, Cause, Desired, Plan, Step, StepId};

/// What a step does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operation {
    /// Makes something, or waits for what is being made.
    Create,
    /// Changes something: a stack, tags, a place.
    Update,
    /// Puts IAM right.
    Repair,
    /// Deletes something.
    Delete,
    /// Leaves something as it is.
    Keep,
}

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
}

/// The same change in one or more accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// What is done.
    pub operation: Operation,
    /// To what.
    pub sort: Sort,
    /// The kind, of stacks.
    pub kind: Option<Kind>,
    /// A stack's name, a unit's path; for accounts what is done to them.
    pub name: String,
    /// Why.
    pub causes: BTreeSet<Cause>,
    /// Where, in order; empty for what stands in no account.
    pub accounts: Vec<AccountName>,
    /// How many steps.
    pub steps: usize,
    /// How many roles the stacks have together.
    pub roles: usize,
}

/// How many things of each sort meet which end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Totals {
    /// Numbers of things.
    pub things: BTreeMap<(Sort, Operation), usize>,
    /// Numbers of roles in the stacks, by what becomes of the stack. Roles of stacks that the configuration does not
    /// want any more are not known.
    pub roles: BTreeMap<Operation, usize>,
}

impl Action {
    /// What the action does.
    pub fn operation(&self) -> Operation {
        match self {
            Self::CreateOrganization
            | Self::CreateUnit { .. }
            | Self::CreateAccount { .. }
            | Self::AwaitAccount { .. }
            | Self::CreateStack { .. }
            | Self::CreateGuardrail { .. } => Operation::Create,
            Self::MoveAccount { .. }
            | Self::TagAccount { .. }
            | Self::UpdateStack { .. }
            | Self::EnablePolicyType { .. }
            | Self::UpdateGuardrail { .. }
            | Self::AttachGuardrail { .. }
            | Self::DetachGuardrail { .. } => Operation::Update,
            Self::RepairIdentities { .. } => Operation::Repair,
            Self::DeleteStack { .. } | Self::DeleteGuardrail { .. } => Operation::Delete,
        }
    }
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
        }
    }
}

/// The changes of a plan, each with all accounts that it is made in, in the order in which they first come.
pub fn groups(plan: &Plan, desired: &Desired) -> Vec<Group> {
    type Sameness<'a> = (Operation, Sort, Option<Kind>, String, &'a BTreeSet<Cause>);
    let mut groups: IndexMap<Sameness<'_>, Group> = IndexMap::new();
    for step in plan.steps.values() {
        let (operation, sort, kind, name) = (step.action.operation(), step.id.sort(), kind(step), name(step));
        let group = groups.entry((operation, sort, kind, name.clone(), &step.causes)).or_insert_with(|| Group {
            operation,
            sort,
            kind,
            name,
            causes: step.causes.clone(),
            accounts: Vec::new(),
            steps: 0,
            roles: 0,
        });
        group.steps += 1;
        group.roles += roles(desired, &step.id);
        group.accounts.extend(step.id.account().cloned());
    }
    let mut groups: Vec<Group> = groups.into_values().collect();
    for group in &mut groups {
        group.accounts.sort();
        group.accounts.dedup();
    }
    groups
}

/// The numbers of a plan. An account counts once, by its creation; its place and tags count where they change. So does
/// a guardrail, with its type and what it is attached to.
pub fn totals(plan: &Plan, desired: &Desired) -> Totals {
    let mut totals = Totals::default();
    let steps = plan.steps.values().map(|step| (&step.id, step.action.operation()));
    let kept = plan.kept.iter().map(|kept| (&kept.id, Operation::Keep));
    for (id, operation) in steps.chain(kept) {
        let part = matches!(
            id,
            StepId::Placement(_) | StepId::AccountTags(_) | StepId::PolicyType(_) | StepId::Attachment(..)
        );
        if !(part && operation == Operation::Keep) {
            *totals.things.entry((id.sort(), operation)).or_default() += 1;
        }
        let roles = roles(desired, id);
        if roles > 0 {
            *totals.roles.entry(operation).or_default() += roles;
        }
    }
    totals
}

fn kind(step: &Step) -> Option<Kind> {
    match &step.action {
        Action::DeleteStack { kind, .. } => Some(*kind),
        action => action.spec().map(|spec| spec.kind),
    }
}

fn name(step: &Step) -> String {
    match &step.id {
        StepId::Organization => "organization".to_owned(),
        StepId::Unit(path) => path.to_string(),
        StepId::Account(_) => "account".to_owned(),
        StepId::Placement(_) => "placement".to_owned(),
        StepId::AccountTags(_) => "tags".to_owned(),
        StepId::Stack(key) => key.name.to_string(),
        StepId::Identities(_) => "identities".to_owned(),
        StepId::PolicyType(kind) => kind.to_string(),
        StepId::Guardrail(key) => key.name.to_string(),
        StepId::Attachment(key, target) => format!("{} on {target}", key.name),
    }
}

fn roles(desired: &Desired, id: &StepId) -> usize {
    match id {
        StepId::Stack(key) => desired.stacks.get(key).map_or(0, |stack| stack.roles),
        _ => 0,
    }
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
        let groups = groups(&plan, &world.desired);
        assert_eq!(groups.len(), 1);
        assert_eq!(groups[0].operation, Operation::Update);
        assert_eq!(groups[0].name, "acme-service-etl");
        assert_eq!(groups[0].kind, Some(Kind::Service));
        assert_eq!(groups[0].causes, BTreeSet::from([Cause::TemplateChanged]));
        assert_eq!((groups[0].accounts.len(), groups[0].steps, groups[0].roles), (200, 200, 200));
        assert_eq!(groups[0].accounts[7], name("account-007"));
    }

    #[test]
    fn totals_count_what_is_made_and_what_is_kept() {
        let mut world = world();
        let first = totals(&world.plan(Mode::Apply), &world.desired);
        assert_eq!(first.things[&(Sort::Stack, Operation::Create)], 400);
        assert_eq!(first.things[&(Sort::Account, Operation::Create)], 200);
        assert_eq!(first.things[&(Sort::Account, Operation::Update)], 201);
        assert_eq!(first.things[&(Sort::Account, Operation::Keep)], 1);
        assert_eq!(first.roles, BTreeMap::from([(Operation::Create, 400)]));
        world.settle();
        let second = totals(&world.plan(Mode::Apply), &world.desired);
        assert_eq!(second.things[&(Sort::Account, Operation::Keep)], 201);
        assert_eq!(second.things[&(Sort::Stack, Operation::Keep)], 400);
        assert_eq!(second.things.values().sum::<usize>(), 201 + 400 + 1 + 1);
    }
}
