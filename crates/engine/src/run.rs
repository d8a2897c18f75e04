//! What all steps of a run share.

use std::collections::{BTreeMap, HashMap};
use std::future::Future;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use landfall_model::{AccountId, AccountName, OrganizationId, Region};
use landfall_plan::{GuardrailTarget, Plan, Step, StepId};
use landfall_stacks::{GuardrailKey, ParameterSource};
use tokio::time::Instant;

use crate::call::Calls;
use crate::entry::{Entry, enter};
use crate::failure::{Failure, Progress};
use crate::limit::Endpoint;
use crate::pace::Pace;
use crate::port::{Access, Answer, Caller, Cloud, Session};
use crate::reading::{Listing, Reading};
use crate::retry::Phase;
use crate::schedule::Position;
use crate::{Event, Fault, Stamped};

/// Takes events.
pub type Sink = Arc<dyn Fn(Stamped) + Send + Sync>;

/// What becomes known while the run goes on.
#[derive(Debug, Default)]
struct Known {
    accounts: BTreeMap<AccountName, AccountId>,
    units: BTreeMap<String, String>,
    organization: Option<OrganizationId>,
    guardrails: BTreeMap<GuardrailKey, String>,
}

/// A value for each key, made when first asked for.
#[derive(Debug)]
pub(crate) struct Keyed<K, T>(Mutex<HashMap<K, Arc<T>>>);

impl<K, T> Default for Keyed<K, T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash, T: Default> Keyed<K, T> {
    /// The value of a key.
    pub(crate) fn of(&self, key: K) -> Arc<T> {
        Arc::clone(self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default())
    }
}

/// A run.
pub(crate) struct Run {
    pub(crate) plan: Arc<Plan>,
    pub(crate) cloud: Arc<dyn Cloud>,
    pub(crate) calls: Calls,
    pub(crate) pace: Pace,
    pub(crate) patience: Duration,
    /// By which roles accounts are entered.
    pub(crate) entry: Entry,
    pub(crate) listings: Keyed<(AccountName, Region), Listing>,
    pub(crate) readings: Keyed<AccountName, Reading>,
    doors: Keyed<AccountName, tokio::sync::Mutex<()>>,
    known: Mutex<Known>,
    began: Instant,
    sink: Sink,
}

impl Run {
    /// The beginning of a run.
    pub(crate) fn new(plan: Arc<Plan>, cloud: Arc<dyn Cloud>, seed: u64, patience: Duration, sink: Sink) -> Self {
        // Until the caller is known it is anybody.
        let anybody = Caller { account: plan.management_id.clone(), arn: String::new() };
        let entry = Entry::of(&anybody, &plan.organization, &plan.access_role);
        let known = Known {
            accounts: plan.account_ids.clone(),
            units: plan.unit_ids.clone(),
            organization: plan.organization_id.clone(),
            guardrails: BTreeMap::new(),
        };
        Self {
            plan,
            cloud,
            calls: Calls::new(seed),
            pace: Pace::default(),
            patience,
            entry,
            listings: Keyed::default(),
            readings: Keyed::default(),
            doors: Keyed::default(),
            known: Mutex::new(known),
            began: Instant::now(),
            sink,
        }
    }

    /// Tells the world.
    pub(crate) fn emit(&self, event: Event) {
        (self.sink)(Stamped { elapsed: self.began.elapsed(), event });
    }

    /// Since the run began.
    pub(crate) fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps the id of an account and tells the world.
    pub(crate) fn learn_account(&self, account: &AccountName, id: AccountId) {
        if self.known().accounts.insert(account.clone(), id.clone()).as_ref() != Some(&id) {
            self.emit(Event::AccountKnown { account: account.clone(), id });
        }
    }

    /// Keeps the organization's id and the root's.
    pub(crate) fn learn_organization(&self, id: OrganizationId, root: String) {
        let mut known = self.known();
        known.organization = Some(id);
        known.units.insert(String::new(), root);
    }

    /// Keeps the id of a unit.
    pub(crate) fn learn_unit(&self, path: &str, id: String) {
        self.known().units.insert(path.to_owned(), id);
    }

    /// The id of a unit, or of the root for the empty path.
    pub(crate) fn unit(&self, path: &str) -> Progress<String> {
        self.known().units.get(path).cloned().ok_or_else(|| {
            let what = if path.is_empty() { "the root".to_owned() } else { format!("unit {path}") };
            Failure::new(format!("the id of {what} is not known")).hint("make a new plan")
        })
    }

    /// The id of an account.
    pub(crate) fn account(&self, account: &AccountName) -> Progress<AccountId> {
        if *account == self.plan.management {
            return Ok(self.plan.management_id.clone());
        }
        self.known().accounts.get(account).cloned().ok_or_else(|| {
            Failure::new(format!("the id of account {account} is not known"))
                .hint("make a new plan, so that the account is found or made first")
        })
    }

    /// Keeps the id of a guardrail that was made.
    pub(crate) fn learn_guardrail(&self, key: &GuardrailKey, id: String) {
        self.known().guardrails.insert(key.clone(), id);
    }

    /// The id of a guardrail that was made in this run.
    pub(crate) fn guardrail(&self, key: &GuardrailKey) -> Progress<String> {
        self.known().guardrails.get(key).cloned().ok_or_else(|| {
            Failure::new(format!("the id of guardrail {} is not known", key.name)).hint("make a new plan")
        })
    }

    /// The id of what a guardrail is attached to.
    pub(crate) fn guarded(&self, target: &GuardrailTarget) -> Progress<String> {
        match target {
            GuardrailTarget::Root => self.unit(""),
            GuardrailTarget::Unit(path) => self.unit(path.as_str()),
            GuardrailTarget::Account(name) => self.account(name).map(String::from),
            GuardrailTarget::Unknown(id) => Ok(id.clone()),
        }
    }

    /// The organization's id.
    pub(crate) fn organization(&self) -> Progress<OrganizationId> {
        let known = self.known().organization.clone();
        known.ok_or_else(|| Failure::new("the organization's id is not known").hint("make a new plan"))
    }

    /// The value of a template parameter.
    pub(crate) fn parameter(&self, source: &ParameterSource) -> Progress<String> {
        match source {
            ParameterSource::Account(account) => self.account(account).map(String::from),
            ParameterSource::Organization => self.organization().map(String::from),
        }
    }
}

/// One step at work.
pub(crate) struct Work {
    pub(crate) run: Arc<Run>,
    pub(crate) id: StepId,
    pub(crate) position: Position,
}

impl Work {
    /// A step of the plan by its position.
    pub(crate) fn new(run: Arc<Run>, position: Position) -> Option<Self> {
        let (id, _) = run.plan.steps.get_index(position)?;
        let id = id.clone();
        Some(Self { run, id, position })
    }

    /// The step.
    pub(crate) fn step(&self) -> Progress<&Step> {
        let step = self.run.plan.steps.get_index(self.position).map(|(_, step)| step);
        step.ok_or_else(|| Failure::new("the plan has no such step"))
    }

    /// Tells of a try that failed.
    pub(crate) fn retrying(&self, fault: &Fault, attempt: u32, wait: Duration) {
        self.run.emit(Event::Retrying { step: self.id.clone(), fault: fault.clone(), attempt, wait });
    }

    /// Makes a call with the tries that the table allows.
    pub(crate) async fn call<T, F, Fut>(&self, endpoint: &Endpoint, phase: Phase, make: F) -> Answer<T>
    where
        F: Fn() -> Fut + Send + Sync,
        Fut: Future<Output = Answer<T>> + Send,
        T: Send,
    {
        self.run.calls.call(endpoint, phase, &|fault, attempt, wait| self.retrying(fault, attempt, wait), make).await
    }

    /// Enters an account, one step at a time, so that its role is assumed once.
    pub(crate) async fn enter(&self, account: &AccountName, phase: Phase) -> Progress<Arc<dyn Session>> {
        let id = self.run.account(account)?;
        let ways = if *account == self.run.plan.management { vec![Access::Own] } else { self.run.entry.ways(&id) };
        let door = self.run.doors.of(account.clone());
        let _turn = door.lock().await;
        self.call(&Endpoint::Sts, phase, || enter(&*self.run.cloud, &ways))
            .await
            .map_err(|fault| Failure::call(&format!("account {account} could not be entered"), fault))
    }
}
