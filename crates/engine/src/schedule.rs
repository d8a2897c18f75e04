//! What starts when: a pure state machine over the steps of a plan. A step is ready the moment the steps that it waits
//! for are done; of the ready ones the one with the longest way still behind it starts first.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use landfall_plan::{Action, Cause, Class, Plan, Recorded, Step, StepId};

/// How much may run at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Steps in all.
    pub parallel: usize,
    /// Stacks in one account.
    pub per_account: usize,
    /// Creations of accounts. Source: Organizations quotas, five in flight.
    pub creations: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { parallel: 128, per_account: 4, creations: 5 }
    }
}

/// A step by its position in the plan.
pub type Position = usize;

/// What the schedule is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// The run begins.
    Begin,
    /// A running step is done.
    Done(Position),
    /// A running step failed.
    Failed(Position),
    /// Nothing more may start.
    Stop,
    /// What runs is left where it is.
    Abort,
}

/// What is to be done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Start a step.
    Start(Position),
    /// A step will not run, since another one failed.
    Skip {
        /// Which.
        step: Position,
        /// The first failure on the way.
        because: Position,
    },
    /// A step will not run, since the run was stopped.
    LeaveOut(Position),
    /// A running step is left where it is.
    Abandon(Position),
    /// Nothing is left to be decided.
    Finish,
}

/// A signal that cannot be, or a plan that cannot be run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// A step waits for one that is not in the plan.
    #[error("step `{step}` waits for `{on}`, which is not in the plan")]
    UnknownStep {
        /// Which waits.
        step: Box<StepId>,
        /// For what.
        on: Box<StepId>,
    },
    /// Steps wait for each other.
    #[error("{0} steps wait for each other in a circle")]
    Cycle(usize),
    /// A step ended that was not running.
    #[error("step {0} ended, and it was not running")]
    NotRunning(Position),
    /// The run began twice, or something happened before it began.
    #[error("the run can begin only once, and before anything else")]
    Beginning,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Waiting(usize),
    Ready,
    Running,
    Ended,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    New,
    Going,
    Stopped,
}

/// Some steps share a limit of their own: the stacks of an account, the creations of accounts.
#[derive(Debug, Default)]
struct Lane {
    limit: usize,
    running: usize,
    parked: BinaryHeap<(u64, Reverse<Position>)>,
}

/// One step as the schedule sees it.
#[derive(Debug, Clone)]
pub struct Task {
    /// The steps that it waits for.
    pub needs: Vec<Position>,
    /// What it costs, in any unit of time.
    pub cost: u64,
    /// The lane whose limit it shares.
    pub lane: Option<usize>,
}

/// The state of a run.
#[derive(Debug)]
pub struct Schedule {
    states: Vec<State>,
    dependents: Vec<Vec<Position>>,
    ranks: Vec<u64>,
    lane_of: Vec<Option<usize>>,
    lanes: Vec<Lane>,
    ready: BinaryHeap<(u64, Reverse<Position>)>,
    parallel: usize,
    running: usize,
    open: usize,
    mode: Mode,
}

/// What a step costs in seconds on AWS, roughly: only the order of sizes matters.
fn cost(action: &Action) -> u64 {
    match action {
        Action::CreateAccount { .. } => 90,
        Action::AwaitAccount { .. } => 60,
        Action::CreateStack { .. } => 20,
        Action::UpdateStack { .. } | Action::RevertDrift { .. } => 25,
        Action::AdoptStack { .. } => 40,
        Action::DeleteStack { .. } => 15,
        Action::RepairIdentities { .. } | Action::CreateOrganization => 5,
        Action::CreateUnit { .. }
        | Action::MoveAccount { .. }
        | Action::TagAccount { .. }
        | Action::EnablePolicyType { .. }
        | Action::CreateGuardrail { .. }
        | Action::UpdateGuardrail { .. }
        | Action::AttachGuardrail { .. }
        | Action::DetachGuardrail { .. }
        | Action::DeleteGuardrail { .. }
        | Action::RecordGuardrail { .. }
        | Action::RecordOrganization { .. } => 1,
    }
}

/// What is dangerous goes before everything else that could go too, and so does what it waits for.
fn urgency(step: &Step) -> u64 {
    if step.causes.contains(&Cause::Drifted(Class::Dangerous)) { 1_000_000 } else { 0 }
}

fn tasks(plan: &Plan, limits: Limits) -> Result<(Vec<Task>, Vec<usize>), ScheduleError> {
    // Organizations takes one change of its policies at a time; a second one would only be refused and tried again.
    let mut lanes = vec![limits.creations, 1];
    let mut of_account = BTreeMap::new();
    let lane = |step: &Step, lanes: &mut Vec<usize>, of_account: &mut BTreeMap<_, usize>| match &step.id {
        StepId::Account(_) => Some(0),
        StepId::PolicyType(_)
        | StepId::Guardrail(_)
        | StepId::Attachment(..)
        | StepId::Record(Recorded::Guardrail(_)) => Some(1),
        StepId::Stack(key) => Some(*of_account.entry(key.account.clone()).or_insert_with(|| {
            lanes.push(limits.per_account);
            lanes.len() - 1
        })),
        StepId::Organization
        | StepId::Unit(_)
        | StepId::Placement(_)
        | StepId::AccountTags(_)
        | StepId::Identities(_)
        | StepId::Record(Recorded::Organization) => None,
    };
    let tasks = plan.steps.values().map(|step| {
        let needs = step.needs.iter().map(|edge| {
            plan.steps.get_index_of(&edge.on).ok_or_else(|| ScheduleError::UnknownStep {
                step: Box::new(step.id.clone()),
                on: Box::new(edge.on.clone()),
            })
        });
        Ok(Task {
            needs: needs.collect::<Result<_, _>>()?,
            cost: cost(&step.action) + urgency(step),
            lane: lane(step, &mut lanes, &mut of_account),
        })
    });
    Ok((tasks.collect::<Result<_, _>>()?, lanes))
}

impl Schedule {
    /// The schedule of a plan.
    ///
    /// # Errors
    /// A step waits for one that is not in the plan, or steps wait for each other.
    pub fn new(plan: &Plan, limits: Limits) -> Result<Self, ScheduleError> {
        let (tasks, lanes) = tasks(plan, limits)?;
        Self::of(&tasks, &lanes, limits.parallel)
    }

    /// The schedule of bare tasks; `needs` and `lane` are positions in the two slices.
    ///
    /// # Errors
    /// Tasks wait for each other.
    pub fn of(tasks: &[Task], lanes: &[usize], parallel: usize) -> Result<Self, ScheduleError> {
        let mut dependents = vec![Vec::new(); tasks.len()];
        let mut states = Vec::with_capacity(tasks.len());
        for (position, task) in tasks.iter().enumerate() {
            let mut needs = task.needs.clone();
            needs.sort_unstable();
            needs.dedup();
            for need in &needs {
                if let Some(list) = dependents.get_mut(*need) {
                    list.push(position);
                }
            }
            states.push(State::Waiting(needs.len()));
        }
        let order = topological(&states, &dependents)?;
        let mut ranks = vec![0; tasks.len()];
        for position in order.into_iter().rev() {
            let behind = dependents[position].iter().map(|next| ranks[*next]).max().unwrap_or(0);
            ranks[position] = tasks[position].cost.max(1) + behind;
        }
        Ok(Self {
            states,
            dependents,
            ranks,
            lane_of: tasks.iter().map(|task| task.lane.filter(|lane| *lane < lanes.len())).collect(),
            lanes: lanes.iter().map(|limit| Lane { limit: (*limit).max(1), ..Lane::default() }).collect(),
            ready: BinaryHeap::new(),
            parallel: parallel.max(1),
            running: 0,
            open: tasks.len(),
            mode: Mode::New,
        })
    }

    /// How many steps are running.
    pub fn running(&self) -> usize {
        self.running
    }

    /// Takes a signal in; what is to be done comes back.
    ///
    /// # Errors
    /// A signal that cannot be; the state stays as it was.
    pub fn apply(&mut self, signal: Signal) -> Result<Vec<Decision>, ScheduleError> {
        let mut decisions = Vec::new();
        match (self.mode, signal) {
            (Mode::New, Signal::Begin) => {
                self.mode = Mode::Going;
                for position in 0..self.states.len() {
                    if self.states[position] == State::Waiting(0) {
                        self.make_ready(position);
                    }
                }
            }
            (Mode::New, _) | (_, Signal::Begin) => return Err(ScheduleError::Beginning),
            (_, Signal::Done(position)) => {
                self.end(position)?;
                for next in std::mem::take(&mut self.dependents[position]) {
                    if let State::Waiting(count) = self.states[next] {
                        self.states[next] = State::Waiting(count - 1);
                        if count == 1 {
                            self.make_ready(next);
                        }
                    }
                }
            }
            (_, Signal::Failed(position)) => {
                self.end(position)?;
                self.skip(position, &mut decisions);
            }
            (Mode::Going | Mode::Stopped, Signal::Stop) => self.mode = Mode::Stopped,
            (Mode::Going | Mode::Stopped, Signal::Abort) => {
                self.mode = Mode::Stopped;
                for position in 0..self.states.len() {
                    if self.states[position] == State::Running {
                        self.end(position)?;
                        decisions.push(Decision::Abandon(position));
                    }
                }
            }
        }
        if self.mode == Mode::Stopped {
            self.leave_out(&mut decisions);
        }
        self.start(&mut decisions);
        if self.open == 0 {
            decisions.push(Decision::Finish);
        }
        Ok(decisions)
    }

    fn make_ready(&mut self, position: Position) {
        self.states[position] = State::Ready;
        self.ready.push((self.ranks[position], Reverse(position)));
    }

    fn end(&mut self, position: Position) -> Result<(), ScheduleError> {
        if self.states.get(position) != Some(&State::Running) {
            return Err(ScheduleError::NotRunning(position));
        }
        self.states[position] = State::Ended;
        self.running -= 1;
        self.open -= 1;
        if let Some(lane) = self.lane_of[position] {
            let lane = &mut self.lanes[lane];
            lane.running -= 1;
            // Each end makes room for one: it competes again with whatever is ready by now.
            self.ready.extend(lane.parked.pop());
        }
        Ok(())
    }

    fn skip(&mut self, because: Position, decisions: &mut Vec<Decision>) {
        let mut queue = std::mem::take(&mut self.dependents[because]);
        while let Some(step) = queue.pop() {
            if matches!(self.states[step], State::Waiting(_)) {
                self.states[step] = State::Ended;
                self.open -= 1;
                decisions.push(Decision::Skip { step, because });
                queue.append(&mut self.dependents[step]);
            }
        }
    }

    fn leave_out(&mut self, decisions: &mut Vec<Decision>) {
        self.ready.clear();
        for lane in &mut self.lanes {
            lane.parked.clear();
        }
        if self.open == self.running {
            return;
        }
        for position in 0..self.states.len() {
            if matches!(self.states[position], State::Waiting(_) | State::Ready) {
                self.states[position] = State::Ended;
                self.open -= 1;
                decisions.push(Decision::LeaveOut(position));
            }
        }
    }

    fn start(&mut self, decisions: &mut Vec<Decision>) {
        while self.running < self.parallel {
            let Some(entry) = self.ready.pop() else { return };
            let position = entry.1.0;
            if let Some(lane) = self.lane_of[position] {
                let lane = &mut self.lanes[lane];
                if lane.running >= lane.limit {
                    lane.parked.push(entry);
                    continue;
                }
                lane.running += 1;
            }
            self.states[position] = State::Running;
            self.running += 1;
            decisions.push(Decision::Start(position));
        }
    }
}

fn topological(states: &[State], dependents: &[Vec<Position>]) -> Result<Vec<Position>, ScheduleError> {
    let mut left: Vec<usize> = states
        .iter()
        .map(|state| match state {
            State::Waiting(count) => *count,
            State::Ready | State::Running | State::Ended => 0,
        })
        .collect();
    let mut order: Vec<Position> = (0..left.len()).filter(|position| left[*position] == 0).collect();
    let mut at = 0;
    while let Some(position) = order.get(at).copied() {
        at += 1;
        for next in &dependents[position] {
            left[*next] -= 1;
            if left[*next] == 0 {
                order.push(*next);
            }
        }
    }
    if order.len() == left.len() { Ok(order) } else { Err(ScheduleError::Cycle(left.len() - order.len())) }
}

#[cfg(test)]
#[path = "schedule_tests.rs"]
mod tests;
