//! The example configuration, from its files to an empty second plan.

use std::path::Path;

use landfall_model::Foundation;

use crate::tests::world::{World, made, nothing};
use crate::{Desired, Finding, Graph, GuardrailTarget, Mode, Reason, StepId};

/// The example configuration.
pub(crate) fn acme() -> Foundation {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/acme");
    let loaded = landfall_model::load(&folder);
    assert!(!loaded.diagnostics.has_errors(), "{:?}", loaded.diagnostics);
    loaded.foundation.unwrap()
}

fn example() -> World {
    let foundation = acme();
    let synthesis = landfall_stacks::synthesize(&foundation);
    let desired = Desired::new(&foundation, synthesis.stacks).guarded(synthesis.guardrails);
    let graph = Graph::of(&desired).unwrap();
    World { desired, graph, observed: nothing() }
}

/// The example as it stands after it was deployed.
pub(crate) fn settled() -> World {
    let mut world = example();
    world.settle();
    world
}

/// Fills IAM with exactly what the templates say.
fn fill_identities(world: &mut World) {
    world.observed.identities = made(world);
}

#[test]
fn the_example_is_planned_carried_out_and_then_left_alone() {
    let mut world = example();
    let plan = world.plan(Mode::Apply);
    assert_eq!(plan.findings, []);
    let made = |id: &&StepId| matches!(id, StepId::Stack(_) | StepId::Guardrail(_) | StepId::Attachment(..));
    assert!(world.graph.order().filter(made).all(|id| plan.steps.contains_key(id)));
    for step in plan.steps.values().filter(|step| matches!(step.id, StepId::Attachment(..))) {
        let emergency = step.needs.iter().filter(|edge| edge.reason == Reason::BreakGlassFirst).count();
        let automation = step.needs.iter().filter(|edge| edge.reason == Reason::AutomationFirst).count();
        let below = match &step.id {
            StepId::Attachment(_, GuardrailTarget::Root) => world.desired.accounts.len() - 1,
            _ => 4,
        };
        assert_eq!((emergency, automation), (below, below), "{}", step.id);
    }
    world.run(&plan);
    fill_identities(&mut world);
    let second = world.plan(Mode::Prune);
    assert!(second.is_empty(), "{:?}", second.steps);
    assert_eq!(second.findings, []);
}

#[test]
fn every_lost_boundary_of_the_example_is_noticed() {
    let mut world = example();
    world.settle();
    fill_identities(&mut world);
    let roles: usize = world.observed.identities.values().map(|identities| identities.roles.len()).sum();
    for role in world.observed.identities.values_mut().flat_map(|identities| identities.roles.values_mut()) {
        role.boundary = None;
    }
    let plan = world.plan(Mode::Apply);
    let differences: usize = plan
        .steps
        .values()
        .map(|step| match &step.action {
            crate::Action::RepairIdentities { differences, .. } => differences.len(),
            other => panic!("{other:?}"),
        })
        .sum();
    assert!(roles > 30, "{roles}");
    assert_eq!(differences, roles);
    assert!(!plan.findings.iter().any(|finding| matches!(finding, Finding::BeyondRepair { .. })));
}

#[test]
fn the_example_goes_back_to_nothing() {
    let mut world = example();
    world.settle();
    let plan = world.plan(Mode::Destroy);
    let guardrails = world.desired.guardrails.values().map(|one| 1 + one.attach.len()).sum::<usize>();
    assert_eq!(plan.steps.len(), world.desired.stacks.len() + guardrails);
    world.run(&plan);
    assert!(world.observed.stacks.values().all(Vec::is_empty));
    assert!(world.observed.guardrails.is_empty());
}
