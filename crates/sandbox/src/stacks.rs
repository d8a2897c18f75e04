//! CloudFormation in one account and Region.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use landfall_engine::port::{Answer, ChangeSet, ResourceFailure, StackRequest, Stacks};
use landfall_engine::{Fault, FaultKind};
use landfall_model::{AccountId, Region};
use landfall_plan::{ObservedStack, StackStatus};
use landfall_stacks::Protection;

use crate::blueprint::{Blueprint, Site};
use crate::change_set::{ChangeSetRow, NO_CHANGES, described, is_empty};
use crate::clock::millis;
use crate::faults::Call;
use crate::operation::{Begin, begin, enter};
use crate::quotas;
use crate::sandbox::{Inner, Moment};
use crate::stack::{Definition, Phase, StackRow, arn_of, key_in, key_of, uuid};
use crate::world::World;

/// CloudFormation in one account and Region.
pub(crate) struct RegionStacks {
    pub(crate) inner: Arc<Inner>,
    pub(crate) account: AccountId,
    pub(crate) region: Region,
}

fn refused(operation: &str, message: impl Into<String>) -> Fault {
    Fault::new(FaultKind::Invalid, operation, message).code("ValidationError")
}

fn absent(operation: &str, stack: &str) -> Fault {
    Fault::new(FaultKind::NotFound, operation, format!("Stack [{stack}] does not exist")).code("ValidationError")
}

/// The refusal of an operation that a stack's status does not allow.
fn wrong_status(operation: &str, stack: &StackRow, cannot: &str) -> Fault {
    let message = format!("Stack:{} is in {} state and can not be {cannot}.", stack.id, stack.status);
    let kind = if stack.status.in_progress() { FaultKind::Conflict } else { FaultKind::Invalid };
    Fault::new(kind, operation, message).code("ValidationError")
}

/// Source: CloudFormation API, `ClientRequestToken`.
fn check_token(operation: &str, token: &str) -> Answer<()> {
    let well_formed = (1..=128).contains(&token.len())
        && token.starts_with(|c: char| c.is_ascii_alphanumeric())
        && token.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if well_formed {
        return Ok(());
    }
    Err(refused(
        operation,
        format!(
            "1 validation error detected: Value '{token}' at 'clientRequestToken' failed to satisfy constraint: Member \
             must satisfy regular expression pattern: [a-zA-Z0-9][-a-zA-Z0-9]*"
        ),
    ))
}

fn check_tags(operation: &str, tags: &BTreeMap<String, String>) -> Answer<()> {
    if tags.len() > quotas::STACK_TAGS {
        return Err(refused(
            operation,
            format!(
                "1 validation error detected: Value at 'tags' failed to satisfy constraint: Member must have \
                     length less than or equal to {}",
                quotas::STACK_TAGS
            ),
        ));
    }
    match tags.keys().find(|key| key.to_ascii_lowercase().starts_with("aws:")) {
        Some(_) => Err(refused(operation, "aws: prefixed tag key names are not allowed for external use.")),
        None => Ok(()),
    }
}

fn check_size(operation: &str, template: &str) -> Answer<()> {
    if template.len() <= quotas::TEMPLATE_BYTES {
        return Ok(());
    }
    Err(refused(
        operation,
        format!(
            "1 validation error detected: Value at 'templateBody' failed to satisfy constraint: Member must have length \
             less than or equal to {}",
            quotas::TEMPLATE_BYTES
        ),
    ))
}

impl RegionStacks {
    fn call<'a>(&'a self, operation: &'static str, stack: &'a str) -> Call<'a> {
        let name = stack.split('/').nth(1).unwrap_or(stack);
        Call::new(operation).in_account(&self.account).stack(name)
    }

    /// The key of a stack by its ARN, or of the one that now has a name.
    fn find(&self, world: &World, stack: &str) -> Option<String> {
        if stack.starts_with("arn:") {
            let key = key_in(stack)?;
            let here = [self.account.as_str(), "/", self.region.as_str(), "/"].concat();
            return (key.starts_with(&here) && world.stacks.get(&key).is_some()).then_some(key);
        }
        let prefix = key_of(&self.account, &self.region, stack, "");
        let found = world.stacks.under(&prefix).find(|(_, row)| row.status != StackStatus::DeleteComplete);
        found.map(|(key, _)| key.clone())
    }

    fn row(&self, world: &World, operation: &str, stack: &str) -> Answer<StackRow> {
        let key = self.find(world, stack);
        key.and_then(|key| world.stacks.get(&key).cloned()).ok_or_else(|| absent(operation, stack))
    }

    /// Checks what is asked for and keeps its template.
    fn define(&self, world: &mut World, operation: &str, request: &StackRequest) -> Answer<(Definition, Blueprint)> {
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

    fn make(&self, world: &mut World, request: &StackRequest, moment: Moment) -> Answer<String> {
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
        let mut stack = self.shell(world, request, StackStatus::CreateInProgress);
        stack.definition = definition.clone();
        stack.protection = request.protection;
        begin(
            world,
            &mut stack,
            Phase::Create,
            definition,
            Begin { token: &request.token, script: moment.script, now: moment.now },
        );
        let id = stack.id.clone();
        world.stacks.insert(stack.key(), stack);
        Ok(id)
    }

    /// A stack with nothing in it.
    pub(crate) fn shell(&self, world: &mut World, request: &StackRequest, status: StackStatus) -> StackRow {
        let uuid = uuid(&world.draw("stack"));
        StackRow {
            id: arn_of(&self.account, &self.region, request.stack.as_str(), &uuid),
            account: self.account.clone(),
            region: self.region.clone(),
            name: request.stack.clone(),
            status,
            reason: None,
            definition: Definition::default(),
            protection: Protection::Off,
            token: request.token.clone(),
            resources: BTreeMap::new(),
            outputs: BTreeMap::new(),
            operation: None,
            suspended: None,
            failures: Vec::new(),
        }
    }

    fn make_change_set(
        &self,
        world: &mut World,
        request: &StackRequest,
        name: &str,
        moment: &Moment,
    ) -> Answer<String> {
        let operation = "cloudformation:CreateChangeSet";
        let stack = self.row(world, operation, request.stack.as_str())?;
        if !updatable(stack.status) {
            return Err(wrong_status(operation, &stack, "updated"));
        }
        let (target, new) = self.define(world, operation, request)?;
        let key = stack.key();
        let twin = world.change_sets.iter().find(|(_, row)| row.stack == key && row.name == name);
        if let Some((id, row)) = twin {
            if row.token == request.token && row.target == target {
                return Ok(id.clone());
            }
            let message = format!("ChangeSet {name} already exists for stack {}", stack.name);
            return Err(Fault::new(FaultKind::AlreadyExists, operation, message).code("AlreadyExistsException"));
        }
        let old = Blueprint::of(world, &stack, &stack.definition);
        let empty = is_empty(&old, &new, stack.definition.tags != target.tags);
        let resource = ["changeSet", name, &uuid(&world.draw("change-set"))].join("/");
        let partition = self.region.partition().as_str();
        let id = ["arn", partition, "cloudformation", self.region.as_str(), self.account.as_str(), &resource].join(":");
        let row = ChangeSetRow {
            id: id.clone(),
            name: name.to_owned(),
            stack: key,
            target,
            token: request.token.clone(),
            due: moment.now.saturating_add(millis(world.settings().change_set_seconds)),
            failure: empty.then(|| NO_CHANGES.to_owned()),
            executed: None,
        };
        world.change_sets.insert(id.clone(), row);
        Ok(id)
    }

    fn change_set(&self, world: &World, operation: &str, id: &str) -> Answer<(ChangeSetRow, StackRow)> {
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

    fn execute(&self, world: &mut World, id: &str, token: &str, moment: Moment) -> Answer<()> {
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
        if !updatable(stack.status) {
            return Err(wrong_status(operation, &stack, "updated"));
        }
        begin(
            world,
            &mut stack,
            Phase::Update,
            change_set.target,
            Begin { token, script: moment.script, now: moment.now },
        );
        let key = stack.key();
        forget_change_sets(world, &key, Some(id));
        if let Some(row) = world.change_sets.get_mut(id) {
            row.executed = Some(token.to_owned());
        }
        world.stacks.insert(key, stack);
        Ok(())
    }

    fn remove(&self, world: &mut World, id: &str, token: &str, moment: Moment) -> Answer<()> {
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
        forget_change_sets(world, &key, None);
        stack.reason = None;
        let target = stack.definition.clone();
        let how = Begin { token, script: moment.script, now: moment.now };
        begin(world, &mut stack, Phase::Delete, target, how);
        world.stacks.insert(key, stack);
        Ok(())
    }
}

fn updatable(status: StackStatus) -> bool {
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
fn forget_change_sets(world: &mut World, stack: &str, except: Option<&str>) {
    let gone: Vec<String> = world
        .change_sets
        .iter()
        .filter(|(id, row)| row.stack == stack && Some(id.as_str()) != except)
        .map(|(id, _)| id.clone())
        .collect();
    for id in gone {
        world.change_sets.remove(&id);
    }
}

#[async_trait]
impl Stacks for RegionStacks {
    async fn list(&self) -> Answer<Vec<ObservedStack>> {
        let call = Call::new("cloudformation:DescribeStacks").in_account(&self.account);
        self.inner
            .call(call, |world, _| {
                let here = [self.account.as_str(), "/", self.region.as_str(), "/"].concat();
                let rows = world.stacks.under(&here).filter(|(_, row)| row.status != StackStatus::DeleteComplete);
                Ok(rows.map(|(_, row)| row.observed()).collect())
            })
            .await
    }

    async fn describe(&self, stack: &str) -> Answer<Option<ObservedStack>> {
        self.inner
            .call(self.call("cloudformation:DescribeStacks", stack), |world, _| {
                let key = self.find(world, stack);
                Ok(key.and_then(|key| world.stacks.get(&key)).map(StackRow::observed))
            })
            .await
    }

    async fn create(&self, request: &StackRequest) -> Answer<String> {
        let call = self.call("cloudformation:CreateStack", request.stack.as_str());
        self.inner.call(call, |world, moment| self.make(world, request, moment)).await
    }

    async fn create_change_set(&self, request: &StackRequest, name: &str) -> Answer<String> {
        let call = self.call("cloudformation:CreateChangeSet", request.stack.as_str());
        self.inner.call(call, |world, moment| self.make_change_set(world, request, name, &moment)).await
    }

    async fn describe_change_set(&self, change_set: &str) -> Answer<ChangeSet> {
        let operation = "cloudformation:DescribeChangeSet";
        self.inner
            .call(Call::new(operation).in_account(&self.account), |world, moment| {
                let (row, stack) = self.change_set(world, operation, change_set)?;
                let old = Blueprint::of(world, &stack, &stack.definition);
                let new = Blueprint::of(world, &stack, &row.target);
                let retagged = stack.definition.tags != row.target.tags;
                Ok(described(&row, &old, &new, retagged, moment.now))
            })
            .await
    }

    async fn execute_change_set(&self, change_set: &str, token: &str) -> Answer<()> {
        // Rules may name the stack, which a change set's ARN does not.
        let name = self
            .inner
            .act(|world, _| {
                let row = world.change_sets.get(change_set)?;
                world.stacks.get(&row.stack).map(|stack| stack.name.clone())
            })
            .ok()
            .flatten();
        let mut call = Call::new("cloudformation:ExecuteChangeSet").in_account(&self.account);
        if let Some(name) = &name {
            call = call.stack(name.as_str());
        }
        self.inner.call(call, |world, moment| self.execute(world, change_set, token, moment)).await
    }

    async fn delete_change_set(&self, change_set: &str) -> Answer<()> {
        let call = Call::new("cloudformation:DeleteChangeSet").in_account(&self.account);
        self.inner
            .call(call, |world, _| {
                world.change_sets.remove(change_set);
                Ok(())
            })
            .await
    }

    async fn delete(&self, stack: &str, token: &str) -> Answer<()> {
        let call = self.call("cloudformation:DeleteStack", stack);
        self.inner.call(call, |world, moment| self.remove(world, stack, token, moment)).await
    }

    async fn continue_update_rollback(&self, stack: &str, token: &str) -> Answer<()> {
        let operation = "cloudformation:ContinueUpdateRollback";
        self.inner
            .call(self.call(operation, stack), |world, moment| {
                check_token(operation, token)?;
                let mut row = self.row(world, operation, stack)?;
                if row.status == StackStatus::UpdateRollbackInProgress {
                    let same = row.operation.as_ref().is_some_and(|operation| operation.token == token);
                    return if same { Ok(()) } else { Err(wrong_status(operation, &row, "rolled back")) };
                }
                let suspended = row.suspended.take_if(|_| row.status == StackStatus::UpdateRollbackFailed);
                let Some(mut suspended) = suspended else {
                    return Err(wrong_status(operation, &row, "rolled back"));
                };
                token.clone_into(&mut suspended.token);
                suspended.script = moment.script;
                row.reason = None;
                enter(world, &mut row, suspended, Phase::UpdateRollback, moment.now);
                world.stacks.insert(row.key(), row);
                Ok(())
            })
            .await
    }

    async fn protect(&self, stack: &str, on: Protection) -> Answer<()> {
        let operation = "cloudformation:UpdateTerminationProtection";
        self.inner
            .call(self.call(operation, stack), |world, _| {
                let mut row = self.row(world, operation, stack)?;
                if matches!(row.status, StackStatus::DeleteComplete | StackStatus::DeleteInProgress) {
                    return Err(wrong_status(operation, &row, "updated"));
                }
                row.protection = on;
                world.stacks.insert(row.key(), row);
                Ok(())
            })
            .await
    }

    async fn failures(&self, stack: &str, token: &str) -> Answer<Vec<ResourceFailure>> {
        let operation = "cloudformation:DescribeStackEvents";
        self.inner
            .call(self.call(operation, stack), |world, _| {
                let row = self.row(world, operation, stack)?;
                let events = row.failures.into_iter().filter(|event| event.token == token);
                let failure = |event: crate::stack::FailureRow| ResourceFailure {
                    logical_id: event.logical,
                    resource_type: event.type_name,
                    status: event.status,
                    reason: event.reason,
                };
                Ok(events.map(failure).collect())
            })
            .await
    }
}
