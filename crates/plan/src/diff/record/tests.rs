use landfall_model::{Attachment, Kind};
use serde_json::json;

use crate::tests::world::{World, foundation, guardrail, guardrail_key, name, stack, unit};
use crate::{
    Action, Drift, GuardrailTarget, Mode, Observed, Recorded, Request, Rule, StepId, TAG_APPLIED, Target, drift,
    tag_applied,
};

fn on(path: &str) -> Attachment {
    Attachment::Unit(unit(path))
}

/// Two guardrails over three accounts in two units, applied.
fn settled() -> World {
    let foundation = foundation(&[
        ("management", None),
        ("data", Some("workloads/prod")),
        ("ml", Some("workloads/dev")),
        ("ci", Some("tools")),
    ]);
    let stacks = ["data", "ml", "ci"].into_iter().map(|account| stack(account, Kind::BreakGlass, None));
    let mut world = World::new(&foundation, stacks.collect()).guarded(vec![
        guardrail("keys", "iam:CreateUser", &[on("workloads/prod")]),
        guardrail("stay", "organizations:LeaveOrganization", &[Attachment::Root]),
    ]);
    world.settle();
    assert!(world.plan(Mode::Prune).is_empty());
    world
}

/// What drifted and what is pending, as `owner: rule`.
fn looked(world: &World) -> (Vec<String>, Vec<String>) {
    let report = drift(&world.desired, &world.graph, &world.observed, &[]).unwrap();
    let told = |all: &[Drift]| all.iter().map(|one| format!("{}: {}", one.owner, one.rule.as_str())).collect();
    (told(&report.drifts), told(&report.unapplied))
}

fn none() -> Vec<String> {
    Vec::new()
}

fn moved(observed: &mut Observed, account: &str, to: Option<&str>) {
    let found = observed.accounts.values_mut().find(|one| one.name == account).unwrap();
    found.unit = to.map(unit);
}

/// The same with another attachment wanted, and an account wanted in another unit.
fn wanting(world: &World) -> World {
    let mut world = world.guarded(vec![
        guardrail("keys", "iam:CreateUser", &[on("workloads/prod"), on("tools")]),
        guardrail("stay", "organizations:LeaveOrganization", &[Attachment::Root]),
    ]);
    world.desired.accounts.get_mut(&name("ci")).unwrap().unit = Some(unit("workloads/dev"));
    world.graph = crate::Graph::of(&world.desired).unwrap();
    world
}

#[test]
fn what_the_folder_changed_is_pending_and_what_somebody_did_is_drift() {
    let mut world = wanting(&settled());
    let pending =
        vec!["guardrail acme-keys on unit tools: guardrail-off".to_owned(), "placement of ci: elsewhere".to_owned()];
    assert_eq!(looked(&world), (none(), pending.clone()));
    world.observed.guardrails.get_mut(&guardrail_key("stay")).unwrap().targets.clear();
    assert_eq!(looked(&world), (vec!["guardrail acme-stay on the root: guardrail-off".to_owned()], pending.clone()));
    // Which of two accounts was moved by hand nobody can tell.
    moved(&mut world.observed, "ml", Some("tools"));
    let (drifts, unapplied) = looked(&world);
    assert!(drifts.contains(&"placement of ml: elsewhere".to_owned()), "{drifts:?}");
    assert!(drifts.contains(&"placement of ci: elsewhere".to_owned()), "{drifts:?}");
    assert_eq!(unapplied, pending[..1]);
    world.settle();
    assert_eq!(looked(&world), (none(), none()));
    assert!(world.plan(Mode::Prune).is_empty());
}

#[test]
fn a_part_of_a_plan_notes_what_it_did_and_nothing_that_somebody_else_did() {
    let only = |account: &str| Request { targets: vec![Target::Account(name(account))], ..Request::new(Mode::Apply) };
    let mut world = wanting(&settled());
    world.desired.accounts.get_mut(&name("ml")).unwrap().unit = Some(unit("tools"));
    world.graph = crate::Graph::of(&world.desired).unwrap();
    let plan = world.ask(&only("ml")).unwrap();
    assert!(plan.steps.contains_key(&StepId::Record(Recorded::Organization)), "{:?}", plan.steps.keys());
    world.run(&plan);
    let rest =
        vec!["guardrail acme-keys on unit tools: guardrail-off".to_owned(), "placement of ci: elsewhere".to_owned()];
    assert_eq!(looked(&world), (none(), rest), "what is left is still pending");

    let mut world = wanting(&settled());
    world.desired.accounts.get_mut(&name("ml")).unwrap().unit = Some(unit("tools"));
    world.graph = crate::Graph::of(&world.desired).unwrap();
    moved(&mut world.observed, "data", None);
    let plan = world.ask(&only("ml")).unwrap();
    world.run(&plan);
    let (drifts, _) = looked(&world);
    assert!(drifts.contains(&"placement of data: guardrail-off".to_owned()), "{drifts:?}");
}

#[test]
fn without_a_note_or_with_a_strange_one_everything_is_drift_as_it_was() {
    for strange in [None, Some(""), Some("a.b.c"), Some("...")] {
        let mut world = wanting(&settled());
        let applied = tag_applied(&world.desired.organization);
        for live in world.observed.guardrails.values_mut() {
            live.tags.remove(TAG_APPLIED);
            live.tags.extend(strange.map(|value| (TAG_APPLIED.to_owned(), value.to_owned())));
        }
        for live in world.observed.accounts.values_mut() {
            let tags = live.tags.get_or_insert_default();
            tags.remove(&applied);
            tags.extend(strange.map(|value| (applied.clone(), value.to_owned())));
        }
        let (drifts, unapplied) = looked(&world);
        assert_eq!((drifts.len(), unapplied), (2, none()), "{strange:?}");
        let plan = world.plan(Mode::Apply);
        world.run(&plan);
        assert_eq!(looked(&world), (none(), none()));
        assert!(world.plan(Mode::Prune).is_empty(), "{strange:?}");
    }
}

#[test]
fn after_an_upgrade_a_plan_only_notes_and_an_organization_without_guardrails_waits_for_something_to_do() {
    let mut world = settled();
    for live in world.observed.guardrails.values_mut() {
        live.tags.remove(TAG_APPLIED);
    }
    let tag = tag_applied(&world.desired.organization);
    world.observed.accounts.values_mut().for_each(|live| drop(live.tags.as_mut().unwrap().remove(&tag)));
    let steps = world.plan(Mode::Apply).steps;
    assert_eq!(steps.len(), 3);
    let notes = |action: &Action| matches!(action, Action::RecordGuardrail { .. } | Action::RecordOrganization { .. });
    assert!(steps.values().all(|step| notes(&step.action) && step.needs.is_empty()));
    let mut bare = world.guarded(Vec::new());
    bare.observed.guardrails.clear();
    assert!(bare.plan(Mode::Apply).is_empty());
}

#[test]
fn a_note_that_was_cut_off_is_made_up_for() {
    let mut world = wanting(&settled());
    let plan = world.plan(Mode::Apply);
    let mut cut = plan.clone();
    cut.steps.retain(|id, _| !matches!(id, StepId::Record(_)));
    world.run(&cut);
    assert_eq!(looked(&world), (none(), none()), "it stands as the folder wants it, whatever is noted");
    let next = world.plan(Mode::Apply);
    assert_eq!(next.steps.len(), 2, "{:?}", next.steps.keys());
    world.run(&next);
    assert!(world.plan(Mode::Prune).is_empty());
}

#[test]
fn of_what_was_never_noted_and_is_gone_nobody_knows_that_it_is_only_pending() {
    let settled = settled();
    let mut more = vec![
        guardrail("keys", "iam:CreateUser", &[on("workloads/prod")]),
        guardrail("stay", "organizations:LeaveOrganization", &[Attachment::Root]),
        guardrail("new", "iam:CreateAccessKey", &[Attachment::Root]),
    ];
    let mut world = settled.guarded(more.clone());
    assert_eq!(looked(&world), (none(), vec!["guardrail acme-new: guardrail-off".to_owned()]));
    world.observed.guardrails.remove(&guardrail_key("stay"));
    assert_eq!(looked(&world).1, none());
    // A type of policy that is switched off has policies of ours: nobody but an apply made them.
    let mut world = settled.guarded(std::mem::take(&mut more));
    world.observed.organization.as_mut().unwrap().policy_types.clear();
    let (drifts, _) = looked(&world);
    assert!(drifts.contains(&format!("policy type service-control: {}", Rule::GuardrailOff.as_str())), "{drifts:?}");
}

#[test]
fn what_a_document_says_counts_and_not_how_it_is_written() {
    let mut world = settled();
    let live = world.observed.guardrails.get_mut(&guardrail_key("keys")).unwrap();
    live.content = json!({ "Version": "2012-10-17", "Statement": {
        "Action": ["iam:CreateUser"], "Resource": ["*"], "Sid": "Deny", "Effect": "Deny" } });
    live.tags.insert("cost".to_owned(), "center".to_owned());
    assert!(world.plan(Mode::Prune).is_empty());
    let changed = world.guarded(vec![
        guardrail("keys", "iam:CreateAccessKey", &[on("workloads/prod")]),
        guardrail("stay", "organizations:LeaveOrganization", &[Attachment::Root]),
    ]);
    assert_eq!(looked(&changed), (none(), vec!["guardrail acme-keys: guardrail-changed".to_owned()]));
    let step = &changed.plan(Mode::Apply).steps[&StepId::Record(Recorded::Guardrail(guardrail_key("keys")))];
    let Action::RecordGuardrail { targets, policy, .. } = &step.action else { panic!("{step:?}") };
    assert_eq!((policy.as_deref(), targets.len()), (Some("p-acme-keys"), 1));
    assert!(targets.contains(&GuardrailTarget::Unit(unit("workloads/prod"))));
}

/// Something that somebody does, with what is told of it.
type ByHand = (fn(&mut Observed), &'static str);

/// What somebody may do by hand.
const BY_HAND: [ByHand; 4] = [
    (|observed| moved(observed, "data", Some("tools")), "placement of data: guardrail-off"),
    (
        |observed| observed.guardrails.get_mut(&guardrail_key("keys")).unwrap().targets.clear(),
        "guardrail acme-keys on unit workloads/prod: guardrail-off",
    ),
    (
        |observed| observed.guardrails.get_mut(&guardrail_key("keys")).unwrap().content = json!({ "Statement": [] }),
        "guardrail acme-keys: guardrail-changed",
    ),
    (|observed| drop(observed.guardrails.remove(&guardrail_key("keys"))), "guardrail acme-keys: guardrail-off"),
];

/// What the folder may want besides.
const WANTED: [fn(&mut World); 4] = [
    |world| world.desired.accounts.get_mut(&name("ci")).unwrap().unit = Some(unit("workloads/dev")),
    |world| world.desired.accounts.get_mut(&name("ml")).unwrap().unit = Some(unit("tools")),
    |world| world.desired.guardrails.get_mut(&guardrail_key("keys")).unwrap().attach.push(on("tools")),
    |world| {
        let new = guardrail("new", "iam:CreateAccessKey", &[on("tools")]);
        world.desired.guardrails.insert(new.key.clone(), new);
    },
];

#[test]
fn whatever_the_folder_wants_and_whatever_part_is_applied_what_somebody_did_is_never_only_pending() {
    let settled = settled();
    for (by_hand, told) in BY_HAND {
        for wanted in 0..1_u32 << WANTED.len() {
            for target in [None, Some("ml"), Some("ci")] {
                let mut world = settled.guarded(settled.desired.guardrails.values().cloned().collect());
                for (_, change) in WANTED.iter().enumerate().filter(|(bit, _)| wanted & (1 << bit) != 0) {
                    change(&mut world);
                }
                world.graph = crate::Graph::of(&world.desired).unwrap();
                by_hand(&mut world.observed);
                let case = format!("{told}, {wanted:04b}, {target:?}");
                assert!(looked(&world).0.contains(&told.to_owned()), "{case}: {:?}", looked(&world));
                // A part that does not touch it leaves it what it is; the whole puts it right.
                let targets = target.map(|account| Target::Account(name(account))).into_iter().collect();
                let plan = world.ask(&Request { targets, ..Request::new(Mode::Apply) }).unwrap();
                world.run(&plan);
                let (drifts, unapplied) = looked(&world);
                let still = drifts.contains(&told.to_owned());
                assert!(still == target.is_some(), "{case}: {drifts:?}, {unapplied:?}");
                assert!(target.is_some() || unapplied.is_empty(), "{case}: {unapplied:?}");
            }
        }
    }
}
