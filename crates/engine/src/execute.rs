//! The only loop of a run: what the schedule decides is started, and what ends is told to the schedule.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use indexmap::IndexMap;
use landfall_model::{AccountId, AccountName};
use landfall_plan::{Action, Plan, Recorded, StepId};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::deploy::Goal;
use crate::entry::Entry;
use crate::failure::{Failure, Progress};
use crate::limit::Endpoint;
use crate::port::Cloud;
use crate::retry::Phase;
use crate::run::{Run, Sink, Work};
use crate::schedule::{Decision, Limits, Position, Schedule, ScheduleError, Signal};
use crate::stop::{Stop, StopSignal};
use crate::{Event, Fault, Outcome, RunSummary};

/// How a run is run.
#[derive(Debug, Clone)]
pub struct Options {
    /// How much runs at once.
    pub limits: Limits,
    /// The user's wish to stop.
    pub stop: StopSignal,
    /// The seed of all jitter.
    pub seed: u64,
    /// How long one stack, change set or account creation may take.
    pub patience: Duration,
}

impl Options {
    /// The usual limits, and a quarter of an hour of patience: IAM stacks take seconds.
    pub fn new(stop: StopSignal) -> Self {
        Self { limits: Limits::default(), stop, seed: 0, patience: Duration::from_secs(15 * 60) }
    }
}

/// What came of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Ended {
    /// In numbers.
    pub summary: RunSummary,
    /// Of each step, in the order of the plan.
    pub outcomes: IndexMap<StepId, Outcome>,
}

/// Why a run did not begin: nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// Nobody knows whose credentials these are.
    #[error("the caller's account could not be read, so nothing was done")]
    Caller(#[source] Fault),
    /// The credentials belong to another account.
    #[error(
        "these are credentials of account {caller}, and the plan is for management account {management}, so nothing was \
         done; use credentials of {management}"
    )]
    WrongAccount {
        /// The caller's.
        caller: AccountId,
        /// The plan's.
        management: AccountId,
    },
    /// The plan cannot be run.
    #[error("the plan cannot be run, so nothing was done; make a new one")]
    Plan(#[source] ScheduleError),
}

/// Runs a plan to its end. A failed step skips what needs it, and everything else goes on.
///
/// # Errors
/// The run did not begin: the caller's account is not the plan's management account, or the plan is no plan.
pub async fn execute(plan: Arc<Plan>, cloud: Arc<dyn Cloud>, options: Options, sink: Sink) -> Result<Ended, Refused> {
    let schedule = Schedule::new(&plan, options.limits).map_err(Refused::Plan)?;
    let mut run = Run::new(plan, cloud, options.seed, options.patience, sink);
    let caller = run.calls.call(&Endpoint::Sts, Phase::Read, &|_, _, _| {}, || run.cloud.caller()).await;
    let caller = caller.map_err(Refused::Caller)?;
    if caller.account != run.plan.management_id {
        return Err(Refused::WrongAccount { caller: caller.account, management: run.plan.management_id.clone() });
    }
    run.entry = Entry::of(&caller, &run.plan.organization, &run.plan.access_role);
    let mut crew = Crew {
        outcomes: vec![None; run.plan.steps.len()],
        run: Arc::new(run),
        schedule,
        tasks: JoinSet::new(),
        at_work: HashMap::new(),
        began: HashMap::new(),
    };
    Ok(crew.go(options.stop).await)
}

struct Crew {
    run: Arc<Run>,
    schedule: Schedule,
    tasks: JoinSet<Outcome>,
    at_work: HashMap<tokio::task::Id, Position>,
    began: HashMap<Position, Instant>,
    outcomes: Vec<Option<Outcome>>,
}

impl Crew {
    async fn go(&mut self, mut stop: StopSignal) -> Ended {
        let plan = Arc::clone(&self.run.plan);
        let mut accounts: BTreeMap<AccountName, usize> = BTreeMap::new();
        for account in plan.steps.keys().filter_map(StepId::account) {
            *accounts.entry(account.clone()).or_default() += 1;
        }
        self.run.emit(Event::RunStarted { mode: plan.mode, steps: plan.steps.len(), accounts });
        let mut known = Stop::No;
        let mut finished = self.signal(Signal::Begin);
        while !finished {
            let signal = tokio::select! {
                // The wish to stop comes first, so that nothing new is started after it.
                biased;
                asked = stop.beyond(known) => {
                    known = asked;
                    self.run.emit(Event::Stopping { running: self.schedule.running() });
                    if asked == Stop::AtOnce { Signal::Abort } else { Signal::Stop }
                }
                Some(ended) = self.tasks.join_next_with_id() => {
                    let (task, outcome) = match ended {
                        Ok((task, outcome)) => (task, outcome),
                        Err(error) => (error.id(), broken(&error)),
                    };
                    let Some(position) = self.at_work.remove(&task) else { continue };
                    let failed = matches!(outcome, Outcome::Failed { .. });
                    self.ended(position, outcome);
                    if failed { Signal::Failed(position) } else { Signal::Done(position) }
                }
                else => break,
            };
            finished = self.signal(signal);
        }
        self.tasks.abort_all();
        self.summary()
    }

    fn signal(&mut self, signal: Signal) -> bool {
        // The schedule refuses only signals that cannot be; the state is as before then.
        let decisions = self.schedule.apply(signal).unwrap_or_default();
        let mut finished = false;
        for decision in decisions {
            match decision {
                Decision::Start(position) => self.start(position),
                Decision::Skip { step, because } => {
                    if let Some((because, _)) = self.run.plan.steps.get_index(because) {
                        let because = because.clone();
                        self.ended(step, Outcome::Skipped { because });
                    }
                }
                Decision::LeaveOut(position) => self.ended(position, Outcome::NotStarted),
                Decision::Abandon(position) => self.ended(position, Outcome::Abandoned),
                Decision::Finish => finished = true,
            }
        }
        finished
    }

    fn start(&mut self, position: Position) {
        let Some(work) = Work::new(Arc::clone(&self.run), position) else { return };
        self.run.emit(Event::StepStarted { step: work.id.clone() });
        self.began.insert(position, Instant::now());
        let task = self.tasks.spawn(async move { work.act().await.unwrap_or_else(Outcome::from) });
        self.at_work.insert(task.id(), position);
    }

    fn ended(&mut self, position: Position, outcome: Outcome) {
        let took = self.began.remove(&position).map_or(Duration::ZERO, |began| began.elapsed());
        if let Some((step, _)) = self.run.plan.steps.get_index(position) {
            self.run.emit(Event::StepEnded { step: step.clone(), outcome: outcome.clone(), took });
        }
        if let Some(place) = self.outcomes.get_mut(position) {
            *place = Some(outcome);
        }
    }

    fn summary(&mut self) -> Ended {
        let mut summary =
            RunSummary { took: self.run.elapsed(), calls: self.run.cloud.calls(), ..RunSummary::default() };
        let outcomes = std::mem::take(&mut self.outcomes);
        let mut by_step = IndexMap::with_capacity(outcomes.len());
        for (step, outcome) in self.run.plan.steps.keys().zip(outcomes) {
            let outcome = outcome.unwrap_or(Outcome::Abandoned);
            *match outcome {
                Outcome::Done => &mut summary.done,
                Outcome::Unchanged => &mut summary.unchanged,
                Outcome::Failed { .. } => &mut summary.failed,
                Outcome::Skipped { .. } => &mut summary.skipped,
                Outcome::NotStarted | Outcome::Abandoned => &mut summary.stopped,
            } += 1;
            by_step.insert(step.clone(), outcome);
        }
        self.run.emit(Event::RunEnded { summary: summary.clone() });
        Ended { summary, outcomes: by_step }
    }
}

/// A step that panicked is a failed step: the others go on.
fn broken(error: &tokio::task::JoinError) -> Outcome {
    Failure::new(format!("Landfall itself failed in this step: {error}"))
        .hint("this is a mistake in Landfall: please report it with the journal of the run")
        .into()
}

impl Work {
    async fn act(&self) -> Progress<Outcome> {
        let step = self.step()?;
        match (&step.action, &step.id) {
            (Action::CreateOrganization, _) => self.create_organization().await,
            (Action::CreateUnit { path, tags }, _) => self.create_unit(path, tags).await,
            (Action::CreateAccount { name, email, tags }, _) => self.create_account(name, email, tags).await,
            (Action::AwaitAccount { name, request, email }, _) => self.await_account(name, request, email).await,
            (Action::MoveAccount { to, .. }, StepId::Placement(account)) => {
                self.move_account(account, to.as_ref()).await
            }
            (Action::TagAccount { tags }, StepId::AccountTags(account)) => self.tag_account(account, tags).await,
            (Action::CreateStack { spec, replaces }, StepId::Stack(key)) => {
                self.deploy(key, Goal::Stand(spec, replaces.as_deref())).await
            }
            (Action::UpdateStack { spec, stack }, StepId::Stack(key)) => {
                self.deploy(key, Goal::Update(spec, stack)).await
            }
            (Action::RepairIdentities { stacks, differences }, StepId::Identities(account)) => {
                self.repair(account, stacks, differences).await
            }
            (Action::RevertDrift { spec, stack, resources }, StepId::Stack(key)) => {
                self.deploy(key, Goal::Revert(spec, stack, resources)).await
            }
            (Action::AdoptStack { spec, import, resources, .. }, StepId::Stack(key)) => {
                self.adopt_stack(key, spec, import, resources).await
            }
            (Action::DeleteStack { stack, protection, .. }, StepId::Stack(key)) => {
                self.deploy(key, Goal::Gone(stack, *protection)).await
            }
            (Action::EnablePolicyType { kind }, StepId::PolicyType(_)) => self.enable_policy_type(*kind).await,
            (Action::CreateGuardrail { spec }, StepId::Guardrail(key)) => self.create_guardrail(key, spec).await,
            (Action::UpdateGuardrail { spec, policy }, StepId::Guardrail(_)) => {
                self.update_guardrail(policy, spec).await
            }
            (Action::DeleteGuardrail { policy }, StepId::Guardrail(_)) => self.delete_guardrail(policy).await,
            (Action::AttachGuardrail { policy }, StepId::Attachment(key, target)) => {
                self.attach_guardrail(key, policy.as_deref(), target).await
            }
            (Action::DetachGuardrail { policy, target }, StepId::Attachment(key, _)) => {
                self.detach_guardrail(key, policy, target).await
            }
            (Action::RecordGuardrail { policy, targets, applied }, StepId::Record(Recorded::Guardrail(key))) => {
                self.record_guardrail(key, policy.as_deref(), targets, applied).await
            }
            (Action::RecordOrganization { placed, applied }, StepId::Record(Recorded::Organization)) => {
                self.record_organization(placed, applied).await
            }
            (_, id) => Err(Failure::new(format!("the plan asks for something of `{id}` that it cannot have"))
                .hint("make a new plan")),
        }
    }
}
