//! A run as bars: one for the whole, one for each account in work, and a line for each stack that is being deployed.
//!
//! Events only change a picture in memory; a thread of its own draws it a few times a second, and never more lines than
//! a screen has, so that hundreds of accounts cost no more than one.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use landfall_engine::{Event, Outcome, Stamped};
use landfall_model::AccountName;
use landfall_plan::{StackStatus, StepId};

use crate::report::{Paint, clean, count, elapsed};

/// How often the picture is drawn.
const TICK: Duration = Duration::from_millis(125);
/// How many lines there are below the bar of the whole.
const LINES: usize = 14;
/// The width of an account's bar.
const BAR: usize = 12;

/// The bars of a run.
#[derive(Debug)]
pub(crate) struct Progress {
    multi: MultiProgress,
    picture: Arc<Mutex<Picture>>,
}

#[derive(Debug)]
struct Picture {
    paint: Paint,
    whole: ProgressBar,
    slots: Vec<ProgressBar>,
    state: State,
}

/// What is drawn.
#[derive(Debug, Default)]
struct State {
    failed: usize,
    skipped: usize,
    stopping: bool,
    ended: usize,
    accounts: BTreeMap<AccountName, (usize, usize)>,
    running: BTreeMap<StepId, Running>,
}

#[derive(Debug)]
struct Running {
    since: Instant,
    status: Option<StackStatus>,
    retrying: bool,
}

impl Progress {
    /// Bars on stderr.
    pub(crate) fn new(paint: Paint) -> Self {
        let multi = MultiProgress::with_draw_target(ProgressDrawTarget::stderr_with_hz(8));
        let whole = multi.add(ProgressBar::new(0));
        let template = "{wide_bar} {pos}/{len} steps  {elapsed} elapsed  {msg}";
        whole.set_style(style(template).progress_chars("=> "));
        let picture = Picture { paint, whole, slots: Vec::new(), state: State::default() };
        let picture = Arc::new(Mutex::new(picture));
        let seen = Arc::downgrade(&picture);
        let canvas = multi.clone();
        thread::spawn(move || keep_drawing(&canvas, &seen));
        Self { multi, picture }
    }

    /// Takes an event in.
    pub(crate) fn event(&self, stamped: &Stamped) {
        let mut picture = self.picture.lock().unwrap_or_else(PoisonError::into_inner);
        if let Event::RunStarted { steps, .. } = &stamped.event {
            picture.whole.set_length(*steps as u64);
        }
        picture.state.record(&stamped.event);
        if let Event::StepEnded { step, outcome: Outcome::Failed { reason, .. }, .. } = &stamped.event {
            let line = format!("{} {step}: {}", picture.paint.bad("FAILED"), clean(reason));
            self.multi.println(line).ok();
        }
    }

    /// Takes the bars away.
    pub(crate) fn finish(&self) {
        let picture = self.picture.lock().unwrap_or_else(PoisonError::into_inner);
        picture.whole.finish_and_clear();
        self.multi.clear().ok();
    }
}

fn keep_drawing(canvas: &MultiProgress, picture: &Weak<Mutex<Picture>>) {
    while let Some(picture) = picture.upgrade() {
        {
            let mut picture = picture.lock().unwrap_or_else(PoisonError::into_inner);
            if picture.whole.is_finished() {
                return;
            }
            picture.draw(canvas);
        }
        drop(picture);
        thread::sleep(TICK);
    }
}

impl Picture {
    fn draw(&mut self, canvas: &MultiProgress) {
        self.whole.set_position(self.state.ended as u64);
        self.whole.set_message(self.state.message(self.whole.eta()));
        let lines = self.state.lines(Instant::now());
        while self.slots.len() > lines.len() {
            if let Some(slot) = self.slots.pop() {
                canvas.remove(&slot);
            }
        }
        while self.slots.len() < lines.len() {
            let slot = canvas.add(ProgressBar::new_spinner());
            slot.set_style(style("{wide_msg}"));
            self.slots.push(slot);
        }
        for (slot, line) in self.slots.iter().zip(lines) {
            if slot.message() != line {
                slot.set_message(line);
            }
        }
    }
}

impl State {
    fn record(&mut self, event: &Event) {
        match event {
            Event::RunStarted { accounts, .. } => {
                self.accounts = accounts.iter().map(|(name, steps)| (name.clone(), (0, *steps))).collect();
            }
            Event::StepStarted { step } => {
                let running = Running { since: Instant::now(), status: None, retrying: false };
                self.running.insert(step.clone(), running);
            }
            Event::StackChanged { step, progress } => {
                if let Some(running) = self.running.get_mut(step) {
                    running.status = Some(progress.status);
                    running.retrying = false;
                }
            }
            Event::Retrying { step, .. } => {
                if let Some(running) = self.running.get_mut(step) {
                    running.retrying = true;
                }
            }
            Event::StepEnded { step, outcome, .. } => {
                self.running.remove(step);
                self.ended += 1;
                self.failed += usize::from(matches!(outcome, Outcome::Failed { .. }));
                self.skipped += usize::from(matches!(outcome, Outcome::Skipped { .. }));
                if let Some((ended, _)) = step.account().and_then(|account| self.accounts.get_mut(account)) {
                    *ended += 1;
                }
            }
            Event::Stopping { .. } => self.stopping = true,
            Event::AccountKnown { .. }
            | Event::Repaired { .. }
            | Event::Unprotected { .. }
            | Event::RunEnded { .. } => {}
        }
    }

    fn message(&self, left: Duration) -> String {
        let mut parts = vec![format!("{} running", self.running.len())];
        if self.failed > 0 {
            parts.push(format!("{} failed", self.failed));
        }
        if self.skipped > 0 {
            parts.push(format!("{} skipped", self.skipped));
        }
        if self.stopping {
            parts.push("stopping (interrupt again to leave at once)".to_owned());
        } else if self.ended > 0 && left > Duration::ZERO {
            parts.push(format!("about {} left", elapsed(left)));
        }
        parts.join(", ")
    }

    /// The lines below the bar of the whole: accounts in work with the steps that run in them.
    fn lines(&self, now: Instant) -> Vec<String> {
        let mut groups: BTreeMap<Option<&AccountName>, Vec<(&StepId, &Running)>> = BTreeMap::new();
        for (step, running) in &self.running {
            groups.entry(step.account()).or_default().push((step, running));
        }
        let in_work = groups.len();
        let mut lines = Vec::new();
        for (shown, (account, steps)) in groups.into_iter().enumerate() {
            // The last line is kept for saying how many are not shown.
            if lines.len() + 1 + steps.len() > LINES - 1 && shown > 0 {
                lines.push(format!("  {} more in work", count(in_work - shown, "account")));
                break;
            }
            lines.push(match account {
                Some(account) => {
                    let (ended, all) = self.accounts.get(account).copied().unwrap_or_default();
                    format!("  {} {ended:>2}/{all:<2} {account}", bar(ended, all))
                }
                None => "  organization".to_owned(),
            });
            lines.extend(steps.into_iter().take(LINES - 3).map(|(step, running)| running.line(step, now)));
        }
        lines
    }
}

impl Running {
    fn line(&self, step: &StepId, now: Instant) -> String {
        let what = match step {
            StepId::Stack(key) => key.name.to_string(),
            other => other.to_string(),
        };
        let status = match (self.retrying, self.status) {
            (true, _) => " trying again".to_owned(),
            (false, Some(status)) => format!(" {status}"),
            (false, None) => String::new(),
        };
        format!("      {what}{status} {}", elapsed(now.saturating_duration_since(self.since)))
    }
}

fn bar(ended: usize, all: usize) -> String {
    let full = (ended * BAR).checked_div(all).unwrap_or_default().min(BAR);
    format!("[{}{}]", "=".repeat(full), " ".repeat(BAR - full))
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

#[cfg(test)]
mod tests {
    use super::*;
    use landfall_engine::StackProgress;
    use landfall_model::{Region, StackName};
    use landfall_plan::Mode;
    use landfall_stacks::StackKey;

    fn stack(account: &str) -> StepId {
        StepId::Stack(StackKey {
            account: AccountName::new(account).unwrap(),
            region: Region::new("eu-west-1").unwrap(),
            name: StackName::new("acme-boundary").unwrap(),
        })
    }

    fn state(accounts: usize) -> State {
        let mut state = State::default();
        let names = (0..accounts).map(|number| AccountName::new(format!("app-{number:03}")).unwrap());
        let accounts = names.map(|name| (name, 2)).collect();
        state.record(&Event::RunStarted { mode: Mode::Apply, steps: 6, accounts });
        state
    }

    #[test]
    fn hundreds_of_accounts_take_no_more_lines_than_a_screen_has() {
        let mut state = state(300);
        for number in 0..300 {
            state.record(&Event::StepStarted { step: stack(&format!("app-{number:03}")) });
        }
        let lines = state.lines(Instant::now());
        assert!(lines.len() <= LINES, "{}", lines.len());
        assert_eq!(lines.last().map(String::as_str), Some("  294 accounts more in work"));
    }

    #[test]
    fn an_account_shows_its_stacks_and_what_is_done() {
        let mut state = state(1);
        let step = stack("app-000");
        state.record(&Event::StepStarted { step: step.clone() });
        let progress = StackProgress { status: StackStatus::CreateInProgress, reason: None };
        state.record(&Event::StackChanged { step: step.clone(), progress });
        let lines = state.lines(Instant::now());
        assert_eq!(lines, ["  [            ]  0/2  app-000", "      acme-boundary CREATE_IN_PROGRESS 0.0s"]);
        state.record(&Event::StepEnded { step, outcome: Outcome::Done, took: Duration::ZERO });
        assert!(state.lines(Instant::now()).is_empty());
        assert_eq!(state.accounts.values().next(), Some(&(1, 2)));
        assert_eq!(bar(1, 2), "[======      ]");
    }
}
