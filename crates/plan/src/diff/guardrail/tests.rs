use landfall_model::{Attachment, Kind};
use proptest::prelude::*;
use serde_json::json;

use crate::tests::world::boundary;
use crate::tests::world::{World, foundation, guardrail, guardrail_key, name, role, stack, stack_id, unit};
use crate::{Action, Cause, Finding, GuardrailTarget, Mode, Plan, Reach, Reason, Request, Step, StepId, check_fresh};

fn world() -> World {
    let foundation = foundation(&[
        ("management", None),
        ("data", Some("workloads/prod")),
        ("ml", Some("workloads/dev")),
        ("ci", Some("tools")),
    ]);
    let stacks = ["data", "ml", "ci"].into_iter().flat_map(|account| {
        [
            boundary(account),
            role(account, "etl"),
            stack(account, Kind::BreakGlass, None),
            stack(account, Kind::Automation, None),
        ]
    });
    World::new(&foundation, stacks.collect())
}

fn on(path: &str) -> Attachment {
    Attachment::Unit(unit(path))
}

fn attachment(text: &str, target: &Attachment) -> StepId {
    StepId::Attachment(guardrail_key(text), GuardrailTarget::from(target))
}

/// What a step waits for, for a reason.
fn waits(step: &Step, reason: &Reason) -> Vec<StepId> {
    step.needs.iter().filter(|edge| edge.reason == *reason).map(|edge| edge.on.clone()).collect()
}

fn guardrail_steps(plan: &Plan) -> Vec<String> {
    let all = plan.steps.keys();
    all.filter(|id| id.sort() == crate::Sort::Guardrail).map(ToString::to_string).collect()
}

#[test]
fn a_guardrail_waits_for_emergency_access_and_automation_in_every_account_below_it() {
    let world = world().guarded(vec![
        guardrail("stay", "organizations:LeaveOrganization", &[Attachment::Root]),
        guardrail("keys", "iam:CreateUser", &[on("workloads")]),
        guardrail("one", "iam:CreateUser", &[Attachment::Account(name("ci"))]),
    ]);
    let plan = world.plan(Mode::Apply);
    let below = |id: &StepId, kind: &str, reason: &Reason| {
        let mut found = waits(&plan.steps[id], reason);
        found.sort();
        let accounts = ["ci", "data", "ml"].into_iter().map(|account| stack_id(account, &format!("acme-{kind}")));
        let mut wanted: Vec<StepId> = accounts.filter(|one| found.contains(one)).collect();
        wanted.sort();
        assert_eq!(found, wanted);
        wanted.len()
    };
    for (text, target, accounts) in
        [("stay", Attachment::Root, 3), ("keys", on("workloads"), 2), ("one", Attachment::Account(name("ci")), 1)]
    {
        for id in [attachment(text, &target), StepId::Guardrail(guardrail_key(text))] {
            assert_eq!(below(&id, "break-glass", &Reason::BreakGlassFirst), accounts, "{id}");
            assert_eq!(below(&id, "automation", &Reason::AutomationFirst), accounts, "{id}");
        }
    }
    assert_eq!(plan.findings, []);
}

#[test]
fn the_second_plan_is_empty_and_a_change_is_made_in_place() {
    let mut world = world().guarded(vec![guardrail("keys", "iam:CreateUser", &[Attachment::Root, on("tools")])]);
    world.settle();
    let second = world.plan(Mode::Prune);
    assert!(second.is_empty(), "{:?}", second.steps);
    let changed = guardrail("keys", "iam:CreateAccessKey", &[Attachment::Root, on("tools")]);
    let mut world = world.guarded(vec![changed]);
    let plan = world.plan(Mode::Apply);
    assert_eq!(guardrail_steps(&plan), ["guardrail acme-keys"]);
    let step = &plan.steps[&StepId::Guardrail(guardrail_key("keys"))];
    assert_eq!(step.causes, [Cause::PolicyDiffers].into());
    assert!(matches!(&step.action, Action::UpdateGuardrail { policy, .. } if policy == "p-acme-keys"));
    world.run(&plan);
    assert!(world.plan(Mode::Prune).is_empty());
}

#[test]
fn what_organizations_writes_otherwise_is_no_change_and_what_somebody_wrote_is() {
    let mut world = world().guarded(vec![guardrail("keys", "iam:CreateUser", &[Attachment::Root])]);
    world.settle();
    let saved = world.plan(Mode::Apply);
    let key = guardrail_key("keys");
    world.observed.guardrails.get_mut(&key).unwrap().content = json!({ "Version": "2012-10-17", "Statement": {
        "Action": ["iam:CreateUser"], "Resource": ["*"], "Sid": "Deny", "Effect": "Deny",
    } });
    world.observed.guardrails.get_mut(&key).unwrap().tags.insert("cost".to_owned(), "center".to_owned());
    assert!(world.plan(Mode::Apply).is_empty());
    world.observed.guardrails.get_mut(&key).unwrap().content["Statement"]["Action"] = json!(["iam:GetUser"]);
    world.observed.guardrails.get_mut(&key).unwrap().description.clear();
    let fresh = world.plan(Mode::Apply);
    let wanted = [Cause::PolicyDiffers, Cause::SettingsChanged].into();
    assert_eq!(fresh.steps[&StepId::Guardrail(key)].causes, wanted);
    let stale = check_fresh(&saved, &fresh).unwrap_err();
    assert!(stale.0.iter().any(|line| line.contains("guardrail acme-keys")), "{:?}", stale.0);
}

#[test]
fn the_new_is_attached_before_the_old_comes_off() {
    let mut world = world().guarded(vec![guardrail("keys", "iam:CreateUser", &[on("workloads")])]);
    world.settle();
    let mut world = world.guarded(vec![guardrail("keys", "iam:CreateUser", &[on("workloads/prod"), on("tools")])]);
    let plan = world.plan(Mode::Apply);
    let old = &plan.steps[&attachment("keys", &on("workloads"))];
    assert!(matches!(&old.action, Action::DetachGuardrail { policy, target }
        if policy == "p-acme-keys" && target == "ou-workloads"));
    let mut before = waits(old, &Reason::AttachedBefore);
    before.sort();
    assert_eq!(before, [attachment("keys", &on("tools")), attachment("keys", &on("workloads/prod"))]);
    world.run(&plan);
    assert!(world.plan(Mode::Prune).is_empty());
}

#[test]
fn a_guardrail_under_another_name_takes_the_place_of_the_old_one_before_that_goes() {
    let mut world = world().guarded(vec![guardrail("old", "iam:CreateUser", &[on("tools")])]);
    world.settle();
    let mut world = world.guarded(vec![guardrail("new", "iam:CreateUser", &[on("tools")])]);
    let careful = world.plan(Mode::Apply);
    assert_eq!(careful.findings, [Finding::GuardrailNotWanted { guardrail: guardrail_key("old") }]);
    assert!(!careful.steps.contains_key(&StepId::Guardrail(guardrail_key("old"))));
    let plan = world.plan(Mode::Prune);
    let off = attachment("old", &on("tools"));
    assert_eq!(waits(&plan.steps[&off], &Reason::AttachedBefore), [attachment("new", &on("tools"))]);
    let deleted = &plan.steps[&StepId::Guardrail(guardrail_key("old"))];
    assert_eq!(waits(deleted, &Reason::DetachedFirst), [off]);
    world.run(&plan);
    assert_eq!(world.observed.guardrails.keys().cloned().collect::<Vec<_>>(), [guardrail_key("new")]);
    assert!(world.plan(Mode::Prune).is_empty());
}

#[test]
fn what_cannot_be_attached_keeps_the_old_where_it_is() {
    let mut world = world().guarded(vec![guardrail("keys", "iam:CreateUser", &[on("tools")])]);
    world.settle();
    let reason = "the role does not let anybody in".to_owned();
    world.observed.reach.insert(name("data"), Reach::Refused { reason });
    let world = world.guarded(vec![guardrail("keys", "iam:CreateUser", &[on("workloads")])]);
    let plan = world.plan(Mode::Prune);
    assert!(guardrail_steps(&plan).is_empty(), "{:?}", plan.steps);
    let left_out = |step: StepId, because: StepId| Finding::LeftOut { step, because };
    let new = attachment("keys", &on("workloads"));
    let account = StepId::Account(name("data"));
    // The guardrail itself stays as it is; only its new attachment waits for the account.
    assert!(plan.findings.contains(&left_out(new.clone(), account)), "{:?}", plan.findings);
    assert!(plan.findings.contains(&left_out(attachment("keys", &on("tools")), new)), "{:?}", plan.findings);
}

#[test]
fn a_closed_account_holds_no_guardrail_back() {
    let mut world = world();
    world.settle();
    let closed = world.observed.accounts.values_mut().find(|account| account.name == "data").unwrap();
    closed.status = crate::AccountStatus::Suspended;
    let world = world.guarded(vec![guardrail("keys", "iam:CreateUser", &[Attachment::Root])]);
    let plan = world.plan(Mode::Apply);
    assert!(plan.steps.contains_key(&attachment("keys", &Attachment::Root)), "{:?}", plan.findings);
}

#[test]
fn a_policy_of_somebody_else_is_left_alone() {
    let mut world = world().guarded(vec![guardrail("keys", "iam:CreateUser", &[Attachment::Root])]);
    world.settle();
    world.observed.guardrails.get_mut(&guardrail_key("keys")).unwrap().tags.clear();
    world.observed.guardrails.get_mut(&guardrail_key("keys")).unwrap().targets.clear();
    for mode in [Mode::Apply, Mode::Prune, Mode::Destroy] {
        let plan = world.plan(mode);
        assert!(guardrail_steps(&plan).is_empty(), "{mode:?}: {:?}", plan.steps);
        let told = plan.findings.contains(&Finding::GuardrailNotOurs { guardrail: guardrail_key("keys") });
        assert_eq!(told, mode != Mode::Destroy);
    }
}

#[test]
fn everything_comes_down_after_the_guardrails_came_off() {
    let mut world = world().guarded(vec![
        guardrail("stay", "organizations:LeaveOrganization", &[Attachment::Root]),
        guardrail("keys", "iam:CreateUser", &[on("workloads")]),
    ]);
    world.settle();
    let plan = world.plan(Mode::Destroy);
    let (root, unit) = (attachment("stay", &Attachment::Root), attachment("keys", &on("workloads")));
    for step in plan.steps.values() {
        let StepId::Stack(key) = &step.id else { continue };
        let mut wanted = vec![root.clone()];
        if key.account != name("ci") {
            wanted.push(unit.clone());
        }
        let mut found = waits(step, &Reason::GuardrailsGoFirst);
        found.sort();
        wanted.sort();
        assert_eq!(found, wanted, "{}", step.id);
    }
    world.run(&plan);
    assert!(world.observed.guardrails.is_empty());
    assert!(!world.observed.organization.unwrap().policy_types.is_empty(), "a type is not disabled");
}

#[test]
fn a_part_has_its_own_attachments_and_what_they_need() {
    let world = world().guarded(vec![
        guardrail("stay", "organizations:LeaveOrganization", &[Attachment::Root]),
        guardrail("keys", "iam:CreateUser", &[on("tools")]),
    ]);
    let request = Request::new(Mode::Apply).target("unit:tools".parse().unwrap());
    let plan = world.ask(&request).unwrap();
    assert_eq!(
        guardrail_steps(&plan),
        ["policy type service-control", "guardrail acme-keys", "guardrail acme-keys on unit tools"]
    );
    assert!(!plan.steps.contains_key(&stack_id("data", "acme-break-glass")));
}

fn targets() -> [Attachment; 5] {
    [Attachment::Root, on("workloads"), on("workloads/prod"), on("tools"), Attachment::Account(name("ml"))]
}

fn guardrails() -> impl Strategy<Value = Vec<(usize, usize, Vec<bool>)>> {
    prop::collection::btree_map(0..4usize, (0..3usize, prop::collection::vec(any::<bool>(), 5)), 0..4)
        .prop_map(|all| all.into_iter().map(|(name, (action, on))| (name, action, on)).collect())
}

fn build(of: &World, all: &[(usize, usize, Vec<bool>)]) -> World {
    let actions = ["iam:CreateUser", "s3:DeleteBucket", "organizations:LeaveOrganization"];
    let policy = |(number, action, on): &(usize, usize, Vec<bool>)| {
        let attach: Vec<Attachment> =
            targets().into_iter().zip(on).filter(|(_, chosen)| **chosen).map(|(target, _)| target).collect();
        guardrail(&format!("number-{number}"), actions[*action], &attach)
    };
    of.guarded(all.iter().map(policy).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn any_guardrails_become_any_others_and_no_target_is_bare_in_between(first in guardrails(), second in guardrails()) {
        let mut world = build(&world(), &first);
        world.settle();
        prop_assert!(world.plan(Mode::Prune).is_empty());
        let mut world = build(&world, &second);
        let plan = world.plan(Mode::Prune);
        prop_assert_eq!(plan.check(), Ok(()));
        for (position, step) in plan.steps.values().enumerate() {
            if let (StepId::Attachment(_, target), Action::DetachGuardrail { .. }) = (&step.id, &step.action) {
                let later = plan.steps.values().skip(position).any(|other| {
                    matches!(&other.id, StepId::Attachment(_, same) if same == target)
                        && matches!(other.action, Action::AttachGuardrail { .. })
                });
                prop_assert!(!later, "{} comes off too early", step.id);
            }
        }
        world.run(&plan);
        prop_assert!(world.plan(Mode::Prune).is_empty());
        let down = world.plan(Mode::Destroy);
        world.run(&down);
        prop_assert!(world.observed.guardrails.is_empty());
    }
}
