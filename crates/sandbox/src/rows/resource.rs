//! What is kept of resources of other services than IAM.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A resource of another service.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct OtherRow {
    pub(crate) type_name: String,
    /// What `Ref` returns.
    pub(crate) physical: String,
    /// As it stands now.
    pub(crate) properties: Value,
    pub(crate) stack: Option<String>,
}
