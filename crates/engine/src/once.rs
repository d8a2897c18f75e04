//! Changes that must not be made twice: AWS Organizations takes no tokens, so after a fault somebody looks first.

use std::future::Future;
use std::time::Duration;

use crate::failure::Progress;
use crate::limit::Endpoint;
use crate::port::Answer;
use crate::retry::Phase;
use crate::run::Work;
use crate::{Fault, FaultKind};

/// How often a change is made again after a fault that may have hidden its effect: 3, 6, 12 and then 24 seconds apart,
/// because what was made may not be listed at once.
const AGAIN: u32 = 7;

/// A change that took effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect<T> {
    /// This call made it.
    Made(T),
    /// It was found: a lost call made it, or an earlier run, or somebody else.
    Found(T),
}

impl<T> Effect<T> {
    /// What stands, whoever made it.
    pub(crate) fn standing(self) -> T {
        match self {
            Self::Made(standing) | Self::Found(standing) => standing,
        }
    }
}

impl Work {
    /// Makes a change of the organization. Where AWS fails or the answer is lost, `look` tells whether it took effect
    /// all the same; if not, it is made again.
    ///
    /// # Errors
    /// Outside: looking failed. Inside: AWS's last word, for the caller to put into words.
    pub(crate) async fn once<T, Make, Made, Look, Looked>(&self, make: Make, look: Look) -> Progress<Answer<Effect<T>>>
    where
        T: Send,
        Make: Fn() -> Made + Send + Sync,
        Made: Future<Output = Answer<T>> + Send,
        Look: Fn() -> Looked + Send + Sync,
        Looked: Future<Output = Progress<Option<T>>> + Send,
    {
        let mut attempt = 0;
        loop {
            let fault = match self.call(&Endpoint::Organizations, Phase::Organization, &make).await {
                Ok(made) => return Ok(Ok(Effect::Made(made))),
                Err(fault) => fault,
            };
            // What exists was made by a lost call, or by somebody who was quicker; it may not be visible yet.
            if !matches!(fault.kind, FaultKind::Transient | FaultKind::AlreadyExists) {
                return Ok(Err(fault));
            }
            if fault.kind == FaultKind::AlreadyExists
                && let Some(found) = look().await?
            {
                return Ok(Ok(Effect::Found(found)));
            }
            attempt += 1;
            if attempt > AGAIN {
                return Ok(Err(fault));
            }
            self.pause(&fault, attempt).await;
            if let Some(found) = look().await? {
                return Ok(Ok(Effect::Found(found)));
            }
        }
    }

    /// Makes a change that has no second effect: done twice, it is refused as done already.
    pub(crate) async fn again<F, Fut>(&self, make: F) -> Answer<()>
    where
        F: Fn() -> Fut + Send + Sync,
        Fut: Future<Output = Answer<()>> + Send,
    {
        let mut attempt = 0;
        loop {
            match self.call(&Endpoint::Organizations, Phase::Organization, &make).await {
                Err(fault) if fault.kind == FaultKind::Transient && attempt < AGAIN => {
                    attempt += 1;
                    self.pause(&fault, attempt).await;
                }
                answer => return answer,
            }
        }
    }

    async fn pause(&self, fault: &Fault, attempt: u32) {
        let wait = Duration::from_secs(3 << (attempt - 1).min(3));
        self.retrying(fault, attempt, wait);
        tokio::time::sleep(wait).await;
    }
}
