//! The roles of a team's batch jobs: a pair shared by the team, pairs of their own for single jobs, or both.

use landfall_model::{BatchRole, BoundaryName, Job, Kind, Naming, Place, Team};
use landfall_policies::{RolePolicies, batch_execution_role, batch_job_role};

use crate::blueprint::Blueprint;
use crate::context::Context;
use crate::limit::{TEMPLATE_BYTES, TEMPLATE_RESOURCES};
use crate::split::split;
use crate::template::{LogicalId, Resource, RoleBody, Template};
use crate::{Need, Stack};

/// One stack a team in each of its accounts, or several where one does not hold all of its roles.
pub(crate) fn stacks(context: &mut Context<'_>) -> Vec<Stack> {
    let mut out = Vec::new();
    for team in &context.foundation.teams {
        for blueprint in blueprints(context, team).unwrap_or_default() {
            out.extend(context.stand(&blueprint, &team.accounts));
        }
    }
    out
}

/// The two roles of a job, or of the whole team.
struct Pair {
    job: String,
    roles: [(LogicalId, Resource); 2],
}

fn blueprints(context: &mut Context<'_>, team: &Team) -> Option<Vec<Blueprint>> {
    let name = team.name.as_str();
    let shared = if team.has_shared_roles() { Some(pair(context, team, None)?) } else { None };
    let mut pairs = Vec::new();
    for job in team.jobs_with_own_roles() {
        pairs.push(pair(context, team, Some(job))?);
    }
    let description = format!("Landfall: batch roles of team {name} of {}", context.foundation.organization.name);
    let template = |path: &str, pairs: &[&Pair]| {
        let mut template = Template::new(description.clone());
        let shared = shared.as_ref().filter(|_| path.is_empty());
        for (id, role) in shared.into_iter().chain(pairs.iter().copied()).flat_map(|pair| &pair.roles) {
            template.add(id.clone(), role.clone());
        }
        if template.resources.is_empty() {
            template.add(LogicalId::of("Nothing"), Resource::Nothing);
        }
        template
    };
    let parts = split(
        &pairs,
        |pair| &pair.job,
        |path, pairs| {
            let template = template(path, pairs);
            template.resources.len() <= TEMPLATE_RESOURCES
                && context.render(&template).body.json.len() <= TEMPLATE_BYTES
        },
    );
    let mut out = Vec::new();
    for part in parts {
        let stack_name = |context: &mut Context<'_>, path: &str| {
            let parts: &[&str] = if path.is_empty() { &[name] } else { &[name, path] };
            context.stack_name(Kind::BatchTeam, parts, team.place)
        };
        let stack = stack_name(context, &part.path)?;
        let whole = match &part.parent {
            Some(parent) => Some(Need::Whole(stack_name(context, parent)?)),
            None => None,
        };
        let template = template(&part.path, &part.items);
        let written = team.jobs.iter().map(|job| &job.access).chain([&team.access]);
        out.push(
            Blueprint::new(Kind::BatchTeam, Some(name), stack, team.place, template)
                .attaching(written.flat_map(|access| &access.managed_policies))
                .needing(whole),
        );
    }
    Some(out)
}

fn pair(context: &mut Context<'_>, team: &Team, job: Option<&Job>) -> Option<Pair> {
    let organization = &context.foundation.organization.name;
    let place = job.map_or(team.place, |job| job.place);
    let job_name = job.map(|job| job.name.as_str());
    let permissions = context.policies(batch_job_role(organization, team, job), place)?;
    let execution = batch_execution_role(organization, team);
    Some(Pair {
        job: job_name.unwrap_or_default().to_owned(),
        roles: [
            role(context, team, job_name, BatchRole::Execution, execution, place)?,
            role(context, team, job_name, BatchRole::Job, permissions, place)?,
        ],
    })
}

fn role(
    context: &mut Context<'_>,
    team: &Team,
    job: Option<&str>,
    half: BatchRole,
    policies: RolePolicies,
    place: Place,
) -> Option<(LogicalId, Resource)> {
    let boundary: &BoundaryName = &team.boundary;
    let (end, does) = match half {
        BatchRole::Execution => ("ExecutionRole", "starts the containers of"),
        BatchRole::Job => ("JobRole", "is what the code uses of"),
    };
    let whose = match job {
        Some(job) => format!("job {job} of team {}", team.name),
        None => format!("team {}", team.name),
    };
    let id = match job {
        Some(job) => LogicalId::named(job, end),
        None => LogicalId::of(end),
    };
    let role = RoleBody {
        name: context.name(Naming::batch_role(team.name.as_str(), job, half), place)?,
        description: format!("Batch: {does} {whose}"),
        policies,
        boundary: context.boundary(boundary, place)?,
        max_session: RoleBody::HOUR,
    };
    Some((id, Resource::Role(Box::new(role))))
}
