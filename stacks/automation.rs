//! The roles that Landfall itself uses from GitHub Actions.

use landfall_model::{AccountName, Automation, Kind};
use landfall_policies::{AutomationRole, GITHUB_PROVIDER, automation_boundary, automation_role};

use crate::blueprint::Blueprint;
use crate::context::Context;
use crate::template::{BoundarySource, LogicalId, ManagedPolicyBody, OutputValue, Resource, RoleBody, Template};
use crate::{Need, Stack};

/// One stack an account: what GitHub enters in the management account, what that leads to in every other.
pub(crate) fn stacks(context: &mut Context<'_>) -> Vec<Stack> {
    let foundation = context.foundation;
    let Some(section) = &foundation.automation else { return Vec::new() };
    let management = &foundation.organization.management_account;
    let github = vec![Need::Provider(GITHUB_PROVIDER.to_owned())];
    let mut out = Vec::new();
    if let Some(blueprint) = blueprint(context, section, &AutomationRole::MANAGEMENT, github) {
        out.extend(context.stand(&blueprint, [management]));
    }
    let Some(entered) = entered(context, section) else { return out };
    let members: Vec<&AccountName> = foundation.accounts.keys().filter(|name| *name != management).collect();
    if let Some(blueprint) = blueprint(context, section, &AutomationRole::MEMBER, entered) {
        out.extend(context.stand(&blueprint, members));
    }
    out
}

/// The roles of the management account that those of the members trust.
fn entered(context: &mut Context<'_>, section: &Automation) -> Option<Vec<Need>> {
    let organization = &context.foundation.organization;
    let mut out = Vec::new();
    for role in AutomationRole::MANAGEMENT {
        out.push(Need::TrustedRole {
            account: organization.management_account.clone(),
            role: context.name(role.name(&organization.name), section.place)?,
            place: section.place,
        });
    }
    Some(out)
}

fn blueprint(
    context: &mut Context<'_>,
    section: &Automation,
    roles: &[AutomationRole],
    needs: Vec<Need>,
) -> Option<Blueprint> {
    let organization = &context.foundation.organization;
    let boundary_id = LogicalId::of("Boundary");
    let boundary_name = context.own_boundary(Kind::Automation, section.place)?;
    let mut template = Template::new(format!("Landfall: its own roles in {}", organization.name));
    template.add(
        boundary_id.clone(),
        Resource::ManagedPolicy(ManagedPolicyBody {
            name: boundary_name.clone(),
            document: automation_boundary(&context.estate),
        }),
    );
    for kind in roles {
        let (id, output, description) = match kind {
            AutomationRole::Plan => ("PlanRole", "PlanRoleArn", "Landfall in pull requests: reads"),
            AutomationRole::Apply => ("ApplyRole", "ApplyRoleArn", "Landfall in its environment: writes"),
            AutomationRole::Reader => ("ReaderRole", "ReaderRoleArn", "Landfall from the management account: reads"),
            AutomationRole::Executor => {
                ("ExecutorRole", "ExecutorRoleArn", "Landfall from the management account: writes")
            }
        };
        let policies = automation_role(organization, &context.estate, section, *kind);
        let role = RoleBody {
            name: context.name(kind.name(&organization.name), section.place)?,
            description: description.to_owned(),
            policies: context.policies(policies, section.place)?,
            boundary: BoundarySource::Stack(boundary_id.clone(), boundary_name.clone()),
            max_session: RoleBody::HOUR,
        };
        template.add(LogicalId::of(id), Resource::Role(Box::new(role)));
        template.output(output, description, OutputValue::Attribute(LogicalId::of(id), "Arn"));
    }
    let stack = context.stack_name(Kind::Automation, &[], section.place)?;
    Some(Blueprint::new(Kind::Automation, None, stack, section.place, template).needing(needs))
}
