//! Who a trust policy lets in.

use crate::Text;

/// One principal.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Principal {
    /// An account, role or user by ARN (an account by the ARN of its root).
    Aws(Text),
    /// An AWS service, such as `ecs-tasks.amazonaws.com`.
    Service(String),
    /// An identity provider by ARN, or a public one by host.
    Federated(Text),
    /// A CanonicalUser id; S3 only.
    Canonical(String),
}
