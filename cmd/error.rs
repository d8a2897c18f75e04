//! How a command ends. The table of exit codes stands here and nowhere else; `docs/exit-codes.md` explains it.

use std::error::Error;
use std::process::ExitCode;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done, or nothing to do.
    Done,
    /// Failed.
    Failed,
    /// A plan was made, and it has changes; or something drifted.
    Changes,
    /// Some steps failed or something could not be read, the rest is done.
    Partly,
    /// The command line or the configuration is wrong.
    Usage,
    /// Left at once, because the user asked twice.
    Interrupted,
}

impl Exit {
    /// This one, unless all seems done and another knows better.
    pub(crate) fn at_least(self, other: Self) -> Self {
        if self == Self::Done { other } else { self }
    }

    /// The process's exit code.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Changes => 2,
            Self::Partly => 3,
            Self::Usage => 64,
            Self::Interrupted => 130,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        exit.code().into()
    }
}

/// Why a command could not do what was asked.
#[derive(Debug)]
pub(crate) struct CommandError {
    /// How the process ends.
    pub(crate) kind: Exit,
    /// What is wrong, with its chain of causes; printed once, at the edge.
    pub(crate) source: Box<dyn Error + Send + Sync>,
    /// What to do next.
    pub(crate) hints: Vec<String>,
}

impl CommandError {
    /// Something went wrong on the way.
    pub(crate) fn failed(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { kind: Exit::Failed, source: source.into(), hints: Vec::new() }
    }

    /// What was asked for cannot be done as it was asked.
    pub(crate) fn usage(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { kind: Exit::Usage, source: source.into(), hints: Vec::new() }
    }

    /// Adds what to do next.
    #[must_use]
    pub(crate) fn hint(mut self, text: impl Into<String>) -> Self {
        self.hints.push(text.into());
        self
    }

    /// What is wrong, then each cause below it; a cause that only repeats what stands above is left out.
    pub(crate) fn chain(&self) -> Vec<String> {
        let mut chain = vec![self.source.to_string()];
        let mut next = self.source.source();
        while let Some(cause) = next {
            let text = cause.to_string();
            if !chain.iter().any(|above| above.contains(&text)) {
                chain.push(text);
            }
            next = cause.source();
        }
        chain
    }
}

/// A file or folder that could not be read or written.
#[derive(Debug, thiserror::Error)]
#[error("cannot {what} {path}")]
pub(crate) struct FileError {
    what: &'static str,
    path: String,
    source: std::io::Error,
}

impl FileError {
    /// `what` is the verb: "read", "write", "create".
    pub(crate) fn new(what: &'static str, path: &std::path::Path, source: std::io::Error) -> Self {
        Self { what, path: path.display().to_string(), source }
    }
}

impl From<FileError> for CommandError {
    fn from(error: FileError) -> Self {
        Self::failed(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_ending_has_its_own_code() {
        let all = [Exit::Done, Exit::Failed, Exit::Changes, Exit::Partly, Exit::Usage, Exit::Interrupted];
        assert_eq!(all.map(Exit::code), [0, 1, 2, 3, 64, 130]);
    }

    #[test]
    fn a_chain_does_not_say_the_same_twice() {
        let inner = std::io::Error::other("disk is full");
        let error = CommandError::from(FileError::new("write", std::path::Path::new("plan.json"), inner));
        assert_eq!(error.chain(), ["cannot write plan.json", "disk is full"]);
    }
}
