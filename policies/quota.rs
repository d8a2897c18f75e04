//! What fits. Sizes are characters of minified JSON, as IAM counts.

/// A limit of IAM or Organizations. Source: IAM User Guide, "IAM and AWS STS quotas"; Organizations User Guide,
/// "Quotas for AWS Organizations" (service control policies: 10,240 characters since 15 May 2026).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Quota {
    /// A managed policy: 6,144, not adjustable.
    ManagedPolicy,
    /// A role's trust policy: 2,048 by default.
    TrustPolicy,
    /// All inline policies of a role together: 10,240, not adjustable.
    InlinePolicies,
    /// Managed policies attached to a role: 20 by default.
    AttachedPolicies,
    /// A service control policy: 10,240.
    ServiceControlPolicy,
    /// A resource control policy: 5,120.
    ResourceControlPolicy,
    /// Service control policies attached to a root, unit or account, `FullAWSAccess` among them: 10.
    AttachedServiceControlPolicies,
    /// Resource control policies attached to one, `RCPFullAWSAccess` among them: 5.
    AttachedResourceControlPolicies,
    /// Organization policies of all types: 10,000.
    OrganizationPolicies,
}

impl Quota {
    /// The limit that an account has without asking for more.
    pub fn limit(self) -> usize {
        match self {
            Self::ManagedPolicy => 6_144,
            Self::TrustPolicy => 2_048,
            Self::InlinePolicies | Self::ServiceControlPolicy => 10_240,
            Self::AttachedPolicies => 20,
            Self::ResourceControlPolicy => 5_120,
            Self::AttachedServiceControlPolicies => 10,
            Self::AttachedResourceControlPolicies => 5,
            Self::OrganizationPolicies => 10_000,
        }
    }
}

/// How much of a quota something uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuotaUse {
    /// The limit.
    pub quota: Quota,
    /// What is used of it.
    pub used: usize,
}

impl QuotaUse {
    /// Whether it fits.
    pub fn fits(self) -> bool {
        self.used <= self.quota.limit()
    }
}
