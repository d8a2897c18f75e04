//! What IAM says when it refuses.

use landfall_engine::{Fault, FaultKind};

/// A refusal in AWS's words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct Refusal {
    /// AWS's code, such as `EntityAlreadyExists`.
    pub code: &'static str,
    /// AWS's message.
    pub message: String,
}

impl Refusal {
    pub(crate) fn exists(message: impl Into<String>) -> Self {
        Self { code: "EntityAlreadyExists", message: message.into() }
    }

    pub(crate) fn missing(message: impl Into<String>) -> Self {
        Self { code: "NoSuchEntity", message: message.into() }
    }

    pub(crate) fn malformed(message: impl Into<String>) -> Self {
        Self { code: "MalformedPolicyDocument", message: message.into() }
    }

    pub(crate) fn limit(message: impl Into<String>) -> Self {
        Self { code: "LimitExceeded", message: message.into() }
    }

    pub(crate) fn conflict(message: impl Into<String>) -> Self {
        Self { code: "DeleteConflict", message: message.into() }
    }

    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self { code: "ValidationError", message: message.into() }
    }

    /// As a caller of IAM gets it.
    pub(crate) fn fault(self, operation: &str) -> Fault {
        let kind = match self.code {
            "EntityAlreadyExists" => FaultKind::AlreadyExists,
            "NoSuchEntity" => FaultKind::NotFound,
            "LimitExceeded" => FaultKind::LimitExceeded,
            "DeleteConflict" => FaultKind::Conflict,
            "MalformedPolicyDocument" if self.message.starts_with("Invalid principal in policy") => FaultKind::NotReady,
            _ => FaultKind::Invalid,
        };
        Fault::new(kind, operation, self.message).code(self.code)
    }

    /// As CloudFormation passes it on from the handler of a resource type. Source: CloudFormation CLI, "Handler error
    /// codes", and the resource events of failed stacks.
    pub(crate) fn handler_message(&self, token: &str) -> String {
        let (status, handler) = match self.code {
            "EntityAlreadyExists" => (409, "AlreadyExists"),
            "NoSuchEntity" => (404, "NotFound"),
            "LimitExceeded" => (409, "ServiceLimitExceeded"),
            "DeleteConflict" => (409, "ResourceConflict"),
            _ => (400, "InvalidRequest"),
        };
        format!(
            "Resource handler returned message: \"{} (Service: Iam, Status Code: {status}, Request ID: sandbox)\" \
             (RequestToken: {token}, HandlerErrorCode: {handler})",
            self.message
        )
    }
}
