//! The boundary policies of an account: just those that its roles carry.

use std::collections::BTreeMap;

use landfall_model::{AccountSet, BoundaryName, Kind};

use crate::blueprint::Blueprint;
use crate::context::Context;
use crate::template::{LogicalId, ManagedPolicyBody, Resource, Template};
use crate::{Need, Provides, Stack};

/// One stack a boundary in each account whose roles carry it, so that all accounts share the template.
///
/// Not one stack for all of an account's: a boundary that its last role leaves would then be deleted by an update which
/// that role waits for, before it leaves. See [`crate::shared_policy`], where the same holds.
pub(crate) fn stacks(context: &mut Context<'_>) -> Vec<Stack> {
    let foundation = context.foundation;
    let mut wanted: BTreeMap<BoundaryName, AccountSet> = BTreeMap::new();
    for stack in &context.made {
        for need in &stack.needs {
            if let Need::Boundary(name) = need {
                wanted.entry(name.clone()).or_default().insert(stack.key.account.clone());
            }
        }
    }
    let mut out = Vec::new();
    // In the order of the configuration.
    for name in foundation.boundaries.keys() {
        if let Some(accounts) = wanted.get(name)
            && let Some(blueprint) = blueprint(context, name)
        {
            out.extend(context.stand(&blueprint, accounts));
        }
    }
    out
}

fn blueprint(context: &mut Context<'_>, name: &BoundaryName) -> Option<Blueprint> {
    let foundation = context.foundation;
    let boundary = foundation.boundaries.get(name)?;
    let place = boundary.place;
    let description = format!("Landfall: permissions boundary {name} of {}", foundation.organization.name);
    let mut template = Template::new(description);
    let policy = context.boundary(name, place)?.policy().clone();
    let document = {
        let document = landfall_policies::boundary(&context.estate, boundary);
        context.policies(document, place)?
    };
    let body = ManagedPolicyBody { name: policy, document };
    template.add(LogicalId::named(name.as_str(), "Boundary"), Resource::ManagedPolicy(body));
    let stack = context.stack_name(Kind::Boundary, &[name.as_str()], place)?;
    let blueprint = Blueprint::new(Kind::Boundary, Some(name.as_str()), stack, place, template);
    Some(Blueprint { provides: vec![Provides::Boundary(name.clone())], ..blueprint })
}
