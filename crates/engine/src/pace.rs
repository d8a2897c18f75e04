//! When to look at a stack: as seldom as may be, and as soon as it is done.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

/// What a run has learned about how long CloudFormation takes: some seconds for stacks of IAM roles at AWS, no time at an
/// emulator. What one stack has shown, all others go by, those included that are waiting already.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    learned: Mutex<Learned>,
    pub(crate) news: Notify,
}

#[derive(Debug, Clone, Copy, Default)]
struct Learned {
    /// How long it takes, as far as is known.
    usual: Option<Duration>,
    /// How long it took at least, when that was last seen.
    floor: Duration,
}

impl Pace {
    /// The first look while nothing is known.
    const FIRST: Duration = Duration::from_millis(250);
    /// No look comes sooner after another one, or after the beginning.
    const SHORTEST: Duration = Duration::from_millis(40);
    /// The longest wait between two looks.
    const LONGEST: Duration = Duration::from_secs(5);

    /// When to look next, counted from the beginning. `busy` is the latest look that found it under way, zero if there
    /// was none, and `spread` a number from 0 to 1 that keeps many from looking at the same moment.
    pub(crate) fn next(&self, busy: Duration, spread: f64) -> Duration {
        let usual = self.learned().usual;
        let step = match usual {
            Some(usual) if busy < usual => return usual.mul_f64(1.0 + 0.02 * spread).max(busy + Self::SHORTEST),
            // It is over the usual time: the more, the longer the steps.
            Some(usual) => usual.mul_f64(0.04) + (busy - usual).mul_f64(0.4),
            None if busy.is_zero() => Self::FIRST,
            None => busy.mul_f64(0.3),
        };
        busy + step.mul_f64(0.8 + 0.4 * spread).clamp(Self::SHORTEST, Self::LONGEST)
    }

    /// A look after `done` found it done, and one after `busy` had found it under way (zero: there was none).
    pub(crate) fn learn(&self, busy: Duration, done: Duration) {
        let mut learned = self.learned.lock().unwrap_or_else(PoisonError::into_inner);
        let usual = if busy.is_zero() {
            // It may have been done long before: look sooner next time, and trust the floor less.
            learned.floor = learned.floor.mul_f64(0.85);
            done.mul_f64(0.5).max((learned.floor.min(done) + done) / 2)
        } else {
            learned.floor = busy;
            (busy + done) / 2
        };
        learned.usual = Some(usual.max(Self::SHORTEST));
        drop(learned);
        self.news.notify_waiters();
    }

    fn learned(&self) -> Learned {
        *self.learned.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Waits for stacks that take `takes` seconds, one after the other; looks and lateness of each.
    fn wait(takes: f64, stacks: usize) -> Vec<(usize, f64)> {
        let pace = Pace::default();
        let takes = Duration::from_secs_f64(takes);
        let mut seen = Vec::new();
        for number in 0..stacks {
            let (mut busy, mut looks) = (Duration::ZERO, 0);
            let done = loop {
                #[expect(clippy::cast_precision_loss, reason = "a small number")]
                let at = pace.next(busy, ((number + looks) % 5) as f64 / 4.0);
                looks += 1;
                assert!(looks < 100, "it looks for ever");
                if at >= takes {
                    break at;
                }
                assert!(at > busy, "every look is later than the one before");
                busy = at;
            };
            pace.learn(busy, done);
            seen.push((looks, (done - takes).as_secs_f64()));
        }
        seen
    }

    #[test]
    fn stacks_that_take_as_long_as_others_are_looked_at_about_twice_and_in_time() {
        for takes in [0.3, 1.0, 5.0, 21.0, 60.0] {
            let seen = wait(takes, 40);
            let (first, rest) = seen.split_first().unwrap();
            assert!(first.1 <= takes * 0.3, "{takes} s: the first was seen {first:?} late");
            let looks: usize = rest.iter().map(|(looks, _)| looks).sum();
            assert!(looks <= 3 * rest.len(), "{takes} s: {looks} looks at {} stacks", rest.len());
            let late: f64 = rest.iter().map(|(_, late)| late).sum::<f64>() / 39.0;
            assert!(late <= takes * 0.05 + 0.04, "{takes} s: {late} s late on average");
        }
    }

    #[test]
    fn where_stacks_are_done_at_once_one_look_soon_is_enough() {
        let seen = wait(0.0, 10);
        assert!(seen.iter().all(|(looks, _)| *looks == 1), "{seen:?}");
        assert!(seen[9].1 <= 0.05, "{seen:?}");
    }

    #[test]
    fn a_change_of_pace_is_learned() {
        let pace = Pace::default();
        pace.learn(Duration::from_secs(19), Duration::from_secs(21));
        assert_eq!(pace.next(Duration::ZERO, 0.0), Duration::from_secs(20));
        for _ in 0..12 {
            let at = pace.next(Duration::ZERO, 0.0);
            pace.learn(Duration::ZERO, at);
        }
        assert!(pace.next(Duration::ZERO, 0.0) < Duration::from_secs(6), "{:?}", pace.learned());
    }
}
