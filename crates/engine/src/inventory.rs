//! What stands in an account's IAM under the names that matter: by one listing, or name by name where that is refused.

use landfall_model::{AccountId, Arn};
use landfall_stacks::Identities;

use crate::limit::Endpoint;
use crate::observe::{Observer, WantedIdentities};
use crate::port::{Answer, IdentityPort};

impl WantedIdentities {
    fn is_empty(&self) -> bool {
        self.roles.is_empty() && self.policies.is_empty() && self.profiles.is_empty() && self.providers.is_empty()
    }

    /// Drops what nobody asked for.
    pub(crate) fn keep(&self, identities: &mut Identities) {
        identities.roles.retain(|name, _| self.roles.contains(name));
        identities.policies.retain(|name, _| self.policies.contains_key(name));
        identities.profiles.retain(|name, _| self.profiles.contains(name));
        let wanted = |arn: &String| Arn::new(arn).is_ok_and(|arn| self.providers.contains(arn.resource()));
        identities.providers.retain(|arn, _| wanted(arn));
    }
}

impl Observer<'_> {
    /// The id of an account that is found by its address is known only here.
    fn arn(&self, account: &AccountId, resource: &str) -> String {
        Arn::iam(self.request.home.partition(), account, resource).to_string()
    }

    /// The wanted identities of an account; `None` when they cannot be read.
    pub(crate) async fn identities(
        &self,
        account: &AccountId,
        wanted: &WantedIdentities,
        port: &dyn IdentityPort,
    ) -> Option<Identities> {
        if wanted.is_empty() {
            return Some(Identities::default());
        }
        let endpoint = Endpoint::Iam(account.clone());
        let mut found = match self.call(&endpoint, || port.all()).await {
            Ok(mut all) => {
                wanted.keep(&mut all);
                all
            }
            Err(_) => self.singly(account, wanted, port).await.ok()?,
        };
        for resource in &wanted.providers {
            let arn = self.arn(account, resource);
            if !found.providers.contains_key(&arn)
                && let Some(provider) = self.call(&endpoint, || port.provider(&arn)).await.ok()?
            {
                found.providers.insert(arn, provider);
            }
        }
        Some(found)
    }

    async fn singly(
        &self,
        account: &AccountId,
        wanted: &WantedIdentities,
        port: &dyn IdentityPort,
    ) -> Answer<Identities> {
        let endpoint = &Endpoint::Iam(account.clone());
        let mut found = Identities::default();
        for name in &wanted.roles {
            if let Some(role) = self.call(endpoint, || port.role(name)).await? {
                found.roles.insert(name.clone(), role);
            }
        }
        for (name, resource) in &wanted.policies {
            let arn = self.arn(account, resource);
            if let Some(policy) = self.call(endpoint, || port.policy(&arn)).await? {
                found.policies.insert(name.clone(), policy);
            }
        }
        for name in &wanted.profiles {
            if let Some(profile) = self.call(endpoint, || port.profile(name)).await? {
                found.profiles.insert(name.clone(), profile);
            }
        }
        Ok(found)
    }
}
