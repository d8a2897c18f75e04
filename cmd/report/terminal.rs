//! Where everything that is said goes.

use std::io::{self, BufRead as _, IsTerminal as _, Write};

use crate::error::CommandError;
use crate::global::{ColorWhen, Format, Global};
use crate::report::Paint;

/// How much is said on stderr.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verbosity {
    /// What went wrong.
    Quiet,
    /// What happens.
    Normal,
    /// All that happens.
    Verbose,
}

/// How a run shows how far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Liveness {
    /// Bars that are drawn again and again.
    Bars,
    /// A line for what happened.
    Lines,
    /// Not at all.
    Silent,
}

/// stdin, stdout and stderr.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terminal {
    /// The form of what stands on stdout.
    pub(crate) format: Format,
    /// How much is said on stderr.
    pub(crate) verbosity: Verbosity,
    /// Colours on stdout.
    pub(crate) out: Paint,
    /// Colours on stderr.
    pub(crate) err: Paint,
    bars: bool,
}

impl Terminal {
    /// As the options and the environment want it.
    pub(crate) fn new(global: &Global) -> Self {
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let paint = |terminal: bool| match global.color {
            ColorWhen::Always => Paint::Colour,
            ColorWhen::Auto if terminal && !dumb && !set("NO_COLOR") => Paint::Colour,
            ColorWhen::Auto | ColorWhen::Never => Paint::Plain,
        };
        let stderr_is_terminal = stderr().is_terminal();
        Self {
            format: global.format,
            verbosity: match (global.quiet, global.verbose) {
                (true, _) => Verbosity::Quiet,
                (_, 0) => Verbosity::Normal,
                _ => Verbosity::Verbose,
            },
            out: if global.format == Format::Human { paint(stdout().is_terminal()) } else { Paint::Plain },
            err: paint(stderr_is_terminal),
            bars: stderr_is_terminal && !dumb && !set("CI"),
        }
    }

    /// How a run shows how far it is: bars only where stderr is a terminal and no pipeline keeps what they draw.
    pub(crate) fn liveness(&self) -> Liveness {
        match self.verbosity {
            Verbosity::Quiet => Liveness::Silent,
            _ if self.bars => Liveness::Bars,
            _ => Liveness::Lines,
        }
    }

    /// Writes data to stdout. A reader that went away (`| head`) wanted no more: that is no failure, and a run under
    /// way goes on.
    ///
    /// # Errors
    /// stdout cannot be written, for another reason than a closed pipe.
    pub(crate) fn data(&self, text: &str) -> Result<(), CommandError> {
        let mut stream = stdout();
        match stream.write_all(text.as_bytes()).and_then(|()| stream.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(CommandError::failed(Unwritable { source: error }))
            }
            _ => Ok(()),
        }
    }

    /// Says a line on stderr, unless quiet.
    pub(crate) fn talk(&self, line: &str) {
        if self.verbosity > Verbosity::Quiet {
            self.complain(line);
        }
    }

    /// Says a line on stderr, always. Nobody can be told that stderr is gone.
    pub(crate) fn complain(&self, line: &str) {
        let mut stream = stderr();
        writeln!(stream, "{line}").ok();
    }

    /// Whether somebody is there to answer.
    pub(crate) fn can_ask(&self) -> bool {
        io::stdin().is_terminal() && stderr().is_terminal()
    }

    /// Asks on stderr, and waits for a line; the end of input is no answer.
    ///
    /// # Errors
    /// stdin cannot be read.
    pub(crate) fn ask(&self, question: &str) -> Result<Option<String>, CommandError> {
        let mut stream = stderr();
        write!(stream, "{question} ").and_then(|()| stream.flush()).ok();
        let mut line = String::new();
        let read = io::stdin().lock().read_line(&mut line).map_err(CommandError::failed)?;
        Ok((read > 0).then(|| line.trim().to_owned()))
    }
}

/// stdout cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write to stdout")]
struct Unwritable {
    source: io::Error,
}

#[expect(clippy::disallowed_methods, reason = "this is the place that speaks")]
fn stdout() -> io::Stdout {
    io::stdout()
}

#[expect(clippy::disallowed_methods, reason = "this is the place that speaks")]
fn stderr() -> io::Stderr {
    io::stderr()
}
