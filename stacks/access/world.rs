//! Everything that decides who may do what.

use std::collections::{BTreeMap, HashMap};

use landfall_model::{AccountId, AccountName, AccountSet, Foundation, OrganizationId, Partition, Region, UnitPath};
use landfall_policies::{Compiled, Document, Statement};

use super::configured::Source;
use super::deployed::deployed;
use super::guard::Guard;
use super::standing::{RoleId, Shape, Standing};
use crate::estate::{Estate, OWN, STAND_IN_ORGANIZATION, ids, stand_in_organization};
use crate::{GuardrailPolicy, Identities, Stack};

/// The organization around the roles.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The organization's id, if it is known.
    pub organization: Option<OrganizationId>,
    /// The partition.
    pub partition: Partition,
    /// The home Region.
    pub home: Region,
    /// The management account.
    pub management: AccountName,
    /// Every account.
    pub accounts: BTreeMap<AccountName, Member>,
}

/// An account.
#[derive(Debug, Clone)]
pub struct Member {
    /// Its id, or one that stands in for it.
    pub id: AccountId,
    /// Whether the id is the account's own: one that is still to be made has none.
    pub known: bool,
    /// Its unit; `None` is the root.
    pub unit: Option<UnitPath>,
}

/// Everything that decides who may do what.
#[derive(Debug)]
pub struct World {
    pub(crate) partition: Partition,
    pub(crate) home: Region,
    pub(crate) organization: Option<OrganizationId>,
    pub(crate) management: AccountName,
    pub(crate) accounts: BTreeMap<AccountName, Member>,
    names: HashMap<AccountId, AccountName>,
    pub(crate) shapes: Vec<Shape>,
    pub(crate) roles: Vec<Standing>,
    /// By account, then by name in lower case, as IAM compares.
    pub(crate) by_account: BTreeMap<AccountName, BTreeMap<String, RoleId>>,
    pub(crate) guards: Vec<Guard>,
    /// What AWS attaches to the root, every unit and every account.
    pub(crate) full_access: Compiled,
}

impl World {
    /// An organization without roles.
    pub fn new(frame: Frame) -> Self {
        let everything = Document::new([Statement::allow("Everything", ["*"]).on_all()]);
        let full_access = Compiled::plain("FullAWSAccess", &everything);
        let names = frame.accounts.iter().map(|(name, member)| (member.id.clone(), name.clone()));
        Self {
            partition: frame.partition,
            home: frame.home,
            organization: frame.organization,
            management: frame.management,
            names: names.collect(),
            accounts: frame.accounts,
            shapes: Vec::new(),
            roles: Vec::new(),
            by_account: BTreeMap::new(),
            guards: Vec::new(),
            full_access,
        }
    }

    /// What a configuration comes to: its stacks, each template read once, and its guardrails.
    pub fn configured<'s>(
        foundation: &Foundation,
        stacks: impl IntoIterator<Item = &'s Stack>,
        guardrails: impl IntoIterator<Item = &'s GuardrailPolicy>,
    ) -> Self {
        let ids = ids(foundation);
        let accounts = foundation.accounts.iter().filter_map(|(name, account)| {
            let member = Member { id: ids.get(name)?.clone(), known: account.id.is_some(), unit: account.unit.clone() };
            Some((name.clone(), member))
        });
        let organization = &foundation.organization;
        let mut world = Self::new(Frame {
            organization: None,
            partition: organization.partition(),
            home: organization.home_region.clone(),
            management: organization.management_account.clone(),
            accounts: accounts.collect(),
        });
        let source = Source::of(foundation);
        let estate = Estate::of(foundation, stacks);
        for shape in &estate.roles {
            let accounts = shape.accounts.clone();
            world.add(source.shape(&estate, shape), accounts);
        }
        for one in guardrails {
            let text = stand_in_organization().map(|organization| one.text.of(&organization));
            let json = text.and_then(|text| serde_json::from_str(&text).ok());
            let document = json.and_then(|json| Document::parse(&json).ok());
            let place = Some(one.place);
            world.guards.extend(
                document.map(|document| {
                    Guard::new(one.key.name.as_str(), one.key.kind, document, one.attach.clone(), place)
                }),
            );
        }
        world
    }

    /// The same organization, in which other roles stand: those that were read in its accounts. What the configuration
    /// says of a role (its kind, its places) is kept where the role has the same name.
    pub fn stand(&mut self, configured: &World, account: &AccountName, live: &Identities) {
        for role in live.roles.values() {
            let wanted = configured.role_in(account, role.name.as_str()).map(|id| configured.shape(id));
            let shape = deployed(role, live, wanted);
            self.add(shape, std::iter::once(account.clone()).collect());
        }
    }

    /// Adds a guardrail.
    pub fn guard(&mut self, guard: Guard) {
        self.guards.push(guard);
    }

    fn add(&mut self, shape: Shape, accounts: AccountSet) {
        let at = self.shapes.len();
        for account in accounts {
            let id = RoleId(self.roles.len());
            self.roles.push(Standing::new(account.clone(), at, shape.policies.len()));
            self.by_account.entry(account).or_default().insert(shape.name.as_str().to_ascii_lowercase(), id);
        }
        self.shapes.push(shape);
    }

    /// Every role, account by account.
    pub fn roles(&self) -> impl Iterator<Item = RoleId> {
        self.by_account.values().flat_map(BTreeMap::values).copied()
    }

    /// A role of an account by its name in IAM.
    pub fn role_in(&self, account: &AccountName, name: &str) -> Option<RoleId> {
        self.by_account.get(account)?.get(&name.to_ascii_lowercase()).copied()
    }

    /// The account of a role.
    pub fn account(&self, role: RoleId) -> &AccountName {
        self.roles.get(role.0).map_or(&self.management, |standing| &standing.account)
    }

    /// What a role is, in whichever account. A number of another world is the first role here.
    pub fn shape(&self, role: RoleId) -> &Shape {
        let at = self.roles.get(role.0).map_or(0, |standing| standing.shape);
        &self.shapes[at]
    }

    /// The account that has an id.
    pub(crate) fn account_named(&self, id: &str) -> Option<&AccountName> {
        self.names.get(&AccountId::new(id).ok()?)
    }

    /// The id of an account, or what stands in for it.
    pub(crate) fn id(&self, account: &AccountName) -> &str {
        self.accounts.get(account).map_or(OWN, |member| member.id.as_str())
    }

    /// A role's ARN, with an id that stands in where the account has none yet.
    pub fn arn(&self, role: RoleId) -> String {
        let shape = self.shape(role);
        let resource = ["role", &shape.path, shape.name.as_str()].concat();
        ["arn", self.partition.as_str(), "iam", "", self.id(self.account(role)), &resource].join(":")
    }

    /// A text in which ids that only stand in are told by what they stand for.
    pub fn shown(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
            let (before, from) = rest.split_at(start);
            let (number, tail) = from.split_at(from.find(|c: char| !c.is_ascii_digit()).unwrap_or(from.len()));
            out.push_str(before);
            match self.account_named(number).filter(|name| self.accounts.get(*name).is_some_and(|one| !one.known)) {
                Some(name) => out.extend(["<", name.as_str(), ">"]),
                None => out.push_str(number),
            }
            rest = tail;
        }
        out.push_str(rest);
        match self.organization {
            Some(_) => out,
            None => out.replace(STAND_IN_ORGANIZATION, "<organization>"),
        }
    }

    /// The organization's id, or what stands in for it.
    pub(crate) fn organization_id(&self) -> &str {
        self.organization.as_ref().map_or(STAND_IN_ORGANIZATION, OrganizationId::as_str)
    }

    /// The trust of a role, ready to be asked.
    pub(crate) fn trust(&self, role: RoleId) -> Option<&Compiled> {
        let standing = self.roles.get(role.0)?;
        Some(self.shape(role).trust.compiled(standing.slots.first()?, self.id(&standing.account)))
    }

    /// The boundary of a role, ready to be asked.
    pub(crate) fn boundary(&self, role: RoleId) -> Option<&Compiled> {
        let standing = self.roles.get(role.0)?;
        Some(self.shape(role).boundary.as_ref()?.compiled(standing.slots.get(1)?, self.id(&standing.account)))
    }

    /// The own policies of a role, ready to be asked.
    pub(crate) fn identity(&self, role: RoleId) -> Vec<&Compiled> {
        let Some(standing) = self.roles.get(role.0) else { return Vec::new() };
        let policies = self.shape(role).policies.iter().zip(standing.slots.iter().skip(2));
        policies.map(|(policy, slot)| policy.compiled(slot, self.id(&standing.account))).collect()
    }
}
