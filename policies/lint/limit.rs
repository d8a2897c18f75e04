//! Quotas that are nearly used up.

use super::codes::NEAR_LIMIT;
use super::finding::Finding;
use crate::{Quota, QuotaUse};

/// From which part of a quota on it is told, in percent: at nine tenths one more statement is often too many.
const NEARLY: usize = 90;

/// Tells that a quota is nearly used up. What does not fit is told elsewhere, as an error.
pub fn near_limit(used: QuotaUse) -> Option<Finding> {
    let limit = used.quota.limit();
    if !used.fits() || used.used * 100 < limit * NEARLY {
        return None;
    }
    let (what, unit) = match used.quota {
        Quota::TrustPolicy => ("the trust policy comes", "characters"),
        Quota::InlinePolicies => ("the permissions come", "characters"),
        Quota::AttachedPolicies => ("the attached policies come", "policies"),
        Quota::ManagedPolicy | Quota::ServiceControlPolicy | Quota::ResourceControlPolicy => {
            ("the document comes", "characters")
        }
        Quota::AttachedServiceControlPolicies
        | Quota::AttachedResourceControlPolicies
        | Quota::OrganizationPolicies => ("the organization's policies come", "policies"),
    };
    let message = format!("{what} to {} of {limit} {unit} that IAM takes", used.used);
    Some(Finding::warning(NEAR_LIMIT, "", message).help("make two of it before the next change does not fit"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nine_tenths_are_nearly_all() {
        let near = |used| near_limit(QuotaUse { quota: Quota::TrustPolicy, used }).is_some();
        assert!(!near(1_843));
        assert!(near(1_844));
        assert!(near(2_048));
        assert!(!near(2_049), "what does not fit is an error elsewhere");
        assert!(near_limit(QuotaUse { quota: Quota::AttachedPolicies, used: 18 }).is_some());
    }
}
