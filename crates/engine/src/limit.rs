//! How many calls may be in flight at an endpoint: halved when AWS throttles, regained slowly.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use landfall_model::{AccountId, Region};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use crate::FaultKind;
use crate::port::Answer;

/// What shares a rate at AWS.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Endpoint {
    /// AWS Organizations: one endpoint for the whole organization.
    Organizations,
    /// STS: `AssumeRole` is counted against the caller's account.
    Sts,
    /// CloudFormation in one account and Region.
    CloudFormation(AccountId, Region),
    /// IAM in one account.
    Iam(AccountId),
}

impl Endpoint {
    /// How many calls may be in flight before AWS has said anything.
    fn ceiling(&self) -> f64 {
        match self {
            // DescribeOrganization and the creation of units allow bursts of two or three (Organizations quotas).
            Self::Organizations => 8.0,
            Self::Sts => 64.0,
            Self::CloudFormation(..) | Self::Iam(_) => 8.0,
        }
    }
}

/// Additive increase, multiplicative decrease: the pure core.
#[derive(Debug, Clone, PartialEq)]
pub struct Aimd {
    limit: f64,
    ceiling: f64,
    cut: Option<Duration>,
}

impl Aimd {
    /// Throttled answers within this time of a cut belong to the same burst and do not cut again.
    const BURST: Duration = Duration::from_secs(1);

    /// Begins at the ceiling.
    pub fn new(ceiling: f64) -> Self {
        Self { limit: ceiling.max(1.0), ceiling: ceiling.max(1.0), cut: None }
    }

    /// How many may be in flight: at least one.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and a small ceiling")]
    pub fn limit(&self) -> usize {
        self.limit.max(1.0) as usize
    }

    /// A call went through: one more may be in flight after as many good answers as there may be in flight now.
    pub fn passed(&mut self) {
        self.limit = (self.limit + 1.0 / self.limit).min(self.ceiling);
    }

    /// A call was throttled, `now` counted from any fixed point.
    pub fn throttled(&mut self, now: Duration) {
        if self.cut.is_none_or(|cut| now.saturating_sub(cut) >= Self::BURST) {
            self.limit = (self.limit / 2.0).max(1.0);
            self.cut = Some(now);
        }
    }
}

#[derive(Debug)]
struct Gate {
    aimd: Aimd,
    /// Permits that exist: it follows the limit down only as calls end.
    capacity: usize,
    semaphore: Arc<Semaphore>,
}

/// The gates of all endpoints.
#[derive(Debug, Clone)]
pub struct Gates {
    began: Instant,
    gates: Arc<Mutex<HashMap<Endpoint, Gate>>>,
}

/// A call in flight.
#[derive(Debug)]
pub struct Permit {
    gates: Gates,
    endpoint: Endpoint,
    permit: Option<OwnedSemaphorePermit>,
}

impl Default for Gates {
    fn default() -> Self {
        Self { began: Instant::now(), gates: Arc::default() }
    }
}

impl Gates {
    fn with<T>(&self, endpoint: &Endpoint, act: impl FnOnce(&mut Gate) -> T) -> T {
        let mut gates = self.gates.lock().unwrap_or_else(PoisonError::into_inner);
        match gates.get_mut(endpoint) {
            Some(gate) => act(gate),
            None => {
                let aimd = Aimd::new(endpoint.ceiling());
                let capacity = aimd.limit();
                let gate = Gate { aimd, capacity, semaphore: Arc::new(Semaphore::new(capacity)) };
                act(gates.entry(endpoint.clone()).or_insert(gate))
            }
        }
    }

    /// Waits until a call may be made.
    pub async fn pass(&self, endpoint: &Endpoint) -> Permit {
        let semaphore = self.with(endpoint, |gate| Arc::clone(&gate.semaphore));
        // The semaphore is never closed; if it were, the call would go unlimited rather than be lost.
        let permit = semaphore.acquire_owned().await.ok();
        Permit { gates: self.clone(), endpoint: endpoint.clone(), permit }
    }

    /// How many calls may be in flight now.
    pub fn limit(&self, endpoint: &Endpoint) -> usize {
        self.with(endpoint, |gate| gate.aimd.limit())
    }
}

impl Permit {
    /// Gives the permit back with what became of the call.
    pub fn done<T>(self, answer: &Answer<T>) {
        match answer {
            Err(fault) if fault.kind == FaultKind::Throttled => {
                let now = self.gates.began.elapsed();
                self.gates.with(&self.endpoint, |gate| gate.aimd.throttled(now));
            }
            Ok(_) => self.gates.with(&self.endpoint, |gate| gate.aimd.passed()),
            Err(_) => {}
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let Some(permit) = self.permit.take() else { return };
        self.gates.with(&self.endpoint, |gate| {
            let limit = gate.aimd.limit();
            if gate.capacity > limit {
                gate.capacity -= 1;
                permit.forget();
            } else {
                gate.semaphore.add_permits(limit - gate.capacity);
                gate.capacity = limit;
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Fault;

    #[test]
    fn a_burst_of_throttles_halves_once_and_good_answers_bring_it_back_slowly() {
        let mut aimd = Aimd::new(64.0);
        for millisecond in 0..500 {
            aimd.throttled(Duration::from_millis(millisecond));
        }
        assert_eq!(aimd.limit(), 32);
        aimd.throttled(Duration::from_secs(2));
        assert_eq!(aimd.limit(), 16);
        for _ in 0..17 {
            aimd.passed();
        }
        assert_eq!(aimd.limit(), 17);
        for _ in 0..10_000 {
            aimd.passed();
        }
        assert_eq!(aimd.limit(), 64);
        for second in 10..100 {
            aimd.throttled(Duration::from_secs(second));
        }
        assert_eq!(aimd.limit(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn the_gate_follows_the_limit_down_and_up() {
        let gates = Gates::default();
        let endpoint = Endpoint::Organizations;
        let mut flying = Vec::new();
        for _ in 0..8 {
            flying.push(gates.pass(&endpoint).await);
        }
        let throttled: Answer<()> = Err(Fault::new(FaultKind::Throttled, "organizations:ListAccounts", "slow down"));
        flying.remove(0).done(&throttled);
        assert_eq!(gates.limit(&endpoint), 4);
        // Seven fly still: nobody gets in until three are back.
        for _ in 0..3 {
            let blocked = tokio::time::timeout(Duration::from_secs(1), gates.pass(&endpoint)).await;
            assert!(blocked.is_err());
            flying.remove(0).done(&Err::<(), _>(Fault::new(FaultKind::Other, "x:Y", "z")));
        }
        assert_eq!(flying.len(), 4);
        let blocked = tokio::time::timeout(Duration::from_secs(1), gates.pass(&endpoint)).await;
        assert!(blocked.is_err());
        drop(flying);
        let mut flying = Vec::new();
        for _ in 0..4 {
            flying.push(gates.pass(&endpoint).await);
        }
        assert!(tokio::time::timeout(Duration::from_secs(1), gates.pass(&endpoint)).await.is_err());
        for _ in 0..100 {
            flying.remove(0).done(&Ok(()));
            flying.push(gates.pass(&endpoint).await);
        }
        assert_eq!(gates.limit(&endpoint), 8);
    }
}
