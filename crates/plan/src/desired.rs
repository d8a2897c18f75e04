//! What the configuration wants, in the form in which it is compared with what is there.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use landfall_model::{
    AccountId, AccountName, Email, Foundation, OrganizationName, Partition, Place, Region, RoleName, UnitPath,
};
use landfall_stacks::{Digest, GuardrailKey, GuardrailPolicy, Stack, StackKey, TAG_DIGEST, TAG_KIND, TAG_ORGANIZATION};

use crate::StackSpec;

/// All that shall stand.
#[derive(Debug, Clone)]
pub struct Desired {
    /// The organization's name.
    pub organization: OrganizationName,
    /// The partition.
    pub partition: Partition,
    /// The home Region.
    pub region: Region,
    /// The management account.
    pub management: AccountName,
    /// The role that is assumed in member accounts.
    pub access_role: RoleName,
    /// Where the organization is defined.
    pub place: Place,
    /// The organization's own tags, which every unit gets.
    pub tags: BTreeMap<String, String>,
    /// Every unit, parents first.
    pub units: Vec<UnitPath>,
    /// Every account, in the order of the configuration.
    pub accounts: IndexMap<AccountName, DesiredAccount>,
    /// Every stack by where it stands.
    pub stacks: BTreeMap<StackKey, Stack>,
    /// Every guardrail.
    pub guardrails: BTreeMap<GuardrailKey, GuardrailPolicy>,
}

/// An account as it shall be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DesiredAccount {
    /// Its id, where the configuration gives one.
    pub id: Option<AccountId>,
    /// Its root user's address.
    pub email: Email,
    /// Its unit; `None` is the root.
    pub unit: Option<UnitPath>,
    /// Its tags, the organization's own among them.
    pub tags: BTreeMap<String, String>,
    /// Where it is defined.
    pub place: Place,
}

impl Desired {
    /// What a configuration and its stacks want; [`Desired::guarded`] adds the guardrails.
    pub fn new(foundation: &Foundation, stacks: Vec<Stack>) -> Self {
        let organization = &foundation.organization;
        let accounts = foundation.accounts.iter().map(|(name, account)| {
            let tags = account.tags.iter().map(|(key, value)| (key.as_str().to_owned(), value.clone())).collect();
            let desired = DesiredAccount {
                id: account.id.clone(),
                email: account.email.clone(),
                unit: account.unit.clone(),
                tags,
                place: account.place,
            };
            (name.clone(), desired)
        });
        Self {
            organization: organization.name.clone(),
            partition: organization.partition(),
            region: organization.home_region.clone(),
            management: organization.management_account.clone(),
            access_role: organization.access_role.clone(),
            place: organization.place,
            tags: organization.tags.iter().map(|(key, value)| (key.as_str().to_owned(), value.clone())).collect(),
            units: organization.units.clone(),
            accounts: accounts.collect(),
            stacks: stacks.into_iter().map(|stack| (stack.key.clone(), stack)).collect(),
            guardrails: BTreeMap::new(),
        }
    }

    /// The digest of all of it. The order of accounts and units in the files is not in it.
    pub fn digest(&self) -> Digest {
        let mut units: Vec<&UnitPath> = self.units.iter().collect();
        units.sort();
        let accounts: BTreeMap<&AccountName, _> = self
            .accounts
            .iter()
            .map(|(name, account)| (name, (&account.id, &account.email, &account.unit, &account.tags)))
            .collect();
        let stacks: Vec<(&StackKey, Digest)> = self.stacks.iter().map(|(key, stack)| (key, stack.digest())).collect();
        let canonical = serde_json::json!([
            self.organization,
            self.region,
            self.management,
            self.access_role,
            self.tags,
            units,
            accounts,
            stacks,
            self.guardrails_digest()
        ]);
        Digest::of(canonical.to_string())
    }

    /// The tags that a stack hands on to its roles, without the digest, which says nothing about a role.
    pub(crate) fn role_tags(&self, stack: &Stack) -> BTreeMap<String, String> {
        let mut tags = stack.tags.clone();
        tags.insert(TAG_KIND.to_owned(), stack.kind.to_string());
        tags.insert(TAG_ORGANIZATION.to_owned(), self.organization.to_string());
        tags
    }

    /// All that brings one stack to where it shall be, Landfall's own stack tags included.
    pub fn spec(&self, stack: &Stack) -> StackSpec {
        let mut tags = stack.tags.clone();
        tags.insert(TAG_DIGEST.to_owned(), stack.digest().to_string());
        tags.insert(TAG_KIND.to_owned(), stack.kind.to_string());
        tags.insert(TAG_ORGANIZATION.to_owned(), self.organization.to_string());
        StackSpec {
            kind: stack.kind,
            template: stack.body.digest.clone(),
            parameters: stack.parameters.clone(),
            tags,
            protection: stack.protection,
        }
    }
}
