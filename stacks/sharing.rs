//! Which policies roles share, and how many roles that are.

use std::collections::BTreeMap;

use landfall_model::{AccountName, AccountSet, OrganizationName};
use landfall_policies::{QuotaUse, SharedPolicy, managed_policy_use};

use crate::template::Template;

/// How a policy is shared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sharing {
    /// How many roles attach it, in all accounts together.
    pub roles: usize,
    /// Where it stands.
    pub accounts: AccountSet,
    /// What it uses of the quota of a managed policy.
    pub used: QuotaUse,
}

/// Every policy that roles share. All else that Landfall writes for a role stands in the role's inline policy.
pub type Shared = BTreeMap<SharedPolicy, Sharing>;

/// Takes in what the roles of a template attach, in the accounts in which it stands.
pub(crate) fn share(shared: &mut Shared, organization: &OrganizationName, template: &Template, on: &[&AccountName]) {
    for policy in template.roles().flat_map(|role| &role.policies.shared) {
        let sharing = shared.entry(*policy).or_insert_with(|| Sharing {
            roles: 0,
            accounts: AccountSet::new(),
            used: managed_policy_use(&policy.document(organization)),
        });
        sharing.roles += on.len();
        sharing.accounts.extend(on.iter().map(|account| (*account).clone()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::golden;
    use crate::{Provides, synthesize};

    #[test]
    fn roles_are_counted_in_every_account() {
        let mut foundation = golden::acme();
        let function = foundation.services.iter_mut().find(|item| item.name.as_str() == "photo-processor").unwrap();
        function.accounts.insert(AccountName::new("data-dev").unwrap());
        let synthesis = synthesize(&foundation);
        let shown: Vec<_> = synthesis
            .shared
            .iter()
            .map(|(policy, sharing)| format!("{} {} {}", policy.as_str(), sharing.roles, sharing.accounts.len()))
            .collect();
        assert_eq!(
            shown,
            [
                "lambda-vpc 2 2",
                "sagemaker 1 1",
                "step-functions-logs 2 2",
                "step-functions-jobs 1 1",
                "metaflow-task 1 1",
                "metaflow-flow 1 1"
            ]
        );
    }

    #[test]
    fn it_stands_where_it_is_shared_and_has_the_size_of_its_policy() {
        let synthesis = synthesize(&golden::acme());
        for (policy, sharing) in &synthesis.shared {
            let stacks = synthesis.stacks.iter();
            let makers = stacks.filter(|stack| stack.provides.contains(&Provides::SharedPolicy(*policy)));
            let accounts: AccountSet = makers.map(|stack| stack.key.account.clone()).collect();
            assert_eq!(accounts, sharing.accounts, "{policy:?}");
            let uses = synthesis.sizes.iter().find(|((stack, _), _)| stack.as_str().ends_with(policy.as_str()));
            assert_eq!(*uses.unwrap().1, [sharing.used], "{policy:?}");
        }
    }
}
