//! What holds of every plan, over generated worlds.

use std::collections::{BTreeSet, HashSet};

use landfall_model::{Foundation, Kind, Region};
use landfall_stacks::{Need, Protection, Provides, Stack, TAG_ORGANIZATION};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::tests::world::{World, boundary, foundation, name, nothing, place, role, simulate, stack};
use crate::{AccountStatus, Action, EmergencyAccess, Finding, Mode, Plan, Reach, Request, StackStatus, StepId, Target};

/// A world: for each account its unit, and for each stack its account, its kind and what it trusts.
#[derive(Debug, Clone)]
struct Seeds {
    accounts: Vec<Option<&'static str>>,
    roles: Vec<(Index, Kind, Vec<Index>)>,
    emergency: Vec<bool>,
}

fn seeds() -> impl Strategy<Value = Seeds> {
    let units = prop::sample::select(vec![None, Some("security"), Some("workloads/prod"), Some("workloads/dev")]);
    let kinds = prop::sample::select(vec![
        Kind::Service,
        Kind::CrossAccount,
        Kind::CiDeployer,
        Kind::BatchTeam,
        Kind::Automation,
        Kind::IdentityProvider,
        Kind::Alarm,
    ]);
    let role = (any::<Index>(), kinds, prop::collection::vec(any::<Index>(), 0..3));
    (prop::collection::vec(units, 1..6), prop::collection::vec(role, 0..14), prop::collection::vec(any::<bool>(), 6))
        .prop_map(|(accounts, roles, emergency)| Seeds { accounts, roles, emergency })
}

impl Seeds {
    fn foundation(&self) -> Foundation {
        let names: Vec<String> = (0..self.accounts.len()).map(|number| format!("account-{number}")).collect();
        let entries: Vec<(&str, Option<&str>)> =
            names.iter().map(String::as_str).zip(self.accounts.iter().copied()).collect();
        foundation(&entries)
    }

    /// Each role trusts only roles that come before it, so that there is no loop.
    fn stacks(&self) -> Vec<Stack> {
        let account = |index: &Index| format!("account-{}", index.index(self.accounts.len()));
        let mut stacks: Vec<Stack> = Vec::new();
        for number in 0..self.accounts.len() {
            stacks.push(boundary(&format!("account-{number}")));
            if self.emergency[number] {
                stacks.push(stack(&format!("account-{number}"), Kind::BreakGlass, None));
            }
        }
        let mut made: Vec<Stack> = Vec::new();
        for (number, (home, kind, trusted)) in self.roles.iter().enumerate() {
            let item = format!("role-{number}");
            let mut one = Stack { kind: *kind, item: Some(item.clone()), ..role(&account(home), &item) };
            one.key.name = stack("x", *kind, Some(&item)).key.name;
            for index in trusted.iter().filter(|_| number > 0) {
                let other = &made[index.index(number)];
                let Provides::Role(role) = &other.provides[0] else { unreachable!() };
                let account = other.key.account.clone();
                one.needs.push(Need::TrustedRole { account, role: role.clone(), place: place(1) });
            }
            made.push(one);
        }
        stacks.extend(made);
        stacks
    }

    fn world(&self) -> World {
        World::new(&self.foundation(), self.stacks())
    }

    fn settled(&self) -> World {
        let mut world = self.world();
        world.settle();
        world
    }
}

/// What may happen to a settled world.
#[derive(Debug, Clone)]
enum Mishap {
    Status(Index, StackStatus),
    Gone(Index),
    Foreign(Index),
    Digest(Index),
    Unprotected(Index),
    Refused(Index),
    Suspended(Index),
    Moved(Index),
    Untagged(Index),
}

fn mishap() -> impl Strategy<Value = Mishap> {
    let index = any::<Index>;
    prop_oneof![
        (index(), prop::sample::select(StackStatus::ALL.to_vec())).prop_map(|(i, status)| Mishap::Status(i, status)),
        index().prop_map(Mishap::Gone),
        index().prop_map(Mishap::Foreign),
        index().prop_map(Mishap::Digest),
        index().prop_map(Mishap::Unprotected),
        index().prop_map(Mishap::Refused),
        index().prop_map(Mishap::Suspended),
        index().prop_map(Mishap::Moved),
        index().prop_map(Mishap::Untagged),
    ]
}

impl Mishap {
    fn befall(&self, world: &mut World) {
        let mut places: Vec<_> = world.desired.stacks.keys().cloned().collect();
        let members: Vec<_> = world.desired.accounts.keys().skip(1).cloned().collect();
        let (Self::Status(index, _)
        | Self::Gone(index)
        | Self::Foreign(index)
        | Self::Digest(index)
        | Self::Unprotected(index)
        | Self::Refused(index)
        | Self::Suspended(index)
        | Self::Moved(index)
        | Self::Untagged(index)) = self;
        let key = places.swap_remove(index.index(places.len()));
        let member = (!members.is_empty()).then(|| members[index.index(members.len())].clone());
        let live = |world: &mut World, change: &mut dyn FnMut(&mut crate::ObservedStack)| {
            for stack in world.observed.stacks.entry(key.account.clone()).or_default() {
                if stack.name == key.name {
                    change(stack);
                }
            }
        };
        let account = |world: &mut World, change: &mut dyn FnMut(&mut crate::ObservedAccount)| {
            let found = world
                .observed
                .accounts
                .values_mut()
                .find(|live| Some(live.name.as_str()) == member.as_ref().map(landfall_model::AccountName::as_str));
            found.into_iter().for_each(change);
        };
        match self {
            Self::Status(_, status) => live(world, &mut |stack| stack.status = *status),
            Self::Gone(_) => {
                world.observed.stacks.entry(key.account.clone()).or_default().retain(|stack| stack.name != key.name);
            }
            Self::Foreign(_) => live(world, &mut |stack| {
                stack.tags.remove(TAG_ORGANIZATION);
            }),
            Self::Digest(_) => live(world, &mut |stack| {
                stack.tags.insert(landfall_stacks::TAG_DIGEST.to_owned(), "other".to_owned());
            }),
            Self::Unprotected(_) => live(world, &mut |stack| stack.protected = Some(false)),
            Self::Refused(_) => {
                world.observed.reach.insert(key.account.clone(), Reach::Refused { reason: "no".to_owned() });
            }
            Self::Suspended(_) => account(world, &mut |live| live.status = AccountStatus::Suspended),
            Self::Moved(_) => account(world, &mut |live| live.unit = None),
            Self::Untagged(_) => account(world, &mut |live| live.tags = Some(std::collections::BTreeMap::new())),
        }
    }
}

/// Every node of the graph is a step, is kept, or has a finding that says why not.
fn nothing_is_lost(world: &World, plan: &Plan) -> Result<(), TestCaseError> {
    let kept: HashSet<&StepId> = plan.kept.iter().map(|kept| &kept.id).collect();
    let explained: HashSet<StepId> = plan
        .findings
        .iter()
        .filter_map(|finding| match finding {
            Finding::LeftOut { step, .. } => Some(step.clone()),
            Finding::NotOurs { stack } => Some(StepId::Stack(stack.clone())),
            Finding::Suspended { account } => Some(StepId::Account(account.clone())),
            _ => None,
        })
        .collect();
    for id in world.graph.order() {
        let comes_with_creation = match id {
            StepId::Placement(name) | StepId::AccountTags(name) => {
                plan.steps.contains_key(&StepId::Account(name.clone()))
            }
            _ => false,
        };
        let ends = [plan.steps.contains_key(id), kept.contains(id), explained.contains(id)];
        let count = ends.iter().filter(|end| **end).count();
        prop_assert!(count == 1 || (count == 0 && comes_with_creation), "{id}: {ends:?}");
    }
    Ok(())
}

/// Every edge of the graph between two steps is an edge of the plan.
fn order_is_kept(world: &World, plan: &Plan) -> Result<(), TestCaseError> {
    plan.check().map_err(|error| TestCaseError::fail(error.to_string()))?;
    for (waiter, needed, wait) in world.graph.edges() {
        if let (Some(step), true) = (plan.steps.get(waiter), plan.steps.contains_key(needed)) {
            prop_assert!(step.needs.iter().any(|edge| edge.on == *needed && edge.reason == wait.reason));
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_first_plan_is_whole_and_leads_to_an_empty_one(seeds in seeds()) {
        let mut world = seeds.world();
        let plan = world.plan(Mode::Apply);
        nothing_is_lost(&world, &plan)?;
        order_is_kept(&world, &plan)?;
        prop_assert_eq!(&Plan::load(&plan.save().unwrap()).unwrap(), &plan);
        world.run(&plan);
        let second = world.plan(Mode::Prune);
        prop_assert!(second.is_empty(), "{:?}", second.steps.keys());
        prop_assert_eq!(second.kept.len(), world.graph.len());
        prop_assert_eq!(second.findings, vec![]);
    }

    #[test]
    fn after_any_mishap_nothing_is_lost_and_the_next_run_is_empty(
        seeds in seeds(),
        mishaps in prop::collection::vec(mishap(), 1..8),
    ) {
        let mut world = seeds.settled();
        mishaps.iter().for_each(|mishap| mishap.befall(&mut world));
        let plan = world.plan(Mode::Apply);
        nothing_is_lost(&world, &plan)?;
        order_is_kept(&world, &plan)?;
        let foreign = |world: &World| -> Vec<_> {
            let stacks = world.observed.stacks.values().flatten();
            stacks.filter(|stack| !stack.tags.contains_key(TAG_ORGANIZATION)).cloned().collect()
        };
        let before = foreign(&world);
        // A stack that was deleted is out of the way as soon as it is deleted.
        for stacks in world.observed.stacks.values_mut() {
            stacks.retain(|stack| stack.status != StackStatus::DeleteComplete);
        }
        world.run(&plan);
        let left: Vec<_> = before.into_iter().filter(|stack| stack.status != StackStatus::DeleteComplete).collect();
        prop_assert_eq!(foreign(&world), left);
        let second = world.plan(Mode::Apply);
        prop_assert!(second.is_empty(), "{:?}", second.steps);
    }

    #[test]
    fn a_plan_cut_anywhere_is_finished_by_the_next(seeds in seeds(), cut in any::<Index>()) {
        let mut world = seeds.world();
        let mut plan = world.plan(Mode::Apply);
        plan.steps.truncate(cut.index(plan.steps.len()));
        world.run(&plan);
        let rest = world.plan(Mode::Apply);
        prop_assert!(rest.steps.keys().all(|id| !plan.steps.contains_key(id)));
        world.run(&rest);
        prop_assert!(world.plan(Mode::Apply).is_empty());
    }

    #[test]
    fn the_order_of_the_files_changes_nothing(seeds in seeds()) {
        let foundation = seeds.foundation();
        let mut stacks = seeds.stacks();
        let one = World::new(&foundation, stacks.clone()).plan(Mode::Apply);
        stacks.reverse();
        let two = World::new(&foundation, stacks).plan(Mode::Apply);
        prop_assert_eq!(one.save().unwrap(), two.save().unwrap());
    }

    #[test]
    fn pruning_takes_only_what_is_not_wanted_and_dependents_first(seeds in seeds(), keep in any::<u32>()) {
        let settled = seeds.settled();
        // What is kept must have what it needs, so a beginning of the list is kept.
        let mut stacks = seeds.stacks();
        stacks.truncate(keep as usize % (stacks.len() + 1));
        let boundaries: BTreeSet<_> =
            stacks.iter().filter(|stack| stack.kind == Kind::Boundary).map(|stack| stack.key.account.clone()).collect();
        stacks.retain(|stack| stack.kind == Kind::BreakGlass || boundaries.contains(&stack.key.account));
        let mut world = settled.with(stacks);
        let request = Request { emergency_access: EmergencyAccess::Remove, ..Request::new(Mode::Prune) };
        let plan = world.ask(&request).unwrap();
        let position = |id: &StepId| plan.steps.get_index_of(id).unwrap();
        for step in plan.steps.values() {
            let StepId::Stack(key) = &step.id else { panic!("{}", step.id) };
            prop_assert!(!world.desired.stacks.contains_key(key));
            let Action::DeleteStack { kind, protection, .. } = &step.action else { panic!("{:?}", step.action) };
            prop_assert_eq!(*protection == Protection::On, *kind == Kind::BreakGlass);
            for other in plan.steps.values().filter(|other| other.id.account() == step.id.account()) {
                if let (Kind::BreakGlass, Action::DeleteStack { kind: other_kind, .. }) = (kind, &other.action) {
                    prop_assert!(*other_kind == Kind::BreakGlass || position(&other.id) < position(&step.id));
                }
                if let (Kind::Boundary, Action::DeleteStack { kind: other_kind, .. }) = (kind, &other.action) {
                    let leans = !matches!(other_kind, Kind::Boundary | Kind::IdentityProvider | Kind::Alarm | Kind::BreakGlass);
                    prop_assert!(!leans || position(&other.id) < position(&step.id));
                }
            }
        }
        prop_assert_eq!(plan.steps.len() + world.desired.stacks.len(), settled.desired.stacks.len());
        world.run(&plan);
        prop_assert!(world.ask(&request).unwrap().is_empty());
    }

    #[test]
    fn destroying_leaves_nothing_of_ours(seeds in seeds()) {
        let mut world = seeds.settled();
        let plan = world.plan(Mode::Destroy);
        prop_assert_eq!(plan.steps.len(), world.desired.stacks.len());
        plan.check().unwrap();
        for (waiter, needed, _) in world.graph.edges() {
            let rank = |id: &StepId| matches!(world.graph.kind(id), Some(Kind::IdentityProvider | Kind::Alarm));
            if let (Some(before), Some(after)) = (plan.steps.get_index_of(waiter), plan.steps.get_index_of(needed)) {
                // Generated providers and alarms trust roles, which no real one does.
                prop_assert!(before < after || rank(waiter) || rank(needed), "{needed} goes before {waiter}");
            }
        }
        world.run(&plan);
        prop_assert!(world.observed.stacks.values().all(Vec::is_empty));
    }

    #[test]
    fn a_target_is_closed_under_what_it_needs(seeds in seeds(), at in any::<Index>(), other in any::<Index>()) {
        let world = seeds.world();
        let all = world.plan(Mode::Apply);
        let stacks: Vec<_> = world.desired.stacks.keys().collect();
        let targets = vec![
            Target::Stack(stacks[at.index(stacks.len())].name.clone()),
            Target::Account(name(&format!("account-{}", other.index(seeds.accounts.len())))),
        ];
        let plan = world.ask(&Request { targets, ..Request::new(Mode::Apply) }).unwrap();
        // The seal and the notes speak for all accounts, so that a part of the plan leaves them to the whole.
        let sealed = StepId::AccountTags(world.desired.management.clone());
        let whole = |id: &StepId| *id == sealed || matches!(id, StepId::Record(_));
        for (id, step) in plan.steps.iter().filter(|(id, _)| !whole(id)) {
            prop_assert_eq!(step, &all.steps[id]);
        }
        let after = simulate(&plan, nothing());
        let world = World { observed: after, ..world };
        let left = world.plan(Mode::Apply).steps;
        prop_assert!(plan.steps.keys().all(|id| whole(id) || !left.contains_key(id)));
    }

    #[test]
    fn the_fingerprint_follows_the_stacks(seeds in seeds(), at in any::<Index>()) {
        let mut world = seeds.settled();
        let before = world.plan(Mode::Apply).fingerprint;
        let keys: Vec<_> = world.desired.stacks.keys().cloned().collect();
        let key = &keys[at.index(keys.len())];
        let live = world.live(key.account.as_str(), key.name.as_str());
        live.reason = Some("a word".to_owned());
        live.outputs.insert("Arn".to_owned(), "arn".to_owned());
        live.status = StackStatus::UpdateCompleteCleanupInProgress;
        prop_assert_eq!(&world.plan(Mode::Apply).fingerprint, &before);
        let live = world.live(key.account.as_str(), key.name.as_str());
        live.id.push('2');
        prop_assert_ne!(&world.plan(Mode::Apply).fingerprint.observed, &before.observed);
        prop_assert_eq!(&world.plan(Mode::Apply).fingerprint.desired, &before.desired);
        world.desired.region = Region::new("us-east-1").unwrap();
        prop_assert_ne!(&world.plan(Mode::Apply).fingerprint.desired, &before.desired);
    }
}
