//! The schedule on virtual time: how close a whole run comes to what no schedule can beat.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use landfall_engine::port::Cloud;
use landfall_engine::schedule::Limits;
use landfall_engine::{Look, ObserveOptions, ObserveRequest, Options, execute, observe, stop};
use landfall_model::AccountId;
use landfall_plan::{Desired, Graph, Mode, Observed, Plan, Request, StepId, plan};
use landfall_sandbox::{Sandbox, Settings};

use crate::desk::root;

/// The example, from its files to what is desired.
pub(crate) fn example() -> Desired {
    let loaded = landfall_model::load(&root().join("examples/acme"));
    let foundation = loaded.foundation.unwrap();
    let synthesis = landfall_stacks::synthesize(&foundation);
    Desired::new(&foundation, synthesis.stacks).guarded(synthesis.guardrails)
}

/// What stands in a sandbox, as a plan reads it.
pub(crate) async fn observed(sandbox: &Sandbox, desired: &Desired) -> Observed {
    looked(sandbox, desired, Look::WhereUnproven).await
}

/// What stands in a sandbox, looked at in one way or another.
pub(crate) async fn looked(sandbox: &Sandbox, desired: &Desired, look: Look) -> Observed {
    let request = ObserveRequest::of(desired, look);
    observe(sandbox, &request, ObserveOptions::default(), Arc::new(|_| {})).await.unwrap()
}

const STACK: Duration = Duration::from_secs(5);

/// What no schedule can beat: the longest path, all stacks over the number that may be under way at once, or the stacks
/// of one account over the number that may be under way there.
fn bound(plan: &Plan, limits: Limits) -> Duration {
    let cost = |id: &StepId| if matches!(id, StepId::Stack(_)) { STACK } else { Duration::ZERO };
    let mut ends: BTreeMap<&StepId, Duration> = BTreeMap::new();
    for (id, step) in &plan.steps {
        let begins = step.needs.iter().filter_map(|edge| ends.get(&edge.on)).max().copied().unwrap_or_default();
        ends.insert(id, begins + cost(id));
    }
    let longest = ends.values().max().copied().unwrap_or_default();
    let over = |stacks: usize, limit: usize| STACK * u32::try_from(stacks.div_ceil(limit)).unwrap();
    let stacks = plan.steps.keys().filter(|id| matches!(id, StepId::Stack(_)));
    let mut busy: BTreeMap<_, usize> = BTreeMap::new();
    stacks.for_each(|id| *busy.entry(id.account()).or_default() += 1);
    let busiest = busy.values().max().copied().unwrap_or_default();
    longest.max(over(busy.values().sum(), limits.parallel)).max(over(busiest, limits.per_account))
}

/// Runs the example's first plan; how long it took, and the bound.
async fn run(parallel: usize) -> (Duration, Duration) {
    let desired = example();
    let mut settings = Settings::of(AccountId::new("111111111111").unwrap());
    settings.management_name = "management".to_owned();
    settings.management_email = "aws@acme.example".to_owned();
    settings.stack_seconds = STACK.as_secs_f64();
    settings.account_seconds = 0.0;
    settings.access_seconds = 0.0;
    let sandbox = Sandbox::in_memory(settings);
    let graph = Graph::of(&desired).unwrap();
    let seen = observed(&sandbox, &desired).await;
    let first = plan(&desired, &graph, &seen, &Request::new(Mode::Apply)).unwrap();
    let limits = Limits { parallel, ..Limits::default() };
    let bound = bound(&first, limits);
    let (_handle, signal) = stop();
    let options = Options { limits, ..Options::new(signal) };
    let cloud: Arc<dyn Cloud> = Arc::new(sandbox);
    let ended = execute(Arc::new(first), cloud, options, Arc::new(|_| {})).await.unwrap();
    assert_eq!(ended.summary.failed + ended.summary.skipped, 0, "{:?}", ended.outcomes);
    (ended.summary.took, bound)
}

#[tokio::test(start_paused = true)]
async fn with_room_for_all_a_run_takes_as_long_as_its_longest_path() {
    let (took, bound) = run(128).await;
    assert!(took <= bound.mul_f64(1.1), "took {took:?}, and the bound is {bound:?}");
}

#[tokio::test(start_paused = true)]
async fn with_little_room_a_run_takes_as_long_as_its_work() {
    let (took, bound) = run(4).await;
    assert!(took <= bound.mul_f64(1.1), "took {took:?}, and the bound is {bound:?}");
}
