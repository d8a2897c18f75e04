//! CloudFormation in one account and Region.

use std::collections::BTreeMap;

use async_trait::async_trait;
use aws_sdk_cloudformation::Client;
use aws_sdk_cloudformation::operation::create_change_set::builders::CreateChangeSetFluentBuilder;
use aws_sdk_cloudformation::types::{
    Capability, ChangeSetType, DeploymentMode, Parameter, ResourceToImport, Tag, TemplateStage,
};
use landfall_engine::port::{Answer, ChangeSet, ChangeSetStatus, ResourceFailure, StackRequest, Stacks};
use landfall_engine::{Fault, FaultKind};
use landfall_model::Region;
use landfall_plan::{Imported, ObservedStack, ResourceState};
use landfall_stacks::Protection;

use crate::calls::Calls;

mod answers;
mod drift;

use answers::{Events, change, change_set_status, observed};
use drift::resource_state;

const DESCRIBE: &str = "cloudformation:DescribeStacks";
const TEMPLATE: &str = "cloudformation:GetTemplate";
const CREATE: &str = "cloudformation:CreateStack";
const CREATE_CHANGE_SET: &str = "cloudformation:CreateChangeSet";
const DESCRIBE_CHANGE_SET: &str = "cloudformation:DescribeChangeSet";
const EXECUTE_CHANGE_SET: &str = "cloudformation:ExecuteChangeSet";
const DELETE_CHANGE_SET: &str = "cloudformation:DeleteChangeSet";
const DELETE: &str = "cloudformation:DeleteStack";
const CONTINUE: &str = "cloudformation:ContinueUpdateRollback";
const PROTECT: &str = "cloudformation:UpdateTerminationProtection";
const RESOURCE_DRIFT: &str = "cloudformation:DetectStackResourceDrift";
const EVENTS: &str = "cloudformation:DescribeStackEvents";

/// Events come newest first, 100 or so a page. The failure that began it all lies behind the events of the rollback,
/// which for the largest stack Landfall makes are a few hundred.
const EVENT_PAGES: usize = 8;

/// CloudFormation in one account and Region.
pub(crate) struct StacksAdapter {
    client: Client,
    region: Region,
    calls: Calls,
}

impl StacksAdapter {
    pub(crate) fn new(client: Client, region: Region, calls: Calls) -> Self {
        Self { client, region, calls }
    }

    fn change_set(&self, request: &StackRequest, name: &str) -> CreateChangeSetFluentBuilder {
        self.client
            .create_change_set()
            .stack_name(request.stack.as_str())
            .change_set_name(name)
            .template_body(request.template.as_ref())
            .set_parameters(Some(parameters(&request.parameters)))
            // An empty list is not the same as none: it takes the stack's tags away.
            .set_tags((!request.tags.is_empty()).then(|| tags(&request.tags)))
            .capabilities(Capability::CapabilityNamedIam)
            .client_token(&request.token)
    }
}

#[async_trait]
impl Stacks for StacksAdapter {
    async fn list(&self) -> Answer<Vec<ObservedStack>> {
        let mut stacks = Vec::new();
        let mut page = None;
        loop {
            let answer = self.calls.make(DESCRIBE, self.client.describe_stacks().set_next_token(page).send()).await?;
            for stack in answer.stacks.unwrap_or_default() {
                stacks.extend(observed(DESCRIBE, &self.region, stack)?);
            }
            page = answer.next_token.filter(|token| !token.is_empty());
            if page.is_none() {
                return Ok(stacks);
            }
        }
    }

    async fn describe(&self, stack: &str) -> Answer<Option<ObservedStack>> {
        match self.calls.make(DESCRIBE, self.client.describe_stacks().stack_name(stack).send()).await {
            Ok(answer) => match answer.stacks.unwrap_or_default().into_iter().next() {
                Some(stack) => observed(DESCRIBE, &self.region, stack),
                None => Ok(None),
            },
            Err(fault) if fault.kind == FaultKind::NotFound => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    async fn template(&self, stack: &str) -> Answer<Option<String>> {
        let call = self.client.get_template().stack_name(stack).template_stage(TemplateStage::Original).send();
        match self.calls.make(TEMPLATE, call).await {
            Ok(answer) => Ok(answer.template_body),
            Err(fault) if fault.kind == FaultKind::NotFound => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    async fn resource(&self, stack: &str, logical_id: &str) -> Answer<ResourceState> {
        let call = self.client.detect_stack_resource_drift().stack_name(stack).logical_resource_id(logical_id).send();
        let answer = self.calls.make(RESOURCE_DRIFT, call).await?;
        Ok(resource_state(answer.stack_resource_drift))
    }

    async fn create(&self, request: &StackRequest) -> Answer<String> {
        let call = self
            .client
            .create_stack()
            .stack_name(request.stack.as_str())
            .template_body(request.template.as_ref())
            .set_parameters(Some(parameters(&request.parameters)))
            .set_tags(Some(tags(&request.tags)))
            .capabilities(Capability::CapabilityNamedIam)
            .enable_termination_protection(request.protection == Protection::On)
            .client_request_token(&request.token)
            .send();
        let answer = self.calls.make(CREATE, call).await?;
        answer.stack_id.ok_or_else(|| missing(CREATE, "stack id"))
    }

    async fn create_change_set(&self, request: &StackRequest, name: &str) -> Answer<String> {
        let call = self.change_set(request, name).change_set_type(ChangeSetType::Update).send();
        let answer = self.calls.make(CREATE_CHANGE_SET, call).await?;
        answer.id.ok_or_else(|| missing(CREATE_CHANGE_SET, "change set id"))
    }

    async fn create_revert(&self, request: &StackRequest, name: &str) -> Answer<String> {
        let call = self
            .change_set(request, name)
            .change_set_type(ChangeSetType::Update)
            .deployment_mode(DeploymentMode::RevertDrift)
            .send();
        let answer = self.calls.make(CREATE_CHANGE_SET, call).await?;
        answer.id.ok_or_else(|| missing(CREATE_CHANGE_SET, "change set id"))
    }

    async fn create_import(&self, request: &StackRequest, name: &str, resources: &[Imported]) -> Answer<String> {
        let resources = resources.iter().map(|one| {
            let identifier = one.identifier.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
            ResourceToImport::builder()
                .logical_resource_id(&one.logical)
                .resource_type(&one.type_name)
                .set_resource_identifier(Some(identifier))
                .build()
        });
        let call = self
            .change_set(request, name)
            .change_set_type(ChangeSetType::Import)
            .set_resources_to_import(Some(resources.collect()))
            .send();
        let answer = self.calls.make(CREATE_CHANGE_SET, call).await?;
        answer.id.ok_or_else(|| missing(CREATE_CHANGE_SET, "change set id"))
    }

    async fn describe_change_set(&self, change_set: &str) -> Answer<ChangeSet> {
        let mut changes = Vec::new();
        let mut page = None;
        loop {
            let call = self.client.describe_change_set().change_set_name(change_set).set_next_token(page).send();
            let answer = self.calls.make(DESCRIBE_CHANGE_SET, call).await?;
            let reason = answer.status_reason.as_deref();
            let status = change_set_status(answer.status.as_ref(), answer.execution_status.as_ref(), reason);
            changes.extend(answer.changes.unwrap_or_default().into_iter().filter_map(change));
            page = answer.next_token.filter(|token| !token.is_empty());
            if page.is_none() || status != ChangeSetStatus::Ready {
                return Ok(ChangeSet { status, reason: answer.status_reason, changes });
            }
        }
    }

    async fn execute_change_set(&self, change_set: &str, token: &str) -> Answer<()> {
        let call = self.client.execute_change_set().change_set_name(change_set).client_request_token(token).send();
        self.calls.make(EXECUTE_CHANGE_SET, call).await.map(drop)
    }

    async fn delete_change_set(&self, change_set: &str) -> Answer<()> {
        let call = self.client.delete_change_set().change_set_name(change_set).send();
        self.calls.make(DELETE_CHANGE_SET, call).await.map(drop)
    }

    async fn delete(&self, stack: &str, token: &str) -> Answer<()> {
        let call = self.client.delete_stack().stack_name(stack).client_request_token(token).send();
        self.calls.make(DELETE, call).await.map(drop)
    }

    async fn continue_update_rollback(&self, stack: &str, token: &str) -> Answer<()> {
        let call = self.client.continue_update_rollback().stack_name(stack).client_request_token(token).send();
        self.calls.make(CONTINUE, call).await.map(drop)
    }

    async fn protect(&self, stack: &str, on: Protection) -> Answer<()> {
        let call = self
            .client
            .update_termination_protection()
            .stack_name(stack)
            .enable_termination_protection(on == Protection::On)
            .send();
        self.calls.make(PROTECT, call).await.map(drop)
    }

    async fn failures(&self, stack: &str, token: &str) -> Answer<Vec<ResourceFailure>> {
        let mut events = Events::of(token);
        let mut page = None;
        for _ in 0..EVENT_PAGES {
            let call = self.client.describe_stack_events().stack_name(stack).set_next_token(page).send();
            let answer = self.calls.make(EVENTS, call).await?;
            let goes_on = events.take(answer.stack_events.unwrap_or_default());
            page = answer.next_token.filter(|token| !token.is_empty());
            if page.is_none() || goes_on.is_break() {
                break;
            }
        }
        Ok(events.oldest_first())
    }
}

fn parameters(values: &BTreeMap<String, String>) -> Vec<Parameter> {
    values.iter().map(|(key, value)| Parameter::builder().parameter_key(key).parameter_value(value).build()).collect()
}

fn tags(values: &BTreeMap<String, String>) -> Vec<Tag> {
    values.iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect()
}

fn missing(operation: &str, what: &str) -> Fault {
    Fault::new(FaultKind::Transient, operation, format!("the answer carries no {what}"))
}
