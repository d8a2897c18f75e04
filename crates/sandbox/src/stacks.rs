//! CloudFormation's calls.

use async_trait::async_trait;
use landfall_engine::port::{Answer, ChangeSet, ResourceFailure, StackRequest, Stacks};
use landfall_plan::{Imported, ObservedStack, ResourceState, StackStatus};
use landfall_stacks::Protection;

use crate::actual::actual;
use crate::blueprint::Blueprint;
use crate::change_set::{described, planned_changes};
use crate::faults::Call;
use crate::phase::enter;
use crate::regional::RegionStacks;
use crate::request::{check_token, refused, wrong_status};
use crate::rows::{Aim, FailureRow, Phase, StackRow};

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

    async fn template(&self, stack: &str) -> Answer<Option<String>> {
        self.inner
            .call(self.call("cloudformation:GetTemplate", stack), |world, _| {
                let row = self.find(world, stack).and_then(|key| world.stacks.get(&key));
                let text = row.and_then(|row| world.templates.get(&row.definition.template));
                Ok(text.map(|text| text.to_string()))
            })
            .await
    }

    async fn resource(&self, stack: &str, logical_id: &str) -> Answer<ResourceState> {
        let operation = "cloudformation:DetectStackResourceDrift";
        self.inner
            .call(self.call(operation, stack), |world, _| {
                let row = self.row(world, operation, stack)?;
                let blueprint = Blueprint::of(world, &row, &row.definition);
                match blueprint.get(logical_id) {
                    Some(planned) => Ok(actual(world, &row, planned).state()),
                    None => {
                        Err(refused(operation, format!("Resource {logical_id} does not exist in stack {}", row.name)))
                    }
                }
            })
            .await
    }

    async fn create(&self, request: &StackRequest) -> Answer<String> {
        let call = self.call("cloudformation:CreateStack", request.stack.as_str());
        self.inner.call(call, |world, moment| self.make(world, request, moment)).await
    }

    async fn create_change_set(&self, request: &StackRequest, name: &str) -> Answer<String> {
        let call = self.call("cloudformation:CreateChangeSet", request.stack.as_str());
        self.inner.call(call, |world, moment| self.make_change_set(world, request, name, Aim::Update, &moment)).await
    }

    async fn create_revert(&self, request: &StackRequest, name: &str) -> Answer<String> {
        let call = self.call("cloudformation:CreateChangeSet", request.stack.as_str());
        self.inner
            .call(call, |world, moment| self.make_change_set(world, request, name, Aim::RevertDrift, &moment))
            .await
    }

    async fn create_import(&self, request: &StackRequest, name: &str, resources: &[Imported]) -> Answer<String> {
        let call = self.call("cloudformation:CreateChangeSet", request.stack.as_str());
        self.inner.call(call, |world, moment| self.make_import(world, request, name, resources, &moment)).await
    }

    async fn describe_change_set(&self, change_set: &str) -> Answer<ChangeSet> {
        let operation = "cloudformation:DescribeChangeSet";
        self.inner
            .call(Call::new(operation).in_account(&self.account), |world, moment| {
                let (row, stack) = self.change_set(world, operation, change_set)?;
                let old = Blueprint::of(world, &stack, &stack.definition);
                let new = Blueprint::of(world, &stack, &row.target);
                let retagged = stack.definition.tags != row.target.tags;
                let changes = planned_changes(world, &stack, &row.aim, (&old, &new), retagged);
                Ok(described(&row, &changes, moment.now))
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
                if let Some(row) = world.change_sets.remove(change_set)
                    && let Some(stack) = world.stacks.get_mut(&row.stack)
                {
                    stack.change_sets.remove(&row.name);
                }
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
                let failure = |event: FailureRow| ResourceFailure {
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
