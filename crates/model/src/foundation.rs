//! The whole configuration.

use indexmap::IndexMap;

use crate::{
    Acceptance, Account, AccountName, Automation, Boundary, BoundaryName, BreakGlass, CiDeployer, CrossAccount,
    Federation, Guardrail, Metaflow, Organization, Service, Team,
};

/// A configuration that was read and validated: every reference resolves, every selector is expanded.
#[derive(Debug, Clone)]
pub struct Foundation {
    /// `organization:`
    pub organization: Organization,
    /// `accounts:`, in the order of the file.
    pub accounts: IndexMap<AccountName, Account>,
    /// `boundaries:`
    pub boundaries: IndexMap<BoundaryName, Boundary>,
    /// `guardrails:`
    pub guardrails: Vec<Guardrail>,
    /// `break_glass:`
    pub break_glass: Option<BreakGlass>,
    /// `automation:`
    pub automation: Option<Automation>,
    /// `cross_account:`
    pub cross_account: Vec<CrossAccount>,
    /// `ci_deployers:`
    pub ci_deployers: Vec<CiDeployer>,
    /// `metaflow:`
    pub metaflow: Vec<Metaflow>,
    /// `services:`
    pub services: Vec<Service>,
    /// `federation:`
    pub federation: Vec<Federation>,
    /// `teams/*.yaml`, by file name.
    pub teams: Vec<Team>,
    /// `accept:`
    pub accept: Vec<Acceptance>,
}
