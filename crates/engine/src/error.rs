//! What AWS answered when it did not do what was asked.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What sort of refusal: it decides whether and how long to try again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FaultKind {
    /// Too many requests: `Throttling`, `TooManyRequestsException`, `RequestLimitExceeded` …
    Throttled,
    /// The service or the network failed, and it is not known whether the call took effect: 5xx, resets, time-outs.
    Transient,
    /// Something new is not visible everywhere yet: "Invalid principal in policy", an access role that cannot be
    /// assumed just after its account was made.
    NotReady,
    /// A permission is missing.
    AccessDenied,
    /// The credentials are missing, expired or malformed.
    Credentials,
    /// It does not exist.
    NotFound,
    /// It exists already.
    AlreadyExists,
    /// A quota or a limit is reached.
    LimitExceeded,
    /// Another operation is under way on the same thing.
    Conflict,
    /// An update that changes nothing ("No updates are to be performed").
    NoChange,
    /// The request is wrong.
    Invalid,
    /// The answer could not be read, or is none of the above.
    Other,
}

/// One failed call, in AWS's own words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub struct Fault {
    /// What sort.
    pub kind: FaultKind,
    /// The call, such as `cloudformation:CreateStack`.
    pub operation: String,
    /// AWS's code, such as `AlreadyExistsException`.
    pub code: Option<String>,
    /// AWS's message, without credentials.
    pub message: String,
    /// The request's id, for AWS support.
    pub request_id: Option<String>,
}

impl Fault {
    /// A refusal without code and request id.
    pub fn new(kind: FaultKind, operation: impl Into<String>, message: impl Into<String>) -> Self {
        Self { kind, operation: operation.into(), code: None, message: message.into(), request_id: None }
    }

    /// Adds AWS's code.
    #[must_use]
    pub fn code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(code.into());
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.operation)?;
        if let Some(code) = &self.code {
            write!(f, "{code}: ")?;
        }
        f.write_str(&self.message)?;
        if let Some(id) = &self.request_id {
            write!(f, " (request {id})")?;
        }
        Ok(())
    }
}
