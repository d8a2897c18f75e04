//! How alike the permissions of a team's jobs are.

use std::collections::BTreeSet;

use landfall_model::{Job, RoleAccess, Team};

/// How much of what the jobs of a team may do together each of them may do by itself, on average, in percent: 100 if all
/// may do the same, and near 0 if no two have anything in common. What the team gives to all of its jobs (its buckets, its
/// secrets, its access) is a part of each.
pub fn similarity(team: &Team) -> usize {
    let common = team.buckets.len() + usize::from(team.secrets.is_some()) + permissions(&team.access).len();
    let own: Vec<BTreeSet<String>> = team.jobs.iter().map(|job| permissions(&job.access)).collect();
    let union: BTreeSet<&String> = own.iter().flatten().collect();
    let whole = team.jobs.len() * (common + union.len());
    let parts: usize = own.iter().map(|one| common + one.len()).sum();
    (100 * parts).checked_div(whole).unwrap_or(100)
}

/// Whether a job deletes something.
pub(crate) fn deletes(job: &Job) -> bool {
    permissions(&job.access).iter().any(|one| one.to_lowercase().contains("delete"))
}

/// Each thing that an access lets through, as a text by which it is compared.
fn permissions(access: &RoleAccess) -> BTreeSet<String> {
    let grants = access.grants.iter().map(|grant| format!("{:?}", grant.value));
    let statements = access.statements.iter().map(|statement| statement.json.to_string());
    let managed = access.managed_policies.iter().map(|arn| arn.value.as_str().to_owned());
    grants.chain(statements).chain(managed).collect()
}
