//! One call with everything around it: the gate of its endpoint, and the tries that the table allows.

use std::future::Future;
use std::time::Duration;

use tokio::time::Instant;

use crate::Fault;
use crate::limit::{Endpoint, Gates};
use crate::port::Answer;
use crate::retry::{Jitter, Phase, policy};

/// Makes calls.
#[derive(Debug)]
pub(crate) struct Calls {
    gates: Gates,
    jitter: Jitter,
}

/// Hears of each try that failed: the fault, how many tries there were, and the wait before the next.
pub(crate) type OnRetry<'a> = &'a (dyn Fn(&Fault, u32, Duration) + Send + Sync);

impl Calls {
    /// With the seed of its jitter.
    pub(crate) fn new(seed: u64) -> Self {
        Self { gates: Gates::default(), jitter: Jitter::new(seed) }
    }

    /// The next value from 0 to 1.
    pub(crate) fn spread(&self) -> f64 {
        self.jitter.next()
    }

    /// Makes a call until it succeeds or the table has no further try.
    ///
    /// # Errors
    /// The last fault.
    pub(crate) async fn call<T, F, Fut>(
        &self,
        endpoint: &Endpoint,
        phase: Phase,
        on_retry: OnRetry<'_>,
        make: F,
    ) -> Answer<T>
    where
        F: Fn() -> Fut + Send + Sync,
        Fut: Future<Output = Answer<T>> + Send,
        T: Send,
    {
        let began = Instant::now();
        let mut attempt = 1;
        loop {
            let permit = self.gates.pass(endpoint).await;
            let answer = make().await;
            permit.done(&answer);
            let fault = match answer {
                Ok(value) => return Ok(value),
                Err(fault) => fault,
            };
            let wait =
                policy(fault.kind, phase).and_then(|policy| policy.wait(attempt, began.elapsed(), self.jitter.next()));
            let Some(wait) = wait else { return Err(fault) };
            on_retry(&fault, attempt, wait);
            tokio::time::sleep(wait).await;
            attempt += 1;
        }
    }
}
