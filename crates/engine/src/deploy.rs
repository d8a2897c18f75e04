//! One stack brought to where it shall be: the transitions of [`crate::transition`], carried out.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use landfall_model::{AccountId, AccountName};
use landfall_plan::{Difference, ObservedStack, Repaired, StackSpec, StackStatus};
use landfall_stacks::{Digest, Protection, StackKey, TAG_ORGANIZATION};
use tokio::time::Instant;

use crate::expected::Expected;
use crate::failure::{Failure, Progress, not_ready};
use crate::limit::Endpoint;
use crate::port::{StackRequest, Stacks};
use crate::readback::{Account, Compared};
use crate::retry::{Phase, READINESS};
use crate::run::Work;
use crate::transition::{Last, Next, Seen, Tries, Want, Why, next};
use crate::watch::Spot;
use crate::{Event, Fault, FaultKind, Outcome, StackProgress};

/// What a stack shall come to.
#[derive(Clone, Copy)]
pub(crate) enum Goal<'a> {
    /// It stands; `replaces` is the id of a left-over that may be deleted.
    Stand(&'a StackSpec, Option<&'a str>),
    /// It stands already and is brought up to date.
    Update(&'a StackSpec, &'a str),
    /// It stands, and what it made is brought back to what it says: nothing but these resources is touched.
    Revert(&'a StackSpec, &'a str, &'a BTreeSet<String>),
    /// It is gone.
    Gone(&'a str, Protection),
}

/// How far an update came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    /// It is under way.
    Begun,
    /// There is nothing to change.
    Empty,
    /// Another operation is under way on the stack.
    Busy,
}

/// Whether a stack is protected as it shall be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sealed {
    /// It was already.
    Before,
    /// It is now.
    Now,
    /// It could not be.
    Not,
}

/// One stack at work.
pub(crate) struct Deploy<'a> {
    pub(crate) work: &'a Work,
    pub(crate) spot: Spot<'a>,
    pub(crate) goal: Goal<'a>,
    pub(crate) request: Option<StackRequest>,
    /// The id, once it is known.
    pub(crate) id: Option<String>,
    pub(crate) token: String,
    tries: Tries,
    rounds: u32,
    /// Whether a change set was found to be empty.
    empty: bool,
    began: Instant,
}

impl Work {
    /// Carries a stack's step out.
    pub(crate) async fn deploy(&self, key: &StackKey, goal: Goal<'_>) -> Progress<Outcome> {
        // An account that this run made may not let anybody in yet; one that stood before says what it means.
        let stood = self.run.plan.account_ids.contains_key(&key.account);
        let session = self.enter(&key.account, if stood { Phase::Read } else { Phase::NewAccount }).await?;
        let stacks = session.stacks(&key.region);
        let account = self.run.account(&key.account)?;
        let request = match &goal {
            Goal::Stand(spec, _) | Goal::Update(spec, _) | Goal::Revert(spec, ..) => Some(self.request(key, spec)?),
            Goal::Gone(..) => None,
        };
        let wanted = match &goal {
            Goal::Stand(spec, _) | Goal::Update(spec, _) | Goal::Revert(spec, ..) => Some(spec.protection),
            Goal::Gone(..) => None,
        };
        let spot = Spot { key, account: &account, stacks: &stacks };
        let (outcome, protected) = Deploy::new(self, spot, goal, request.clone()).run().await?;
        let (Some(request), Some(wanted)) = (request, wanted) else { return Ok(outcome) };
        let expected = Expected::of(&account, [(key, &request)])?;
        let place = Account::new(&key.account, &account, session.identities(), expected);
        let compared = match goal {
            Goal::Revert(_, _, resources) => {
                let compared = self.read_back_reverted(&place, &outcome).await?;
                self.reverted(&spot, &request, resources, &outcome).await?;
                compared
            }
            Goal::Stand(..) | Goal::Update(..) | Goal::Gone(..) => self.read_back(&place).await?,
        };
        let sealed = self.seal(key, &account, &stacks, wanted, protected).await;
        Ok(if compared == Compared::PutRight || sealed == Sealed::Now { Outcome::Done } else { outcome })
    }

    /// Sets termination protection as it shall be. It comes after the reading back, and so it says that a stack was read
    /// back: what is protected need not be read again by every plan. A stack that cannot be protected stands all the
    /// same, and the next plan says that it is not protected.
    async fn seal(
        &self,
        key: &StackKey,
        account: &AccountId,
        stacks: &Arc<dyn Stacks>,
        wanted: Protection,
        protected: Option<bool>,
    ) -> Sealed {
        if protected == Some(wanted == Protection::On) {
            return Sealed::Before;
        }
        let endpoint = Endpoint::CloudFormation(account.clone(), key.region.clone());
        let call = || stacks.protect(key.name.as_str(), wanted);
        match self.call(&endpoint, Phase::Idempotent, call).await {
            Ok(()) => Sealed::Now,
            Err(fault) => {
                self.run.emit(Event::Unprotected { step: self.id.clone(), fault });
                Sealed::Not
            }
        }
    }

    /// Puts right what was changed in an account's IAM, its stacks being as they shall.
    pub(crate) async fn repair(
        &self,
        account: &AccountName,
        stacks: &[Repaired],
        planned: &[Difference],
    ) -> Progress<Outcome> {
        let session = self.enter(account, Phase::Read).await?;
        let id = self.run.account(account)?;
        let requests = stacks.iter().map(|one| Ok((&one.key, self.request(&one.key, &one.spec)?)));
        let requests = requests.collect::<Progress<Vec<_>>>()?;
        let expected = Expected::of(&id, requests.iter().map(|(key, request)| (*key, request)))?;
        let place = Account::new(account, &id, session.identities(), expected);
        Ok(match self.put_identities_right(&place, planned).await? {
            Compared::Same => Outcome::Unchanged,
            Compared::PutRight => Outcome::Done,
        })
    }

    /// What a stack is made or updated with; the token is set for each call.
    pub(crate) fn request(&self, key: &StackKey, spec: &StackSpec) -> Progress<StackRequest> {
        let template = self.run.plan.templates.get(&spec.template).map(Arc::clone).ok_or_else(|| {
            Failure::new(format!("the plan has no template {}", spec.template)).hint("make a new plan")
        })?;
        let parameters = spec.parameters.iter().map(|(name, source)| Ok((name.clone(), self.run.parameter(source)?)));
        Ok(StackRequest {
            stack: key.name.clone(),
            template,
            parameters: parameters.collect::<Progress<BTreeMap<_, _>>>()?,
            tags: spec.tags.clone(),
            // Protection comes when the stack has been read back.
            protection: Protection::Off,
            token: String::new(),
        })
    }
}

impl<'a> Deploy<'a> {
    fn new(work: &'a Work, spot: Spot<'a>, goal: Goal<'a>, request: Option<StackRequest>) -> Self {
        let id = match &goal {
            Goal::Stand(_, replaces) => replaces.map(str::to_owned),
            Goal::Update(_, id) | Goal::Revert(_, id, _) | Goal::Gone(id, _) => Some((*id).to_owned()),
        };
        Self {
            work,
            spot,
            goal,
            request,
            id,
            token: String::new(),
            tries: Tries::default(),
            rounds: 0,
            empty: false,
            began: Instant::now(),
        }
    }

    fn want(&self) -> Want {
        match self.goal {
            Goal::Stand(..) => Want::Create,
            Goal::Update(..) | Goal::Revert(..) => Want::Update,
            Goal::Gone(..) => Want::Delete,
        }
    }

    /// The same for the same operation in every run, so that a repeat after a lost answer is no second operation.
    pub(crate) fn mark(&self, verb: &str) -> String {
        let mut text = format!("{verb} {} {:?}", self.work.id, self.id);
        if let Some(request) = &self.request {
            text.push_str(&format!("{} {:?} {:?}", Digest::of(&*request.template), request.parameters, request.tags));
        }
        let round = self.rounds;
        text.push_str(&format!(" {round}"));
        token(verb, &text)
    }

    /// As [`Self::mark`], for what begins at a stack as it was found: the same again after another operation is another
    /// one, though its content be the same. A stack that goes back to what it was before would not be updated otherwise.
    pub(crate) fn mark_from(&self, verb: &str, stack: &ObservedStack) -> String {
        token(verb, &format!("{} {} {:?}", self.mark(verb), stack.status, stack.dates.updated))
    }

    /// Another one each time: the same drift may be reverted again later, and then it is another operation. Reverting what
    /// is reverted already changes nothing.
    pub(crate) fn moment(&self, verb: &str) -> String {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        format!("{}-{}", self.mark(verb), now.as_nanos())
    }

    /// How it ended, and whether the stack is protected now, where that is known.
    async fn run(mut self) -> Progress<(Outcome, Option<bool>)> {
        // A stack that the plan found nowhere is created without a look: if it is there after all, AWS says so.
        let mut stack = match self.id.clone() {
            Some(id) => self.look(&id).await?,
            None => None,
        };
        self.owned(stack.as_ref())?;
        let mut last = Last::Nothing;
        loop {
            let seen = stack.as_ref().map_or(Seen::Absent, |stack| Seen::Status(stack.status));
            match next(self.want(), last, seen, self.tries) {
                Next::Create => {
                    self.tries.creations += 1;
                    (stack, last) = self.create().await?;
                }
                Next::Delete => {
                    self.tries.deletions += 1;
                    self.delete(stack.as_ref()).await?;
                    last = Last::Delete;
                    stack = self.settled(stack.as_ref()).await?;
                }
                Next::Continue => {
                    self.tries.continuations += 1;
                    self.continue_rollback().await?;
                    last = Last::Continue;
                    stack = self.settled(stack.as_ref()).await?;
                }
                Next::ChangeSet => {
                    self.tries.change_sets += 1;
                    match self.change(stack.as_ref()).await? {
                        Change::Begun => {
                            last = Last::ChangeSet;
                            stack = self.settled(stack.as_ref()).await?;
                        }
                        Change::Empty => {
                            self.empty = true;
                            return Ok(self.stands(stack.as_ref()));
                        }
                        Change::Busy => {
                            last = Last::Nothing;
                            stack = self.settled(stack.as_ref()).await?;
                        }
                    }
                }
                Next::Wait => stack = self.settled(stack.as_ref()).await?,
                Next::ReadBack => return Ok(self.stands(stack.as_ref())),
                Next::Done => {
                    return Ok((if last == Last::Nothing { Outcome::Unchanged } else { Outcome::Done }, None));
                }
                Next::Diagnose => {
                    let failure = self.diagnose(stack.as_ref(), last).await?;
                    let Some(wait) = self.again(&failure.1) else { return Err(failure.0) };
                    tokio::time::sleep(wait).await;
                    last = Last::Nothing;
                }
                Next::GiveUp(why) => return Err(give_up(why, stack.as_ref())),
            }
        }
    }

    async fn look(&self, stack: &str) -> Progress<Option<ObservedStack>> {
        self.work
            .look(&self.spot, stack)
            .await
            .map_err(|fault| Failure::call("the stack could not be looked at", fault))
    }

    async fn settled(&mut self, stack: Option<&ObservedStack>) -> Progress<Option<ObservedStack>> {
        let Some(id) = self.id.clone().or_else(|| stack.map(|stack| stack.id.clone())) else { return Ok(None) };
        self.work.settled(&self.spot, &id, stack.map(|stack| stack.status)).await
    }

    /// Whatever is not Landfall's own, of this organization, is left alone; a left-over that the plan names is not
    /// tagged yet.
    fn owned(&self, stack: Option<&ObservedStack>) -> Progress<()> {
        let Some(stack) = stack else { return Ok(()) };
        let named = matches!(self.goal, Goal::Stand(_, Some(id)) if id == stack.id);
        let owner = stack.tags.get(TAG_ORGANIZATION).map(String::as_str);
        if owner == Some(self.work.run.plan.organization.as_str()) || named {
            return Ok(());
        }
        Err(Failure::new(format!("a stack of the name {} stands there and does not carry Landfall's tags", stack.name))
            .hint("it is left alone: rename or delete it, then run again"))
    }

    async fn create(&mut self) -> Progress<(Option<ObservedStack>, Last)> {
        let Some(mut request) = self.request.clone() else { return Err(Failure::new("nothing to create")) };
        request.token = self.mark("create");
        self.token.clone_from(&request.token);
        let endpoint = self.spot.endpoint();
        let made = self.work.call(&endpoint, Phase::Idempotent, || self.spot.stacks.create(&request)).await;
        match made {
            Ok(id) => {
                self.changed(StackStatus::CreateInProgress);
                self.id = Some(id.clone());
                let stack = self.work.settled(&self.spot, &id, Some(StackStatus::CreateInProgress)).await?;
                Ok((stack, Last::Create))
            }
            // An earlier call, whose answer was lost or whose run was killed, or somebody else's stack.
            Err(fault) if fault.kind == FaultKind::AlreadyExists => {
                let name = self.spot.key.name.as_str();
                let Some(stack) = self.look(name).await? else {
                    return Err(Failure::call("the stack could not be created", fault));
                };
                self.owned(Some(&stack))?;
                self.id = Some(stack.id.clone());
                let same = stack.tags == request.tags || stack.tags.is_empty();
                let last = if same && !failed_creation(stack.status) { Last::Create } else { Last::Nothing };
                Ok((Some(stack), last))
            }
            Err(fault) => Err(Failure::call("the stack could not be created", fault)),
        }
    }

    async fn delete(&mut self, stack: Option<&ObservedStack>) -> Progress<()> {
        let Some(stack) = stack else { return Ok(()) };
        self.owned(Some(stack))?;
        self.id = Some(stack.id.clone());
        self.token = self.mark("delete");
        let protection = match &self.goal {
            Goal::Gone(_, protection) => *protection,
            Goal::Stand(spec, _) | Goal::Update(spec, _) | Goal::Revert(spec, ..) => spec.protection,
        };
        if stack.protected.unwrap_or(protection == Protection::On) {
            self.protect(&stack.id, Protection::Off).await?;
        }
        let endpoint = self.spot.endpoint();
        let call = || self.spot.stacks.delete(&stack.id, &self.token);
        match self.work.call(&endpoint, Phase::Idempotent, call).await {
            Ok(()) => {
                self.changed(StackStatus::DeleteInProgress);
                Ok(())
            }
            // Gone by itself, or somebody is at it: looking tells.
            Err(fault) if matches!(fault.kind, FaultKind::NotFound | FaultKind::Conflict) => Ok(()),
            Err(fault) => Err(Failure::call("the stack could not be deleted", fault)),
        }
    }

    /// Turns termination protection on or off.
    pub(crate) async fn protect(&self, id: &str, on: Protection) -> Progress<()> {
        let call = || self.spot.stacks.protect(id, on);
        self.work
            .call(&self.spot.endpoint(), Phase::Idempotent, call)
            .await
            .map_err(|fault| Failure::call("termination protection could not be set", fault))
    }

    async fn continue_rollback(&mut self) -> Progress<()> {
        let Some(id) = self.id.clone() else { return Ok(()) };
        self.token = self.mark("continue");
        let call = || self.spot.stacks.continue_update_rollback(&id, &self.token);
        match self.work.call(&self.spot.endpoint(), Phase::Idempotent, call).await {
            Ok(()) => Ok(()),
            Err(fault) if fault.kind == FaultKind::Conflict => Ok(()),
            Err(fault) => Err(Failure::call("the failed rollback could not be continued", fault)),
        }
    }

    pub(crate) fn changed(&self, status: StackStatus) {
        let progress = StackProgress { status, reason: None };
        self.work.run.emit(Event::StackChanged { step: self.work.id.clone(), progress });
    }

    /// The stack is where CloudFormation shall have it.
    fn stands(&self, stack: Option<&ObservedStack>) -> (Outcome, Option<bool>) {
        let outcome = if self.empty { Outcome::Unchanged } else { Outcome::Done };
        (outcome, stack.and_then(|stack| stack.protected))
    }

    /// The first cause of a failed operation, and AWS's words for it.
    async fn diagnose(&self, stack: Option<&ObservedStack>, last: Last) -> Progress<(Box<Failure>, String)> {
        let Some(stack) = stack else { return Ok((Failure::new("the stack is gone"), String::new())) };
        let call = || self.spot.stacks.failures(&stack.id, &self.token);
        // Without the events there is still the stack's own reason.
        let failures = self.work.call(&self.spot.endpoint(), Phase::Read, call).await.unwrap_or_default();
        let first = failures.iter().find(|failure| !consequence(&failure.reason)).or(failures.first());
        let verb = match last {
            Last::Create => "the creation failed",
            Last::ChangeSet => "the update failed and was rolled back",
            Last::Delete => "the deletion failed",
            Last::Continue => "the rollback failed again",
            Last::Nothing => "the stack stands in a state that only a person can get it out of",
        };
        let own = stack.reason.clone().unwrap_or_default();
        let status = stack.status;
        let (failure, words) = match first {
            Some(first) => {
                let (id, kind, reason) = (&first.logical_id, &first.resource_type, &first.reason);
                let failure = Failure::new(format!("{verb} ({status}): {id} ({kind}): {reason}"));
                (failure.resource(format!("{id} ({kind})")), reason.clone())
            }
            None if own.is_empty() => (Failure::new(format!("{verb}: {status}")), String::new()),
            None => (Failure::new(format!("{verb}: {status}: {own}")), own),
        };
        let failure = match last {
            Last::Create => {
                failure.hint("put the cause right and run again: what is left of the stack is deleted first")
            }
            Last::ChangeSet => failure.hint("the stack is as it was before: put the cause right and run again"),
            Last::Nothing | Last::Delete | Last::Continue => {
                failure.hint("look at the stack's events in the console, put the cause right and run again")
            }
        };
        Ok((failure.hint_from(&words), words))
    }

    /// Whether a failed operation is worth a new beginning, and after how long.
    fn again(&mut self, words: &str) -> Option<Duration> {
        if !not_ready(words) || matches!(self.goal, Goal::Gone(..)) {
            return None;
        }
        let wait = Duration::from_secs(2_u64.saturating_pow(self.rounds + 1)).min(Duration::from_secs(15));
        if self.began.elapsed() + wait > READINESS {
            return None;
        }
        self.rounds += 1;
        let fault = Fault::new(FaultKind::NotReady, "cloudformation:CreateStack", words);
        self.work.retrying(&fault, self.rounds, wait);
        self.tries = Tries::default();
        Some(wait)
    }
}

/// A client request token of at most 128 letters, digits and hyphens. Source: CloudFormation API, `ClientRequestToken`.
fn token(verb: &str, text: &str) -> String {
    format!("landfall-{verb}-{}", Digest::of(text).as_str().get(..32).unwrap_or_default())
}

fn failed_creation(status: StackStatus) -> bool {
    matches!(
        status,
        StackStatus::CreateFailed
            | StackStatus::RollbackComplete
            | StackStatus::RollbackFailed
            | StackStatus::RollbackInProgress
    )
}

/// CloudFormation cancels what runs beside the first failure and reports each of them as failed too.
fn consequence(reason: &str) -> bool {
    let reason = reason.to_ascii_lowercase();
    reason.starts_with("resource creation cancelled") || reason.starts_with("resource update cancelled")
}

fn give_up(why: Why, stack: Option<&ObservedStack>) -> Box<Failure> {
    match why {
        Why::Gone => Failure::new("the stack is gone, though the plan found it").hint("make a new plan"),
        Why::TooOften => {
            let status = stack.map_or("gone", |stack| stack.status.as_str());
            Failure::new(format!("the stack stays {status}, whatever is done"))
                .hint("look at the stack's events in the console; somebody else may be changing it")
        }
    }
}
