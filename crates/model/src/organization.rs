//! The organization and its units.

use std::fmt;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::{AccountName, NameError, OrganizationName, Partition, Place, Region, RoleName, TagKey};

/// An organizational unit by its path from the root, such as `workloads/prod`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UnitPath(String);

impl UnitPath {
    /// Units nest at most this deep below the root. Source: Organizations quotas.
    pub const DEPTH: usize = 5;

    /// Parses a path.
    ///
    /// # Errors
    /// An empty part, a part over 128 characters, or more than [`Self::DEPTH`] parts.
    pub fn new(text: impl Into<String>) -> Result<Self, NameError> {
        let text = text.into();
        let parts: Vec<&str> = text.split('/').collect();
        if parts.len() > Self::DEPTH {
            return Err(NameError::Alphabet { what: "unit path", text, rule: "at most 5 units deep" });
        }
        if parts.iter().any(|part| part.trim().is_empty() || part.trim() != *part || part.chars().count() > 128) {
            return Err(NameError::Alphabet {
                what: "unit path",
                text,
                rule: "names of 1 to 128 characters, joined by single `/`",
            });
        }
        Ok(Self(text))
    }

    /// The whole path.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last part: the unit's own name.
    pub fn name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or_default()
    }

    /// The unit above, `None` for one right below the root.
    pub fn parent(&self) -> Option<UnitPath> {
        self.0.rsplit_once('/').map(|(parent, _)| UnitPath(parent.to_owned()))
    }

    /// Whether `other` is this unit or stands somewhere below it.
    pub fn contains(&self, other: &UnitPath) -> bool {
        other.0 == self.0 || other.0.strip_prefix(&self.0).is_some_and(|rest| rest.starts_with('/'))
    }

    /// The path of a unit right below this one.
    ///
    /// # Errors
    /// As [`UnitPath::new`].
    pub fn child(&self, name: &str) -> Result<Self, NameError> {
        Self::new([self.as_str(), name].join("/"))
    }
}

impl fmt::Display for UnitPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for UnitPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

impl TryFrom<String> for UnitPath {
    type Error = NameError;
    fn try_from(text: String) -> Result<Self, NameError> {
        Self::new(text)
    }
}

impl From<UnitPath> for String {
    fn from(path: UnitPath) -> String {
        path.0
    }
}

/// The `organization:` section.
#[derive(Debug, Clone)]
pub struct Organization {
    /// The prefix of all that Landfall owns.
    pub name: OrganizationName,
    /// Where the stacks live. IAM itself is global.
    pub home_region: Region,
    /// The management account, one of `accounts:`.
    pub management_account: AccountName,
    /// The role that Landfall assumes in member accounts: `OrganizationAccountAccessRole`, which Organizations makes in
    /// every account that it creates, unless written.
    pub access_role: RoleName,
    /// Tags on every stack, account and unit.
    pub tags: IndexMap<TagKey, String>,
    /// Every unit with every unit above it, parents first, in the order of the configuration.
    pub units: Vec<UnitPath>,
    /// Where it is defined.
    pub place: Place,
}

impl Organization {
    /// The partition, told from the home Region.
    pub fn partition(&self) -> Partition {
        self.home_region.partition()
    }

    /// The IAM path of every role and policy that Landfall owns: `/{name}/`.
    pub fn iam_path(&self) -> String {
        format!("/{}/", self.name)
    }
}
