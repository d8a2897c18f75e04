//! What a check has to say.

use landfall_model::{Code, Severity};

/// Something wrong with a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Its stable name.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// Where in the document, such as `Statement[0].Action[1]`; empty for the whole.
    pub path: String,
    /// What is wrong, a lowercase fragment.
    pub message: String,
    /// What to do.
    pub help: String,
}

impl Finding {
    pub(crate) fn error(code: Code, path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code, severity: Severity::Error, path: path.into(), message: message.into(), help: String::new() }
    }

    pub(crate) fn warning(code: Code, path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, path, message) }
    }

    pub(crate) fn help(mut self, text: impl Into<String>) -> Self {
        self.help = text.into();
        self
    }
}
