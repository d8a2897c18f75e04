//! Every name that Landfall gives, in one place: an ARN is known as soon as its account's id is.

use crate::{BoundaryName, Kind, NameError, OrganizationName, PolicyName, RoleName, StackName};

/// Gives the names of one organization.
#[derive(Debug, Clone, Copy)]
pub struct Naming<'a> {
    organization: &'a OrganizationName,
}

/// The two halves of a batch pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BatchRole {
    /// What the ECS agent uses to start the container.
    Execution,
    /// What the code in the container uses.
    Job,
}

impl BatchRole {
    /// As role names end.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Execution => "execution-role",
            Self::Job => "job-role",
        }
    }
}

impl<'a> Naming<'a> {
    /// The names of an organization.
    pub fn new(organization: &'a OrganizationName) -> Self {
        Self { organization }
    }

    fn join(self, kind: Kind, parts: &[&str]) -> String {
        let mut name = [self.organization.as_str(), kind.as_str()].join("-");
        for part in parts {
            name.push('-');
            name.push_str(part);
        }
        name
    }

    /// `{organization}-{kind}[-{part}…]`
    ///
    /// # Errors
    /// Over 128 characters, or a part with a character that a stack name cannot have.
    pub fn stack(self, kind: Kind, parts: &[&str]) -> Result<StackName, NameError> {
        // `_` and `.` may stand in an item's name but not in a stack's.
        StackName::new(self.join(kind, parts).replace(['_', '.'], "-"))
    }

    /// `{organization}-{kind}-{part}…`
    ///
    /// # Errors
    /// Over 64 characters.
    pub fn role(self, kind: Kind, parts: &[&str]) -> Result<RoleName, NameError> {
        RoleName::new(self.join(kind, parts))
    }

    /// `{organization}-boundary-{name}`
    ///
    /// # Errors
    /// Over 128 characters.
    pub fn boundary(self, name: &BoundaryName) -> Result<PolicyName, NameError> {
        PolicyName::new(self.join(Kind::Boundary, &[name.as_str()]))
    }

    /// `{organization}-shared-policy-{name}`
    ///
    /// # Errors
    /// Over 128 characters.
    pub fn shared_policy(self, name: &str) -> Result<PolicyName, NameError> {
        PolicyName::new(self.shared_policy_text(name))
    }

    /// As [`Naming::shared_policy`], for an ARN, whoever checks the length.
    pub fn shared_policy_text(self, name: &str) -> String {
        self.join(Kind::SharedPolicy, &[name])
    }

    /// `{team}-execution-role`, `{team}-job-role`, and with a job `{team}-{job}-execution-role`, `{team}-{job}-job-role`.
    ///
    /// # Errors
    /// Over 64 characters.
    pub fn batch_role(team: &str, job: Option<&str>, role: BatchRole) -> Result<RoleName, NameError> {
        let parts: Vec<&str> = [Some(team), job, Some(role.suffix())].into_iter().flatten().collect();
        RoleName::new(parts.join("-"))
    }
}

/// The template parameter that carries an account's id: `ml-prod` is `MlProdAccountId`.
pub fn account_parameter(account: &crate::AccountName) -> String {
    let mut name = pascal(account.as_str());
    name.push_str("AccountId");
    name
}

/// A logical id or parameter name from a kebab-case name: `data-lake_reader` is `DataLakeReader`.
pub fn pascal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for part in text.split(|c: char| !c.is_ascii_alphanumeric()) {
        let mut chars = part.chars();
        if let Some(first) = chars.next() {
            out.push(first.to_ascii_uppercase());
            out.push_str(chars.as_str());
        }
    }
    out
}

/// The template parameter that carries the organization's id.
pub const ORGANIZATION_PARAMETER: &str = "OrganizationId";
