use landfall_model::RoleName;
use landfall_stacks::Provides;
use serde_json::{Value, json};

use crate::drift::tests::settled;
use crate::tests::world::{World, guardrail_key, key, name, unit};
use crate::{Edge, GuardrailTarget, Mode, Plan, Reason, StepId};

fn attached() -> StepId {
    StepId::Attachment(guardrail_key("region"), GuardrailTarget::Unit(unit("workloads")))
}

fn identities() -> StepId {
    StepId::Identities(name("data"))
}

fn role<'a>(world: &'a mut World, role: &str) -> &'a mut landfall_stacks::Role {
    world.observed.identities.get_mut(&name("data")).unwrap().roles.get_mut(role).unwrap()
}

/// The way back, where a policy of a role is gone, so that the role is to be allowed more.
fn plan(change: impl FnOnce(&mut World)) -> Plan {
    let mut world = settled();
    let stack = world.desired.stacks.get_mut(&key("data", "acme-break-glass")).unwrap();
    stack.provides = vec![Provides::Role(RoleName::new("acme-break-glass").unwrap())];
    role(&mut world, "acme-web").inline.clear();
    change(&mut world);
    world.plan(Mode::Remediate)
}

fn live(world: &mut World) -> &mut crate::ObservedGuardrail {
    world.observed.guardrails.get_mut(&guardrail_key("region")).unwrap()
}

/// What the guardrail says.
fn says(actions: &[&str]) -> Value {
    json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Deny", "Action": actions, "Resource": "*" }] })
}

fn waits(plan: &Plan, step: &StepId, on: &StepId) -> Option<Reason> {
    plan.steps[step].needs.iter().find(|edge| edge.on == *on).map(|Edge { reason, .. }| reason.clone())
}

#[test]
fn a_guardrail_is_back_before_anything_below_it_is_allowed_more() {
    let plan = plan(|world| live(world).targets.clear());
    assert_eq!(waits(&plan, &identities(), &attached()), Some(Reason::GuardrailFirst));
    assert_eq!(waits(&plan, &attached(), &identities()), None);
}

#[test]
fn emergency_access_that_stands_is_not_waited_for_and_one_that_does_not_is() {
    let stands = plan(|world| {
        live(world).targets.clear();
        role(world, "acme-break-glass").description = "x".to_owned();
    });
    assert_eq!(waits(&stands, &identities(), &attached()), Some(Reason::GuardrailFirst));
    assert_eq!(waits(&stands, &attached(), &identities()), None);
    let shut = plan(|world| {
        live(world).targets.clear();
        role(world, "acme-break-glass").trust = json!({ "Version": "2012-10-17", "Statement": [] }).into();
    });
    assert_eq!(waits(&shut, &identities(), &attached()), None);
    assert_eq!(waits(&shut, &attached(), &identities()), Some(Reason::BreakGlassFirst));
}

#[test]
fn what_only_narrows_waits_for_no_guardrail() {
    let plan = plan(|world| {
        live(world).targets.clear();
        let wanted = settled().observed.identities[&name("data")].roles["acme-web"].inline.clone();
        let web = role(world, "acme-web");
        (web.inline, web.boundary) = (wanted, None);
    });
    assert_eq!(waits(&plan, &identities(), &attached()), None);
}

#[test]
fn a_guardrail_lets_go_when_all_below_it_is_right() {
    let root = StepId::Attachment(guardrail_key("region"), GuardrailTarget::Root);
    let plan = plan(|world| {
        let id = world.observed.organization.as_ref().unwrap().root.clone();
        live(world).targets.insert(id);
    });
    assert_eq!(waits(&plan, &root, &identities()), Some(Reason::GuardrailLetsGoLast));
}

#[test]
fn another_text_comes_first_unless_it_only_lets_go() {
    let policy = StepId::Guardrail(guardrail_key("region"));
    for (text, first) in [(says(&["s3:*"]), true), (says(&[]), true), (says(&["ec2:*", "s3:*"]), false)] {
        let plan = plan(|world| live(world).content = text.clone());
        let (before, after) = (waits(&plan, &identities(), &policy), waits(&plan, &policy, &identities()));
        let wanted =
            if first { (Some(Reason::GuardrailFirst), None) } else { (None, Some(Reason::GuardrailLetsGoLast)) };
        assert_eq!((before, after), wanted, "{text}");
    }
    let plan = plan(|world| drop(live(world).tags.insert("landfall:x".to_owned(), "y".to_owned())));
    assert!(!plan.steps.contains_key(&policy));
}
