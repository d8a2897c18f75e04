//! Whole runs in very bad weather, on virtual time: every fourth call fails, every tenth answer is lost, and the run ends
//! right all the same.

use std::sync::Arc;

use landfall_engine::port::Cloud;
use landfall_engine::{Look, Options, Outcome, execute, stop};
use landfall_model::AccountId;
use landfall_plan::{EmergencyAccess, Graph, Mode, Observed, Request, plan};
use landfall_sandbox::{FaultRule, Sandbox, Settings, What, When, Wish};

use super::clock::{example, looked};

fn rule(what: What, probability: f64) -> FaultRule {
    FaultRule { operation: "*".to_owned(), account: None, stack: None, when: When::Probability(probability), what }
}

/// Plans the example in fair weather, and carries the plan out in this one.
async fn run(sandbox: &Sandbox, request: &Request, weather: &[FaultRule]) -> Observed {
    let desired = example();
    let graph = Graph::of(&desired).unwrap();
    let look = if request.mode == Mode::Remediate { Look::Behind } else { Look::WhereUnproven };
    let seen = looked(sandbox, &desired, look).await;
    let steps = plan(&desired, &graph, &seen, request).unwrap();
    sandbox.configure(|settings| settings.faults = weather.to_vec()).unwrap();
    let (_handle, signal) = stop();
    let cloud: Arc<dyn Cloud> = Arc::new(sandbox.clone());
    let ended = execute(Arc::new(steps), cloud, Options::new(signal), Arc::new(|_| {})).await.unwrap();
    let failed: Vec<_> =
        ended.outcomes.iter().filter(|(_, outcome)| !matches!(outcome, Outcome::Done | Outcome::Unchanged)).collect();
    assert!(failed.is_empty(), "{failed:#?}");
    sandbox.configure(|settings| settings.faults.clear()).unwrap();
    let seen = looked(sandbox, &desired, look).await;
    let again = plan(&desired, &graph, &seen, request).unwrap();
    assert!(again.is_empty(), "{:?}", again.steps.keys().collect::<Vec<_>>());
    seen
}

/// What is done by hand in between.
const BY_HAND: [&str; 14] = [
    "widen-trust",
    "remove-boundary",
    "add-inline",
    "attach-policy",
    "delete-role",
    "empty-profile",
    "add-audience",
    "delete-saml",
    "widen-boundary-policy",
    "clear-setting",
    "disable-alarm",
    "detach-guardrail",
    "delete-stack",
    "unprotect-stack",
];

/// Sets all up, puts right what was done by hand, and takes all down.
async fn there_and_back(seed: u64, weather: &[FaultRule]) {
    let mut settings = Settings::of(AccountId::new("111111111111").unwrap());
    settings.management_name = "management".to_owned();
    settings.management_email = "aws@acme.example".to_owned();
    settings.seed = seed;
    let sandbox = Sandbox::in_memory(settings);
    let seen = run(&sandbox, &Request::new(Mode::Apply), weather).await;
    assert_eq!(seen.accounts.len(), example().accounts.len(), "no account was made twice");
    for how in BY_HAND {
        sandbox.hand().tamper(how.parse().unwrap(), &Wish::default()).unwrap();
    }
    run(&sandbox, &Request::new(Mode::Remediate), weather).await;
    let down = Request { emergency_access: EmergencyAccess::Remove, ..Request::new(Mode::Destroy) };
    let seen = run(&sandbox, &down, weather).await;
    assert!(seen.stacks.values().all(|stacks| stacks.is_empty()), "{:?}", seen.stacks);
}

#[tokio::test(start_paused = true)]
async fn every_fourth_call_fails_before_it_does_anything() {
    for seed in 0..4 {
        there_and_back(seed, &[rule(What::Transient, 0.25)]).await;
    }
}

#[tokio::test(start_paused = true)]
async fn every_tenth_answer_is_lost() {
    for seed in 0..4 {
        there_and_back(seed, &[rule(What::LostAnswer, 0.1)]).await;
    }
}

#[tokio::test(start_paused = true)]
async fn all_of_it_at_once() {
    for seed in 0..4 {
        let weather = [
            rule(What::Throttled, 0.3),
            rule(What::Transient, 0.1),
            rule(What::LostAnswer, 0.05),
            rule(What::Delay(3.0), 0.1),
        ];
        there_and_back(seed, &weather).await;
    }
}
