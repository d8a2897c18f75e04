//! The boundary policies of an account: just those that its roles carry.

use std::collections::{BTreeMap, BTreeSet};

use landfall_model::{AccountName, AccountSet, BoundaryName, Kind};

use crate::blueprint::Blueprint;
use crate::context::Context;
use crate::template::{LogicalId, ManagedPolicyBody, Resource, Template};
use crate::{Need, Provides, Stack};

/// One stack an account; accounts whose roles carry the same boundaries share the template.
pub(crate) fn stacks(context: &mut Context<'_>) -> Vec<Stack> {
    let mut wanted: BTreeMap<AccountName, BTreeSet<BoundaryName>> = BTreeMap::new();
    for stack in &context.made {
        for need in &stack.needs {
            if let Need::Boundary(name) = need {
                wanted.entry(stack.key.account.clone()).or_default().insert(name.clone());
            }
        }
    }
    let mut groups: BTreeMap<BTreeSet<BoundaryName>, AccountSet> = BTreeMap::new();
    for (account, names) in wanted {
        groups.entry(names).or_default().insert(account);
    }
    let mut out = Vec::new();
    for (names, accounts) in groups {
        if let Some(blueprint) = blueprint(context, &names) {
            out.extend(context.stand(&blueprint, &accounts));
        }
    }
    out
}

fn blueprint(context: &mut Context<'_>, names: &BTreeSet<BoundaryName>) -> Option<Blueprint> {
    let foundation = context.foundation;
    let mut place = foundation.organization.place;
    let mut template = Template::new(format!("Landfall: permissions boundaries of {}", foundation.organization.name));
    let mut provides = Vec::new();
    // In the order of the configuration.
    for (name, boundary) in foundation.boundaries.iter().filter(|(name, _)| names.contains(*name)) {
        let policy = context.boundary(name, boundary.place)?.policy().clone();
        let document = {
            let document = landfall_policies::boundary(&context.estate, boundary);
            context.policies(document, boundary.place)?
        };
        if provides.is_empty() {
            place = boundary.place;
        }
        template.add(
            LogicalId::named(name.as_str(), "Boundary"),
            Resource::ManagedPolicy(ManagedPolicyBody { name: policy, document }),
        );
        provides.push(Provides::Boundary(name.clone()));
    }
    let stack = context.stack_name(Kind::Boundary, &[], place)?;
    Some(Blueprint { provides, ..Blueprint::new(Kind::Boundary, None, stack, place, template) })
}
