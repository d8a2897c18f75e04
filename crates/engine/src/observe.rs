//! Reads what is really there, before planning.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream;
use landfall_model::{AccountId, AccountName, Region, UnitPath};
use landfall_plan::{
    AccountStatus, Gap, Observed, ObservedAccount, ObservedOrganization, ObservedStack, ObservedUnit, PendingAccount,
    Reach, Survey, TAG_SEAL,
};
use landfall_stacks::Identities;

use crate::call::Calls;
use crate::entry::{Entry, enter};
use crate::limit::Endpoint;
use crate::port::{Access, Answer, Caller, Cloud, Session};
use crate::retry::Phase;
use crate::wanted::{Look, ObserveRequest, ReadTags};
use crate::{Fault, FaultKind};

/// The first and the last wait for an account that refuses: some fifteen seconds in all.
const FIRST_DOUBT: Duration = Duration::from_millis(500);
const LAST_DOUBT: Duration = Duration::from_secs(8);

/// How far the observation is.
#[derive(Debug, Clone, PartialEq)]
pub enum ObserveEvent {
    /// The organization is known; so many accounts will be read.
    Organization {
        /// How many.
        accounts: usize,
    },
    /// An account was read, or could not be.
    Account {
        /// Which.
        account: AccountName,
        /// How many were read by now.
        read: usize,
        /// Of how many.
        of: usize,
    },
    /// A call failed and is tried again.
    Retrying {
        /// Why.
        fault: Fault,
        /// How many tries there were.
        attempt: u32,
        /// When the next one comes.
        wait: Duration,
    },
}

/// Takes the events of an observation.
pub type ObserveSink = Arc<dyn Fn(ObserveEvent) + Send + Sync>;

/// How hard to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ObserveOptions {
    /// Accounts in flight.
    pub parallel: usize,
    /// The seed of all jitter.
    pub seed: u64,
}

impl Default for ObserveOptions {
    fn default() -> Self {
        Self { parallel: 128, seed: 0 }
    }
}

/// Why the organization could not be observed. What fails in one account does not fail the rest.
#[derive(Debug, thiserror::Error)]
pub enum ObserveError {
    /// Nobody knows whose credentials these are.
    #[error("the caller's account could not be read")]
    Caller(#[source] Fault),
    /// AWS Organizations does not answer.
    #[error("{what} could not be read")]
    Organization {
        /// What was read.
        what: &'static str,
        /// AWS's words.
        #[source]
        source: Fault,
    },
}

impl ObserveError {
    /// What AWS, or the way to it, said.
    pub fn fault(&self) -> &Fault {
        match self {
            Self::Caller(fault) | Self::Organization { source: fault, .. } => fault,
        }
    }
}

pub(crate) struct Observer<'a> {
    pub(crate) cloud: &'a dyn Cloud,
    pub(crate) request: &'a ObserveRequest,
    pub(crate) options: ObserveOptions,
    calls: Calls,
    sink: ObserveSink,
    entry: OnceLock<Entry>,
}

/// What was read in one account.
struct Inside {
    reach: Reach,
    stacks: Vec<ObservedStack>,
    identities: Option<Identities>,
    survey: Option<Survey>,
}

/// Reads the organization and every configured account in it.
///
/// # Errors
/// The caller or the organization cannot be read. An account that cannot be entered is told in [`Observed::reach`].
pub async fn observe(
    cloud: &dyn Cloud,
    request: &ObserveRequest,
    options: ObserveOptions,
    sink: ObserveSink,
) -> Result<Observed, ObserveError> {
    let observer = Observer { cloud, request, options, calls: Calls::new(options.seed), sink, entry: OnceLock::new() };
    observer.all().await
}

impl Observer<'_> {
    pub(crate) async fn call<T, F, Fut>(&self, endpoint: &Endpoint, make: F) -> Answer<T>
    where
        F: Fn() -> Fut + Send + Sync,
        Fut: Future<Output = Answer<T>> + Send,
        T: Send,
    {
        let on_retry = |fault: &Fault, attempt: u32, wait: Duration| {
            (self.sink)(ObserveEvent::Retrying { fault: fault.clone(), attempt, wait });
        };
        self.calls.call(endpoint, Phase::Read, &on_retry, make).await
    }

    pub(crate) async fn organizations<T, F, Fut>(&self, what: &'static str, make: F) -> Result<T, ObserveError>
    where
        F: Fn() -> Fut + Send + Sync,
        Fut: Future<Output = Answer<T>> + Send,
        T: Send,
    {
        self.call(&Endpoint::Organizations, make).await.map_err(|source| ObserveError::Organization { what, source })
    }

    async fn all(&self) -> Result<Observed, ObserveError> {
        let caller = self.call(&Endpoint::Sts, || self.cloud.caller()).await.map_err(ObserveError::Caller)?;
        let entry = Entry::of(&caller, &self.request.organization, &self.request.access_role);
        self.entry.get_or_init(|| entry);
        let port = self.cloud.organizations();
        let organization = self.organizations("the organization", || port.describe()).await?;
        let mut observed = Observed::nothing(caller.account.clone());
        if let Some(organization) = organization {
            (observed.units, observed.accounts) = self.tree(&organization).await?;
            observed.pending = self.pending().await?;
            observed.guardrails = self.guardrails(&organization).await?;
            observed.organization = Some(organization);
        }
        let found = self.found(&caller, &observed);
        self.tags(&found, &mut observed.accounts).await?;
        self.accounts(found, &mut observed).await;
        Ok(observed)
    }

    async fn pending(&self) -> Result<Vec<PendingAccount>, ObserveError> {
        let port = self.cloud.organizations();
        self.organizations("the account creations under way", || port.pending()).await
    }

    /// Units, and accounts with the units that they stand in. Level by level, all parents of a level at once.
    async fn tree(
        &self,
        organization: &ObservedOrganization,
    ) -> Result<(BTreeMap<UnitPath, ObservedUnit>, BTreeMap<AccountId, ObservedAccount>), ObserveError> {
        let port = self.cloud.organizations();
        let records = self.organizations("the accounts", || port.accounts()).await?;
        let mut units = BTreeMap::new();
        let mut places: BTreeMap<AccountId, Option<UnitPath>> = BTreeMap::new();
        let mut level: Vec<(Option<UnitPath>, String)> = vec![(None, organization.root.clone())];
        while !level.is_empty() {
            let parents = level.into_iter().map(|(path, id)| {
                let port = Arc::clone(&port);
                async move {
                    let children = self.organizations("the units", || port.units(&id)).await?;
                    let accounts = self.organizations("the accounts of a unit", || port.accounts_in(&id)).await?;
                    Ok((path, children, accounts))
                }
            });
            let mut answers = stream::iter(parents).buffer_unordered(self.options.parallel.max(1));
            level = Vec::new();
            while let Some(answer) = answers.next().await {
                let (path, children, accounts) = answer?;
                places.extend(accounts.into_iter().map(|account| (account, path.clone())));
                for (id, name) in children {
                    let child = path.as_ref().map_or_else(|| UnitPath::new(name.as_str()), |path| path.child(&name));
                    // A unit whose name no configuration can have is nobody's parent here.
                    let Ok(child) = child else { continue };
                    units.insert(child.clone(), ObservedUnit { id: id.clone() });
                    level.push((Some(child), id));
                }
            }
        }
        let accounts = records.into_iter().map(|record| {
            let unit = places.remove(&record.id).flatten();
            let account = ObservedAccount {
                id: record.id.clone(),
                name: record.name,
                email: record.email,
                status: record.status,
                unit,
                tags: None,
            };
            (record.id, account)
        });
        Ok((units, accounts.collect()))
    }

    /// The ids of the configured accounts that are there.
    fn found(&self, caller: &Caller, observed: &Observed) -> BTreeMap<AccountName, AccountId> {
        let by_email: BTreeMap<String, &AccountId> =
            observed.accounts.values().map(|account| (account.email.key(), &account.id)).collect();
        let mut found = BTreeMap::new();
        for (name, wanted) in &self.request.accounts {
            let listed = wanted.id.as_ref().filter(|id| observed.accounts.contains_key(*id));
            let id = listed.or_else(|| by_email.get(&wanted.email.key()).copied());
            let id = match (&observed.organization, id) {
                (_, Some(id)) => Some(id.clone()),
                (Some(organization), None) if *name == self.request.management => Some(organization.management.clone()),
                (None, None) if *name == self.request.management => Some(caller.account.clone()),
                (_, None) => None,
            };
            if let Some(id) = id {
                found.insert(name.clone(), id);
            }
        }
        found
    }

    async fn tags(
        &self,
        found: &BTreeMap<AccountName, AccountId>,
        accounts: &mut BTreeMap<AccountId, ObservedAccount>,
    ) -> Result<(), ObserveError> {
        let is_management = |name: &AccountName| *name == self.request.management;
        let wanted = found.iter().filter(|(name, id)| {
            let tagged = self.request.accounts.get(*name).is_some_and(|wanted| wanted.tags == ReadTags::Yes);
            // Whoever looks for drift wants to know what was last applied, which is noted there too.
            let asked = self.request.seal.is_some() || self.request.look == Look::Behind;
            (tagged || (asked && is_management(name)))
                && accounts.get(*id).is_some_and(|account| account.status == AccountStatus::Active)
        });
        let (management, others): (Vec<_>, Vec<_>) = wanted.partition(|(name, _)| is_management(name));
        let ids = |list: Vec<(&AccountName, &AccountId)>| -> Vec<AccountId> {
            list.into_iter().map(|(_, id)| id.clone()).collect()
        };
        let (management, others) = (ids(management), ids(others));
        self.tags_of(&management, accounts).await?;
        let seal = management.first().and_then(|id| accounts.get(id)?.tags.as_ref()?.get(TAG_SEAL));
        if seal.is_some() && seal == self.request.seal.as_ref() {
            return Ok(());
        }
        self.tags_of(&others, accounts).await
    }

    async fn tags_of(
        &self,
        wanted: &[AccountId],
        accounts: &mut BTreeMap<AccountId, ObservedAccount>,
    ) -> Result<(), ObserveError> {
        let port = self.cloud.organizations();
        let reads = wanted.iter().cloned().map(|id| {
            let port = Arc::clone(&port);
            async move {
                let tags = self.organizations("the tags of an account", || port.tags(id.as_str())).await?;
                Ok((id, tags))
            }
        });
        let mut answers = stream::iter(reads).buffer_unordered(self.options.parallel.max(1));
        while let Some(answer) = answers.next().await {
            let (id, tags) = answer?;
            if let Some(account) = accounts.get_mut(&id) {
                account.tags = Some(tags);
            }
        }
        Ok(())
    }

    async fn accounts(&self, found: BTreeMap<AccountName, AccountId>, observed: &mut Observed) {
        for name in self.request.accounts.keys().filter(|name| !found.contains_key(*name)) {
            observed.reach.insert(name.clone(), Reach::Absent);
        }
        let mut inside = Vec::new();
        for (name, id) in found {
            match observed.accounts.get(&id).map(|account| account.status) {
                Some(AccountStatus::Suspended) => {
                    observed.reach.insert(name, Reach::Refused { reason: "the account is suspended".to_owned() });
                }
                Some(AccountStatus::PendingClosure) => {
                    observed.reach.insert(name, Reach::Refused { reason: "the account is being closed".to_owned() });
                }
                Some(AccountStatus::Active) | None => inside.push((name, id)),
            }
        }
        let of = inside.len();
        (self.sink)(ObserveEvent::Organization { accounts: of });
        let count = AtomicUsize::new(0);
        let count = &count;
        let reads = inside.into_iter().map(|(name, id)| async move {
            let inside = self.inside(&name, &id).await;
            let read = count.fetch_add(1, Ordering::Relaxed) + 1;
            (self.sink)(ObserveEvent::Account { account: name.clone(), read, of });
            (name, inside)
        });
        let mut answers = stream::iter(reads).buffer_unordered(self.options.parallel.max(1));
        while let Some((name, inside)) = answers.next().await {
            observed.reach.insert(name.clone(), inside.reach);
            observed.stacks.insert(name.clone(), inside.stacks);
            if let Some(survey) = inside.survey {
                observed.surveys.insert(name.clone(), survey);
            }
            if let Some(identities) = inside.identities {
                observed.identities.insert(name, identities);
            }
        }
    }

    async fn inside(&self, name: &AccountName, id: &AccountId) -> Inside {
        match self.read(name, id).await {
            Ok(inside) => inside,
            Err(fault) => {
                let reach = Reach::Refused { reason: fault.to_string() };
                Inside { reach, stacks: Vec::new(), identities: None, survey: None }
            }
        }
    }

    /// A member account that was made a moment ago, by a run that was killed since, may not let anybody in yet, and
    /// AWS's refusal is the same as for good. So a refusal is believed after some seconds.
    async fn enter(&self, ways: &[Access]) -> Answer<Arc<dyn Session>> {
        let mut wait = FIRST_DOUBT;
        loop {
            match self.call(&Endpoint::Sts, || enter(self.cloud, ways)).await {
                Err(fault) if fault.kind == FaultKind::AccessDenied && ways != [Access::Own] && wait <= LAST_DOUBT => {
                    tokio::time::sleep(wait).await;
                    wait *= 2;
                }
                answer => return answer,
            }
        }
    }

    async fn read(&self, name: &AccountName, id: &AccountId) -> Answer<Inside> {
        let ways = if *name == self.request.management {
            vec![Access::Own]
        } else {
            self.entry.get().map(|entry| entry.ways(id)).unwrap_or_default()
        };
        let session = self.enter(&ways).await?;
        let wanted = self.request.accounts.get(name);
        let home = std::iter::once(&self.request.home);
        let regions: BTreeSet<&Region> = home.chain(wanted.into_iter().flat_map(|wanted| &wanted.regions)).collect();
        let mut prefix = self.request.organization.to_string();
        prefix.push('-');
        let mut stacks = Vec::new();
        for region in regions {
            let port = session.stacks(region);
            let endpoint = Endpoint::CloudFormation(id.clone(), region.clone());
            let mut listed = self.call(&endpoint, || port.list()).await?;
            listed.retain(|stack| stack.name.as_str().starts_with(&prefix));
            stacks.append(&mut listed);
        }
        stacks.sort_by(|a, b| (&a.region, &a.name, &a.id).cmp(&(&b.region, &b.name, &b.id)));
        let Some(wanted) =
            wanted.filter(|wanted| self.request.look.needed(&stacks, wanted, &self.request.organization))
        else {
            return Ok(Inside { reach: Reach::Read, stacks, identities: None, survey: None });
        };
        let mut survey = (self.request.look == Look::Behind).then(Survey::default);
        let port = session.identities();
        let identities = match self.identities(id, &wanted.identities, port.as_ref(), survey.as_mut()).await {
            Ok(identities) => Some(identities),
            Err(fault) => {
                if let Some(survey) = &mut survey {
                    survey.gaps.push(Gap { what: "IAM".to_owned(), reason: fault.to_string() });
                }
                None
            }
        };
        if let Some(survey) = &mut survey {
            self.behind(id, &wanted.stacks, &stacks, session.as_ref(), survey).await;
        }
        Ok(Inside { reach: Reach::Read, stacks, identities, survey })
    }
}
