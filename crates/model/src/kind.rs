//! The kinds of stack.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A kind of stack. The order is the order of the catalogue; what waits for what is the graph's business.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The boundary policies of an account.
    Boundary,
    /// A policy that several roles of an account share.
    SharedPolicy,
    /// Emergency roles.
    BreakGlass,
    /// The alarm on the use of emergency roles.
    Alarm,
    /// OIDC and SAML providers of an account.
    IdentityProvider,
    /// Landfall's own roles.
    Automation,
    /// A role for other accounts.
    CrossAccount,
    /// A role that GitHub Actions deploys with.
    CiDeployer,
    /// Metaflow's roles.
    Metaflow,
    /// A team's batch roles.
    BatchTeam,
    /// A role that an AWS service assumes.
    Service,
    /// A role for people and apps from an identity provider.
    Federation,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 12] = [
        Self::Boundary,
        Self::SharedPolicy,
        Self::BreakGlass,
        Self::Alarm,
        Self::IdentityProvider,
        Self::Automation,
        Self::CrossAccount,
        Self::CiDeployer,
        Self::Metaflow,
        Self::BatchTeam,
        Self::Service,
        Self::Federation,
    ];

    /// As names of stacks and roles spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Boundary => "boundary",
            Self::SharedPolicy => "shared-policy",
            Self::BreakGlass => "break-glass",
            Self::Alarm => "alarm",
            Self::IdentityProvider => "identity-provider",
            Self::Automation => "automation",
            Self::CrossAccount => "cross-account",
            Self::CiDeployer => "ci-deployer",
            Self::Metaflow => "metaflow",
            Self::BatchTeam => "batch-team",
            Self::Service => "service",
            Self::Federation => "federation",
        }
    }

    /// The kind of a spelling.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
