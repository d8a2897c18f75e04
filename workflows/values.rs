//! What differs from one organization to the next.

use std::path::{Component, Path};

use landfall_model::{
    Arn, AutomationRole, CodeScanning, Foundation, GithubSubject, Install, NameError, Remediate, Repository, Revision,
};

/// What a mark can stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key {
    Folder,
    Organization,
    Region,
    Runner,
    Branch,
    Environment,
    Schedule,
    PlanRole,
    ApplyRole,
    Archive,
    Sha256,
    Source,
    RevisionKind,
    Revision,
}

impl Key {
    pub(crate) const ALL: [(&'static str, Self); 14] = [
        ("folder", Self::Folder),
        ("organization", Self::Organization),
        ("region", Self::Region),
        ("runner", Self::Runner),
        ("branch", Self::Branch),
        ("environment", Self::Environment),
        ("schedule", Self::Schedule),
        ("plan-role", Self::PlanRole),
        ("apply-role", Self::ApplyRole),
        ("archive", Self::Archive),
        ("sha256", Self::Sha256),
        ("source", Self::Source),
        ("revision-kind", Self::RevisionKind),
        ("revision", Self::Revision),
    ];

    pub(crate) fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(name, _)| *name == word).map(|(_, key)| key)
    }
}

/// What a block can depend on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Condition {
    Release,
    Cargo,
    Remediate,
    CodeScanning,
}

impl Condition {
    pub(crate) const ALL: [(&'static str, Self); 4] = [
        ("release", Self::Release),
        ("cargo", Self::Cargo),
        ("remediate", Self::Remediate),
        ("code-scanning", Self::CodeScanning),
    ];

    pub(crate) fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(name, _)| *name == word).map(|(_, condition)| condition)
    }
}

/// The configuration's folder in its repository: `.`, or names with `/` between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder(String);

/// Why a path is no folder in the repository.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the pipelines find the configuration by its path in the repository, and `{0}` is none")]
pub struct FolderError(pub String);

impl Folder {
    /// Takes a path relative to the repository's root.
    ///
    /// # Errors
    /// It is absolute, leads out of the repository, or has a character that no path of a repository should have.
    pub fn new(path: &Path) -> Result<Self, FolderError> {
        let refused = || FolderError(path.display().to_string());
        let mut names = Vec::new();
        for component in path.components() {
            match component {
                Component::CurDir => {}
                Component::Normal(name) => names.push(name.to_str().ok_or_else(refused)?),
                _ => return Err(refused()),
            }
        }
        let text = if names.is_empty() { ".".to_owned() } else { names.join("/") };
        // A name that begins with `-` would be taken for an option.
        if text.starts_with('-') || text.chars().any(char::is_control) {
            return Err(refused());
        }
        Ok(Self(text))
    }

    /// The path.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a configuration lacks to be run by pipelines.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Missing {
    /// No `automation:`.
    #[error("the configuration has no `automation:`, and so there is no role that a pipeline could use")]
    Automation,
    /// The management account's id is not written.
    #[error("the management account has no id in the configuration, and so its roles have no ARN")]
    ManagementId,
    /// A role's name is too long.
    #[error("a role of Landfall's own cannot be named")]
    Name(#[from] NameError),
}

/// The values of one organization.
#[derive(Debug, Clone)]
pub struct Values {
    pub(crate) folder: Folder,
    pub(crate) organization: String,
    pub(crate) region: String,
    pub(crate) runner: String,
    pub(crate) branch: String,
    pub(crate) environment: String,
    pub(crate) repository: String,
    pub(crate) schedule: String,
    pub(crate) plan_role: Arn,
    pub(crate) apply_role: Arn,
    pub(crate) install: Install,
    pub(crate) remediate: Remediate,
    pub(crate) code_scanning: CodeScanning,
}

impl Values {
    /// Those of a configuration that stands in a folder of its repository.
    ///
    /// # Errors
    /// See [`Missing`].
    pub fn of(foundation: &Foundation, folder: Folder) -> Result<Self, Missing> {
        let automation = foundation.automation.as_ref().ok_or(Missing::Automation)?;
        let GithubSubject::Environment(environment) = &automation.github.subject else {
            return Err(Missing::Automation);
        };
        let organization = &foundation.organization;
        let management = foundation.accounts.get(&organization.management_account);
        let id = management.and_then(|account| account.id.as_ref()).ok_or(Missing::ManagementId)?;
        let arn = |role: AutomationRole| -> Result<Arn, NameError> {
            let name = role.name(&organization.name)?;
            let resource = ["role", organization.name.as_str(), name.as_str()].join("/");
            Ok(Arn::iam(organization.home_region.partition(), id, &resource))
        };
        Ok(Self {
            folder,
            organization: organization.name.to_string(),
            region: organization.home_region.to_string(),
            runner: automation.runner.clone(),
            branch: automation.branch.clone(),
            environment: environment.clone(),
            repository: [automation.github.owner.as_str(), &automation.github.repository].join("/"),
            schedule: automation.drift.schedule.to_string(),
            plan_role: arn(AutomationRole::Plan)?,
            apply_role: arn(AutomationRole::Apply)?,
            install: automation.install.clone(),
            remediate: automation.drift.remediate,
            code_scanning: automation.code_scanning,
        })
    }

    /// The value of a key; nothing where the configuration has none.
    pub(crate) fn get(&self, key: Key) -> Option<String> {
        let some = |text: &str| Some(text.to_owned());
        match key {
            Key::Folder => some(self.folder.as_str()),
            Key::Organization => some(&self.organization),
            Key::Region => some(&self.region),
            Key::Runner => some(&self.runner),
            Key::Branch => some(&self.branch),
            Key::Environment => some(&self.environment),
            Key::Schedule => some(&self.schedule),
            Key::PlanRole => some(self.plan_role.as_str()),
            Key::ApplyRole => some(self.apply_role.as_str()),
            Key::Archive | Key::Sha256 | Key::Source | Key::RevisionKind | Key::Revision => self.install(key),
        }
    }

    fn install(&self, key: Key) -> Option<String> {
        match (&self.install, key) {
            (Install::Release { source, version, target, .. }, Key::Archive) => Some(format!(
                "https://github.com/{source}/releases/download/v{version}/landfall-{version}-{}.tar.gz",
                target.as_str()
            )),
            (Install::Release { sha256, .. }, Key::Sha256) => Some(sha256.clone()),
            (Install::Cargo { source, .. }, Key::Source) => Some(format!("https://github.com/{source}")),
            (Install::Cargo { revision, .. }, Key::RevisionKind) => Some(match revision {
                Revision::Tag(_) => "tag".to_owned(),
                Revision::Commit(_) => "rev".to_owned(),
            }),
            (Install::Cargo { revision: Revision::Tag(text) | Revision::Commit(text), .. }, Key::Revision) => {
                Some(text.clone())
            }
            _ => None,
        }
    }

    /// Whether a condition holds.
    pub(crate) fn holds(&self, condition: Condition) -> bool {
        match condition {
            Condition::Release => matches!(self.install, Install::Release { .. }),
            Condition::Cargo => matches!(self.install, Install::Cargo { .. }),
            Condition::Remediate => self.remediate == Remediate::Repairable,
            Condition::CodeScanning => self.code_scanning == CodeScanning::On,
        }
    }

    /// Whether what is installed can be changed by somebody without the configuration changing.
    pub(crate) fn movable_tag(&self) -> Option<(&Repository, &str)> {
        match &self.install {
            Install::Cargo { source, revision: Revision::Tag(tag) } => Some((source, tag)),
            _ => None,
        }
    }
}
