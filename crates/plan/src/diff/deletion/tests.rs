use landfall_model::TAG_PART_OF;
use landfall_stacks::{Need, Stack};

use super::*;
use crate::tests::world::{
    World, body, boundary, foundation, name, role, shared_policy, sharing, stack, stack_id, trusting,
};
use crate::{Plan, StackStatus, Target};

fn stacks() -> Vec<Stack> {
    vec![
        stack("data", Kind::BreakGlass, None),
        stack("data", Kind::IdentityProvider, None),
        stack("data", Kind::Alarm, None),
        boundary("data"),
        trusting("data", "reader", ("ml", "training"), 40),
        boundary("ml"),
        role("ml", "training"),
    ]
}

fn settled() -> World {
    let mut world = World::new(&foundation(&[("management", None), ("data", Some("prod")), ("ml", None)]), stacks());
    world.settle();
    world
}

fn ids(plan: &Plan) -> Vec<String> {
    plan.steps.keys().map(ToString::to_string).collect()
}

#[test]
fn apply_only_tells_what_is_not_wanted() {
    let world = settled().with(vec![boundary("ml")]);
    let plan = world.plan(Mode::Apply);
    assert!(plan.is_empty());
    assert_eq!(plan.findings.len(), 6);
    assert!(plan.findings.iter().all(|finding| matches!(finding, Finding::NotWanted { .. })));
}

/// A team's stack, the part that was split from it, and the part that was split from that one.
fn split_team() -> Vec<Stack> {
    let part = |item: &str, whole: &str| {
        let mut part = stack("data", Kind::BatchTeam, Some(item));
        part.tags.insert(TAG_PART_OF.to_owned(), whole.to_owned());
        part.needs.push(Need::Whole(StackName::new(whole).unwrap()));
        part
    };
    vec![
        stack("data", Kind::BatchTeam, Some("etl")),
        part("etl-3", "acme-batch-team-etl"),
        part("etl-3a", "acme-batch-team-etl-3"),
        stack("data", Kind::BatchTeam, Some("etl-4")),
    ]
}

#[test]
fn parts_give_their_roles_up_before_the_whole_takes_them_back() {
    let mut world = World::new(&foundation(&[("management", None), ("data", None)]), split_team());
    world.settle();
    let whole = Stack { body: body(r#"{"Description":"all of it","Resources":{}}"#), ..split_team().remove(0) };
    let merged = world.with(vec![whole]);
    let plan = merged.plan(Mode::Apply);
    let parts = ["etl-3", "etl-3a"].map(|part| stack_id("data", &["acme-batch-team-", part].concat()));
    for part in &parts {
        assert!(matches!(plan.steps[part].action, Action::DeleteStack { .. }), "{part}");
        assert_eq!(plan.steps[part].causes, BTreeSet::from([Cause::GivenBack]));
    }
    let whole = &plan.steps[&stack_id("data", "acme-batch-team-etl")];
    assert!(matches!(whole.action, Action::UpdateStack { .. }));
    let first: Vec<&StepId> =
        whole.needs.iter().filter(|edge| edge.reason == Reason::PartGoesFirst).map(|edge| &edge.on).collect();
    assert_eq!(first, parts.iter().collect::<Vec<_>>());
    // Another team's stack, whatever its name, goes only with --prune.
    let StepId::Stack(other) = stack_id("data", "acme-batch-team-etl-4") else { panic!() };
    assert_eq!(plan.findings, [Finding::NotWanted { stack: other }]);
    assert_eq!(plan.steps.len(), 3);
}

#[test]
fn parts_stay_where_the_whole_goes_too() {
    let mut world = World::new(&foundation(&[("management", None), ("data", None)]), split_team());
    world.settle();
    let without = world.with(vec![boundary("data")]);
    let plan = without.plan(Mode::Apply);
    assert_eq!(plan.steps.len(), 1, "{:?}", ids(&plan));
    assert_eq!(plan.findings.len(), 4, "{:?}", plan.findings);
}

#[test]
fn a_loop_of_part_tags_ends() {
    let mut world = World::new(&foundation(&[("management", None), ("data", None)]), split_team());
    world.settle();
    let tags = &mut world.live("data", "acme-batch-team-etl-3").tags;
    tags.insert(TAG_PART_OF.to_owned(), "acme-batch-team-etl-3a".to_owned());
    let merged = world.with(vec![split_team().remove(0)]);
    let plan = merged.plan(Mode::Apply);
    assert!(plan.is_empty(), "{:?}", ids(&plan));
    assert_eq!(plan.findings.len(), 3);
}

#[test]
fn a_boundary_stays_while_roles_that_stay_carry_it() {
    let world = settled();
    let target = |text: &str| text.parse::<Target>().unwrap();
    let boundaries = Request { targets: vec![target("kind:boundary")], ..Request::new(Mode::Destroy) };
    let plan = world.ask(&boundaries).unwrap();
    assert!(plan.is_empty(), "{:?}", ids(&plan));
    let StepId::Stack(stack) = stack_id("data", "acme-boundary") else { panic!() };
    let StepId::Stack(reader) = stack_id("data", "acme-cross-account-reader") else { panic!() };
    assert!(plan.findings.contains(&Finding::InUse { stack, by: vec![reader] }), "{:?}", plan.findings);
    assert_eq!(plan.findings.len(), 2);
    let with_roles =
        Request { targets: vec![target("kind:boundary"), target("kind:cross-account")], ..Request::new(Mode::Destroy) };
    let plan = world.ask(&with_roles).unwrap();
    assert_eq!(
        ids(&plan),
        ["stack data/eu-west-1/acme-cross-account-reader", "stack data/eu-west-1/acme-boundary"],
        "the boundary of `ml` stays"
    );
}

#[test]
fn prune_deletes_in_order_and_keeps_emergency_access() {
    let mut world = settled().with(vec![boundary("ml")]);
    let plan = world.plan(Mode::Prune);
    assert_eq!(
        ids(&plan),
        [
            "stack data/eu-west-1/acme-cross-account-reader",
            "stack data/eu-west-1/acme-boundary",
            "stack data/eu-west-1/acme-identity-provider",
            "stack data/eu-west-1/acme-alarm",
            "stack ml/eu-west-1/acme-service-training",
        ]
    );
    let StepId::Stack(stack) = stack_id("data", "acme-break-glass") else { panic!() };
    assert_eq!(plan.findings, [Finding::EmergencyAccessKept { stack }]);
    let request = Request { emergency_access: EmergencyAccess::Remove, ..Request::new(Mode::Prune) };
    let plan = world.ask(&request).unwrap();
    let last = &plan.steps[&stack_id("data", "acme-break-glass")];
    assert_eq!(last.needs.len(), 4);
    assert!(last.needs.iter().all(|edge| edge.reason == Reason::DependentGoesFirst));
    assert!(matches!(last.action, Action::DeleteStack { protection: Protection::On, .. }));
    assert_eq!(last.causes, BTreeSet::from([Cause::NotWanted]));
    world.run(&plan);
    assert!(world.ask(&request).unwrap().is_empty());
}

#[test]
fn a_boundary_goes_after_the_updates_that_let_go_of_it() {
    let world = settled();
    let mut wanted = stacks();
    wanted.retain(|stack| stack.key != crate::tests::world::key("ml", "acme-boundary"));
    let training = wanted.iter_mut().find(|stack| stack.item.as_deref() == Some("training")).unwrap();
    training.needs.clear();
    training.body = crate::tests::world::body("{}");
    let plan = world.with(wanted).plan(Mode::Prune);
    assert_eq!(ids(&plan), ["stack ml/eu-west-1/acme-service-training", "stack ml/eu-west-1/acme-boundary"]);
    assert_eq!(plan.steps[1].needs[0].on, stack_id("ml", "acme-service-training"));
}

#[test]
fn a_shared_policy_stands_before_the_roles_that_attach_it_and_goes_after_they_let_go() {
    let stacks = vec![boundary("ml"), shared_policy("ml"), sharing("ml", "one"), sharing("ml", "two")];
    let foundation = foundation(&[("management", None), ("ml", None)]);
    let policy = stack_id("ml", "acme-shared-policy-lambda-vpc");
    let mut world = World::new(&foundation, stacks.clone());
    let plan = world.plan(Mode::Apply);
    for role in ["acme-service-one", "acme-service-two"] {
        let edge = Edge { on: policy.clone(), reason: Reason::PolicyBeforeRole };
        assert!(plan.steps[&stack_id("ml", role)].needs.contains(&edge), "{role}");
    }

    world.settle();
    // One role lets go of it, the other is not wanted any more, and so the policy is not.
    let mut wanted = stacks;
    wanted.retain(|stack| ["acme-boundary", "acme-service-one"].contains(&stack.key.name.as_str()));
    wanted[1].needs.pop();
    wanted[1].body = crate::tests::world::body("{}");
    let mut world = world.with(wanted);
    let plan = world.plan(Mode::Apply);
    assert!(!plan.steps.contains_key(&policy), "it is left alone while nobody asks to prune");
    let plan = world.plan(Mode::Prune);
    assert_eq!(ids(&plan)[2..], ["stack ml/eu-west-1/acme-shared-policy-lambda-vpc"]);
    assert_eq!(plan.steps[&policy].needs.len(), 2);
    world.run(&plan);
    assert!(world.plan(Mode::Prune).is_empty());
    let taken = world.plan(Mode::Destroy);
    assert_eq!(taken.steps.len(), 2);
}

#[test]
fn destroy_takes_all_of_ours_the_other_way_round() {
    let mut world = settled();
    world.live("data", "acme-identity-provider").tags.remove(TAG_ORGANIZATION);
    let plan = world.plan(Mode::Destroy);
    assert_eq!(
        ids(&plan),
        [
            "stack data/eu-west-1/acme-cross-account-reader",
            "stack data/eu-west-1/acme-boundary",
            "stack data/eu-west-1/acme-alarm",
            "stack data/eu-west-1/acme-break-glass",
            "stack ml/eu-west-1/acme-service-training",
            "stack ml/eu-west-1/acme-boundary",
        ]
    );
    let training = &plan.steps[&stack_id("ml", "acme-service-training")];
    assert_eq!(training.needs[0].on, stack_id("data", "acme-cross-account-reader"));
    assert_eq!(training.causes, BTreeSet::from([Cause::TakenDown]));
    assert!(plan.kept.is_empty());
    world.run(&plan);
    assert_eq!(world.observed.stacks[&name("data")].len(), 1, "what is not ours stays");
    assert!(world.plan(Mode::Destroy).is_empty());
}

#[test]
fn deletions_stay_inside_the_target() {
    let world = settled().with(vec![boundary("ml")]);
    let ask = |target: &str| {
        let request = Request::new(Mode::Prune).target(target.parse::<Target>().unwrap());
        ids(&world.ask(&request).unwrap())
    };
    assert_eq!(ask("account:ml"), ["stack ml/eu-west-1/acme-service-training"]);
    assert_eq!(ask("kind:alarm"), ["stack data/eu-west-1/acme-alarm"]);
    assert_eq!(ask("stack:acme-boundary"), ["stack data/eu-west-1/acme-boundary"]);
    assert_eq!(ask("unit:prod").len(), 4);
}

#[test]
fn a_failed_deletion_is_begun_again_and_a_finished_one_is_none() {
    let mut world = settled().with(vec![boundary("ml"), role("ml", "training")]);
    world.live("data", "acme-alarm").status = StackStatus::DeleteFailed;
    world.live("data", "acme-boundary").status = StackStatus::DeleteComplete;
    let plan = world.plan(Mode::Prune);
    assert!(plan.steps.contains_key(&stack_id("data", "acme-alarm")));
    assert!(!plan.steps.contains_key(&stack_id("data", "acme-boundary")));
}

#[test]
fn a_stack_without_a_kind_is_known_by_its_name_or_left() {
    let mut world = settled().with(vec![boundary("ml"), role("ml", "training")]);
    world.live("data", "acme-alarm").tags.remove(TAG_KIND);
    let odd = landfall_model::StackName::new("acme-something").unwrap();
    let live = world.live("data", "acme-boundary");
    live.tags.remove(TAG_KIND);
    live.name = odd.clone();
    let plan = world.plan(Mode::Prune);
    assert!(plan.steps.contains_key(&stack_id("data", "acme-alarm")));
    assert!(plan.findings.iter().any(|finding| matches!(finding, Finding::NotWanted { stack } if stack.name == odd)));
}
