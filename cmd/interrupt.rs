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
        // If nothing can be listened to, the signals do what they do without us.
        if let Ok(mut signals) = Signals::new() {
            loop {
                signals.next().await;
                // Counted first: the run may end, and be asked about, the moment that it is told.
                count.fetch_add(1, Ordering::SeqCst);
                let stop = handle.press();
                if stop != Stop::AtOnce {
                    terminal.talk("stopping: nothing more is started; interrupt again to leave at once");
                }
            }
        }
    });
    Watch { asked, task }
}

impl Watch {
    /// How often the user asked so far.
    pub(crate) fn state(&self) -> Interrupted {
        match self.asked.load(Ordering::SeqCst) {
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

/// Ctrl-C, and where there is one SIGTERM: listened to without a gap, so that a second one soon after is not lost.
#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// Ctrl-C.
#[cfg(windows)]
struct Signals(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl Signals {
    fn new() -> std::io::Result<Self> {
        tokio::signal::windows::ctrl_c().map(Self)
    }

    async fn next(&mut self) {
        self.0.recv().await;
    }
}
