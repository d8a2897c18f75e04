//! What must be read before planning: the accounts, Regions and IAM names that the configuration speaks of.

use std::collections::{BTreeMap, HashMap};

use landfall_engine::{Look, ObserveRequest, ReadTags, Wanted, WantedIdentities, WantedStack};
use landfall_model::{AccountId, AccountName, Arn, OrganizationId};
use landfall_plan::{Desired, DesiredAccount, beyond_iam};
use landfall_stacks::{Digest, Identities, Stack, TemplateScope, expected};

/// The request for a configuration. Templates that stand in many accounts are looked into once: names are the same
/// everywhere.
pub(crate) fn request(desired: &Desired, look: Look) -> ObserveRequest {
    let ids = Stand::ins(desired);
    let mut accounts: BTreeMap<AccountName, Wanted> =
        desired.accounts.iter().map(|(name, account)| (name.clone(), wanted(account))).collect();
    let mut known: HashMap<&Digest, WantedIdentities> = HashMap::new();
    let mut beyond: HashMap<&Digest, BTreeMap<String, String>> = HashMap::new();
    for stack in desired.stacks.values() {
        let Some(account) = accounts.get_mut(&stack.key.account) else { continue };
        if stack.key.region != desired.region {
            account.regions.insert(stack.key.region.clone());
        }
        let identities = known.entry(&stack.body.digest).or_insert_with(|| ids.identities(stack));
        let resources = match look {
            Look::Behind => beyond
                .entry(&stack.body.digest)
                .or_insert_with(|| {
                    serde_json::from_str(&stack.body.json).map(|template| beyond_iam(&template)).unwrap_or_default()
                })
                .clone(),
            Look::Everywhere | Look::WhereUnproven => BTreeMap::new(),
        };
        let wanted = WantedStack { digest: stack.digest(), resources };
        account.stacks.insert((stack.key.region.clone(), stack.key.name.clone()), wanted);
        account.identities.roles.extend(identities.roles.iter().cloned());
        account.identities.policies.extend(identities.policies.clone());
        account.identities.profiles.extend(identities.profiles.iter().cloned());
        account.identities.providers.extend(identities.providers.iter().cloned());
    }
    ObserveRequest {
        organization: desired.organization.clone(),
        management: desired.management.clone(),
        access_role: desired.access_role.clone(),
        home: desired.region.clone(),
        guardrails: desired.guardrails.keys().map(|key| key.kind).collect(),
        accounts,
        // Behind Landfall's back a tag may be gone although the seal stands.
        seal: desired.seal().filter(|_| look != Look::Behind),
        look,
    }
}

fn wanted(account: &DesiredAccount) -> Wanted {
    Wanted {
        id: account.id.clone(),
        email: account.email.clone(),
        tags: if account.tags.is_empty() { ReadTags::No } else { ReadTags::Yes },
        regions: std::collections::BTreeSet::new(),
        identities: WantedIdentities::default(),
        stacks: BTreeMap::new(),
    }
}

/// Ids that stand in for those that nobody knows yet: no name has an id in it.
struct Stand {
    accounts: BTreeMap<AccountName, AccountId>,
    organization: Option<OrganizationId>,
}

impl Stand {
    fn ins(desired: &Desired) -> Self {
        let zero = AccountId::new("0".repeat(12)).ok();
        let accounts = desired.accounts.keys().filter_map(|name| Some((name.clone(), zero.clone()?))).collect();
        Self { accounts, organization: OrganizationId::new(["o-", &"0".repeat(10)].concat()).ok() }
    }

    /// What a stack makes. A template that cannot be evaluated names nothing; the planner says so.
    fn identities(&self, stack: &Stack) -> WantedIdentities {
        let made = serde_json::from_str(&stack.body.json).ok().and_then(|template| {
            let scope = TemplateScope::of(stack, &self.accounts, self.organization.as_ref()).ok()?;
            expected(&template, &scope).ok()
        });
        let Identities { roles, policies, profiles, providers } = made.unwrap_or_default();
        WantedIdentities {
            roles: roles.into_keys().collect(),
            policies: policies
                .into_iter()
                .map(|(name, policy)| {
                    let resource = ["policy", &policy.path, name.as_str()].concat();
                    (name, resource)
                })
                .collect(),
            profiles: profiles.into_keys().collect(),
            providers: providers
                .keys()
                .filter_map(|arn| Arn::new(arn).ok())
                .map(|arn| arn.resource().to_owned())
                .collect(),
        }
    }
}
