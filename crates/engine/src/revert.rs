//! A revert of drift is not believed: what it was about is looked at again.
//!
//! A CloudFormation that does not know drift-aware change sets takes one for an ordinary update, finds that the template
//! is the same, and has nothing to do.

use std::collections::BTreeSet;

use landfall_plan::{ResourceState, beyond_iam};

use crate::Outcome;
use crate::failure::{Failure, Progress};
use crate::port::StackRequest;
use crate::retry::Phase;
use crate::run::Work;
use crate::watch::Spot;

/// What else can be done about drift.
pub(crate) const OTHERWISE: &str = "leave --via out, and IAM is put right by its own calls; what is not IAM's has to be put \
                                    right by hand, as `landfall drift` shows it";

/// How it is said that a revert came to nothing, before what is still not as it shall be.
pub(crate) fn words(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Unchanged => "CloudFormation found nothing to revert, but ",
        _ => "CloudFormation reported success, but ",
    }
}

impl Work {
    /// Looks again at those of the reverted resources that IAM does not tell of; the others are read back.
    ///
    /// # Errors
    /// One of them is not as the template says, or cannot be looked at.
    pub(crate) async fn reverted(
        &self,
        spot: &Spot<'_>,
        request: &StackRequest,
        resources: &BTreeSet<String>,
        outcome: &Outcome,
    ) -> Progress<()> {
        let template = serde_json::from_str(&request.template).unwrap_or_default();
        for (logical_id, kind) in beyond_iam(&template).into_iter().filter(|(id, _)| resources.contains(id)) {
            let look = || spot.stacks.resource(request.stack.as_str(), &logical_id);
            let state = self.call(&spot.endpoint(), Phase::Read, look).await;
            let is = match state.map_err(|fault| Failure::call("what was reverted could not be looked at", fault))? {
                ResourceState::InSync => continue,
                ResourceState::Modified(_) => "is not as the template says".to_owned(),
                ResourceState::Deleted => "is not there".to_owned(),
                ResourceState::NotChecked(reason) => format!("cannot be looked at: {reason}"),
            };
            let resource = format!("{logical_id} ({kind})");
            return Err(Failure::new(format!("{}{resource} {is}", words(outcome))).resource(resource).hint(OTHERWISE));
        }
        Ok(())
    }
}
