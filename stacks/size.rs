//! How much of IAM's quotas the roles and policies of a configuration use.

use std::collections::BTreeMap;

use landfall_model::StackName;
use landfall_policies::{Quota, QuotaUse, managed_policy_use};

use crate::template::{Resource, Template};

/// What every role and policy uses of its quotas, by the stack that makes it and by its name in IAM. What stands in many
/// accounts stands here once.
pub type Sizes = BTreeMap<(StackName, String), Vec<QuotaUse>>;

/// Takes in what a template uses.
pub(crate) fn measure(sizes: &mut Sizes, stack: &StackName, template: &Template) {
    for resource in template.resources.values() {
        let (name, uses) = match resource {
            Resource::Role(role) => (role.name.as_str(), role.policies.uses().to_vec()),
            Resource::ManagedPolicy(policy) => (policy.name.as_str(), vec![managed_policy_use(&policy.document)]),
            _ => continue,
        };
        sizes.insert((stack.clone(), name.to_owned()), uses);
    }
}

/// A use of a quota, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fullest<'a> {
    /// The stack.
    pub stack: &'a StackName,
    /// The role or policy.
    pub name: &'a str,
    /// What it uses.
    pub used: QuotaUse,
}

impl Fullest<'_> {
    /// How much of the quota is used, in percent.
    pub fn percent(&self) -> usize {
        percent(self.used)
    }
}

/// From which part of a quota on a plan names what uses it, in percent. The linter warns at nine tenths, when the next
/// statement may be too many; a plan tells a little earlier, while there is room to divide what has grown.
pub const NEAR: usize = 80;

/// Everything that uses more than [`NEAR`] of a quota, the fullest first.
pub fn near(sizes: &Sizes) -> Vec<Fullest<'_>> {
    let every = sizes
        .iter()
        .flat_map(|((stack, name), uses)| uses.iter().map(move |used| Fullest { stack, name, used: *used }));
    let mut out: Vec<Fullest<'_>> = every.filter(|one| one.used.used * 100 > one.used.quota.limit() * NEAR).collect();
    out.sort_by_key(|one| (std::cmp::Reverse(one.percent()), one.used.quota, one.name));
    out
}

/// The largest use of each quota that anything uses, in the order of the quotas; the first of equals by name.
pub fn fullest(sizes: &Sizes) -> Vec<Fullest<'_>> {
    let mut out: BTreeMap<Quota, Fullest<'_>> = BTreeMap::new();
    for ((stack, name), uses) in sizes {
        for used in uses.iter().copied().filter(|used| used.used > 0) {
            let largest = out.get(&used.quota).map_or(0, |known| known.used.used);
            if used.used > largest {
                out.insert(used.quota, Fullest { stack, name, used });
            }
        }
    }
    out.into_values().collect()
}

fn percent(used: QuotaUse) -> usize {
    used.used * 100 / used.quota.limit()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthesize;
    use crate::tests::golden;

    #[test]
    fn every_role_and_policy_is_measured_once() {
        let synthesis = synthesize(&golden::acme());
        let stacks: std::collections::BTreeSet<_> = synthesis.sizes.keys().map(|(stack, _)| stack.as_str()).collect();
        assert!(stacks.contains("acme-boundary-workload") && stacks.contains("acme-service-web"), "{stacks:?}");
        assert!(synthesis.sizes.values().flatten().all(|used| used.fits()));
        let fullest = fullest(&synthesis.sizes);
        let quotas: Vec<_> = fullest.iter().map(|one| one.used.quota).collect();
        assert_eq!(quotas, [Quota::ManagedPolicy, Quota::TrustPolicy, Quota::InlinePolicies, Quota::AttachedPolicies]);
        for one in &fullest {
            let most = synthesis.sizes.values().flatten().filter(|used| used.quota == one.used.quota);
            assert_eq!(most.map(|used| used.used).max(), Some(one.used.used));
            assert!((1..=100).contains(&one.percent()), "{one:?}");
        }
    }

    #[test]
    fn what_is_near_its_limit_is_named_the_fullest_first() {
        let stack = StackName::new("acme-x").unwrap();
        let uses = |quota, used| vec![QuotaUse { quota, used }];
        let sizes = Sizes::from([
            ((stack.clone(), "a".to_owned()), uses(Quota::AttachedPolicies, 16)),
            ((stack.clone(), "b".to_owned()), uses(Quota::AttachedPolicies, 17)),
            ((stack.clone(), "c".to_owned()), uses(Quota::TrustPolicy, 2_000)),
        ]);
        let names: Vec<_> = near(&sizes).iter().map(|one| (one.name, one.percent())).collect();
        assert_eq!(names, [("c", 97), ("b", 85)], "sixteen of twenty are no more than 80 %");
    }
}
