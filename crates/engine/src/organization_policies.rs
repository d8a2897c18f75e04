//! The policies that an organization has, whoever made them.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use landfall_model::GuardrailKind;

use crate::call::Calls;
use crate::limit::Endpoint;
use crate::port::{Answer, Cloud};
use crate::retry::Phase;
use crate::{Fault, ObserveOptions};

/// The names of an organization's policies by their ids, of the types that are enabled. AWS's own are among them.
///
/// # Errors
/// They cannot be listed.
pub async fn organization_policies(
    cloud: &dyn Cloud,
    kinds: &BTreeSet<GuardrailKind>,
    options: ObserveOptions,
) -> Answer<BTreeMap<String, String>> {
    let calls = Calls::new(options.seed);
    let quietly = |_: &Fault, _: u32, _: Duration| {};
    let port = cloud.organizations();
    let mut all = BTreeMap::new();
    for kind in kinds {
        all.extend(calls.call(&Endpoint::Organizations, Phase::Read, &quietly, || port.guardrails(*kind)).await?);
    }
    Ok(all)
}
