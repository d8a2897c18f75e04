//! A run as it goes on: bars or lines on stderr, events on stdout for programs, and the ledger of it all.

use std::sync::{Mutex, PoisonError};

use landfall_engine::Stamped;

use crate::global::Format;
use crate::report::Terminal;
use crate::report::ledger::Ledger;
use crate::report::lines::Lines;
use crate::report::progress::Progress;
use crate::report::terminal::Liveness;

/// Shows a run. Events come from many tasks; each is shown whole.
#[derive(Debug)]
pub(crate) struct RunView {
    terminal: Terminal,
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    live: Live,
    ledger: Ledger,
}

#[derive(Debug)]
enum Live {
    Bars(Progress),
    Lines(Lines),
    Silent,
}

impl RunView {
    /// A view of a run that is about to begin.
    pub(crate) fn new(terminal: Terminal) -> Self {
        let live = match terminal.liveness() {
            Liveness::Bars => Live::Bars(Progress::new(terminal.err)),
            Liveness::Lines => Live::Lines(Lines::new(terminal.err, terminal.verbosity)),
            Liveness::Silent => Live::Silent,
        };
        Self { terminal, inner: Mutex::new(Inner { live, ledger: Ledger::default() }) }
    }

    /// Shows an event. A stdout that is full or gone stops no run: what is under way in AWS is under way.
    pub(crate) fn event(&self, stamped: &Stamped) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.ledger.record(&stamped.event);
        if self.terminal.format == Format::Json
            && let Ok(line) = serde_json::to_string(stamped)
        {
            self.terminal.data(&(line + "\n")).ok();
        }
        match &mut inner.live {
            Live::Bars(progress) => progress.event(stamped),
            Live::Lines(lines) => {
                if let Some(line) = lines.line(stamped) {
                    self.terminal.talk(&line);
                }
            }
            Live::Silent => {}
        }
    }

    /// Takes the bars away; what became of the steps comes back.
    pub(crate) fn finish(&self) -> Ledger {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        if let Live::Bars(progress) = &inner.live {
            progress.finish();
        }
        inner.live = Live::Silent;
        std::mem::take(&mut inner.ledger)
    }
}
