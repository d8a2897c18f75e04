//! Ctrl-C once and twice.

use std::time::Duration;

use crate::{Event, Options, Outcome, stop};

use super::build::{Build, pressed_later};
use super::fake::Fake;

fn chain(build: &mut Build) -> [landfall_plan::StepId; 3] {
    let first = build.create("a1", "acme-boundary", &[]);
    let second = build.create("a1", "acme-service-x", std::slice::from_ref(&first));
    let other = build.create("a2", "acme-boundary", &[]);
    [first, second, other]
}

#[tokio::test(start_paused = true)]
async fn once_finishes_what_runs() {
    let fake = Fake::new();
    let mut build = Build::new(2);
    let [first, second, other] = chain(&mut build);
    let (handle, signal) = stop();
    pressed_later(handle.clone(), Duration::from_secs(2));
    let run = build.run_with(&fake, Options::new(signal)).await.unwrap();
    assert_eq!(*run.outcome(&first), Outcome::Done);
    assert_eq!(*run.outcome(&other), Outcome::Done);
    assert_eq!(*run.outcome(&second), Outcome::NotStarted);
    assert!(run.events.iter().any(|event| matches!(event.event, Event::Stopping { running: 2 })));
    assert_eq!(run.ended.summary.stopped, 1);
    drop(handle);
}

#[tokio::test(start_paused = true)]
async fn twice_leaves_at_once() {
    let fake = Fake::new();
    fake.world().stack_time = Duration::from_secs(600);
    let mut build = Build::new(2);
    let [first, second, other] = chain(&mut build);
    let (handle, signal) = stop();
    pressed_later(handle.clone(), Duration::from_secs(2));
    pressed_later(handle, Duration::from_secs(3));
    let run = build.run_with(&fake, Options::new(signal)).await.unwrap();
    assert_eq!(*run.outcome(&first), Outcome::Abandoned);
    assert_eq!(*run.outcome(&other), Outcome::Abandoned);
    assert_eq!(*run.outcome(&second), Outcome::NotStarted);
    assert!(run.ended.summary.took <= Duration::from_secs(3));
    assert!(matches!(run.events.last().unwrap().event, Event::RunEnded { .. }));
}

#[tokio::test(start_paused = true)]
async fn a_killed_run_is_taken_up_by_the_next_one() {
    let fake = Fake::new();
    let plan = || {
        let mut build = Build::new(2);
        chain(&mut build);
        build
    };
    let (handle, signal) = stop();
    pressed_later(handle.clone(), Duration::from_secs(1));
    pressed_later(handle, Duration::from_secs(1));
    let killed = plan().run_with(&fake, Options::new(signal)).await.unwrap();
    assert_eq!(killed.ended.summary.stopped, 3);
    let run = plan().run(&fake).await;
    run.all_done();
    let stacks: usize = fake.world().stacks.values().flat_map(|all| all.values()).map(Vec::len).sum();
    assert_eq!(stacks, 3, "none was made twice");
}
