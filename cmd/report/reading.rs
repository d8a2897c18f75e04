//! Says that something long is being read.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use landfall_engine::{ObserveEvent, ObserveSink};

use crate::report::terminal::Liveness;
use crate::report::{Terminal, clean, count, elapsed};

/// Reading takes longer than this before its end is worth a line.
const LONG: Duration = Duration::from_secs(2);

/// A line this often, where there are no bars.
const QUIET: Duration = Duration::from_secs(5);

/// `reading 200 accounts …`
#[derive(Debug)]
pub(crate) struct Reading {
    terminal: Terminal,
    bar: Option<ProgressBar>,
    heard: Arc<Mutex<Option<Instant>>>,
    what: String,
    began: Instant,
}

impl Reading {
    /// Says so.
    pub(crate) fn begin(terminal: &Terminal, accounts: usize) -> Self {
        let what = if accounts == 0 { "the organization".to_owned() } else { count(accounts, "account") };
        let bar = (terminal.liveness() == Liveness::Bars).then(|| {
            let target = ProgressDrawTarget::stderr_with_hz(8);
            let style = ProgressStyle::with_template("{spinner} reading {msg} … {elapsed}");
            let bar = ProgressBar::with_draw_target(None, target).with_message(what.clone());
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
            bar.enable_steady_tick(Duration::from_millis(150));
            bar
        });
        if bar.is_none() {
            terminal.talk(&format!("reading {what} …"));
        }
        Self { terminal: *terminal, bar, heard: Arc::default(), what, began: Instant::now() }
    }

    /// Takes the events of the reading: a line every few seconds where there are no bars.
    pub(crate) fn sink(&self) -> ObserveSink {
        let (terminal, bar, heard) = (self.terminal, self.bar.clone(), Arc::clone(&self.heard));
        Arc::new(move |event| {
            let line = match &event {
                ObserveEvent::Organization { .. } => return,
                ObserveEvent::Account { read, of, .. } => format!("{read} of {}", count(*of, "account")),
                ObserveEvent::Retrying { fault, wait, .. } => {
                    format!("accounts; trying again in {}: {}", elapsed(*wait), clean(&fault.to_string()))
                }
            };
            if let Some(bar) = &bar {
                bar.set_message(line);
                return;
            }
            let mut heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
            let silent = heard.get_or_insert_with(Instant::now).elapsed();
            if silent >= QUIET {
                terminal.talk(&format!("reading {line} …"));
                *heard = Some(Instant::now());
            }
        })
    }

    /// Takes the line away, or says how long it took.
    pub(crate) fn finish(self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        let took = self.began.elapsed();
        if took > LONG {
            self.terminal.talk(&format!("read {} in {}", self.what, elapsed(took)));
        }
    }
}
