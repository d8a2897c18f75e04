//! An operation on a stack begins, and enters its phases.

use landfall_plan::StackStatus;

use crate::clock::{Millis, NEVER, millis};
use crate::faults::Script;
use crate::rows::{Aim, Definition, Operation, Phase, StackRow};
use crate::world::World;

/// How an operation is asked for.
pub(crate) struct Begin<'a> {
    pub(crate) token: &'a str,
    pub(crate) aim: Aim,
    pub(crate) script: Script,
    pub(crate) now: Millis,
}

/// Begins an operation on a stack. One that is under way ends unfinished.
pub(crate) fn begin(world: &mut World, stack: &mut StackRow, phase: Phase, target: Definition, begin: Begin<'_>) {
    let operation = Operation {
        phase,
        due: 0,
        token: begin.token.to_owned(),
        script: begin.script,
        target,
        aim: begin.aim,
        applied: Vec::new(),
    };
    enter(world, stack, operation, phase, begin.now);
}

/// Lets an operation enter a phase.
pub(crate) fn enter(world: &mut World, stack: &mut StackRow, mut operation: Operation, phase: Phase, now: Millis) {
    let whole = millis(world.settings().stack_seconds);
    let (status, takes) = match phase {
        Phase::Create => (StackStatus::CreateInProgress, whole),
        Phase::CreateRollback => (StackStatus::RollbackInProgress, whole / 2),
        Phase::Update => (StackStatus::UpdateInProgress, whole),
        Phase::Import => (StackStatus::ImportInProgress, whole / 2),
        Phase::ImportRollback => (StackStatus::ImportRollbackInProgress, whole / 4),
        Phase::UpdateCleanup => (StackStatus::UpdateCompleteCleanupInProgress, whole / 4),
        Phase::UpdateRollback => (StackStatus::UpdateRollbackInProgress, whole / 2),
        Phase::UpdateRollbackCleanup => (StackStatus::UpdateRollbackCompleteCleanupInProgress, whole / 4),
        Phase::Delete => (StackStatus::DeleteInProgress, whole / 2),
    };
    operation.phase = phase;
    operation.due = if operation.script.stuck { NEVER } else { now.saturating_add(takes) };
    world.schedule_stack(operation.due, &stack.key());
    stack.status = status;
    stack.operation = Some(operation);
}
