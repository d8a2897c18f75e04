//! Asking before what cannot be undone.

use crate::error::{CommandError, Exit};
use crate::report::Terminal;

/// Whether the user was asked beforehand, on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Consent {
    /// `--yes` was given.
    Given,
    /// It must be asked for.
    Asked,
}

/// Asks for a word, unless consent was given.
///
/// # Errors
/// Nobody is there to answer, or the answer is another one: nothing was changed.
pub(crate) fn confirm(
    terminal: &Terminal,
    consent: Consent,
    question: &str,
    word: &str,
    instead: &str,
) -> Result<(), CommandError> {
    if consent == Consent::Given {
        return Ok(());
    }
    if !terminal.can_ask() {
        return Err(CommandError::usage("nobody is there to confirm: this is no terminal; nothing was changed")
            .hint(format!("look at the plan first (`landfall plan`), then add {instead}")));
    }
    match terminal.ask(&format!("{question} Type `{word}` to go on:"))? {
        Some(answer) if answer == word => Ok(()),
        _ => Err(CommandError {
            kind: Exit::Failed,
            source: "not confirmed; nothing was changed".into(),
            hints: Vec::new(),
        }),
    }
}
