//! Roles for people and apps that come from an identity provider.

use std::time::Duration;

use crate::{AccountSet, BoundaryName, Conditions, ItemName, Place, RoleAccess};

/// An entry of `federation:`.
#[derive(Debug, Clone)]
pub struct Federation {
    /// Its name.
    pub name: ItemName,
    /// Where the role stands.
    pub accounts: AccountSet,
    /// Who comes in.
    pub trust: FederationTrust,
    /// The most that it can do.
    pub boundary: BoundaryName,
    /// What it may do.
    pub access: RoleAccess,
    /// More conditions on the trust.
    pub conditions: Conditions,
    /// The longest session; AWS allows 1 h to 12 h. 1 h unless written.
    pub max_session: Duration,
    /// Where it is defined.
    pub place: Place,
}

/// The two kinds of provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FederationTrust {
    /// SAML 2.0.
    Saml {
        /// The provider's name in IAM.
        provider: ItemName,
        /// The metadata document, read from the named file.
        metadata: String,
    },
    /// An OpenID Connect issuer.
    WebIdentity {
        /// The issuer's URL, `https://…`.
        issuer: String,
        /// The client id.
        audience: String,
        /// The exact subjects, where the issuer's subjects are known.
        subjects: Vec<String>,
    },
}
