//! How many roles each way comes to.

use landfall_model::Team;

use super::advice::{Advice, Compliance, decide};

/// How many different roles the batch jobs of some teams come to. Each stands in every account of its team.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RoleCounts {
    /// If every team shared one pair: two for each team.
    pub per_team: usize,
    /// If every job had a pair: two for each job.
    pub per_job: usize,
    /// If teams shared, and only jobs that should be alone had a pair: what [`decide`] comes to.
    pub hybrid: usize,
    /// As configured.
    pub configured: usize,
    /// As configured, counted once for each account of the team.
    pub standing: usize,
}

/// Counts. A team without jobs counts with the pair that its first job will use.
pub fn role_counts<'a>(teams: impl IntoIterator<Item = &'a Team>) -> RoleCounts {
    let mut out = RoleCounts::default();
    for team in teams {
        let configured = pair(team.has_shared_roles()) + 2 * team.jobs_with_own_roles().count();
        out.per_team += 2;
        out.per_job += 2 * team.jobs.len();
        out.hybrid += match decide(team, Compliance::Standard).advice {
            Advice::PerTeam => 2,
            Advice::PerJob => 2 * team.jobs.len(),
            Advice::Hybrid(alone) => pair(alone.len() < team.jobs.len()) + 2 * alone.len(),
        };
        out.configured += configured;
        out.standing += configured * team.accounts.len();
    }
    out
}

fn pair(made: bool) -> usize {
    if made { 2 } else { 0 }
}
