//! The user's wish to stop: once gently, twice at once.

use tokio::sync::watch;

/// How far the wish goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Stop {
    /// Go on.
    #[default]
    No,
    /// Start nothing more, and finish what runs.
    Gently,
    /// Leave at once.
    AtOnce,
}

/// The end that asks.
#[derive(Debug, Clone)]
pub struct StopHandle(watch::Sender<Stop>);

/// The end that is asked.
#[derive(Debug, Clone)]
pub struct StopSignal(watch::Receiver<Stop>);

/// A pair of ends. A signal whose handle is gone never stops anything.
pub fn stop() -> (StopHandle, StopSignal) {
    let (send, receive) = watch::channel(Stop::No);
    (StopHandle(send), StopSignal(receive))
}

impl StopHandle {
    /// Asks once more: the first time gently, from then on at once.
    pub fn press(&self) -> Stop {
        self.0.send_modify(|stop| {
            *stop = match stop {
                Stop::No => Stop::Gently,
                Stop::Gently | Stop::AtOnce => Stop::AtOnce,
            }
        });
        *self.0.borrow()
    }
}

impl StopSignal {
    /// Waits until more is asked than `known`.
    pub(crate) async fn beyond(&mut self, known: Stop) -> Stop {
        match self.0.wait_for(|stop| *stop > known).await {
            Ok(stop) => *stop,
            Err(_) => std::future::pending().await,
        }
    }
}
