//! The journal of a run: a header and one event a line, for audit and replay. It is never the truth about AWS.

use std::io::{self, BufRead, Write};

use jiff::Timestamp;
use landfall_plan::{Fingerprint, Mode};
use serde::{Deserialize, Serialize};

use crate::Stamped;

/// The version of the form.
pub const JOURNAL_VERSION: u32 = 1;

/// The first line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// [`JOURNAL_VERSION`].
    pub journal: u32,
    /// When the run began.
    pub began: Timestamp,
    /// What the plan was for.
    pub mode: Mode,
    /// What the plan was made from.
    pub fingerprint: Fingerprint,
}

impl Header {
    /// The header of a run that begins now, as the caller's clock says.
    pub fn new(began: Timestamp, mode: Mode, fingerprint: Fingerprint) -> Self {
        Self { journal: JOURNAL_VERSION, began, mode, fingerprint }
    }
}

/// Writes a journal. Every line is flushed: a killed run has it up to its last event.
#[derive(Debug)]
pub struct JournalWriter<W: Write> {
    out: W,
}

impl<W: Write> JournalWriter<W> {
    /// Begins a journal.
    ///
    /// # Errors
    /// The header cannot be written.
    pub fn begin(mut out: W, header: &Header) -> io::Result<Self> {
        line(&mut out, header)?;
        Ok(Self { out })
    }

    /// Adds an event.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn add(&mut self, event: &Stamped) -> io::Result<()> {
        line(&mut self.out, event)
    }
}

fn line(out: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    // One write for the whole line, so that two lines never mix.
    let mut bytes = serde_json::to_vec(value)?;
    bytes.push(b'\n');
    out.write_all(&bytes)?;
    out.flush()
}

/// A journal that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Journal {
    /// The first line; `None` if not even that was written.
    pub header: Option<Header>,
    /// The events.
    pub events: Vec<Stamped>,
    /// Whether the last line is cut: the run was killed while it wrote.
    pub cut: bool,
}

/// Why a journal cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The file cannot be read.
    #[error("the journal cannot be read")]
    Read(#[from] io::Error),
    /// A line in the middle is broken.
    #[error("line {line} of the journal is no event; it was changed after it was written")]
    Line {
        /// Which, from 1.
        line: usize,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// It was written by another version.
    #[error("the journal is of version {0}, and this Landfall reads version {JOURNAL_VERSION}")]
    Version(u32),
}

/// Reads a journal. A cut last line is no mistake: a run may be killed at any time.
///
/// # Errors
/// It cannot be read, a line in the middle is broken, or it is of another version.
pub fn read_journal(mut input: impl BufRead) -> Result<Journal, JournalError> {
    let mut journal = Journal { header: None, events: Vec::new(), cut: false };
    let mut bytes = Vec::new();
    let mut number = 0;
    while input.read_until(b'\n', &mut bytes)? > 0 {
        number += 1;
        let whole = bytes.last() == Some(&b'\n');
        let read = if number == 1 {
            serde_json::from_slice::<Header>(&bytes).map(|header| journal.header = Some(header))
        } else {
            serde_json::from_slice(&bytes).map(|event| journal.events.push(event))
        };
        match read {
            Ok(()) => {}
            Err(_) if !whole => journal.cut = true,
            Err(source) => return Err(JournalError::Line { line: number, source }),
        }
        if let Some(header) = &journal.header
            && header.journal != JOURNAL_VERSION
        {
            return Err(JournalError::Version(header.journal));
        }
        bytes.clear();
    }
    Ok(journal)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use landfall_model::AccountName;
    use landfall_plan::StepId;
    use landfall_stacks::Digest;

    use super::*;
    use crate::{Event, Fault, FaultKind, Outcome, RunSummary};

    fn written() -> (Vec<u8>, Vec<Stamped>) {
        let step = StepId::Account(AccountName::new("ml-prod").unwrap());
        let fault = Fault::new(FaultKind::Throttled, "sts:AssumeRole", "Rate exceeded — später").code("Throttling");
        let wait = Duration::from_millis(750);
        let reason = "line one\nline two".to_owned();
        let failed = Outcome::Failed { reason, resource: None, fault: Some(fault.clone()), hint: None };
        let events = [
            Event::StepStarted { step: step.clone() },
            Event::Retrying { step: step.clone(), fault, attempt: 1, wait },
            Event::StepEnded { step, outcome: failed, took: wait },
            Event::RunEnded { summary: RunSummary { failed: 1, took: wait, ..RunSummary::default() } },
        ];
        let events: Vec<Stamped> = events
            .into_iter()
            .zip(1..)
            .map(|(event, second)| Stamped { elapsed: Duration::from_secs(second), event })
            .collect();
        let fingerprint = Fingerprint { observed: Digest::of("observed"), desired: Digest::of("desired") };
        let header = Header::new(Timestamp::UNIX_EPOCH, Mode::Apply, fingerprint);
        let mut out = Vec::new();
        let mut writer = JournalWriter::begin(&mut out, &header).unwrap();
        for event in &events {
            writer.add(event).unwrap();
        }
        (out, events)
    }

    #[test]
    fn what_was_written_is_read() {
        let (bytes, events) = written();
        let journal = read_journal(&bytes[..]).unwrap();
        assert_eq!(journal.events, events);
        assert_eq!(journal.header.unwrap().began, Timestamp::UNIX_EPOCH);
        assert!(!journal.cut);
    }

    #[test]
    fn cut_anywhere_it_is_readable_up_to_there() {
        let (bytes, events) = written();
        for end in 0..bytes.len() {
            let journal = read_journal(&bytes[..end]).unwrap();
            let lines = bytes[..end].iter().filter(|byte| **byte == b'\n').count();
            let whole = lines.saturating_sub(1);
            // A line without its end is whole too if nothing but the end is missing.
            assert!(journal.events.len() == whole || journal.events.len() == whole + 1, "at {end}");
            assert_eq!(journal.events[..], events[..journal.events.len()]);
            assert!(journal.header.is_some() || end == 0 || journal.cut);
        }
    }

    #[test]
    fn what_was_changed_in_the_middle_is_told() {
        let (bytes, _) = written();
        let text = String::from_utf8(bytes).unwrap();
        let changed = text.replacen("step-started", "step-begun", 1);
        assert!(matches!(read_journal(changed.as_bytes()), Err(JournalError::Line { line: 2, .. })));
        let newer = text.replacen("\"journal\":1", "\"journal\":9", 1);
        assert!(matches!(read_journal(newer.as_bytes()), Err(JournalError::Version(9))));
    }
}
