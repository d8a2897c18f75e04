//! What a role is made of, beside its name.

use crate::{Document, Quota, QuotaUse, Text};

/// The policies of a role. Its permissions boundary is named by whoever puts the role into a stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RolePolicies {
    /// Who may assume it.
    pub trust: Document,
    /// Its one inline policy; none where there is nothing to say.
    pub inline: Option<Document>,
    /// ARNs of the managed policies that it attaches.
    pub attached: Vec<Text>,
}

impl RolePolicies {
    /// How much of IAM's quotas the role uses: its trust policy, its inline policies together, its attachments.
    /// Source: IAM User Guide, "IAM and AWS STS quotas".
    pub fn uses(&self) -> [QuotaUse; 3] {
        [
            QuotaUse { quota: Quota::TrustPolicy, used: self.trust.size() },
            QuotaUse { quota: Quota::InlinePolicies, used: self.inline.as_ref().map_or(0, Document::size) },
            QuotaUse { quota: Quota::AttachedPolicies, used: self.attached.len() },
        ]
    }
}

/// How much of the quota a managed policy, such as a boundary, uses.
pub fn managed_policy_use(document: &Document) -> QuotaUse {
    QuotaUse { quota: Quota::ManagedPolicy, used: document.size() }
}
