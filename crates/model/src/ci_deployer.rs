//! Roles that GitHub Actions deploys with.

use crate::{AccountName, AccountSet, BoundaryName, Conditions, ItemName, Place, RoleAccess};

/// An entry of `ci_deployers:`.
#[derive(Debug, Clone)]
pub struct CiDeployer {
    /// Its name.
    pub name: ItemName,
    /// Who may use it.
    pub github: GithubTrust,
    /// The account where GitHub lands to go on to the deployers; without one GitHub lands in each account.
    pub hub: Option<AccountName>,
    /// Where the deployers stand.
    pub accounts: AccountSet,
    /// The most that they can do.
    pub boundary: BoundaryName,
    /// What they may do.
    pub access: RoleAccess,
    /// More conditions on the trust.
    pub conditions: Conditions,
    /// Where it is defined.
    pub place: Place,
}

/// A GitHub repository and what of it may come in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GithubTrust {
    /// `OWNER`
    pub owner: String,
    /// `REPOSITORY`
    pub repository: String,
    /// The one kind of run that may come in.
    pub subject: GithubSubject,
    /// The owner's numeric id, needed for immutable subjects.
    pub owner_id: Option<String>,
    /// The repository's numeric id, needed for immutable subjects.
    pub repository_id: Option<String>,
    /// Which forms of the subject are trusted: legacy unless written.
    pub form: SubjectForm,
}

/// What a run must be to come in. Source: GitHub Docs, "OpenID Connect reference": a job's environment wins over
/// everything else in the subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GithubSubject {
    /// A job of this environment.
    Environment(String),
    /// A job on this branch.
    Branch(String),
    /// A job on this tag.
    Tag(String),
}

/// The forms of a subject. Repositories made, renamed or moved after 15 July 2026 send the immutable one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubjectForm {
    /// `repo:OWNER/REPO:…`
    Legacy,
    /// `repo:OWNER@OWNER_ID/REPO@REPO_ID:…`
    Immutable,
    /// Either, for the time of a migration.
    Both,
}
