//! Managed policies of AWS's own that a user names.

use landfall_model::{Arn, Diagnostic, Partition, Reads};
use landfall_policies::lint::codes;
use landfall_policies::{aws_policies, aws_policy_name};

use super::finding::Finding;
use crate::item::Item;

/// Looks at every ARN.
pub(crate) fn check(items: &[Item<'_>]) -> Vec<Finding> {
    let wrong = |item: &Item<'_>, arn| Some(Finding::new(wrong(arn)?, [item.name.as_str()]));
    items.iter().flat_map(|item| item.managed.iter().filter_map(move |arn| wrong(item, arn))).collect()
}

/// What is known is the partition `aws`; others have fewer policies, and now and then one of their own.
fn wrong(arn: &Reads<Arn>) -> Option<Diagnostic> {
    let (partition, name) = aws_policy_name(arn.value.as_str())?;
    let policies = aws_policies();
    match policies.policy(name) {
        Some(policy) if policy.is_service_linked() => {
            let message = format!("`{name}` is for service-linked roles, and IAM attaches it to no other");
            Some(
                Diagnostic::error(codes::NOT_ATTACHABLE, arn.place, message)
                    .help("take it out: AWS makes the service-linked role with it when the service is first used"),
            )
        }
        None if partition == Partition::Aws => {
            let message = format!("AWS has no managed policy `{name}`");
            let help = match policies.meant(name) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!(
                    "look it up in the AWS Managed Policy Reference Guide; Landfall knows AWS's policies as of {}",
                    policies.date()
                ),
            };
            Some(Diagnostic::warning(codes::UNKNOWN_MANAGED, arn.place, message).help(help))
        }
        _ => None,
    }
}
