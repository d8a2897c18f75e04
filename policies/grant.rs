//! The `access:` vocabulary as statements.
//!
//! Regions are `*`, because roles are global; accounts are the role's own, but for `assume`. Modes do not include each
//! other.

mod data;
mod message;
mod run;

use landfall_model::{Grant, OrganizationName};

use crate::Statement;
use crate::merge::merge;

pub(crate) use message::log_group;

/// The statements of one grant.
pub fn grant(organization: &OrganizationName, grant: &Grant) -> Vec<Statement> {
    match grant {
        Grant::S3 { bucket, prefix, mode } => data::s3(bucket, prefix.as_deref(), *mode),
        Grant::Logs { group, mode } => message::logs(group, *mode),
        Grant::Secrets { path } => data::secrets(path),
        Grant::Dynamodb { table, mode } => data::dynamodb(table, *mode),
        Grant::Ecr { repositories, mode } => run::ecr(repositories, *mode),
        Grant::Lambda { function } => run::lambda(function),
        Grant::Sns { topic } => message::sns(topic),
        Grant::Sqs { queue, mode } => message::sqs(queue, *mode),
        Grant::States { machine } => run::states(machine),
        Grant::Batch { queue, definition } => run::batch(queue, definition),
        Grant::Bedrock { models } => run::bedrock(models),
        Grant::Kms { key, mode } => data::kms(key, *mode),
        Grant::Assume { role } => run::assume(organization, role),
    }
}

/// The statements of many grants, as few as say the same.
pub fn grants<'a>(organization: &OrganizationName, list: impl IntoIterator<Item = &'a Grant>) -> Vec<Statement> {
    merge(list.into_iter().flat_map(|one| grant(organization, one)))
}

#[cfg(test)]
mod tests;
