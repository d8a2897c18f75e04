//! Which account of the organization is which account of the configuration.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use indexmap::IndexMap;
use landfall_model::{AccountId, AccountName, UnitPath};

use crate::{
    AccountStatus, Action, Cause, Desired, DesiredAccount, Mode, Observed, ObservedAccount, PendingAccount, PlanError,
    Reach,
};

/// How an account of the configuration is there.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Presence<'a> {
    /// In use.
    Here(&'a ObservedAccount),
    /// The management account of an organization that is yet to be made.
    Alone,
    /// Being made.
    UnderWay(&'a PendingAccount),
    /// Closed, suspended or being closed.
    Suspended(&'a ObservedAccount),
    /// Not there.
    Absent,
}

/// Every account of the configuration with its presence.
pub(crate) struct Presences<'a> {
    by_name: IndexMap<&'a AccountName, Presence<'a>>,
    observed: &'a Observed,
}

impl<'a> Presences<'a> {
    /// Matches by configured id first, then by address without regard to case.
    pub(crate) fn of(
        desired: &'a Desired,
        observed: &'a Observed,
        management: &AccountId,
        mode: Mode,
    ) -> Result<Self, PlanError> {
        let mut by_email: HashMap<String, &ObservedAccount> = HashMap::with_capacity(observed.accounts.len());
        for account in observed.accounts.values() {
            let known = by_email.entry(account.email.key()).or_insert(account);
            // AWS keeps addresses unique; where an emulator does not, an account in use wins over a closed one.
            if known.status != AccountStatus::Active && account.status == AccountStatus::Active {
                *known = account;
            }
        }
        let mut pending: HashMap<&str, &PendingAccount> = HashMap::with_capacity(observed.pending.len());
        for creation in &observed.pending {
            let known = pending.entry(creation.name.as_str()).or_insert(creation);
            if creation.request < known.request {
                *known = creation;
            }
        }
        let mut by_name = IndexMap::with_capacity(desired.accounts.len());
        let mut taken: HashMap<&AccountId, &AccountName> = HashMap::new();
        for (name, account) in &desired.accounts {
            let found = if *name == desired.management {
                observed.accounts.get(management)
            } else {
                match &account.id {
                    Some(id) => match observed.accounts.get(id) {
                        None if mode != Mode::Destroy => {
                            return Err(PlanError::AccountNotInOrganization { name: name.clone(), id: id.clone() });
                        }
                        found => found,
                    },
                    None => by_email.get(&account.email.key()).copied(),
                }
            };
            if let Some(found) = found
                && let Some(first) = taken.insert(&found.id, name)
            {
                return Err(PlanError::SameAccount {
                    first: first.clone(),
                    second: name.clone(),
                    id: found.id.clone(),
                });
            }
            let presence = match (found, pending.get(name.as_str())) {
                (Some(found), _) if found.status == AccountStatus::Active => Presence::Here(found),
                (Some(found), _) => Presence::Suspended(found),
                (None, _) if *name == desired.management => Presence::Alone,
                (None, Some(creation)) => Presence::UnderWay(creation),
                (None, None) => Presence::Absent,
            };
            by_name.insert(name, presence);
        }
        Ok(Self { by_name, observed })
    }

    /// How an account is there.
    pub(crate) fn get(&self, name: &AccountName) -> Presence<'a> {
        self.by_name.get(name).copied().unwrap_or(Presence::Absent)
    }

    /// Every account with its presence, in the order of the configuration.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&'a AccountName, Presence<'a>)> {
        self.by_name.iter().map(|(name, presence)| (*name, *presence))
    }

    /// The ids that are known.
    pub(crate) fn ids(&self, management: (&AccountName, &AccountId)) -> BTreeMap<AccountName, AccountId> {
        let mut ids: BTreeMap<AccountName, AccountId> = self
            .iter()
            .filter_map(|(name, presence)| match presence {
                Presence::Here(found) | Presence::Suspended(found) => Some((name.clone(), found.id.clone())),
                Presence::Alone | Presence::UnderWay(_) | Presence::Absent => None,
            })
            .collect();
        ids.insert(management.0.clone(), management.1.clone());
        ids
    }

    /// Why the inside of an account is not known; `None` when it is, an empty inside among it.
    pub(crate) fn closed(&self, name: &AccountName) -> Option<Reach> {
        match (self.get(name), self.observed.reach.get(name)) {
            (Presence::Absent | Presence::UnderWay(_), _) => None,
            (Presence::Here(_) | Presence::Alone, Some(Reach::Read)) => None,
            (_, Some(refused @ Reach::Refused { .. })) => Some(refused.clone()),
            (Presence::Alone, _) => None,
            (Presence::Here(_) | Presence::Suspended(_), _) => Some(Reach::Absent),
        }
    }
}

/// What brings an account there, if anything must.
pub(crate) fn creation(
    name: &AccountName,
    account: &DesiredAccount,
    presence: Presence<'_>,
) -> Option<(Action, Cause)> {
    match presence {
        Presence::Here(_) | Presence::Alone | Presence::Suspended(_) => None,
        Presence::UnderWay(pending) => {
            let request = pending.request.clone();
            let action = Action::AwaitAccount { name: name.clone(), request, email: account.email.clone() };
            Some((action, Cause::AlreadyUnderWay))
        }
        Presence::Absent => {
            let (email, tags) = (account.email.clone(), account.tags.clone());
            Some((Action::CreateAccount { name: name.clone(), email, tags }, Cause::Missing))
        }
    }
}

/// What brings an account into its unit, if anything must. A new account stands at the root.
pub(crate) fn move_account(account: &DesiredAccount, presence: Presence<'_>) -> Option<(Action, Cause)> {
    let from: Option<UnitPath> = match presence {
        Presence::Here(found) | Presence::Suspended(found) => found.unit.clone(),
        Presence::Alone | Presence::UnderWay(_) | Presence::Absent => None,
    };
    (from != account.unit).then(|| (Action::MoveAccount { from, to: account.unit.clone() }, Cause::Misplaced))
}

/// What sets the tags that differ, if any do. A new account gets its tags as it is made.
pub(crate) fn tag_account(account: &DesiredAccount, presence: Presence<'_>) -> Option<(Action, Cause)> {
    let empty = BTreeMap::new();
    let live = match presence {
        Presence::Here(found) | Presence::Suspended(found) => found.tags.as_ref()?,
        // The request that is under way was another run's: its tags may have been others.
        Presence::Alone | Presence::UnderWay(_) => &empty,
        Presence::Absent => return None,
    };
    let tags: BTreeMap<String, String> = account
        .tags
        .iter()
        .filter(|(key, value)| live.get(*key) != Some(value))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    (!tags.is_empty()).then_some((Action::TagAccount { tags }, Cause::TagsDiffer))
}

/// The ids of all accounts that the configuration knows.
pub(crate) fn known<'a>(presences: &Presences<'a>) -> BTreeSet<&'a AccountId> {
    presences
        .iter()
        .filter_map(|(_, presence)| match presence {
            Presence::Here(found) | Presence::Suspended(found) => Some(&found.id),
            Presence::Alone | Presence::UnderWay(_) | Presence::Absent => None,
        })
        .collect()
}
