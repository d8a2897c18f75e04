//! What is looked for before planning: the accounts, Regions and names that the configuration speaks of.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use landfall_model::{
    AccountId, AccountName, Arn, Email, GuardrailKind, OrganizationId, OrganizationName, PolicyName, Region, RoleName,
    StackName,
};
use landfall_plan::{Desired, DesiredAccount, ObservedStack, Standing, beyond_iam};
use landfall_stacks::{Digest, Identities, Stack, TAG_ORGANIZATION, TemplateScope, expected};

/// What is looked for.
#[derive(Debug, Clone)]
pub struct ObserveRequest {
    /// The prefix of the stacks that matter.
    pub organization: OrganizationName,
    /// The management account's name.
    pub management: AccountName,
    /// The role that is assumed in member accounts.
    pub access_role: RoleName,
    /// The Region of all stacks but the alarms.
    pub home: Region,
    /// The types of guardrail that the configuration has; a type that is enabled is looked at too.
    pub guardrails: BTreeSet<GuardrailKind>,
    /// The configured accounts.
    pub accounts: BTreeMap<AccountName, Wanted>,
    /// What the management account's tag [`TAG_SEAL`](landfall_plan::TAG_SEAL) is when the tags of all other accounts are known to stand, so that
    /// they need not be read; `None` reads them.
    pub seal: Option<String>,
    /// In which accounts IAM is read.
    pub look: Look,
}

impl ObserveRequest {
    /// The request for a configuration. Templates that stand in many accounts are looked into once: names are the same
    /// everywhere.
    pub fn of(desired: &Desired, look: Look) -> Self {
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
        Self {
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
}

/// In which accounts IAM is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Where a stack was not read back after its last change, which a protected one was, and where one is to be made:
    /// what it would make may stand already and be somebody else's.
    WhereUnproven,
    /// Everywhere.
    Everywhere,
    /// Everywhere, and behind Landfall's back: roles of others, resources that only CloudFormation can look at, and what
    /// was deployed of stacks that the configuration has changed since.
    Behind,
}

impl Look {
    /// Whether IAM is read in an account with these stacks, sorted by Region and name. A stack is protected against
    /// termination only after what it made was read back, and unprotected before it is changed, so that a protected one
    /// is proven.
    pub(crate) fn needed(self, stacks: &[ObservedStack], wanted: &Wanted, organization: &OrganizationName) -> bool {
        let ours = |stack: &&ObservedStack| {
            stack.tags.get(TAG_ORGANIZATION).is_some_and(|owner| owner == organization.as_str())
        };
        let proven = |stack: &ObservedStack| stack.protected == Some(true) && stack.status.standing() == Standing::Good;
        let missing = |(region, name): &(Region, StackName)| {
            stacks.binary_search_by(|stack| (&stack.region, &stack.name).cmp(&(region, name))).is_err()
        };
        self != Self::WhereUnproven
            || stacks.iter().filter(ours).any(|stack| !proven(stack))
            || wanted.stacks.keys().any(missing)
    }
}

/// What is looked for in one account.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Its id, where the configuration gives one.
    pub id: Option<AccountId>,
    /// Its address, by which it is found otherwise.
    pub email: Email,
    /// Whether its tags are read.
    pub tags: ReadTags,
    /// Regions beside the home Region where it has stacks.
    pub regions: BTreeSet<Region>,
    /// Identities that are expected or were once Landfall's.
    pub identities: WantedIdentities,
    /// The stacks that shall stand.
    pub stacks: BTreeMap<(Region, StackName), WantedStack>,
}

/// What is looked for in one stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedStack {
    /// What its tag [`landfall_stacks::TAG_DIGEST`] is when it was deployed as the configuration wants it.
    pub digest: Digest,
    /// The logical ids of its resources that IAM does not tell of, with their types. Only [`Look::Behind`] looks at them.
    pub resources: BTreeMap<String, String>,
}

/// Whether an account's tags are read: each reading is a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadTags {
    /// The configuration has tags for it.
    Yes,
    /// It has none.
    No,
}

/// Names of identities in one account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WantedIdentities {
    /// Roles.
    pub roles: BTreeSet<RoleName>,
    /// Customer managed policies, by name, with the resource part of their ARNs (`policy/acme/acme-boundary-workload`):
    /// the account's id may only be found along the way.
    pub policies: BTreeMap<PolicyName, String>,
    /// Instance profiles.
    pub profiles: BTreeSet<String>,
    /// Identity providers, by the resource part of their ARNs (`oidc-provider/token.actions.githubusercontent.com`).
    pub providers: BTreeSet<String>,
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
