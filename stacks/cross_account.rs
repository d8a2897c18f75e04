//! Roles for other accounts.

use landfall_model::{CrossAccount, Kind, Trusted};
use landfall_policies::cross_account_role;

use crate::blueprint::Blueprint;
use crate::context::Context;
use crate::template::{LogicalId, OutputValue, Resource, RoleBody, Template};
use crate::{Need, Stack};

/// One stack an item in each of its accounts.
pub(crate) fn stacks(context: &mut Context<'_>) -> Vec<Stack> {
    let mut out = Vec::new();
    for item in &context.foundation.cross_account {
        if let Some(blueprint) = blueprint(context, item) {
            out.extend(context.stand(&blueprint, &item.accounts));
        }
    }
    out
}

fn blueprint(context: &mut Context<'_>, item: &CrossAccount) -> Option<Blueprint> {
    let name = item.name.as_str();
    let role = RoleBody {
        name: context.role_name(Kind::CrossAccount, &[name], item.place)?,
        description: format!("Cross-account role {name}"),
        policies: {
            let policies = cross_account_role(&context.foundation.organization.name, item);
            context.policies(policies, item.place)?
        },
        boundary: context.boundary(&item.boundary, item.place)?,
        max_session: item.max_session,
    };
    let stack = context.stack_name(Kind::CrossAccount, &[name], item.place)?;
    let id = LogicalId::of("Role");
    let mut template =
        Template::new(format!("Landfall: cross-account role {name} of {}", context.foundation.organization.name));
    template.add(id.clone(), Resource::Role(Box::new(role)));
    template.output("RoleArn", "The role's ARN", OutputValue::Attribute(id, "Arn"));
    let needs = item.trusted.iter().filter_map(|trusted| match trusted {
        Trusted::Role(role) => {
            Some(Need::TrustedRole { account: role.account.clone(), role: role.role.clone(), place: role.place })
        }
        Trusted::Account { .. } | Trusted::External { .. } => None,
    });
    Some(
        Blueprint::new(Kind::CrossAccount, Some(name), stack, item.place, template)
            .attaching(&item.access.managed_policies)
            .needing(needs),
    )
}
