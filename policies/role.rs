//! What a role is made of, beside its name.

use std::collections::BTreeSet;

use landfall_model::OrganizationName;

use crate::{Document, Quota, QuotaUse, SharedPolicy, Text};

/// The policies of a role. Its permissions boundary is named by whoever puts the role into a stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RolePolicies {
    /// Who may assume it.
    pub trust: Document,
    /// Its one inline policy, with all that is its own; none where there is nothing to say.
    pub inline: Option<Document>,
    /// What it shares with others: managed policies of the account, which Landfall makes.
    pub shared: BTreeSet<SharedPolicy>,
    /// ARNs of the other managed policies that it attaches: AWS's own, and those that the user names.
    pub attached: Vec<Text>,
}

impl RolePolicies {
    /// The ARNs of all managed policies that it attaches, the shared ones first.
    pub fn attachments(&self, organization: &OrganizationName) -> Vec<Text> {
        self.shared.iter().map(|shared| shared.arn(organization)).chain(self.attached.iter().cloned()).collect()
    }

    /// How much of IAM's quotas the role uses: its trust policy, its inline policies together, its attachments.
    /// Source: IAM User Guide, "IAM and AWS STS quotas".
    pub fn uses(&self) -> [QuotaUse; 3] {
        [
            QuotaUse { quota: Quota::TrustPolicy, used: self.trust.size() },
            QuotaUse { quota: Quota::InlinePolicies, used: self.inline.as_ref().map_or(0, Document::size) },
            QuotaUse { quota: Quota::AttachedPolicies, used: self.shared.len() + self.attached.len() },
        ]
    }
}

/// How much of the quota a managed policy, such as a boundary, uses.
pub fn managed_policy_use(document: &Document) -> QuotaUse {
    QuotaUse { quota: Quota::ManagedPolicy, used: document.size() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Statement, aws_managed, trust};

    #[test]
    fn each_quota_is_counted() {
        let long: String = "x".repeat(10_240);
        let role = RolePolicies {
            trust: Document::named([trust::assume_by_plain_service("ec2")]),
            inline: Some(Document::named([Statement::allow("A", ["s3:GetObject"]).on([long])])),
            shared: BTreeSet::from([SharedPolicy::LambdaVpc]),
            attached: vec![aws_managed("SecurityAudit"); 19],
        };
        let [trust, inline, attached] = role.uses();
        assert_eq!((trust.quota, trust.used), (Quota::TrustPolicy, role.trust.size()));
        assert!(trust.fits());
        assert_eq!(inline.quota, Quota::InlinePolicies);
        assert!(!inline.fits());
        assert_eq!((attached.quota, attached.used), (Quota::AttachedPolicies, 20));
        assert!(attached.fits());
        let organization = OrganizationName::new("acme").unwrap();
        assert_eq!(role.attachments(&organization).len(), 20);
        assert_eq!(role.attachments(&organization)[0], SharedPolicy::LambdaVpc.arn(&organization));
    }
}
