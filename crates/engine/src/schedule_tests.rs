use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

fn task(needs: &[usize], cost: u64) -> Task {
    Task { needs: needs.to_vec(), cost, lane: None }
}

fn starts(decisions: &[Decision]) -> Vec<usize> {
    decisions
        .iter()
        .filter_map(|decision| match decision {
            Decision::Start(position) => Some(*position),
            _ => None,
        })
        .collect()
}

#[test]
fn longest_way_first() {
    // 0 is long by itself, 1 leads to a long chain.
    let tasks = [task(&[], 5), task(&[], 1), task(&[1], 9), task(&[], 2)];
    let mut schedule = Schedule::of(&tasks, &[], 2).unwrap();
    assert_eq!(starts(&schedule.apply(Signal::Begin).unwrap()), [1, 0]);
    assert_eq!(starts(&schedule.apply(Signal::Done(1)).unwrap()), [2]);
    assert_eq!(starts(&schedule.apply(Signal::Done(0)).unwrap()), [3]);
}

#[test]
fn a_failure_skips_what_needs_it_and_nothing_else() {
    let tasks = [task(&[], 1), task(&[], 1), task(&[0], 1), task(&[2, 1], 1), task(&[1], 1)];
    let mut schedule = Schedule::of(&tasks, &[], 8).unwrap();
    schedule.apply(Signal::Begin).unwrap();
    let decisions = schedule.apply(Signal::Failed(0)).unwrap();
    assert_eq!(decisions, [Decision::Skip { step: 2, because: 0 }, Decision::Skip { step: 3, because: 0 }]);
    assert_eq!(starts(&schedule.apply(Signal::Done(1)).unwrap()), [4]);
    assert_eq!(schedule.apply(Signal::Done(4)).unwrap(), [Decision::Finish]);
}

#[test]
fn stop_lets_running_steps_end_and_abort_does_not() {
    let tasks = [task(&[], 2), task(&[], 1), task(&[0], 1)];
    let mut schedule = Schedule::of(&tasks, &[], 1).unwrap();
    schedule.apply(Signal::Begin).unwrap();
    assert_eq!(schedule.apply(Signal::Stop).unwrap(), [Decision::LeaveOut(1), Decision::LeaveOut(2)]);
    assert_eq!(schedule.apply(Signal::Abort).unwrap(), [Decision::Abandon(0), Decision::Finish]);
}

#[test]
fn what_cannot_be_is_an_error() {
    assert_eq!(Schedule::of(&[task(&[1], 1), task(&[0], 1)], &[], 1).unwrap_err(), ScheduleError::Cycle(2));
    let mut schedule = Schedule::of(&[task(&[], 1), task(&[0], 1)], &[], 1).unwrap();
    assert_eq!(schedule.apply(Signal::Done(0)).unwrap_err(), ScheduleError::Beginning);
    schedule.apply(Signal::Begin).unwrap();
    assert_eq!(schedule.apply(Signal::Begin).unwrap_err(), ScheduleError::Beginning);
    assert_eq!(schedule.apply(Signal::Done(1)).unwrap_err(), ScheduleError::NotRunning(1));
    assert_eq!(schedule.apply(Signal::Failed(9)).unwrap_err(), ScheduleError::NotRunning(9));
    schedule.apply(Signal::Done(0)).unwrap();
    assert_eq!(schedule.apply(Signal::Done(0)).unwrap_err(), ScheduleError::NotRunning(0));
}

#[test]
fn sixty_thousand_steps_are_quick() {
    let lanes = vec![4; 10_000];
    let tasks: Vec<Task> = (0..60_000)
        .map(|i| Task { needs: if i % 6 == 0 { vec![] } else { vec![i - i % 6] }, cost: 20, lane: Some(i / 6) })
        .collect();
    let began = std::time::Instant::now();
    let mut schedule = Schedule::of(&tasks, &lanes, 64).unwrap();
    let mut running: std::collections::VecDeque<usize> = starts(&schedule.apply(Signal::Begin).unwrap()).into();
    let mut ended = 0;
    while let Some(position) = running.pop_front() {
        ended += 1;
        running.extend(starts(&schedule.apply(Signal::Done(position)).unwrap()));
    }
    assert_eq!(ended, 60_000);
    assert!(began.elapsed() < std::time::Duration::from_secs(5), "{:?}", began.elapsed());
}

/// Five-second stacks in virtual time: the whole run against the bound that no schedule can beat.
#[test]
fn within_ten_percent_of_the_bound() {
    // 200 accounts: a boundary, then three stacks that need it, then one that needs one of another account.
    let mut tasks = Vec::new();
    for account in 0..200_usize {
        let first = account * 5;
        let before = if account % 4 == 0 { first + 1 } else { first - 3 };
        tasks.push(Task { needs: vec![], cost: 20, lane: Some(account) });
        for _ in 0..3 {
            tasks.push(Task { needs: vec![first], cost: 20, lane: Some(account) });
        }
        tasks.push(Task { needs: vec![first, before], cost: 20, lane: Some(account) });
    }
    let mut schedule = Schedule::of(&tasks, &vec![4; 200], 64).unwrap();
    let mut clock = 0_u64;
    let mut running = BTreeSet::new();
    for position in starts(&schedule.apply(Signal::Begin).unwrap()) {
        running.insert((5, position));
    }
    while let Some((at, position)) = running.pop_first() {
        clock = at;
        for next in starts(&schedule.apply(Signal::Done(position)).unwrap()) {
            running.insert((clock + 5, next));
        }
    }
    let work = 5 * 1_000_u64;
    let bound = work.div_ceil(64).max(5 * 3);
    assert!(clock * 100 <= bound * 110, "{clock} s against {bound} s");
}

#[derive(Debug, Clone)]
struct Case {
    tasks: Vec<Task>,
    lanes: Vec<usize>,
    parallel: usize,
    /// What becomes of the running steps, drawn as they run: which one, and how.
    draws: Vec<(usize, u8)>,
}

fn case() -> impl Strategy<Value = Case> {
    let lanes = prop::collection::vec(1_usize..4, 0..4);
    (1_usize..24, lanes, 1_usize..6, any::<u64>()).prop_flat_map(|(count, lanes, parallel, _)| {
        let task = (prop::collection::vec(any::<prop::sample::Index>(), 0..4), 1_u64..50, prop::option::of(0_usize..5));
        let tasks = prop::collection::vec(task, count);
        let draws = prop::collection::vec((0_usize..64, 0_u8..100), count + 4);
        (tasks, Just(lanes), Just(parallel), draws).prop_map(|(raw, lanes, parallel, draws)| {
            let tasks = raw
                .into_iter()
                .enumerate()
                .map(|(at, (needs, cost, lane))| Task {
                    needs: if at == 0 { vec![] } else { needs.into_iter().map(|index| index.index(at)).collect() },
                    cost,
                    lane,
                })
                .collect();
            Case { tasks, lanes, parallel, draws }
        })
    })
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum End {
    Done,
    Failed,
    Skipped,
    LeftOut,
    Abandoned,
}

fn drive(case: &Case) {
    let mut schedule = Schedule::of(&case.tasks, &case.lanes, case.parallel).unwrap();
    let mut ends: Vec<Option<End>> = vec![None; case.tasks.len()];
    let mut started = BTreeSet::new();
    let mut running: Vec<usize> = Vec::new();
    let mut finished = false;
    let mut stopped = false;
    let mut draws = case.draws.iter();
    let mut signal = Signal::Begin;
    loop {
        for decision in schedule.apply(signal).unwrap() {
            assert!(!finished, "nothing comes after the finish");
            let mut end = |step: usize, how: End| {
                assert_eq!(ends[step].replace(how), None, "step {step} ends once");
            };
            match decision {
                Decision::Start(step) => {
                    assert!(!stopped, "nothing starts after a stop");
                    assert!(started.insert(step), "step {step} starts once");
                    for need in &case.tasks[step].needs {
                        assert_eq!(ends[*need], Some(End::Done), "{step} waits for {need}");
                    }
                    running.push(step);
                }
                Decision::Skip { step, because } => {
                    end(step, End::Skipped);
                    assert_eq!(ends[because], Some(End::Failed));
                }
                Decision::LeaveOut(step) => end(step, End::LeftOut),
                Decision::Abandon(step) => {
                    running.retain(|other| *other != step);
                    end(step, End::Abandoned);
                }
                Decision::Finish => finished = true,
            }
            assert!(running.len() <= case.parallel);
            for (lane, limit) in case.lanes.iter().enumerate() {
                assert!(running.iter().filter(|step| case.tasks[**step].lane == Some(lane)).count() <= *limit);
            }
        }
        assert_eq!(schedule.running(), running.len());
        if finished {
            break;
        }
        // Not finished, so something runs: nothing is lost and nothing hangs.
        assert!(!running.is_empty());
        let (which, how) = draws.next().copied().unwrap_or((0, 50));
        signal = match how {
            0..3 => Signal::Stop,
            3..5 => Signal::Abort,
            _ => {
                let step = running.swap_remove(which % running.len());
                ends[step] = Some(if how < 20 { End::Failed } else { End::Done });
                if how < 20 { Signal::Failed(step) } else { Signal::Done(step) }
            }
        };
        stopped |= matches!(signal, Signal::Stop | Signal::Abort);
    }
    assert!(ends.iter().all(Option::is_some), "every step ends");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, failure_persistence: None, max_shrink_iters: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn every_interleaving_keeps_order_and_limits_and_ends(case in case()) {
        // Ten interleavings of each graph: 100,000 in all.
        let mut case = case;
        for _ in 0..10 {
            drive(&case);
            let turn = case.draws.len() / 10 + 1;
            let length = case.draws.len();
            case.draws.rotate_left(turn % length);
        }
    }
}
