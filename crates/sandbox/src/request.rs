//! What CloudFormation wants of a call before it looks at the template, and how it refuses.

use std::collections::BTreeMap;

use landfall_engine::port::Answer;
use landfall_engine::{Fault, FaultKind};

use crate::quotas;
use crate::rows::StackRow;

pub(crate) fn refused(operation: &str, message: impl Into<String>) -> Fault {
    Fault::new(FaultKind::Invalid, operation, message).code("ValidationError")
}

pub(crate) fn absent(operation: &str, stack: &str) -> Fault {
    Fault::new(FaultKind::NotFound, operation, format!("Stack [{stack}] does not exist")).code("ValidationError")
}

/// The refusal of an operation that a stack's status does not allow.
pub(crate) fn wrong_status(operation: &str, stack: &StackRow, cannot: &str) -> Fault {
    let message = format!("Stack:{} is in {} state and can not be {cannot}.", stack.id, stack.status);
    let kind = if stack.status.in_progress() { FaultKind::Conflict } else { FaultKind::Invalid };
    Fault::new(kind, operation, message).code("ValidationError")
}

/// Source: CloudFormation API, `ClientRequestToken`.
pub(crate) fn check_token(operation: &str, token: &str) -> Answer<()> {
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

pub(crate) fn check_tags(operation: &str, tags: &BTreeMap<String, String>) -> Answer<()> {
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

pub(crate) fn check_size(operation: &str, template: &str) -> Answer<()> {
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
