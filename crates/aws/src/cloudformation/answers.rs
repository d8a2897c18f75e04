//! CloudFormation's answers in the engine's words.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use aws_sdk_cloudformation::types::{
    Change, ChangeSetStatus as Status, ExecutionStatus, Replacement as Replaces, ResourceStatus, Stack, StackEvent,
};
use landfall_engine::port::{Answer, ChangeSetStatus, Replacement, ResourceChange, ResourceFailure};
use landfall_engine::{Fault, FaultKind};
use landfall_model::{Region, StackName};
use landfall_plan::{Dates, ObservedStack, StackStatus};
use landfall_stacks::TAG_ORGANIZATION;

use crate::moment::moment;

/// A stack. One whose name Landfall would not give is nobody's business and left out; so is somebody else's in a status
/// that is not known here.
pub(super) fn observed(operation: &str, region: &Region, stack: Stack) -> Answer<Option<ObservedStack>> {
    let Ok(name) = StackName::new(stack.stack_name.unwrap_or_default()) else {
        return Ok(None);
    };
    let tags: BTreeMap<String, String> =
        stack.tags.unwrap_or_default().into_iter().filter_map(|tag| tag.key.zip(tag.value)).collect();
    let status = stack.stack_status.as_ref().map_or("", |status| status.as_str());
    let status: StackStatus = match status.parse() {
        Ok(status) => status,
        Err(_) if !tags.contains_key(TAG_ORGANIZATION) => return Ok(None),
        Err(error) => return Err(Fault::new(FaultKind::Other, operation, format!("stack {name}: {error}"))),
    };
    let outputs = stack.outputs.unwrap_or_default().into_iter();
    Ok(Some(ObservedStack {
        region: region.clone(),
        id: stack.stack_id.unwrap_or_else(|| name.to_string()),
        name,
        status,
        reason: stack.stack_status_reason.filter(|reason| !reason.is_empty()),
        tags,
        protected: stack.enable_termination_protection,
        outputs: outputs.filter_map(|output| output.output_key.zip(output.output_value)).collect(),
        dates: Dates {
            created: stack.creation_time.as_ref().and_then(moment),
            updated: stack.last_updated_time.as_ref().and_then(moment),
            last_used: None,
        },
    }))
}

/// How far a change set is. One that became obsolete can never be carried out, nor one that is complete and unavailable
/// and says why (CloudFormation API, `DescribeChangeSet`, `ExecutionStatus`).
pub(super) fn change_set_status(
    status: Option<&Status>,
    execution: Option<&ExecutionStatus>,
    reason: Option<&str>,
) -> ChangeSetStatus {
    match (status, execution) {
        (_, Some(ExecutionStatus::Obsolete)) => ChangeSetStatus::Failed,
        (Some(Status::CreateComplete), Some(ExecutionStatus::Unavailable)) => {
            if reason.is_some_and(|reason| !reason.is_empty()) {
                ChangeSetStatus::Failed
            } else {
                ChangeSetStatus::Pending
            }
        }
        (Some(Status::CreateComplete), _) => ChangeSetStatus::Ready,
        (Some(Status::CreatePending | Status::CreateInProgress), _) => ChangeSetStatus::Pending,
        _ => ChangeSetStatus::Failed,
    }
}

/// A change to a resource. Changes of other sorts (hooks) do not exist in Landfall's stacks.
pub(super) fn change(change: Change) -> Option<ResourceChange> {
    let change = change.resource_change?;
    Some(ResourceChange {
        logical_id: change.logical_resource_id.unwrap_or_default(),
        resource_type: change.resource_type.unwrap_or_default(),
        action: change.action.map(|action| action.as_str().to_owned()).unwrap_or_default(),
        replacement: match change.replacement {
            Some(Replaces::True) => Replacement::Yes,
            Some(Replaces::Conditional) => Replacement::Conditional,
            _ => Replacement::No,
        },
    })
}

/// The events of one operation, read newest first.
pub(super) struct Events<'a> {
    token: &'a str,
    failures: Vec<ResourceFailure>,
}

impl<'a> Events<'a> {
    /// Of the operation with this token.
    pub(super) fn of(token: &'a str) -> Self {
        Self { token, failures: Vec::new() }
    }

    /// Takes a page in. It breaks off where an older operation begins: all events of one operation carry its token
    /// (CloudFormation API, `StackEvent.ClientRequestToken`).
    pub(super) fn take(&mut self, page: Vec<StackEvent>) -> ControlFlow<()> {
        for event in page {
            if event.client_request_token.as_deref().is_some_and(|token| token != self.token) {
                return ControlFlow::Break(());
            }
            let of_stack_itself = event.physical_resource_id.is_some() && event.physical_resource_id == event.stack_id;
            let failed = matches!(
                event.resource_status,
                Some(
                    ResourceStatus::CreateFailed
                        | ResourceStatus::UpdateFailed
                        | ResourceStatus::DeleteFailed
                        | ResourceStatus::ImportFailed
                )
            );
            if failed && !of_stack_itself {
                self.failures.push(ResourceFailure {
                    logical_id: event.logical_resource_id.unwrap_or_default(),
                    resource_type: event.resource_type.unwrap_or_default(),
                    status: event.resource_status.map(|status| status.as_str().to_owned()).unwrap_or_default(),
                    reason: event.resource_status_reason.unwrap_or_default(),
                });
            }
        }
        ControlFlow::Continue(())
    }

    /// What failed, the cause before its consequences.
    pub(super) fn oldest_first(mut self) -> Vec<ResourceFailure> {
        self.failures.reverse();
        self.failures
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_cloudformation::types::{Output, ResourceChange as Changed, Tag};

    use super::*;

    fn stack(name: &str, status: &str) -> aws_sdk_cloudformation::types::builders::StackBuilder {
        Stack::builder().stack_name(name).stack_id("arn:x").stack_status(status.into())
    }

    fn region() -> Region {
        Region::new("eu-west-1").unwrap()
    }

    #[test]
    fn a_stack_is_read_with_tags_outputs_and_protection() {
        let stack = stack("acme-boundary", "UPDATE_ROLLBACK_COMPLETE")
            .tags(Tag::builder().key("a").value("b").build())
            .outputs(Output::builder().output_key("o").output_value("v").build())
            .enable_termination_protection(true)
            .stack_status_reason("");
        let seen = observed("x", &region(), stack.build()).unwrap().unwrap();
        assert_eq!(seen.status, StackStatus::UpdateRollbackComplete);
        assert_eq!((seen.tags["a"].as_str(), seen.outputs["o"].as_str()), ("b", "v"));
        assert_eq!((seen.protected, seen.reason), (Some(true), None));
    }

    #[test]
    fn somebody_elses_odd_stack_is_left_out_and_ones_own_is_a_fault() {
        let theirs = observed("x", &region(), stack("theirs", "BRAND_NEW").build()).unwrap();
        assert_eq!(theirs, None);
        let tag = Tag::builder().key(TAG_ORGANIZATION).value("acme").build();
        let own = observed("x", &region(), stack("own", "BRAND_NEW").tags(tag).build()).unwrap_err();
        assert!(own.message.contains("own") && own.message.contains("BRAND_NEW"), "{own}");
        assert_eq!(observed("x", &region(), stack("odd-", "CREATE_COMPLETE").build()).unwrap(), None);
    }

    #[test]
    fn a_change_set_is_ready_only_when_complete() {
        let seen = |status: &str, execution: Option<&str>| {
            change_set_status(Some(&status.into()), execution.map(Into::into).as_ref(), None)
        };
        let (complete, unavailable) = (Status::CreateComplete, ExecutionStatus::Unavailable);
        let told = change_set_status(Some(&complete), Some(&unavailable), Some("Resource import is not supported"));
        assert_eq!(told, ChangeSetStatus::Failed);
        assert_eq!(seen("CREATE_COMPLETE", Some("UNAVAILABLE")), ChangeSetStatus::Pending);
        assert_eq!(seen("CREATE_COMPLETE", Some("AVAILABLE")), ChangeSetStatus::Ready);
        assert_eq!(seen("CREATE_COMPLETE", Some("OBSOLETE")), ChangeSetStatus::Failed);
        assert_eq!(seen("CREATE_IN_PROGRESS", Some("UNAVAILABLE")), ChangeSetStatus::Pending);
        assert_eq!(seen("CREATE_PENDING", None), ChangeSetStatus::Pending);
        assert_eq!(seen("FAILED", Some("UNAVAILABLE")), ChangeSetStatus::Failed);
        assert_eq!(seen("DELETE_COMPLETE", None), ChangeSetStatus::Failed);
    }

    #[test]
    fn a_replacement_is_told_from_a_change_in_place() {
        let seen = |replacement: Replaces| {
            let changed = Changed::builder().logical_resource_id("Role").replacement(replacement).build();
            change(Change::builder().resource_change(changed).build()).unwrap().replacement
        };
        assert_eq!(seen(Replaces::True), Replacement::Yes);
        assert_eq!(seen(Replaces::False), Replacement::No);
        assert_eq!(seen(Replaces::Conditional), Replacement::Conditional);
    }

    fn event(token: Option<&str>, id: &str, status: &str) -> StackEvent {
        StackEvent::builder()
            .stack_id("arn:stack")
            .physical_resource_id(if id == "Stack" { "arn:stack" } else { "role" })
            .set_client_request_token(token.map(ToOwned::to_owned))
            .logical_resource_id(id)
            .resource_status(status.into())
            .resource_status_reason("why")
            .build()
    }

    #[test]
    fn failures_are_those_of_the_operation_oldest_first() {
        let mut events = Events::of("new");
        let page = vec![
            event(Some("new"), "Stack", "ROLLBACK_COMPLETE"),
            event(Some("new"), "Second", "CREATE_FAILED"),
            event(None, "First", "CREATE_FAILED"),
            event(Some("new"), "Stack", "CREATE_FAILED"),
            event(Some("old"), "Older", "CREATE_FAILED"),
        ];
        assert!(events.take(page).is_break());
        let names: Vec<String> = events.oldest_first().into_iter().map(|failure| failure.logical_id).collect();
        assert_eq!(names, ["First", "Second"]);
        let mut events = Events::of("new");
        assert!(events.take(vec![event(Some("new"), "Policy", "IMPORT_FAILED")]).is_continue());
        assert_eq!(events.oldest_first()[0].logical_id, "Policy");
    }

    #[test]
    fn a_page_without_an_older_operation_goes_on() {
        let mut events = Events::of("new");
        assert!(events.take(vec![event(Some("new"), "Role", "DELETE_FAILED")]).is_continue());
        assert_eq!(events.oldest_first()[0].status, "DELETE_FAILED");
    }
}
