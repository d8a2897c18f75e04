//! Guardrails: AWS's rules, and the example organization from plan to sandbox and back.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use landfall_engine::port::{Cloud, GuardrailContent, NewGuardrail, Organizations};
use landfall_engine::{
    Ended, FaultKind, Look, ObserveOptions, ObserveRequest, Options, Outcome, execute, observe, stop,
};
use landfall_model::{Attachment, Foundation, GuardrailKind, ItemName, Kind, PolicyName, UnitPath};
use landfall_plan::{Action, Desired, Graph, Mode, Plan, Request, StepId};
use landfall_sandbox::{FaultRule, Sandbox, What, When};

use super::world::*;

const SCP: GuardrailKind = GuardrailKind::ServiceControl;
const FULL: &str = "p-FullAWSAccess";

fn content(action: &str) -> GuardrailContent {
    let content =
        format!(r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Deny","Action":"{action}","Resource":"*"}}]}}"#);
    GuardrailContent { description: "for tests".to_owned(), content }
}

fn new(name: &str) -> NewGuardrail {
    let name = PolicyName::new(name).unwrap();
    NewGuardrail { kind: SCP, name, content: content("iam:CreateUser"), tags: BTreeMap::new() }
}

async fn organization() -> (Arc<dyn Organizations>, String) {
    let sandbox = sandbox();
    let organizations = sandbox.organizations();
    let root = organizations.create().await.unwrap().root;
    (organizations, root)
}

fn code<T: std::fmt::Debug>(answer: Result<T, landfall_engine::Fault>) -> (FaultKind, String) {
    let fault = answer.unwrap_err();
    (fault.kind, fault.code.unwrap())
}

#[tokio::test(start_paused = true)]
async fn nothing_is_attached_before_its_type_is_enabled() {
    let (organizations, root) = organization().await;
    let policy = organizations.create_guardrail(&new("one")).await.unwrap();
    assert!(policy.starts_with("p-"));
    let refused = code(organizations.attach_guardrail(&policy, &root).await);
    assert_eq!(refused, (FaultKind::NotReady, "PolicyTypeNotEnabledException".to_owned()));
    organizations.enable_policy_type(&root, SCP).await.unwrap();
    let again = code(organizations.enable_policy_type(&root, SCP).await);
    assert_eq!(again, (FaultKind::AlreadyExists, "PolicyTypeAlreadyEnabledException".to_owned()));
    assert!(organizations.describe().await.unwrap().unwrap().policy_types.contains(&SCP));
    organizations.attach_guardrail(&policy, &root).await.unwrap();
    let again = code(organizations.attach_guardrail(&policy, &root).await);
    assert_eq!(again, (FaultKind::AlreadyExists, "DuplicatePolicyAttachmentException".to_owned()));
    assert_eq!(organizations.guarded(&policy).await.unwrap(), BTreeSet::from([root]));
}

#[tokio::test(start_paused = true)]
async fn a_target_keeps_its_last_service_control_policy_and_takes_ten() {
    let (organizations, root) = organization().await;
    organizations.enable_policy_type(&root, SCP).await.unwrap();
    let unit = organizations.create_unit(&root, "late", &BTreeMap::new()).await.unwrap();
    assert_eq!(organizations.guardrails_on(&unit, SCP).await.unwrap(), BTreeSet::from([FULL.to_owned()]));
    let last = code(organizations.detach_guardrail(FULL, &unit).await);
    assert_eq!(last, (FaultKind::LimitExceeded, "ConstraintViolationException".to_owned()));
    let mut own = Vec::new();
    for number in 0..10 {
        own.push(organizations.create_guardrail(&new(&format!("number-{number}"))).await.unwrap());
    }
    for policy in own.iter().take(9) {
        organizations.attach_guardrail(policy, &unit).await.unwrap();
    }
    let eleventh = code(organizations.attach_guardrail(&own[9], &unit).await);
    assert_eq!(eleventh, (FaultKind::LimitExceeded, "ConstraintViolationException".to_owned()));
    organizations.detach_guardrail(FULL, &unit).await.unwrap();
    organizations.attach_guardrail(&own[9], &unit).await.unwrap();
    assert!(!organizations.guarded(FULL).await.unwrap().contains(&unit));
    let gone = code(organizations.detach_guardrail(FULL, &unit).await);
    assert_eq!(gone, (FaultKind::NotFound, "PolicyNotAttachedException".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn names_sizes_and_documents_are_checked_and_what_is_attached_stays() {
    let (organizations, root) = organization().await;
    let policy = organizations.create_guardrail(&new("one")).await.unwrap();
    let twice = code(organizations.create_guardrail(&new("one")).await);
    assert_eq!(twice, (FaultKind::AlreadyExists, "DuplicatePolicyException".to_owned()));
    let long = GuardrailContent { content: " ".repeat(10_241), ..content("s3:*") };
    let long = code(organizations.update_guardrail(&policy, &long).await);
    assert_eq!(long, (FaultKind::LimitExceeded, "ConstraintViolationException".to_owned()));
    let odd = GuardrailContent { content: "{}".to_owned(), ..content("s3:*") };
    let odd = code(organizations.update_guardrail(&policy, &odd).await);
    assert_eq!(odd, (FaultKind::Invalid, "MalformedPolicyDocumentException".to_owned()));
    organizations.enable_policy_type(&root, SCP).await.unwrap();
    organizations.attach_guardrail(&policy, &root).await.unwrap();
    let used = code(organizations.delete_guardrail(&policy).await);
    assert_eq!(used, (FaultKind::Invalid, "PolicyInUseException".to_owned()));
    organizations.detach_guardrail(&policy, &root).await.unwrap();
    organizations.delete_guardrail(&policy).await.unwrap();
    assert_eq!(organizations.guardrail(&policy).await.unwrap(), None);
    assert!(organizations.update_guardrail(FULL, &content("s3:*")).await.is_err());
}

fn acme() -> Foundation {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/acme");
    landfall_model::load(&folder).foundation.unwrap()
}

fn desired(foundation: &Foundation) -> Desired {
    let synthesis = landfall_stacks::synthesize(foundation);
    Desired::new(foundation, synthesis.stacks).guarded(synthesis.guardrails)
}

async fn planned(sandbox: &Sandbox, desired: &Desired, mode: Mode) -> Plan {
    let observed = observe(
        sandbox,
        &ObserveRequest::of(desired, Look::WhereUnproven),
        ObserveOptions::default(),
        Arc::new(|_| {}),
    )
    .await
    .unwrap();
    let mut plan = landfall_plan::plan(desired, &Graph::of(desired).unwrap(), &observed, &Request::new(mode)).unwrap();
    // IAM is not read here.
    plan.findings.clear();
    plan
}

async fn run(sandbox: &Sandbox, plan: Plan) -> Ended {
    let (_handle, signal) = stop();
    execute(Arc::new(plan), Arc::new(sandbox.clone()), Options::new(signal), Arc::new(|_| {})).await.unwrap()
}

fn guardrail_steps(plan: &Plan) -> Vec<String> {
    let ids = plan.steps.keys();
    ids.filter(|id| matches!(id, StepId::Guardrail(_) | StepId::Attachment(..))).map(ToString::to_string).collect()
}

fn attached(sandbox: &Sandbox) -> Vec<String> {
    let view = sandbox.view().unwrap();
    view.guardrails.iter().map(|one| format!("{} on {}", one.name, one.attached.join(", "))).collect()
}

#[tokio::test(start_paused = true)]
async fn the_examples_guardrails_are_made_changed_moved_and_taken_down() {
    let sandbox = sandbox();
    let mut foundation = acme();
    let wanted = desired(&foundation);
    let ended = run(&sandbox, planned(&sandbox, &wanted, Mode::Apply).await).await;
    assert_eq!((ended.summary.failed, ended.summary.skipped), (0, 0), "{:?}", ended.outcomes);
    let first = [
        "acme-allowed-regions on workloads",
        "acme-deny-leave-organization on root",
        "acme-no-long-term-keys on workloads",
        "acme-protect-foundation on root",
        "acme-require-imdsv2 on workloads",
    ];
    assert_eq!(attached(&sandbox), first);
    assert!(planned(&sandbox, &wanted, Mode::Prune).await.is_empty());

    // One says something else, one stands elsewhere, one is not wanted any more.
    let name = |text: &str| ItemName::new(text).unwrap();
    let security = Attachment::Unit(UnitPath::new("security").unwrap());
    foundation.guardrails.retain(|one| one.name != name("no-long-term-keys"));
    for one in &mut foundation.guardrails {
        if one.name == name("require-imdsv2") {
            one.attach = vec![security.clone()];
        }
        if one.name == name("allowed-regions") {
            one.content = landfall_model::GuardrailContent::AllowedRegions(vec![region()]);
        }
    }
    let wanted = desired(&foundation);
    let plan = planned(&sandbox, &wanted, Mode::Prune).await;
    let mut steps = guardrail_steps(&plan);
    steps.sort();
    assert_eq!(
        steps,
        [
            "guardrail acme-allowed-regions",
            "guardrail acme-no-long-term-keys",
            "guardrail acme-no-long-term-keys on unit workloads",
            "guardrail acme-require-imdsv2 on unit security",
            "guardrail acme-require-imdsv2 on unit workloads",
        ]
    );
    let ended = run(&sandbox, plan).await;
    assert_eq!((ended.summary.failed, ended.summary.skipped), (0, 0), "{:?}", ended.outcomes);
    assert_eq!(
        attached(&sandbox),
        [
            "acme-allowed-regions on workloads",
            "acme-deny-leave-organization on root",
            "acme-protect-foundation on root",
            "acme-require-imdsv2 on security",
        ]
    );
    assert!(planned(&sandbox, &wanted, Mode::Prune).await.is_empty());

    let ended = run(&sandbox, planned(&sandbox, &wanted, Mode::Destroy).await).await;
    assert_eq!((ended.summary.failed, ended.summary.skipped), (0, 0), "{:?}", ended.outcomes);
    assert!(attached(&sandbox).is_empty());
    let first_stack = ended.outcomes.keys().position(|id| matches!(id, StepId::Stack(_))).unwrap();
    let last_off = ended.outcomes.keys().rposition(|id| matches!(id, StepId::Attachment(..))).unwrap();
    assert!(last_off < first_stack, "guardrails come off first");
}

#[tokio::test(start_paused = true)]
async fn emergency_access_that_fails_holds_the_guardrails_above_it_back() {
    let sandbox = sandbox();
    let wanted = desired(&acme());
    let rule = FaultRule {
        operation: "cloudformation:CreateStack".to_owned(),
        account: None,
        stack: Some("acme-break-glass".to_owned()),
        when: When::Nth(1),
        what: What::AccessDenied,
    };
    sandbox.configure(|settings| settings.faults = vec![rule]).unwrap();
    let plan = planned(&sandbox, &wanted, Mode::Apply).await;
    let ended = run(&sandbox, plan).await;
    let failed: Vec<&StepId> = ended
        .outcomes
        .iter()
        .filter(|(_, outcome)| matches!(outcome, Outcome::Failed { .. }))
        .map(|(id, _)| id)
        .collect();
    let [StepId::Stack(key)] = failed.as_slice() else { panic!("{failed:?}") };
    assert_eq!(wanted.stacks[key].kind, Kind::BreakGlass);
    let unit = wanted.accounts[&key.account].unit.clone().unwrap();
    let mut held = 0;
    for (id, outcome) in &ended.outcomes {
        let StepId::Attachment(_, target) = id else { continue };
        if target.holds(&key.account, Some(&unit)) {
            assert_eq!(*outcome, Outcome::Skipped { because: failed[0].clone() }, "{id}");
            held += 1;
        } else {
            assert_eq!(*outcome, Outcome::Done, "{id}");
        }
    }
    assert!(held >= 2, "what stands on the root is above every account");

    // The next run makes what failed, and then what it held back.
    let plan = planned(&sandbox, &wanted, Mode::Apply).await;
    assert!(plan.steps.values().any(|step| matches!(step.action, Action::AttachGuardrail { .. })));
    let ended = run(&sandbox, plan).await;
    assert_eq!((ended.summary.failed, ended.summary.skipped), (0, 0), "{:?}", ended.outcomes);
    assert_eq!(attached(&sandbox).len(), 5);
}
