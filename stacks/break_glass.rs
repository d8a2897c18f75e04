//! Emergency roles: first to stand, last to go, waiting for nothing.

use landfall_model::{BreakGlass, Kind};
use landfall_policies::{break_glass_boundary, break_glass_role};

use crate::Stack;
use crate::blueprint::Blueprint;
use crate::context::Context;
use crate::template::{BoundarySource, LogicalId, ManagedPolicyBody, Resource, RoleBody, Template};

/// One stack an account, with a role for every tier and a boundary of its own, so that nothing else must stand before.
pub(crate) fn stacks(context: &mut Context<'_>) -> Vec<Stack> {
    let Some(section) = &context.foundation.break_glass else { return Vec::new() };
    match blueprint(context, section) {
        Some(blueprint) => context.stand(&blueprint, &section.accounts),
        None => Vec::new(),
    }
}

fn blueprint(context: &mut Context<'_>, section: &BreakGlass) -> Option<Blueprint> {
    let foundation = context.foundation;
    let organization = &foundation.organization.name;
    let boundary_id = LogicalId::of("Boundary");
    let boundary_name = context.own_boundary(Kind::BreakGlass, section.place)?;
    let mut template = Template::new(format!("Landfall: emergency roles of {organization}"));
    template.add(
        boundary_id.clone(),
        Resource::ManagedPolicy(ManagedPolicyBody {
            name: boundary_name.clone(),
            document: break_glass_boundary(&context.estate),
        }),
    );
    for tier in &section.tiers {
        let role = RoleBody {
            name: context.role_name(Kind::BreakGlass, &[tier.name.as_str()], tier.place)?,
            description: format!("Emergency access, tier {}: every use is reported", tier.name),
            policies: break_glass_role(&context.estate, section, tier),
            boundary: BoundarySource::Stack(boundary_id.clone(), boundary_name.clone()),
            max_session: section.max_session,
        };
        template.add(LogicalId::named(tier.name.as_str(), "Role"), Resource::Role(Box::new(role)));
    }
    let stack = context.stack_name(Kind::BreakGlass, &[], section.place)?;
    Some(Blueprint::new(Kind::BreakGlass, None, stack, section.place, template))
}
