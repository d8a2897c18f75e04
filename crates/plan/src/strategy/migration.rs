//! From a pair for each job to a shared pair, without a moment in which a job definition names a role that is gone.

use landfall_model::{AccountName, BatchRole, ItemName, NameError, Naming, RoleName, RoleStrategy, Team};

use super::advice::{Advice, Compliance, decide};

/// A job definition that is to name other roles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// The job.
    pub job: ItemName,
    /// `executionRoleArn`: which role it names now, and which one then.
    pub execution: (RoleName, RoleName),
    /// `jobRoleArn`: which role it names now, and which one then.
    pub role: (RoleName, RoleName),
    /// Whether the job has access of its own now, which the shared role lacks until it is moved up to the team.
    pub access_to_move_up: bool,
}

/// The way of one team, in the only order that is safe: first the shared roles are made beside the old ones (`roles:
/// both`), then the job definitions move one by one, and only then the old roles go (`roles: per-team`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migration {
    /// The team.
    pub team: ItemName,
    /// Where.
    pub accounts: Vec<AccountName>,
    /// What the team's `roles:` says now.
    pub now: RoleStrategy,
    /// First: the shared roles that must stand.
    pub make: [RoleName; 2],
    /// Then: the job definitions that move.
    pub moves: Vec<Move>,
    /// Jobs that keep a pair of their own (`own_roles: true`), and so do not move.
    pub stay: Vec<ItemName>,
    /// Last: the roles that go when the team's `roles:` says `per-team`. No job definition may name them any more.
    pub prune: Vec<RoleName>,
}

/// The way of a team from per-job roles to shared ones; none where it shares already.
///
/// # Errors
/// A role's name that IAM does not take.
pub fn migration(team: &Team) -> Result<Option<Migration>, NameError> {
    if team.roles == RoleStrategy::PerTeam {
        return Ok(None);
    }
    let name = |job: Option<&str>, half| Naming::batch_role(team.name.as_str(), job, half);
    let make = [name(None, BatchRole::Execution)?, name(None, BatchRole::Job)?];
    let stay = match decide(team, Compliance::Standard).advice {
        Advice::Hybrid(alone) => alone,
        Advice::PerTeam | Advice::PerJob => {
            team.jobs.iter().filter(|job| job.own_roles).map(|job| job.name.clone()).collect()
        }
    };
    let [execution, role] = &make;
    let mut moves = Vec::new();
    for job in team.jobs.iter().filter(|job| !stay.contains(&job.name)) {
        let old = |half| name(Some(job.name.as_str()), half);
        let access = &job.access;
        let empty = access.grants.is_empty() && access.statements.is_empty() && access.managed_policies.is_empty();
        moves.push(Move {
            job: job.name.clone(),
            execution: (old(BatchRole::Execution)?, execution.clone()),
            role: (old(BatchRole::Job)?, role.clone()),
            access_to_move_up: !empty,
        });
    }
    let prune = moves.iter().flat_map(|one| [one.execution.0.clone(), one.role.0.clone()]).collect();
    let accounts = team.accounts.iter().cloned().collect();
    Ok(Some(Migration { team: team.name.clone(), accounts, now: team.roles, make, moves, stay, prune }))
}
