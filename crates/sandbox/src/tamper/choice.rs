//! What stands, and which of it is picked.

use landfall_model::{AccountId, Kind};
use landfall_plan::StackStatus;
use landfall_stacks::{Role, TAG_KIND, TAG_ORGANIZATION};

use super::{TamperError, Tampered, Wish};
use crate::Refusal;
use crate::hand::{Hand, HandError};
use crate::iam::Place;
use crate::rows::{StackRow, prefix};
use crate::world::World;

/// What was done, or why it could not be.
pub(super) type Done = Result<Tampered, TamperError>;

/// The sandbox, with what is wished.
pub(super) struct Scene<'a> {
    hand: &'a Hand,
    pub(super) wish: &'a Wish,
    /// The accounts by name, the wished one alone if there is a wish.
    accounts: Vec<(String, AccountId)>,
}

/// A role of Landfall's.
pub(super) struct Found {
    pub(super) account: AccountId,
    pub(super) account_name: String,
    pub(super) role: Role,
    pub(super) kind: Option<Kind>,
}

/// A stack of Landfall's.
pub(super) struct FoundStack {
    pub(super) account: AccountId,
    pub(super) account_name: String,
    pub(super) stack: StackRow,
    pub(super) kind: Option<Kind>,
}

impl<'a> Scene<'a> {
    pub(super) fn new(hand: &'a Hand, wish: &'a Wish) -> Result<Self, TamperError> {
        let mut accounts: Vec<(String, AccountId)> = hand.act(|world, _| {
            Ok(world.accounts.iter().map(|(_, row)| (row.name.clone(), row.id.clone())).collect::<Vec<_>>())
        })?;
        accounts.sort();
        if let Some(name) = &wish.account {
            let known = accounts.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ");
            accounts.retain(|(account, _)| account == name);
            if accounts.is_empty() {
                return Err(TamperError::NoAccount { name: name.clone(), known });
            }
        }
        Ok(Self { hand, wish, accounts })
    }

    /// Looks at the world.
    pub(super) fn read<T>(&self, read: impl FnOnce(&World) -> T) -> Result<T, TamperError> {
        Ok(self.hand.act(|world, _| Ok(read(world)))?)
    }

    /// Does something in an account, and says what.
    pub(super) fn act(
        &self,
        account: (&AccountId, &str),
        what: impl std::fmt::Display,
        act: impl FnOnce(&mut World, Place<'_>) -> Result<(), Refusal>,
    ) -> Result<Tampered, TamperError> {
        self.hand.act(|world, now| act(world, Place { account: account.0, stack: None, now }))?;
        Ok(Tampered { what: format!("account {}: {what}", account.1), account: Some(account.0.clone()) })
    }

    /// Does something to the organization, and says what.
    pub(super) fn act_on_all(
        &self,
        what: String,
        act: impl FnOnce(&mut World) -> Result<(), Refusal>,
    ) -> Result<Tampered, TamperError> {
        self.hand.act(|world, _| act(world))?;
        Ok(Tampered { what, account: None })
    }

    /// Does something by an existing hand, and says what.
    pub(super) fn by_hand(
        &self,
        found: &Found,
        what: impl std::fmt::Display,
        act: impl FnOnce(&Hand) -> Result<(), HandError>,
    ) -> Result<Tampered, TamperError> {
        act(self.hand)?;
        let what = format!("account {}: role {}: {what}", found.account_name, found.role.name);
        Ok(Tampered { what, account: Some(found.account.clone()) })
    }

    pub(super) fn accounts(&self) -> impl Iterator<Item = (&AccountId, &str)> {
        self.accounts.iter().map(|(name, id)| (id, name.as_str()))
    }

    /// Landfall's stacks that stand, in the order in which they are picked.
    pub(super) fn stacks(&self) -> Result<Vec<FoundStack>, TamperError> {
        self.read(|world| {
            let mut all: Vec<FoundStack> = Vec::new();
            for (account, account_name) in self.accounts() {
                let here = prefix(account);
                for (_, stack) in world.stacks.under(&here) {
                    let tags = &stack.definition.tags;
                    if stack.status != StackStatus::DeleteComplete && tags.contains_key(TAG_ORGANIZATION) {
                        let kind = tags.get(TAG_KIND).and_then(|kind| Kind::parse(kind));
                        let (account, account_name) = (account.clone(), account_name.to_owned());
                        all.push(FoundStack { account, account_name, stack: stack.clone(), kind });
                    }
                }
            }
            all.sort_by(|a, b| {
                (rank(a.kind), &a.account_name, &a.stack.name).cmp(&(rank(b.kind), &b.account_name, &b.stack.name))
            });
            all
        })
    }

    /// The first of Landfall's roles that fits, or the wished one if it does.
    pub(super) fn role(&self, wanted: &'static str, fits: impl Fn(&Found) -> bool) -> Result<Found, TamperError> {
        let stacks = self.stacks()?;
        let found = self.read(|world| {
            for one in &stacks {
                for made in one.stack.resources.values().filter(|made| made.type_name == "AWS::IAM::Role") {
                    let key = crate::rows::key(&one.account, &made.physical);
                    let Some(row) = world.roles.get(&key) else { continue };
                    if self.wish.role.as_ref().is_some_and(|wish| *wish != row.name) {
                        continue;
                    }
                    let found = Found {
                        account: one.account.clone(),
                        account_name: one.account_name.clone(),
                        role: row.port(),
                        kind: one.kind,
                    };
                    if fits(&found) {
                        return Some(found);
                    }
                }
            }
            None
        })?;
        found.ok_or_else(|| match &self.wish.role {
            Some(name) => TamperError::NoRole { name: name.clone() },
            None => TamperError::Nothing { wanted },
        })
    }
}

/// Workloads first; what everything hangs on last.
fn rank(kind: Option<Kind>) -> usize {
    match kind {
        Some(Kind::Service) => 0,
        Some(Kind::BatchTeam) => 1,
        Some(Kind::Metaflow) => 2,
        Some(Kind::CrossAccount) => 3,
        Some(Kind::Federation) => 4,
        Some(Kind::CiDeployer) => 5,
        Some(Kind::Alarm) => 6,
        Some(Kind::IdentityProvider) => 7,
        Some(Kind::Boundary | Kind::SharedPolicy) => 8,
        Some(Kind::Automation) => 9,
        Some(Kind::BreakGlass) => 10,
        None => 11,
    }
}
