//! What the command line does not say: asked for where somebody is there to answer, else a default, else missed.

use crate::error::{CommandError, Exit};
use crate::report::Terminal;

/// What is taken where nothing is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Default {
    /// Nothing: it must be said.
    None,
    /// Proposed in a terminal, and never taken unseen.
    Proposed(String),
    /// Taken.
    Taken(String),
}

/// Asks for what is missing, and remembers what nobody could say.
pub(crate) struct Interview<'a> {
    terminal: &'a Terminal,
    asks: bool,
    missing: Vec<&'static str>,
}

impl<'a> Interview<'a> {
    /// An interview. `defaults_only` is for who said `--yes`: nothing is asked then.
    pub(crate) fn new(terminal: &'a Terminal, defaults_only: bool) -> Self {
        Self { terminal, asks: !defaults_only && terminal.can_ask(), missing: Vec::new() }
    }

    /// What was given; else the answer to a question, asked until it can be taken; else a default. `None` where it is
    /// missed, which [`Interview::missed`] tells.
    ///
    /// # Errors
    /// The default cannot be taken, or whoever was asked went away.
    pub(crate) fn ask<T>(
        &mut self,
        given: Option<T>,
        option: &'static str,
        question: &str,
        default: Default,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Option<T>, CommandError> {
        if given.is_some() {
            return Ok(given);
        }
        if !self.asks {
            return match default {
                Default::Taken(text) => {
                    parse(&text).map(Some).map_err(|error| CommandError::usage(error).hint(format!("say it: {option}")))
                }
                Default::None | Default::Proposed(_) => {
                    self.missing.push(option);
                    Ok(None)
                }
            };
        }
        let (shown, fallback) = match &default {
            Default::None => (format!("{question}:"), None),
            Default::Proposed(text) | Default::Taken(text) if text.is_empty() => {
                (format!("{question} [none]:"), Some(text.as_str()))
            }
            Default::Proposed(text) | Default::Taken(text) => (format!("{question} [{text}]:"), Some(text.as_str())),
        };
        loop {
            let Some(answer) = self.terminal.ask(&shown)? else {
                return Err(CommandError {
                    kind: Exit::Failed,
                    source: "no answer; nothing was written".into(),
                    hints: Vec::new(),
                });
            };
            let text = match (answer.as_str(), fallback) {
                ("", Some(fallback)) => fallback,
                ("", None) => continue,
                (answer, _) => answer,
            };
            match parse(text) {
                Ok(value) => return Ok(Some(value)),
                Err(error) => self.terminal.complain(&error),
            }
        }
    }

    /// What is missing, all of it at once.
    pub(crate) fn missed(self) -> CommandError {
        CommandError::usage(format!("missing: {}; nothing was written", self.missing.join(", ")))
            .hint("give it on the command line, or run this in a terminal, where it is asked for")
    }
}
