//! A role in one account.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use landfall_model::{AccountName, Kind, Place, RoleName};
use landfall_policies::Compiled;

use super::policy::Policy;
use crate::item::Origins;

/// A role of a [`super::World`]: its number there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoleId(pub(crate) usize);

/// A role, in all accounts in which it is the same.
#[derive(Debug)]
pub struct Shape {
    /// Its name.
    pub name: RoleName,
    /// Its path, `/` at both ends.
    pub path: String,
    /// The kind of the stack that makes it, where a configuration does.
    pub kind: Option<Kind>,
    /// Where the configuration asks for it.
    pub place: Option<Place>,
    /// Its tags, those of its stack among them.
    pub tags: BTreeMap<String, String>,
    /// Its own policies.
    pub policies: Vec<Policy>,
    /// Its permissions boundary; none only where somebody took it off.
    pub boundary: Option<Policy>,
    /// Who may assume it.
    pub trust: Policy,
    /// Policies that it has and whose text nobody here knows, by ARN.
    pub unknown: Vec<String>,
    /// Where the configuration gives what its policies say.
    pub(crate) origins: Origins,
    /// Where the configuration names whom each statement of the trust lets in, where it does not do so in one place;
    /// none for a statement that is not the configuration's.
    pub(crate) trusted: Vec<Option<Place>>,
    /// Policies that are not the configuration's.
    pub(crate) foreign: BTreeSet<String>,
}

impl Shape {
    /// Whether one of its own policies may let it assume roles.
    pub(crate) fn may_assume(&self) -> bool {
        self.policies.iter().any(|policy| policy.may_give("sts:AssumeRole"))
    }

    /// Where the user wrote a statement of the trust.
    pub(crate) fn trust_place(&self, statement: usize) -> Option<Place> {
        self.trusted.get(statement).copied().unwrap_or(self.place)
    }

    /// Where the user wrote what gives an action in one of the role's own policies.
    pub(crate) fn origin(&self, policy: &str, action: &str) -> Option<Place> {
        if self.foreign.contains(policy) { None } else { self.origins.find(action).or(self.place) }
    }
}

/// A role where it stands.
#[derive(Debug)]
pub(crate) struct Standing {
    /// The account.
    pub(crate) account: AccountName,
    /// Which shape it has.
    pub(crate) shape: usize,
    /// What is compiled for this account alone: trust, boundary, then the role's own policies.
    pub(crate) slots: Box<[OnceLock<Compiled>]>,
}

impl Standing {
    pub(crate) fn new(account: AccountName, shape: usize, policies: usize) -> Self {
        Self { account, shape, slots: std::iter::repeat_with(OnceLock::new).take(policies + 2).collect() }
    }
}
