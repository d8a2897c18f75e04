//! One reading for many who ask at the same time.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

/// How long a reading waits for others who want it: short beside a call to AWS.
const GATHER: Duration = Duration::from_millis(20);

/// How fresh a reading must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fresh {
    /// It begins after the question.
    AfterNow,
    /// It began at most so long before the question.
    Within(Duration),
}

#[derive(Debug)]
struct Reading<T> {
    number: u64,
    began: Instant,
    value: Arc<T>,
}

/// A thing that is read as a whole, though many want a part of it.
#[derive(Debug)]
pub(crate) struct Shared<T> {
    begun: AtomicU64,
    asking: AtomicUsize,
    latest: Mutex<Option<Reading<T>>>,
}

impl<T> Default for Shared<T> {
    fn default() -> Self {
        Self { begun: AtomicU64::new(0), asking: AtomicUsize::new(0), latest: Mutex::new(None) }
    }
}

struct Asking<'a>(&'a AtomicUsize);

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl<T> Shared<T> {
    /// A reading that is fresh enough: one that somebody else makes, or an own one.
    pub(crate) async fn read<F, Fut>(&self, fresh: Fresh, make: F) -> Arc<T>
    where
        F: FnOnce() -> Fut,
        Fut: Future<Output = T>,
    {
        let asked = self.begun.load(Ordering::SeqCst);
        let now = Instant::now();
        self.asking.fetch_add(1, Ordering::Relaxed);
        let asking = Asking(&self.asking);
        let mut latest = self.latest.lock().await;
        let good = latest.as_ref().filter(|reading| match fresh {
            Fresh::AfterNow => reading.number > asked,
            Fresh::Within(age) => reading.number > asked || now.saturating_duration_since(reading.began) <= age,
        });
        let value = match good {
            Some(reading) => Arc::clone(&reading.value),
            None => {
                if fresh == Fresh::AfterNow {
                    // Whoever asks in the meantime is served by this reading too.
                    tokio::time::sleep(GATHER).await;
                }
                let number = self.begun.fetch_add(1, Ordering::SeqCst) + 1;
                let began = Instant::now();
                let value = Arc::new(make().await);
                *latest = Some(Reading { number, began, value: Arc::clone(&value) });
                value
            }
        };
        drop(asking);
        // Nobody else asks: an account's whole IAM need not stay in memory.
        if fresh == Fresh::AfterNow && self.asking.load(Ordering::Relaxed) == 0 {
            *latest = None;
        }
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn those_who_ask_during_a_reading_share_the_next_one() {
        let shared = Arc::new(Shared::default());
        let made = Arc::new(AtomicUsize::new(0));
        let ask = |after: u64| {
            let (shared, made) = (Arc::clone(&shared), Arc::clone(&made));
            tokio::spawn(async move {
                tokio::time::sleep(Duration::from_millis(after)).await;
                let reading = shared
                    .read(Fresh::AfterNow, || async {
                        let number = made.fetch_add(1, Ordering::SeqCst) + 1;
                        tokio::time::sleep(Duration::from_millis(100)).await;
                        number
                    })
                    .await;
                *reading
            })
        };
        let asked = [ask(0), ask(30), ask(40), ask(110), ask(180)];
        let mut got = Vec::new();
        for task in asked {
            got.push(task.await.unwrap());
        }
        // The last one asks while the second reading is under way, so it needs a third.
        assert_eq!(got, [1, 2, 2, 2, 3]);
        assert_eq!(shared.asking.load(Ordering::SeqCst), 0);
        assert!(shared.latest.lock().await.is_none());
    }
}
