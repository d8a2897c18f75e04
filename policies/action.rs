//! IAM actions and patterns of them.

use std::fmt;

/// An action or a pattern such as `s3:Get*`, `iam:*` or `*`. Compared without regard to case, as IAM does.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Action(String);

/// Why a text is no action.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no action: `service:Name` is wanted, with `*` and `?` as wildcards in the name, or `*` alone")]
pub struct ActionError(pub String);

impl Action {
    /// Parses an action as a user writes it.
    ///
    /// # Errors
    /// Not `*` and not `service:Name`.
    pub fn new(text: impl Into<String>) -> Result<Self, ActionError> {
        let text = text.into();
        let well_formed = text == "*"
            || text.split_once(':').is_some_and(|(service, name)| {
                !service.is_empty()
                    && service.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
                    && !name.is_empty()
                    && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"*?_".contains(&b))
            });
        if well_formed { Ok(Self(text)) } else { Err(ActionError(text)) }
    }

    /// An action that Landfall itself writes. The text is a constant of the program.
    pub fn of(text: &'static str) -> Self {
        Self(text.to_owned())
    }

    /// As written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The service prefix, such as `s3`; `*` for all.
    pub fn service(&self) -> &str {
        self.0.split_once(':').map_or("*", |(service, _)| service)
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}
