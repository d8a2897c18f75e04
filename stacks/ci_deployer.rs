//! Roles that GitHub Actions deploys with, directly or through a hub.

use landfall_model::{CiDeployer, Kind, RoleName};
use landfall_policies::{Entry, GITHUB_PROVIDER, RolePolicies, ci_deployer_role, ci_hub_role};

use crate::blueprint::Blueprint;
use crate::context::Context;
use crate::template::{LogicalId, OutputValue, Resource, RoleBody, Template};
use crate::{Need, Stack};

/// One stack an item in each of its accounts, and one in its hub's.
pub(crate) fn stacks(context: &mut Context<'_>) -> Vec<Stack> {
    let mut out = Vec::new();
    for item in &context.foundation.ci_deployers {
        out.extend(item_stacks(context, item).unwrap_or_default());
    }
    out
}

fn item_stacks(context: &mut Context<'_>, item: &CiDeployer) -> Option<Vec<Stack>> {
    let organization = &context.foundation.organization.name;
    let name = item.name.as_str();
    let role = context.role_name(Kind::CiDeployer, &[name], item.place)?;
    let github = Need::Provider(GITHUB_PROVIDER.to_owned());
    let Some(hub) = &item.hub else {
        let policies = context.policies(ci_deployer_role(organization, item, Entry::Github), item.place)?;
        let blueprint = blueprint(context, item, &[name], role, policies)?.needing([github]);
        return Some(context.stand(&blueprint, &item.accounts));
    };
    let hub_role = context.role_name(Kind::CiDeployer, &[name, "hub"], item.place)?;
    let policies = context.policies(ci_hub_role(organization, item, &role), item.place)?;
    let hub_blueprint = blueprint(context, item, &[name, "hub"], hub_role.clone(), policies)?.needing([github]);
    let entry = Entry::Hub { account: hub, role: &hub_role };
    let policies = context.policies(ci_deployer_role(organization, item, entry), item.place)?;
    let need = Need::Hub { account: hub.clone(), role: hub_role.clone() };
    let blueprint = blueprint(context, item, &[name], role, policies)?.needing([need]);
    let mut out = context.stand(&hub_blueprint, [hub]);
    out.extend(context.stand(&blueprint, &item.accounts));
    Some(out)
}

fn blueprint(
    context: &mut Context<'_>,
    item: &CiDeployer,
    parts: &[&str],
    name: RoleName,
    policies: RolePolicies,
) -> Option<Blueprint> {
    let what = format!("GitHub deployer {}", parts.join(" "));
    let role = RoleBody {
        name,
        description: format!("{what}, for {}/{}", item.github.owner, item.github.repository),
        policies,
        boundary: context.boundary(&item.boundary, item.place)?,
        max_session: RoleBody::HOUR,
    };
    let id = LogicalId::of("Role");
    let mut template = Template::new(format!("Landfall: {what} of {}", context.foundation.organization.name));
    template.add(id.clone(), Resource::Role(Box::new(role)));
    template.output("RoleArn", "What `role-to-assume` takes", OutputValue::Attribute(id, "Arn"));
    let stack = context.stack_name(Kind::CiDeployer, parts, item.place)?;
    let blueprint = Blueprint::new(Kind::CiDeployer, Some(item.name.as_str()), stack, item.place, template);
    Some(blueprint.attaching(&item.access.managed_policies))
}
