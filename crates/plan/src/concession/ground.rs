//! What is known when a drift is to be said.

use std::collections::BTreeMap;

use landfall_model::{AccountId, AccountName, Arn, Foundation, OrganizationId, RoleIndex, Sources};
use landfall_policies::Scope;
use landfall_stacks::{Identities, Stack, StackKey};
use serde_json::Value;

use super::refusal::Unsayable;
use crate::diff::{Comparison, Presences, check_organization};
use crate::{Desired, Mode, Observed, PlanError};

/// A configuration folder as it was read, without mistakes.
#[derive(Debug, Clone)]
pub struct Folder {
    /// What it says.
    pub foundation: Foundation,
    /// All that shall stand.
    pub desired: Desired,
    /// Its files.
    pub sources: Sources,
}

/// A folder with what stands and what is known of both.
pub(super) struct Ground<'a> {
    pub(super) folder: &'a Folder,
    pub(super) observed: &'a Observed,
    pub(super) ids: BTreeMap<AccountName, AccountId>,
    pub(super) roles: RoleIndex,
}

impl<'a> Ground<'a> {
    /// # Errors
    /// As for [`crate::plan`]: another organization, or an account that is not where the configuration says.
    pub(super) fn of(folder: &'a Folder, observed: &'a Observed) -> Result<Self, PlanError> {
        let desired = &folder.desired;
        let management = check_organization(desired, observed)?;
        let ids = Presences::of(desired, observed, &management, Mode::Apply)?.ids((&desired.management, &management));
        Ok(Self { folder, observed, ids, roles: RoleIndex::of(&folder.foundation) })
    }

    pub(super) fn foundation(&self) -> &'a Foundation {
        &self.folder.foundation
    }

    pub(super) fn organization(&self) -> Option<&'a OrganizationId> {
        self.observed.organization.as_ref().map(|organization| &organization.id)
    }

    pub(super) fn comparison(&self) -> Comparison<'_> {
        Comparison::new(&self.folder.desired, &self.ids, self.organization())
    }

    /// The stack of a key, as the folder wants it.
    pub(super) fn stack(&self, key: &StackKey) -> Result<&'a Stack, Unsayable> {
        let gone = || Unsayable::inexact("the configuration does not want its stack any more");
        self.folder.desired.stacks.get(key).ok_or_else(gone)
    }

    /// What a stack makes in IAM, as the folder wants it.
    pub(super) fn wanted(&self, stack: &Stack) -> Result<Identities, Unsayable> {
        let compared = self.comparison().of(stack, &Identities::default()).map_err(Unsayable::Unknown)?;
        Ok(compared.wanted)
    }

    /// With what the holes in the policies of a stack are filled.
    pub(super) fn scope(&self, stack: &Stack) -> Option<Scope> {
        Some(Scope {
            partition: stack.key.region.partition(),
            region: stack.key.region.clone(),
            account: self.ids.get(&stack.key.account)?.clone(),
            organization: self.organization()?.clone(),
            accounts: self.ids.clone(),
        })
    }

    /// The account of the configuration that has an id.
    pub(super) fn account(&self, id: &str) -> Option<&AccountName> {
        self.ids.iter().find(|(_, known)| known.as_str() == id).map(|(name, _)| name)
    }

    /// `ACCOUNT/NAME` of a role that Landfall makes, by its ARN.
    pub(super) fn role(&self, arn: &str) -> Option<String> {
        let arn = Arn::new(arn).ok()?;
        let name = arn.resource().strip_prefix("role/")?.strip_prefix(self.foundation().organization.name.as_str())?;
        let name = name.strip_prefix('/')?;
        let account = self.account(arn.account())?;
        self.roles.roles(account).find(|role| role.name.as_str() == name)?;
        Some([account.as_str(), name].join("/"))
    }
}

/// One text or several, as IAM writes both.
pub(super) fn texts(value: &Value) -> Vec<&str> {
    crate::document::list(Some(value)).iter().filter_map(Value::as_str).collect()
}
