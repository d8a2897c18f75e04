//! A stack: a template, where it goes, and what it waits for.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use landfall_model::{AccountName, Arn, BoundaryName, Kind, Place, Region, RoleName, StackName};
use landfall_policies::SharedPolicy;
use serde::{Deserialize, Serialize};

/// Where a stack stands: unique in an organization.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct StackKey {
    /// The account.
    pub account: AccountName,
    /// The Region.
    pub region: Region,
    /// The name.
    pub name: StackName,
}

impl fmt::Display for StackKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.account, self.region, self.name)
    }
}

/// The SHA-256 of something canonical, in hex.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Digest(String);

impl Digest {
    /// The digest of bytes.
    pub fn of(bytes: impl AsRef<[u8]>) -> Self {
        use sha2::Digest as _;
        let hash = sha2::Sha256::digest(bytes.as_ref());
        let mut text = String::with_capacity(64);
        for byte in hash {
            text.push(char::from_digit(u32::from(byte >> 4), 16).unwrap_or('0'));
            text.push(char::from_digit(u32::from(byte & 15), 16).unwrap_or('0'));
        }
        Self(text)
    }

    /// 64 hex digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A rendered template, shared by every stack with the same one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// Canonical minified JSON.
    pub json: Arc<str>,
    /// The digest of the JSON.
    pub digest: Digest,
}

/// What fills a template parameter.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ParameterSource {
    /// The id of an account.
    Account(AccountName),
    /// The organization's id.
    Organization,
}

/// Whether CloudFormation refuses to delete the stack until told otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Protection {
    /// Deletable.
    Off,
    /// Termination protection is on.
    On,
}

/// Something that another stack may wait for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Provides {
    /// A boundary policy in the stack's account.
    Boundary(BoundaryName),
    /// A policy in the stack's account that roles share.
    SharedPolicy(SharedPolicy),
    /// An identity provider in the stack's account, by the resource part of its ARN.
    Provider(String),
    /// A role in the stack's account.
    Role(RoleName),
}

/// What a stack waits for, with the reason in its variant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Need {
    /// A boundary of the own account stands before the roles that carry it.
    Boundary(BoundaryName),
    /// A shared policy of the own account stands before the roles that attach it.
    SharedPolicy(SharedPolicy),
    /// A provider of the own account stands before the roles that trust it.
    Provider(String),
    /// A trusted role stands before the role that names it.
    TrustedRole {
        /// The trusted role's account.
        account: AccountName,
        /// The trusted role.
        role: RoleName,
        /// Where the reference stands.
        place: Place,
    },
    /// A hub stands before the deployers that it leads to.
    Hub {
        /// The hub's account.
        account: AccountName,
        /// The hub's role.
        role: RoleName,
    },
    /// A role of the own account stands before a setting that names it.
    OwnRole(RoleName),
    /// A part of a split stack waits for the stack that it was split from: a role must leave there before it can
    /// stand here.
    Whole(StackName),
    /// The id of an account is a parameter of the template.
    AccountId(AccountName),
}

/// A stack as it shall stand.
#[derive(Debug, Clone)]
pub struct Stack {
    /// Where.
    pub key: StackKey,
    /// What kind.
    pub kind: Kind,
    /// The item of the configuration that it comes from, such as a deployer's or a team's name; `None` for kinds with
    /// one stack an account.
    pub item: Option<String>,
    /// Where the configuration asks for it.
    pub place: Place,
    /// The template.
    pub body: Body,
    /// The template's parameters.
    pub parameters: BTreeMap<String, ParameterSource>,
    /// Stack tags, without those that Landfall adds for itself.
    pub tags: BTreeMap<String, String>,
    /// Termination protection.
    pub protection: Protection,
    /// What it makes that others may wait for.
    pub provides: Vec<Provides>,
    /// What it waits for.
    pub needs: Vec<Need>,
    /// How many roles it makes.
    pub roles: usize,
    /// Managed policies of AWS's own that its roles attach.
    pub attaches: Vec<Arn>,
}

impl Stack {
    /// The digest of all that is deployed: template, parameter sources, tags, protection. It stands on the stack as
    /// [`TAG_DIGEST`](crate::TAG_DIGEST).
    pub fn digest(&self) -> Digest {
        let parameters: Vec<(&String, &ParameterSource)> = self.parameters.iter().collect();
        let canonical = serde_json::json!([self.body.digest, parameters, self.tags, self.protection]);
        Digest::of(canonical.to_string())
    }
}
