//! Retries as data: which refusal is worth another try in which phase, how long, and how far apart.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::FaultKind;

/// What sort of call it is: it decides whether a repeat is safe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// Changes nothing.
    Read,
    /// Carries a token, or sets something to a value: a repeat has the same effect as one call.
    Idempotent,
    /// A repeat could have a second effect: whoever calls looks first.
    Once,
    /// Makes or moves something in AWS Organizations, where changes exclude each other.
    Organization,
    /// Enters an account that was just made.
    NewAccount,
}

impl Phase {
    /// Every phase.
    pub const ALL: [Self; 5] = [Self::Read, Self::Idempotent, Self::Once, Self::Organization, Self::NewAccount];
}

/// How to try again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// At most this many tries in all.
    pub tries: u32,
    /// No try begins later than this after the first one.
    pub budget: Duration,
    /// The wait before the second try.
    pub first: Duration,
    /// The longest wait.
    pub cap: Duration,
}

/// How long something new may take to be visible everywhere. IAM is eventually consistent: seconds, rarely a minute;
/// two minutes is what others allow too (Terraform's AWS provider, `propagationTimeout`).
pub const READINESS: Duration = Duration::from_secs(120);

const UNCOUNTED: u32 = u32::MAX;

/// The table. `None`: never.
pub fn policy(kind: FaultKind, phase: Phase) -> Option<Policy> {
    let waits = |tries, budget, first, cap| {
        Some(Policy {
            tries,
            budget: Duration::from_secs(budget),
            first: Duration::from_millis(first),
            cap: Duration::from_millis(cap),
        })
    };
    match (kind, phase) {
        (FaultKind::Throttled, _) => waits(UNCOUNTED, 600, 500, 20_000),
        // An endpoint that fails every third call must not end a run of hundreds of them: ten tries leave one in 60,000.
        (FaultKind::Transient, Phase::Read | Phase::Idempotent | Phase::NewAccount) => waits(10, 60, 200, 5_000),
        (FaultKind::Transient, Phase::Once | Phase::Organization) => None,
        (FaultKind::NotReady, _) => waits(UNCOUNTED, READINESS.as_secs(), 1_000, 10_000),
        // AWS answers AccessDenied, not NotReady, while the access role of a new account is not visible yet.
        (FaultKind::AccessDenied, Phase::NewAccount) => waits(UNCOUNTED, READINESS.as_secs(), 1_000, 10_000),
        // Organizations allows one change at a time: ConcurrentModificationException.
        (FaultKind::Conflict, Phase::Organization) => waits(UNCOUNTED, 300, 500, 10_000),
        (
            FaultKind::AccessDenied
            | FaultKind::Credentials
            | FaultKind::NotFound
            | FaultKind::AlreadyExists
            | FaultKind::LimitExceeded
            | FaultKind::Conflict
            | FaultKind::NoChange
            | FaultKind::Invalid
            | FaultKind::Other,
            _,
        ) => None,
    }
}

impl Policy {
    /// The wait before the next try, or `None` when the budget is spent. `attempt` counts the tries so far, from 1;
    /// `spread` is from 0 to 1 and picks a wait between half of it and all of it.
    pub fn wait(&self, attempt: u32, elapsed: Duration, spread: f64) -> Option<Duration> {
        if attempt >= self.tries {
            return None;
        }
        let doubled = self.first.saturating_mul(1_u32.checked_shl(attempt.saturating_sub(1)).unwrap_or(u32::MAX));
        let wait = doubled.min(self.cap).mul_f64(0.5 + 0.5 * spread.clamp(0.0, 1.0));
        (elapsed + wait <= self.budget).then_some(wait)
    }
}

/// A source of spread that gives the same sequence for the same seed, so that a run can be repeated.
#[derive(Debug)]
pub struct Jitter(AtomicU64);

impl Jitter {
    /// From a seed.
    pub fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }

    /// The next value, from 0 to 1 (SplitMix64).
    pub fn next(&self) -> f64 {
        const STEP: u64 = 0x9E37_79B9_7F4A_7C15;
        let mut z = self.0.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^= z >> 31;
        f64::from(u32::try_from(z >> 32).unwrap_or(u32::MAX)) / f64::from(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KINDS: [FaultKind; 12] = [
        FaultKind::Throttled,
        FaultKind::Transient,
        FaultKind::NotReady,
        FaultKind::AccessDenied,
        FaultKind::Credentials,
        FaultKind::NotFound,
        FaultKind::AlreadyExists,
        FaultKind::LimitExceeded,
        FaultKind::Conflict,
        FaultKind::NoChange,
        FaultKind::Invalid,
        FaultKind::Other,
    ];

    #[test]
    fn table() {
        let mut lines = Vec::new();
        for kind in KINDS {
            let cells: Vec<String> = Phase::ALL
                .iter()
                .map(|phase| match policy(kind, *phase) {
                    None => format!("{phase:?} -"),
                    Some(p) if p.tries == UNCOUNTED => format!("{phase:?} {}s", p.budget.as_secs()),
                    Some(p) => format!("{phase:?} {}x/{}s", p.tries, p.budget.as_secs()),
                })
                .collect();
            lines.push(format!("{kind:?}: {}", cells.join(", ")));
        }
        insta::assert_snapshot!(lines.join("\n"), @r"
        Throttled: Read 600s, Idempotent 600s, Once 600s, Organization 600s, NewAccount 600s
        Transient: Read 10x/60s, Idempotent 10x/60s, Once -, Organization -, NewAccount 10x/60s
        NotReady: Read 120s, Idempotent 120s, Once 120s, Organization 120s, NewAccount 120s
        AccessDenied: Read -, Idempotent -, Once -, Organization -, NewAccount 120s
        Credentials: Read -, Idempotent -, Once -, Organization -, NewAccount -
        NotFound: Read -, Idempotent -, Once -, Organization -, NewAccount -
        AlreadyExists: Read -, Idempotent -, Once -, Organization -, NewAccount -
        LimitExceeded: Read -, Idempotent -, Once -, Organization -, NewAccount -
        Conflict: Read -, Idempotent -, Once -, Organization 300s, NewAccount -
        NoChange: Read -, Idempotent -, Once -, Organization -, NewAccount -
        Invalid: Read -, Idempotent -, Once -, Organization -, NewAccount -
        Other: Read -, Idempotent -, Once -, Organization -, NewAccount -
        ");
    }

    #[test]
    fn waits_grow_to_the_cap_and_end_with_the_budget() {
        let policy = policy(FaultKind::NotReady, Phase::Read).unwrap();
        let mut elapsed = Duration::ZERO;
        let mut last = Duration::ZERO;
        let mut tries = 1;
        while let Some(wait) = policy.wait(tries, elapsed, 1.0) {
            assert!(wait >= last && wait <= policy.cap);
            last = wait;
            elapsed += wait;
            tries += 1;
        }
        assert!(elapsed <= READINESS && elapsed > READINESS / 2, "{elapsed:?}");
    }

    #[test]
    fn jitter_repeats_for_a_seed_and_stays_in_range() {
        let draw = |seed| {
            let jitter = Jitter::new(seed);
            (0..1_000).map(|_| jitter.next()).collect::<Vec<_>>()
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
        assert!(draw(7).iter().all(|x| (0.0..=1.0).contains(x)));
        let mean = draw(7).iter().sum::<f64>() / 1_000.0;
        assert!((0.45..0.55).contains(&mean), "{mean}");
    }
}
