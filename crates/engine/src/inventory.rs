//! What stands in an account's IAM under the names that matter: by one listing, or name by name where that is refused.

use std::collections::BTreeMap;

use landfall_model::{AccountId, Arn, RoleName};
use landfall_plan::{ForeignRole, Survey};
use landfall_stacks::{Identities, Role};

use crate::limit::Endpoint;
use crate::observe::Observer;
use crate::port::{Answer, IdentityPort, Listing};
use crate::wanted::WantedIdentities;

impl WantedIdentities {
    fn is_empty(&self) -> bool {
        self.roles.is_empty() && self.policies.is_empty() && self.profiles.is_empty() && self.providers.is_empty()
    }

    /// Drops what nobody asked for. Roles under the organization's own path stay: they were Landfall's once, or pretend
    /// to be.
    fn keep(&self, path: &str, identities: &mut Identities) -> BTreeMap<RoleName, Role> {
        let (ours, others) = std::mem::take(&mut identities.roles)
            .into_iter()
            .partition(|(name, role)| self.roles.contains(name) || role.path == path);
        identities.roles = ours;
        identities.policies.retain(|name, _| self.policies.contains_key(name));
        identities.profiles.retain(|name, _| self.profiles.contains(name));
        let wanted = |arn: &String| Arn::new(arn).is_ok_and(|arn| self.providers.contains(arn.resource()));
        identities.providers.retain(|arn, _| wanted(arn));
        others
    }
}

impl Observer<'_> {
    /// The id of an account that is found by its address is known only here.
    fn arn(&self, account: &AccountId, resource: &str) -> String {
        Arn::iam(self.request.home.partition(), account, resource).to_string()
    }

    /// The wanted identities of an account. A survey is told of dates, and of roles of others, if there is one.
    pub(crate) async fn identities(
        &self,
        account: &AccountId,
        wanted: &WantedIdentities,
        port: &dyn IdentityPort,
        survey: Option<&mut Survey>,
    ) -> Answer<Identities> {
        if wanted.is_empty() && survey.is_none() {
            return Ok(Identities::default());
        }
        let endpoint = Endpoint::Iam(account.clone());
        let looks_behind = survey.is_some();
        let mut found = match self.call(&endpoint, || port.listing()).await {
            Ok(listing) => self.sorted(wanted, listing, survey),
            Err(fault) => {
                if let Some(survey) = survey {
                    survey.blind = Some(fault.to_string());
                }
                self.singly(account, wanted, port).await?
            }
        };
        // Not everyone who speaks this protocol lists boundaries and policies; nothing is called gone by a listing alone.
        if looks_behind {
            let unbounded = |name: &&RoleName| found.roles.get(*name).is_some_and(|role| role.boundary.is_none());
            for name in wanted.roles.iter().filter(unbounded).collect::<Vec<_>>() {
                if let Some(role) = self.call(&endpoint, || port.role(name)).await? {
                    found.roles.insert(name.clone(), role);
                }
            }
            for (name, resource) in
                wanted.policies.iter().filter(|(name, _)| !found.policies.contains_key(*name)).collect::<Vec<_>>()
            {
                let arn = self.arn(account, resource);
                if let Some(policy) = self.call(&endpoint, || port.policy(&arn)).await? {
                    found.policies.insert(name.clone(), policy);
                }
            }
        }
        // A profile that lost its role is in no listing of roles.
        for name in wanted.profiles.iter().filter(|name| !found.profiles.contains_key(*name)).collect::<Vec<_>>() {
            if let Some(profile) = self.call(&endpoint, || port.profile(name)).await? {
                found.profiles.insert(name.clone(), profile);
            }
        }
        for resource in &wanted.providers {
            let arn = self.arn(account, resource);
            if !found.providers.contains_key(&arn)
                && let Some(provider) = self.call(&endpoint, || port.provider(&arn)).await?
            {
                found.providers.insert(arn, provider);
            }
        }
        Ok(found)
    }

    /// Landfall's own of a listing; a survey takes the rest.
    fn sorted(&self, wanted: &WantedIdentities, listing: Listing, survey: Option<&mut Survey>) -> Identities {
        let Listing { mut identities, mut roles, mut policies } = listing;
        let path = ["/", self.request.organization.as_str(), "/"].concat();
        let Some(survey) = survey else {
            wanted.keep(&path, &mut identities);
            return identities;
        };
        let all = identities.policies.clone();
        let others = wanted.keep(&path, &mut identities);
        let foreign = |(name, role)| ForeignRole::of(role, &all, roles.remove(&name).unwrap_or_default());
        survey.foreign = others.into_iter().map(foreign).collect();
        roles.retain(|name, _| identities.roles.contains_key(name));
        policies.retain(|name, _| identities.policies.contains_key(name));
        (survey.roles, survey.policies) = (roles, policies);
        identities
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
        Ok(found)
    }
}
