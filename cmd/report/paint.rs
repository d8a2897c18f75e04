//! Colours. Nothing is said by colour alone: every coloured word or symbol reads the same without.

use std::fmt::Display;

use clap::builder::styling::{AnsiColor, Effects, Style};

/// Whether a stream takes colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Paint {
    /// No escape codes.
    Plain,
    /// ANSI escape codes.
    Colour,
}

impl Paint {
    fn with(self, style: Style, text: impl Display) -> String {
        match self {
            Self::Plain => text.to_string(),
            Self::Colour => format!("{style}{text}{style:#}"),
        }
    }

    /// What is made, or went well.
    pub(crate) fn good(self, text: impl Display) -> String {
        self.with(AnsiColor::Green.on_default(), text)
    }

    /// What changes, or needs a look.
    pub(crate) fn warn(self, text: impl Display) -> String {
        self.with(AnsiColor::Yellow.on_default(), text)
    }

    /// What is deleted, or failed.
    pub(crate) fn bad(self, text: impl Display) -> String {
        self.with(AnsiColor::Red.on_default().effects(Effects::BOLD), text)
    }

    /// What is put right, and hints.
    pub(crate) fn note(self, text: impl Display) -> String {
        self.with(AnsiColor::Cyan.on_default(), text)
    }

    /// Headings.
    pub(crate) fn bold(self, text: impl Display) -> String {
        self.with(Style::new().effects(Effects::BOLD), text)
    }

    /// What is less important.
    pub(crate) fn dim(self, text: impl Display) -> String {
        self.with(Style::new().effects(Effects::DIMMED), text)
    }
}
