//! The roles that Landfall itself uses from GitHub Actions, and the pipelines that use them.

use std::fmt;

use crate::{GithubTrust, Kind, NameError, Naming, OrganizationName, Place, RoleName, Schedule};

/// The `automation:` section.
#[derive(Debug, Clone)]
pub struct Automation {
    /// Which repository, and the environment that the apply role is bound to.
    pub github: GithubTrust,
    /// The branch whose content is applied: `main` unless written.
    pub branch: String,
    /// The label of the runners: `ubuntu-24.04` unless written.
    pub runner: String,
    /// How the pipelines get Landfall.
    pub install: Install,
    /// The watch for drift.
    pub drift: DriftWatch,
    /// Whether findings go to GitHub's code scanning, which private repositories pay for.
    pub code_scanning: CodeScanning,
    /// Where it is defined.
    pub place: Place,
}

/// How the pipelines get Landfall. Either way what is run is known beforehand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Install {
    /// `cargo install --locked` from a repository. Slow, since it compiles, and needs nobody's build.
    Cargo {
        /// Where its source is.
        source: Repository,
        /// What of it.
        revision: Revision,
    },
    /// An archive of a release, compared with its checksum.
    Release {
        /// Where it was released.
        source: Repository,
        /// The version, such as `0.1.0`.
        version: String,
        /// For which machine.
        target: ReleaseTarget,
        /// The archive's SHA-256, 64 hexadecimal digits in lower case.
        sha256: String,
    },
}

/// What of a repository is compiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Revision {
    /// A tag. Whoever owns the repository can move it.
    Tag(String),
    /// A commit, 40 hexadecimal digits in lower case.
    Commit(String),
}

/// A repository at GitHub.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repository {
    /// `OWNER`
    pub owner: String,
    /// `REPOSITORY`
    pub name: String,
}

impl Repository {
    /// Where this build of Landfall comes from, as its package says.
    pub fn home() -> Self {
        let mut parts = env!("CARGO_PKG_REPOSITORY").rsplit('/');
        let name = parts.next().unwrap_or_default().to_owned();
        Self { owner: parts.next().unwrap_or_default().to_owned(), name }
    }
}

impl fmt::Display for Repository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.owner, self.name)
    }
}

/// A machine that releases are built for and that pipelines run on: Linux, linked statically.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReleaseTarget {
    /// x86-64.
    LinuxX86,
    /// 64-bit ARM.
    LinuxArm,
}

impl ReleaseTarget {
    /// Every target by Rust's name of it, as archives are named.
    pub const ALL: [(&'static str, Self); 2] =
        [("x86_64-unknown-linux-musl", Self::LinuxX86), ("aarch64-unknown-linux-musl", Self::LinuxArm)];

    /// Rust's name of it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LinuxX86 => "x86_64-unknown-linux-musl",
            Self::LinuxArm => "aarch64-unknown-linux-musl",
        }
    }
}

/// The watch for drift.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DriftWatch {
    /// When, in UTC.
    pub schedule: Schedule,
    /// What becomes of what it finds.
    pub remediate: Remediate,
}

/// What the watch puts right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remediate {
    /// Nothing: it reports.
    Nothing,
    /// What is repairable, by the apply role and therefore in its environment.
    Repairable,
}

/// Whether findings go to GitHub's code scanning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeScanning {
    /// They are uploaded.
    On,
    /// They stand in the job's log alone.
    Off,
}

/// Which of Landfall's own roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AutomationRole {
    /// Management account: reads, for pull requests and for the watch every night.
    Plan,
    /// Management account: writes, for the environment.
    Apply,
    /// Member accounts: reads, for the plan and the apply role.
    Reader,
    /// Member accounts: writes, for the apply role.
    Executor,
}

impl AutomationRole {
    /// Those of the management account.
    pub const MANAGEMENT: [Self; 2] = [Self::Plan, Self::Apply];
    /// Those of a member account.
    pub const MEMBER: [Self; 2] = [Self::Reader, Self::Executor];

    /// Its name, such as `{organization}-automation-executor`.
    ///
    /// # Errors
    /// Over 64 characters.
    pub fn name(self, organization: &OrganizationName) -> Result<RoleName, NameError> {
        Naming::new(organization).role(
            Kind::Automation,
            &[match self {
                Self::Plan => "plan",
                Self::Apply => "apply",
                Self::Reader => "reader",
                Self::Executor => "executor",
            }],
        )
    }
}
