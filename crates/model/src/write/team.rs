//! The file of a new team.

use crate::write::{flow_list, scalar};
use crate::{BatchRole, BoundaryName, ItemName, NameError, Naming, RoleStrategy, TEAMS_FOLDER};

/// A team that is to be written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamDraft {
    /// Its name.
    pub name: ItemName,
    /// Where its jobs run, as `accounts:` takes it.
    pub accounts: Vec<String>,
    /// The most that its roles can do.
    pub boundary: BoundaryName,
    /// How its jobs get their roles.
    pub roles: RoleStrategy,
    /// Its buckets.
    pub buckets: Vec<String>,
    /// The path of its secrets.
    pub secrets: Option<String>,
    /// Its jobs.
    pub jobs: Vec<ItemName>,
}

impl RoleStrategy {
    /// As the configuration writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PerTeam => "per-team",
            Self::PerJob => "per-job",
            Self::Both => "both",
        }
    }
}

/// Where comments begin.
const MARGIN: usize = 35;

impl TeamDraft {
    /// Where the team's file stands, relative to the configuration folder.
    pub fn file(&self) -> String {
        Self::file_of(&self.name)
    }

    /// Where the file of a team of that name stands.
    pub fn file_of(name: &ItemName) -> String {
        [TEAMS_FOLDER, "/", name.as_str(), ".yaml"].concat()
    }

    /// The file.
    ///
    /// # Errors
    /// A role of the team would have a name that IAM refuses.
    pub fn yaml(&self) -> Result<String, NameError> {
        let name = self.name.as_str();
        let mut out = format!("# A team that runs AWS Batch jobs. {}\n", self.roles_in_words()?);
        let mut line = |text: String, comment: &str| {
            if comment.is_empty() {
                out.push_str(&format!("{text}\n"));
            } else {
                out.push_str(&format!("{text:MARGIN$} # {comment}\n"));
            }
        };
        line(format!("team: {}", scalar(name)), "");
        line(format!("accounts: {}", flow_list(&self.accounts)), "");
        line(format!("boundary: {}", scalar(self.boundary.as_str())), "the most that its roles can do");
        line(
            format!("roles: {}", self.roles.as_str()),
            "per-team: all jobs share two roles | per-job: two roles for each job | both",
        );
        if !self.buckets.is_empty() {
            line(format!("buckets: {}", flow_list(&self.buckets)), &format!("each only below {name}/"));
        }
        if let Some(secrets) = &self.secrets {
            line(format!("secrets: {}", scalar(secrets)), "only below this path");
        }
        line(if self.jobs.is_empty() { "# jobs:" } else { "jobs:" }.to_owned(), "");
        for job in &self.jobs {
            line(format!("  - name: {}", scalar(job.as_str())), "");
        }
        if self.roles == RoleStrategy::PerTeam {
            line("#  - name: purge".to_owned(), "a job that alone may do something gets two roles of its own");
            line("#    own_roles: true".to_owned(), "");
            line("#    reason: deletes personal data".to_owned(), "");
        }
        line("# access:".to_owned(), "what all of its job roles may do beside buckets and secrets");
        line("#   - dynamodb: { table: orders, mode: read }".to_owned(), "");
        Ok(out)
    }

    fn roles_in_words(&self) -> Result<String, NameError> {
        let name = self.name.as_str();
        let role = |job, role| Naming::batch_role(name, job, role);
        let pair = |job| Ok([role(job, BatchRole::Execution)?, role(job, BatchRole::Job)?]);
        let shared = || pair(None).map(|[execution, job]| format!("Its roles are {execution} and {job}."));
        let own = || match self.jobs.first() {
            Some(job) => pair(Some(job.as_str()))
                .map(|[execution, job]| format!("Each job has two roles of its own, such as {execution} and {job}.")),
            None => Ok("Each job gets two roles of its own.".to_owned()),
        };
        match self.roles {
            RoleStrategy::PerTeam => shared(),
            RoleStrategy::PerJob => own(),
            RoleStrategy::Both => Ok([shared()?, own()?].join(" ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::load_files;
    use crate::read::tests::trial::base;

    fn draft(roles: RoleStrategy) -> TeamDraft {
        let name = |text: &str| ItemName::new(text).unwrap();
        TeamDraft {
            name: name("payments"),
            accounts: vec!["app".to_owned(), "unit:security".to_owned()],
            boundary: BoundaryName::new("workload").unwrap(),
            roles,
            buckets: vec!["acme-payments".to_owned()],
            secrets: Some("/batch-jobs/payments".to_owned()),
            jobs: vec![name("settle"), name("1st")],
        }
    }

    #[test]
    fn a_written_team_reads_back_without_a_word() {
        for roles in [RoleStrategy::PerTeam, RoleStrategy::PerJob, RoleStrategy::Both] {
            let mut draft = draft(roles);
            // Longer than the room before a comment.
            draft.buckets.push("acme-payments-of-years-that-are-long-gone".to_owned());
            draft.secrets = Some("/batch-jobs/payments-and-what-belongs-to-them".to_owned());
            let mut files: BTreeMap<String, Vec<u8>> = base();
            files.insert(draft.file(), draft.yaml().unwrap().into_bytes());
            let loaded = load_files(&files);
            assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
            let team = loaded.foundation.unwrap().teams.remove(0);
            assert_eq!(
                (&team.name, team.roles, &team.buckets, &team.secrets),
                (&draft.name, roles, &draft.buckets, &draft.secrets)
            );
            assert_eq!(team.accounts.len(), 2);
            assert_eq!(team.jobs.iter().map(|job| job.name.clone()).collect::<Vec<_>>(), draft.jobs);
        }
    }

    #[test]
    fn the_file_explains_itself() {
        insta::assert_snapshot!(draft(RoleStrategy::PerTeam).yaml().unwrap(), @r#"
        # A team that runs AWS Batch jobs. Its roles are payments-execution-role and payments-job-role.
        team: payments
        accounts: [app, "unit:security"]
        boundary: workload                  # the most that its roles can do
        roles: per-team                     # per-team: all jobs share two roles | per-job: two roles for each job | both
        buckets: [acme-payments]            # each only below payments/
        secrets: /batch-jobs/payments       # only below this path
        jobs:
          - name: settle
          - name: "1st"
        #  - name: purge                    # a job that alone may do something gets two roles of its own
        #    own_roles: true
        #    reason: deletes personal data
        # access:                           # what all of its job roles may do beside buckets and secrets
        #   - dynamodb: { table: orders, mode: read }
        "#);
    }

    #[test]
    fn a_role_with_too_long_a_name_is_refused() {
        let long = TeamDraft { name: ItemName::new("a".repeat(60)).unwrap(), ..draft(RoleStrategy::PerTeam) };
        assert!(matches!(long.yaml(), Err(NameError::TooLong { .. })));
    }
}
