//! Waiting for stacks: an account and Region is polled, not each stack in it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use landfall_model::AccountId;
use landfall_plan::{ObservedStack, StackStatus};
use landfall_stacks::StackKey;
use tokio::time::Instant;

use crate::failure::{Failure, Progress};
use crate::limit::Endpoint;
use crate::port::{Answer, Stacks};
use crate::retry::Phase;
use crate::run::Work;
use crate::shared::Fresh;
use crate::{Event, StackProgress};

/// As many stacks waiting in one account and Region are described one by one; more are listed.
const FEW: usize = 2;

/// A listing that was just heard of is good news for so long.
const NEWS: Duration = Duration::from_secs(5);

/// Where a stack is looked for.
#[derive(Clone, Copy)]
pub(crate) struct Spot<'a> {
    pub(crate) key: &'a StackKey,
    pub(crate) account: &'a AccountId,
    pub(crate) stacks: &'a Arc<dyn Stacks>,
}

impl Spot<'_> {
    /// CloudFormation here.
    pub(crate) fn endpoint(&self) -> Endpoint {
        Endpoint::CloudFormation(self.account.clone(), self.key.region.clone())
    }
}

impl Work {
    /// Looks at a stack once, by its id or name.
    pub(crate) async fn look(&self, spot: &Spot<'_>, stack: &str) -> Answer<Option<ObservedStack>> {
        self.call(&spot.endpoint(), Phase::Read, || spot.stacks.describe(stack)).await
    }

    /// Waits until CloudFormation is through with a stack, given by its id. `before` is the status that is known.
    ///
    /// # Errors
    /// It cannot be looked at, or it takes too long.
    pub(crate) async fn settled(
        &self,
        spot: &Spot<'_>,
        id: &str,
        before: Option<StackStatus>,
    ) -> Progress<Option<ObservedStack>> {
        let began = Instant::now();
        let listing = self.run.listings.of((spot.key.account.clone(), spot.key.region.clone()));
        let waiting = &listing.waiting;
        let _waiting = Waiting::new(waiting);
        let mut seen = before;
        let mut busy = Duration::ZERO;
        let mut spread = self.run.calls.spread();
        loop {
            let at = self.run.pace.next(busy, spread);
            // A listing that somebody else makes is news for all who wait here, and so is how long others took.
            let heard = tokio::select! {
                () = tokio::time::sleep_until(began + at) => false,
                () = listing.news.notified() => true,
                () = self.run.pace.news.notified() => continue,
            };
            let looked = began.elapsed();
            let stack = if heard || waiting.load(Ordering::Relaxed) > FEW {
                let fresh = Fresh::Within(if heard { NEWS } else { (at - busy) / 2 });
                let endpoint = spot.endpoint();
                let list = || async {
                    let all = self.call(&endpoint, Phase::Read, || spot.stacks.list()).await;
                    listing.news.notify_waiters();
                    all
                };
                match listing.shared.read(fresh, list).await.as_ref() {
                    Ok(all) => match all.iter().find(|stack| stack.id == id) {
                        Some(stack) => Ok(Some(stack.clone())),
                        // Deleted stacks are not listed and found by their id.
                        None => self.look(spot, id).await,
                    },
                    Err(fault) => Err(fault.clone()),
                }
            } else {
                self.look(spot, id).await
            };
            let stack = stack.map_err(|fault| Failure::call("the stack could not be watched", fault))?;
            let status = stack.as_ref().map(|stack| stack.status);
            if let Some(stack) = &stack
                && seen != Some(stack.status)
            {
                let progress = StackProgress { status: stack.status, reason: stack.reason.clone() };
                self.run.emit(Event::StackChanged { step: self.id.clone(), progress });
                seen = Some(stack.status);
            }
            let done = !status.is_some_and(StackStatus::in_progress);
            if done {
                self.run.pace.learn(busy, looked);
                return Ok(stack);
            }
            if began.elapsed() >= self.run.patience {
                let status = status.map_or("gone", StackStatus::as_str);
                let minutes = self.run.patience.as_secs() / 60;
                return Err(Failure::new(format!("the stack is still {status} after {minutes} minutes"))
                    .hint("look at the stack's events in the console; run again when it is through"));
            }
            busy = looked;
            spread = self.run.calls.spread();
        }
    }
}

struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
