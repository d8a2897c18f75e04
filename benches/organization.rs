//! Makes configurations of any size: an organization with a management account, members in eight units, and at least
//! six stacks in each member.

use std::fmt::Write as _;

/// How many stacks a member account of [`files`] gets: boundary, break-glass, automation, two cross-account roles, a team.
pub(crate) const STACKS_PER_ACCOUNT: usize = 6;

/// What stands above the accounts.
const HEAD: &str = "\
version: 1
organization:
  name: bench
  home_region: eu-west-1
  management_account: management
  access_role: OrganizationAccountAccessRole
  tags: { managed-by: landfall }
  units: [u0, u1, u2, u3, u4, u5, u6, u7]
accounts:
  management: { id: \"111111111111\", email: aws@bench.example }
";

/// What stands below them.
const SECTIONS: &str = "\
boundaries:
  workload: { services: [s3, logs, cloudwatch, ecr, secretsmanager, ssm, kms, dynamodb, sqs, sns, lambda] }
break_glass:
  home: member-00000
  trusted_users: [alice, bob]
  accounts: [all, \"!management\"]
  tiers:
    helpdesk: { access: read-only }
    responder: { access: administrator }
automation:
  github: { repository: bench/landing-zone, environment: production }
cross_account:
  - name: auditor
    accounts: [all, \"!management\"]
    trusted: [{ account: management }]
    access: [{ logs: { group: \"/aws/*\", mode: read } }]
    boundary: workload
  - name: inventory
    accounts: [all, \"!management\"]
    trusted: [{ account: management }]
    managed_policies: [arn:aws:iam::aws:policy/job-function/ViewOnlyAccess]
    boundary: workload
";

/// The one team, at work in every member.
const TEAM: &str = "\
team: platform
accounts: [all, \"!management\"]
boundary: workload
roles: per-team
buckets: [bench-data]
secrets: /batch-jobs/platform
jobs:
  - name: collect
  - name: purge
    own_roles: true
    reason: deletes data
    access: [{ s3: { bucket: bench-data, prefix: platform/old, mode: delete } }]
";

/// The files of a configuration with so many member accounts: name and text.
pub(crate) fn files(accounts: usize) -> Vec<(String, String)> {
    files_with(accounts, TEAM)
}

/// The same with another team.
pub(crate) fn files_with(accounts: usize, team: &str) -> Vec<(String, String)> {
    let mut main = HEAD.to_owned();
    for index in 0..accounts {
        // Writing to a string cannot fail.
        let _ = writeln!(main, "  member-{index:05}: {{ email: aws+{index:05}@bench.example, unit: u{} }}", index % 8);
    }
    main.push_str(SECTIONS);
    vec![("landfall.yaml".to_owned(), main), ("teams/platform.yaml".to_owned(), team.to_owned())]
}
