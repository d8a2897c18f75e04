//! Teams that run AWS Batch jobs.

use crate::{AccountSet, BoundaryName, ItemName, Place, RoleAccess};

/// A file of `teams/`.
#[derive(Debug, Clone)]
pub struct Team {
    /// Its name, the prefix of its roles.
    pub name: ItemName,
    /// Where its jobs run.
    pub accounts: AccountSet,
    /// The most that its roles can do.
    pub boundary: BoundaryName,
    /// Whether jobs share roles: they do unless written.
    pub roles: RoleStrategy,
    /// Buckets, each only below `{team}/`.
    pub buckets: Vec<String>,
    /// The path of its secrets, such as `/batch-jobs/ml`.
    pub secrets: Option<String>,
    /// Its jobs.
    pub jobs: Vec<Job>,
    /// What all of its job roles may do beside buckets and secrets.
    pub access: RoleAccess,
    /// Where it is defined.
    pub place: Place,
}

/// How a team's jobs get their roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RoleStrategy {
    /// One execution and one job role shared by all jobs.
    PerTeam,
    /// An execution and a job role for each job.
    PerJob,
    /// The shared pair and a pair for each job, side by side: the way from one to the other, on which job definitions
    /// move while every role that they name stands.
    Both,
}

/// A batch job.
#[derive(Debug, Clone)]
pub struct Job {
    /// Its name.
    pub name: ItemName,
    /// `own_roles: true`: a pair of its own, whatever the team does.
    pub own_roles: bool,
    /// Why it has a pair of its own.
    pub reason: Option<String>,
    /// What its job role may do beside the team's access. Only a job with a pair of its own may have any.
    pub access: RoleAccess,
    /// Where it is defined.
    pub place: Place,
}

impl Team {
    /// The jobs that get a pair of their own.
    pub fn jobs_with_own_roles(&self) -> impl Iterator<Item = &Job> {
        self.jobs.iter().filter(|job| job.own_roles || self.roles != RoleStrategy::PerTeam)
    }

    /// The jobs that have no pair but the shared one.
    pub fn jobs_without_own_roles(&self) -> impl Iterator<Item = &Job> {
        self.jobs.iter().filter(|job| !job.own_roles && self.roles == RoleStrategy::PerTeam)
    }

    /// Whether the shared pair is made: the team shares, and some job uses it (a team without jobs yet gets it too).
    pub fn has_shared_roles(&self) -> bool {
        match self.roles {
            RoleStrategy::PerTeam => self.jobs.is_empty() || self.jobs.iter().any(|job| !job.own_roles),
            RoleStrategy::PerJob => false,
            RoleStrategy::Both => true,
        }
    }
}
