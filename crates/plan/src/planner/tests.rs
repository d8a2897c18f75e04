use landfall_model::Kind;

use super::*;
use crate::world::{World, boundary, foundation, name, nothing, role, stack, stack_id, trusting, unit};

fn small() -> World {
    let foundation =
        foundation(&[("management", None), ("data", Some("workloads/prod")), ("ml", Some("workloads/prod"))]);
    World::new(
        &foundation,
        vec![
            stack("data", Kind::BreakGlass, None),
            boundary("data"),
            trusting("data", "reader", ("ml", "training"), 40),
            boundary("ml"),
            role("ml", "training"),
            role("management", "billing"),
            boundary("management"),
        ],
    )
}

fn settled() -> World {
    let mut world = small();
    world.settle();
    world
}

fn ids(plan: &Plan) -> Vec<String> {
    plan.steps.keys().map(ToString::to_string).collect()
}

#[test]
fn the_first_run_makes_everything_in_order() {
    let plan = small().plan(Mode::Apply);
    assert_eq!(
        ids(&plan),
        [
            "organization",
            "unit workloads",
            "unit workloads/prod",
            "tags of management",
            "account data",
            "placement of data",
            "account ml",
            "placement of ml",
            "stack data/eu-west-1/acme-boundary",
            "stack data/eu-west-1/acme-break-glass",
            "stack management/eu-west-1/acme-boundary",
            "stack management/eu-west-1/acme-service-billing",
            "stack ml/eu-west-1/acme-boundary",
            "stack ml/eu-west-1/acme-service-training",
            "stack data/eu-west-1/acme-cross-account-reader",
        ]
    );
    assert_eq!(plan.findings, []);
    assert_eq!(
        plan.kept,
        [Kept { id: StepId::Account(name("management")) }, Kept { id: StepId::Placement(name("management")) }]
    );
    let reader = &plan.steps[&stack_id("data", "acme-cross-account-reader")];
    let waits: Vec<String> = reader.needs.iter().map(|edge| format!("{}: {}", edge.on, edge.reason)).collect();
    assert_eq!(
        waits,
        [
            "account data: account exists",
            "account ml: id of account ml is known",
            "placement of data: account stands in its unit",
            "stack data/eu-west-1/acme-boundary: boundary before role",
            "stack ml/eu-west-1/acme-service-training: trusted role training before the role that names it",
        ]
    );
    assert_eq!(plan.account_ids.keys().collect::<Vec<_>>(), [&name("management")]);
    assert_eq!(plan.templates.len(), 3);
}

#[test]
fn an_unchanged_world_gives_an_empty_plan() {
    let world = settled();
    for mode in [Mode::Apply, Mode::Prune] {
        let plan = world.plan(mode);
        assert_eq!(ids(&plan), Vec::<String>::new());
        assert_eq!(plan.findings, []);
        assert_eq!(plan.kept.len(), world.graph.len());
        assert!(plan.templates.is_empty());
    }
}
