//! Ctrl-C and SIGTERM: once starts nothing more, twice leaves at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use landfall_engine::{Stop, StopHandle};
use tokio::task::JoinHandle;

use crate::report::Terminal;

/// How often the user asked to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Interrupted {
    /// Not at all.
    Never,
    /// Once: what ran was finished.
    Once,
    /// Twice: what ran was left.
    Twice,
}

/// Listens until it is dropped.
pub(crate) struct Watch {
    asked: Arc<AtomicU8>,
    task: JoinHandle<()>,
}

/// Begins to listen.
pub(crate) fn watch(handle: StopHandle, terminal: Terminal) -> Watch {
    let asked = Arc::new(AtomicU8::new(0));
    let count = Arc::clone(&asked);
    let task = tokio::spawn(async move {
        while interruption().await.is_ok() {
            let stop = handle.press();
            count.fetch_add(1, Ordering::Relaxed);
            if stop != Stop::AtOnce {
                terminal.talk("stopping: nothing more is started; interrupt again to leave at once");
            }
        }
        // Nothing can be listened to; the handle must outlive the run all the same.
        std::future::pending::<()>().await;
    });
    Watch { asked, task }
}

impl Watch {
    /// How often the user asked so far.
    pub(crate) fn state(&self) -> Interrupted {
        match self.asked.load(Ordering::Relaxed) {
            0 => Interrupted::Never,
            1 => Interrupted::Once,
            _ => Interrupted::Twice,
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[cfg(unix)]
async fn interruption() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        pressed = tokio::signal::ctrl_c() => pressed,
        _ = terminate.recv() => Ok(()),
    }
}

#[cfg(not(unix))]
async fn interruption() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}
