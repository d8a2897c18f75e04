//! Partitions, Regions and ARNs.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::AccountId;

/// A group of Regions with its own ARNs and endpoints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Partition {
    /// `aws`: the commercial Regions.
    #[serde(rename = "aws")]
    Aws,
    /// `aws-cn`: China.
    #[serde(rename = "aws-cn")]
    AwsCn,
    /// `aws-us-gov`: AWS GovCloud (US).
    #[serde(rename = "aws-us-gov")]
    AwsUsGov,
}

impl Partition {
    /// As ARNs spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::AwsCn => "aws-cn",
            Self::AwsUsGov => "aws-us-gov",
        }
    }

    /// The Region of the partition's global endpoints (IAM, Organizations).
    pub fn global_region(self) -> &'static str {
        match self {
            Self::Aws => "us-east-1",
            Self::AwsCn => "cn-northwest-1",
            Self::AwsUsGov => "us-gov-west-1",
        }
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A Region by its code, such as `eu-west-1`. Any code of the right form is accepted: AWS opens new ones.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Region(String);

impl Region {
    /// Parses a Region code.
    ///
    /// # Errors
    /// Not of the form `letters-letters-digit` (with one more part for `us-gov-west-1`).
    pub fn new(text: impl Into<String>) -> Result<Self, ArnError> {
        let text = text.into();
        let parts: Vec<&str> = text.split('-').collect();
        let letters = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase());
        let well_formed = match parts.split_last() {
            Some((last, rest)) => {
                (2..=3).contains(&rest.len())
                    && rest.iter().all(letters)
                    && !last.is_empty()
                    && last.len() <= 2
                    && last.bytes().all(|b| b.is_ascii_digit())
            }
            None => false,
        };
        if well_formed { Ok(Self(text)) } else { Err(ArnError::Region(text)) }
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The partition that the Region belongs to, told from its prefix.
    pub fn partition(&self) -> Partition {
        if self.0.starts_with("cn-") {
            Partition::AwsCn
        } else if self.0.starts_with("us-gov-") {
            Partition::AwsUsGov
        } else {
            Partition::Aws
        }
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

impl TryFrom<String> for Region {
    type Error = ArnError;
    fn try_from(text: String) -> Result<Self, ArnError> {
        Self::new(text)
    }
}

impl From<Region> for String {
    fn from(region: Region) -> String {
        region.0
    }
}

/// Why a text is no ARN or no part of one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArnError {
    /// Not six parts beginning with `arn`.
    #[error("`{0}` is no ARN: six parts `arn:partition:service:region:account:resource` are wanted")]
    Shape(String),
    /// A partition that does not exist.
    #[error("`{0}` is no partition: aws, aws-cn or aws-us-gov is wanted")]
    Partition(String),
    /// A Region code of the wrong form.
    #[error("`{0}` is no Region code such as eu-west-1")]
    Region(String),
}

/// A literal ARN as users write it (managed policies, keys). It may contain wildcards.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Arn(String);

impl Arn {
    /// Parses an ARN.
    ///
    /// # Errors
    /// Fewer than six parts, another first part than `arn`, or an unknown partition (`*` is allowed).
    pub fn new(text: impl Into<String>) -> Result<Self, ArnError> {
        let text = text.into();
        let parts: Vec<&str> = text.splitn(6, ':').collect();
        match parts.as_slice() {
            ["arn", partition, service, _, _, resource] if !service.is_empty() && !resource.is_empty() => {
                if ["aws", "aws-cn", "aws-us-gov", "*"].contains(partition) {
                    Ok(Self(text))
                } else {
                    Err(ArnError::Partition((*partition).to_owned()))
                }
            }
            _ => Err(ArnError::Shape(text)),
        }
    }

    /// The ARN of an IAM resource, such as `role/acme/x`, in an account.
    pub fn iam(partition: Partition, account: &AccountId, resource: &str) -> Self {
        Self(["arn", partition.as_str(), "iam", "", account.as_str(), resource].join(":"))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn part(&self, index: usize) -> &str {
        self.0.splitn(6, ':').nth(index).unwrap_or_default()
    }

    /// The service part, such as `iam`.
    pub fn service(&self) -> &str {
        self.part(2)
    }

    /// The account part; empty, `aws`, `*` or twelve digits.
    pub fn account(&self) -> &str {
        self.part(4)
    }

    /// The resource part, such as `policy/job-function/ViewOnlyAccess`.
    pub fn resource(&self) -> &str {
        self.part(5)
    }
}

impl fmt::Display for Arn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Arn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

impl TryFrom<String> for Arn {
    type Error = ArnError;
    fn try_from(text: String) -> Result<Self, ArnError> {
        Self::new(text)
    }
}

impl From<Arn> for String {
    fn from(arn: Arn) -> String {
        arn.0
    }
}
