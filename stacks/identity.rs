//! What stands in an account's IAM: the form in which desired and live state are compared.

use std::collections::{BTreeMap, BTreeSet};

use landfall_model::{PolicyName, RoleName};
use serde::{Deserialize, Serialize};

use crate::PolicyDocument;

/// The IAM resources of one account, or of one stack in it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Identities {
    /// Roles by name.
    pub roles: BTreeMap<RoleName, Role>,
    /// Customer managed policies by name.
    pub policies: BTreeMap<PolicyName, ManagedPolicy>,
    /// Instance profiles by name.
    pub profiles: BTreeMap<String, InstanceProfile>,
    /// Identity providers by ARN.
    pub providers: BTreeMap<String, Provider>,
}

/// A role with all that makes it what it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Role {
    /// Its name.
    pub name: RoleName,
    /// Its path, `/` at both ends.
    pub path: String,
    /// The trust policy.
    pub trust: PolicyDocument,
    /// Inline policies by name.
    pub inline: BTreeMap<PolicyName, PolicyDocument>,
    /// ARNs of attached managed policies.
    pub attached: BTreeSet<String>,
    /// The ARN of the permissions boundary. Landfall never makes a role without; a live role may have lost its own.
    pub boundary: Option<String>,
    /// `MaxSessionDuration` in seconds, 3,600 to 43,200.
    pub max_session: u32,
    /// The description.
    pub description: String,
    /// Tags, without those that CloudFormation and Landfall's stack tags bring along.
    pub tags: BTreeMap<String, String>,
}

/// A customer managed policy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ManagedPolicy {
    /// Its name.
    pub name: PolicyName,
    /// Its path.
    pub path: String,
    /// The default version's document.
    pub document: PolicyDocument,
}

/// An instance profile.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InstanceProfile {
    /// Its name.
    pub name: String,
    /// Its path.
    pub path: String,
    /// Its role; AWS allows one.
    pub roles: BTreeSet<RoleName>,
}

/// An identity provider.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Provider {
    /// OpenID Connect.
    Oidc {
        /// The issuer without `https://`.
        url: String,
        /// Client ids.
        audiences: BTreeSet<String>,
    },
    /// SAML 2.0.
    Saml {
        /// The name.
        name: String,
        /// The metadata document.
        metadata: String,
    },
}
