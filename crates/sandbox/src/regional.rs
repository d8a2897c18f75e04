//! How CloudFormation begins its operations in one account and Region.

use std::sync::Arc;

use landfall_engine::port::{Answer, StackRequest};
use landfall_engine::{Fault, FaultKind};
use landfall_model::{AccountId, Region};
use landfall_plan::StackStatus;
use landfall_stacks::Protection;

use crate::blueprint::{Blueprint, Site};
use crate::change_set::{NO_CHANGES, is_empty, planned_changes};
use crate::clock::millis;
use crate::faults::Call;
use crate::phase::{Begin, begin};
use crate::request::{absent, check_size, check_tags, check_token, refused, wrong_status};
use crate::rows::{Aim, ChangeSetRow, Definition, Phase, StackRow, key_in, key_of, uuid};
use crate::state::{Inner, Moment};
use crate::world::World;

/// CloudFormation in one account and Region.
pub(crate) struct RegionStacks {
    pub(crate) inner: Arc<Inner>,
    pub(crate) account: AccountId,
    pub(crate) region: Region,
}

impl RegionStacks {
    pub(crate) fn call<'a>(&'a self, operation: &'static str, stack: &'a str) -> Call<'a> {
        let name = stack.split('/').nth(1).unwrap_or(stack);
        Call::new(operation).in_account(&self.account).stack(name)
    }

    /// The key of a stack by its ARN, or of the one that now has a name.
    pub(crate) fn find(&self, world: &World, stack: &str) -> Option<String> {
        if stack.starts_with("arn:") {
            let key = key_in(stack)?;
            let here = [self.account.as_str(), "/", self.region.as_str(), "/"].concat();
            return (key.starts_with(&here) && world.stacks.get(&key).is_some()).then_some(key);
        }
        let prefix = key_of(&self.account, &self.region, stack, "");
        let found = world.stacks.under(&prefix).find(|(_, row)| row.status != StackStatus::DeleteComplete);
        found.map(|(key, _)| key.clone())
    }

    pub(crate) fn row(&self, world: &World, operation: &str, stack: &str) -> Answer<StackRow> {
        let key = self.find(world, stack);
        key.and_then(|key| world.stacks.get(&key).cloned()).ok_or_else(|| absent(operation, stack))
    }

    /// Checks what is asked for and keeps its template.
    pub(crate) fn define(
        &self,
        world: &mut World,
        operation: &str,
        request: &StackRequest,
    ) -> Answer<(Definition, Blueprint)> {
        check_token(operation, &request.token)?;
        check_size(operation, &request.template)?;
        check_tags(operation, &request.tags)?;
        let site = Site { account: &self.account, region: &self.region, name: &request.stack };
        let blueprint = Blueprint::read(&request.template, &request.parameters, site)
            .map_err(|message| refused(operation, message))?;
        let definition = Definition {
            template: world.keep_template(&request.template),
            parameters: request.parameters.clone(),
            tags: request.tags.clone(),
        };
        Ok((definition, blueprint))
    }

    pub(crate) fn make(&self, world: &mut World, request: &StackRequest, moment: Moment) -> Answer<String> {
        let operation = "cloudformation:CreateStack";
        let (definition, _) = self.define(world, operation, request)?;
        if let Some(key) = self.find(world, request.stack.as_str())
            && let Some(row) = world.stacks.get(&key)
        {
            let target = row.operation.as_ref().map_or(&row.definition, |operation| &operation.target);
            if row.token == request.token && *target == definition {
                return Ok(row.id.clone());
            }
            let (code, message) = if row.token == request.token {
                ("TokenAlreadyExistsException", "A client request token already exists.".to_owned())
            } else {
                ("AlreadyExistsException", format!("Stack [{}] already exists", request.stack))
            };
            return Err(Fault::new(FaultKind::AlreadyExists, operation, message).code(code));
        }
        let here = [self.account.as_str(), "/", self.region.as_str(), "/"].concat();
        let quota = world.settings().stack_quota;
        let standing = world.stacks.under(&here).filter(|(_, row)| row.status != StackStatus::DeleteComplete);
        if standing.count() >= quota {
            let message = "Limit for stack has been exceeded";
            return Err(Fault::new(FaultKind::LimitExceeded, operation, message).code("LimitExceededException"));
        }
        let place = (&self.account, &self.region);
        let mut stack = StackRow::shell(&world.draw("stack"), place, &request.stack, StackStatus::CreateInProgress);
        stack.token.clone_from(&request.token);
        stack.definition = definition.clone();
        stack.protection = request.protection;
        begin(
            world,
            &mut stack,
            Phase::Create,
            definition,
            Begin { token: &request.token, aim: Aim::Update, script: moment.script, now: moment.now },
        );
        let id = stack.id.clone();
        world.stacks.insert(stack.key(), stack);
        Ok(id)
    }

    pub(crate) fn make_change_set(
        &self,
        world: &mut World,
        request: &StackRequest,
        name: &str,
        aim: Aim,
        moment: &Moment,
    ) -> Answer<String> {
        let operation = "cloudformation:CreateChangeSet";
        let stack = self.row(world, operation, request.stack.as_str())?;
        if !updatable(stack.status) {
            return Err(wrong_status(operation, &stack, "updated"));
        }
        let (target, new) = self.define(world, operation, request)?;
        let old = Blueprint::of(world, &stack, &stack.definition);
        let retagged = stack.definition.tags != target.tags;
        let drifted =
            aim == Aim::RevertDrift && !planned_changes(world, &stack, &aim, (&old, &new), retagged).is_empty();
        let failure = (is_empty(&old, &new, retagged) && !drifted).then(|| NO_CHANGES.to_owned());
        self.keep_change_set(world, stack, request, name, (target, aim, failure), moment)
    }

    /// Keeps a change set that was found to be in order, or the one that was made before with the same token.
    pub(crate) fn keep_change_set(
        &self,
        world: &mut World,
        mut stack: StackRow,
        request: &StackRequest,
        name: &str,
        (target, aim, failure): (Definition, Aim, Option<String>),
        moment: &Moment,
    ) -> Answer<String> {
        let operation = "cloudformation:CreateChangeSet";
        let key = stack.key();
        let twin = stack.change_sets.get(name).and_then(|id| world.change_sets.get(id));
        if let Some(row) = twin {
            if row.token == request.token && row.target == target && row.aim == aim {
                return Ok(row.id.clone());
            }
            let message = format!("ChangeSet {name} already exists for stack {}", stack.name);
            return Err(Fault::new(FaultKind::AlreadyExists, operation, message).code("AlreadyExistsException"));
        }
        let resource = ["changeSet", name, &uuid(&world.draw("change-set"))].join("/");
        let partition = self.region.partition().as_str();
        let id = ["arn", partition, "cloudformation", self.region.as_str(), self.account.as_str(), &resource].join(":");
        let row = ChangeSetRow {
            id: id.clone(),
            name: name.to_owned(),
            stack: key.clone(),
            target,
            aim,
            token: request.token.clone(),
            due: moment.now.saturating_add(millis(world.settings().change_set_seconds)),
            failure,
            executed: None,
        };
        world.change_sets.insert(id.clone(), row);
        stack.change_sets.insert(name.to_owned(), id.clone());
        world.stacks.insert(key, stack);
        Ok(id)
    }

    pub(crate) fn change_set(&self, world: &World, operation: &str, id: &str) -> Answer<(ChangeSetRow, StackRow)> {
        let row = world.change_sets.get(id).cloned();
        let found = row.and_then(|row| {
            let stack = world.stacks.get(&row.stack)?.clone();
            (stack.account == self.account && stack.region == self.region).then_some((row, stack))
        });
        found.ok_or_else(|| {
            Fault::new(FaultKind::NotFound, operation, format!("ChangeSet [{id}] does not exist"))
                .code("ChangeSetNotFound")
        })
    }

    pub(crate) fn execute(&self, world: &mut World, id: &str, token: &str, moment: Moment) -> Answer<()> {
        let operation = "cloudformation:ExecuteChangeSet";
        check_token(operation, token)?;
        let (change_set, mut stack) = self.change_set(world, operation, id)?;
        if change_set.executed.as_deref() == Some(token) {
            return Ok(());
        }
        let unready = |status: &str| {
            let message = format!("ChangeSet [{id}] cannot be executed in its current status of [{status}]");
            Fault::new(FaultKind::Invalid, operation, message).code("InvalidChangeSetStatus")
        };
        if change_set.executed.is_some() {
            return Err(unready("EXECUTE_COMPLETE"));
        }
        if moment.now < change_set.due {
            return Err(unready("CREATE_IN_PROGRESS"));
        }
        if change_set.failure.is_some() {
            return Err(unready("FAILED"));
        }
        let phase = match &change_set.aim {
            Aim::Import(_) => Phase::Import,
            Aim::Update | Aim::RevertDrift => Phase::Update,
        };
        let begun = phase == Phase::Import && stack.status == StackStatus::ReviewInProgress;
        if !updatable(stack.status) && !begun {
            return Err(wrong_status(operation, &stack, "updated"));
        }
        let how = Begin { token, aim: change_set.aim, script: moment.script, now: moment.now };
        begin(world, &mut stack, phase, change_set.target, how);
        let key = stack.key();
        forget_change_sets(world, &mut stack, Some(id));
        if let Some(row) = world.change_sets.get_mut(id) {
            row.executed = Some(token.to_owned());
        }
        world.stacks.insert(key, stack);
        Ok(())
    }

    pub(crate) fn remove(&self, world: &mut World, id: &str, token: &str, moment: Moment) -> Answer<()> {
        let operation = "cloudformation:DeleteStack";
        check_token(operation, token)?;
        let Some(key) = self.find(world, id) else {
            return Ok(());
        };
        let Some(mut stack) = world.stacks.get(&key).cloned() else {
            return Ok(());
        };
        if matches!(stack.status, StackStatus::DeleteComplete | StackStatus::DeleteInProgress) {
            return Ok(());
        }
        if stack.protection == Protection::On {
            let message = format!("Stack [{}] cannot be deleted while TerminationProtection is enabled", stack.name);
            return Err(refused(operation, message));
        }
        let interruptible = matches!(stack.status, StackStatus::CreateInProgress | StackStatus::ReviewInProgress);
        if stack.status.in_progress() && !interruptible {
            return Err(wrong_status(operation, &stack, "deleted"));
        }
        forget_change_sets(world, &mut stack, None);
        stack.reason = None;
        let target = stack.definition.clone();
        let how = Begin { token, aim: Aim::Update, script: moment.script, now: moment.now };
        begin(world, &mut stack, Phase::Delete, target, how);
        world.stacks.insert(key, stack);
        Ok(())
    }
}

pub(crate) fn updatable(status: StackStatus) -> bool {
    matches!(
        status,
        StackStatus::CreateComplete
            | StackStatus::UpdateComplete
            | StackStatus::UpdateRollbackComplete
            | StackStatus::ImportComplete
            | StackStatus::ImportRollbackComplete
    )
}

/// Executing a change set, or deleting the stack, throws the others away.
fn forget_change_sets(world: &mut World, stack: &mut StackRow, except: Option<&str>) {
    stack.change_sets.retain(|_, id| {
        let kept = Some(id.as_str()) == except;
        if !kept {
            world.change_sets.remove(id);
        }
        kept
    });
}
