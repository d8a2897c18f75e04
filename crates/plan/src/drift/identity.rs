//! What stands in IAM against what a stack makes there.

use landfall_model::Kind;
use landfall_stacks::{Identities, StackKey};

use super::classify::Surroundings;
use super::statement::changes;
use super::{Drift, Remedy, Subject};
use crate::{Difference, Repair, StepId};

/// Every difference as a drift.
pub(crate) fn identities(
    key: &StackKey,
    kind: Kind,
    wanted: &Identities,
    live: &Identities,
    differences: Vec<Difference>,
) -> Vec<Drift> {
    let surroundings = Surroundings { kind, wanted, live };
    let drift = |difference: Difference| {
        let rule = surroundings.rule(&difference);
        let remedy = remedy(&difference);
        let is_document = is_document(&difference);
        let Difference { kind, name, property, desired, live } = difference;
        let changes = if is_document { changes(&desired, &live) } else { Vec::new() };
        Drift {
            owner: StepId::Stack(key.clone()),
            account: Some(key.account.clone()),
            subject: Subject { kind: kind.into(), name },
            property,
            class: rule.class(),
            rule,
            remedy,
            desired,
            live,
            changes,
            dates: None,
        }
    };
    differences.into_iter().map(drift).collect()
}

fn is_document(difference: &Difference) -> bool {
    let property = difference.property.as_str();
    matches!(property, "AssumeRolePolicyDocument" | "PolicyDocument") || property.starts_with("Policies/")
}

/// What IAM can write is written there, and what is gone is made anew. What stands under a path that cannot be changed
/// would have to go first, with all that hangs on it: that is somebody's decision.
fn remedy(difference: &Difference) -> Remedy {
    match Repair::can_put_right(difference) {
        true if difference.property.is_empty() => Remedy::Recreate,
        true => Remedy::Iam,
        false => Remedy::Person,
    }
}
