//! The roles that Landfall itself uses from GitHub Actions.

use crate::{GithubTrust, Place};

/// The `automation:` section.
#[derive(Debug, Clone)]
pub struct Automation {
    /// Which repository, and the environment that the apply role is bound to.
    pub github: GithubTrust,
    /// Where it is defined.
    pub place: Place,
}
