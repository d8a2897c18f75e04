//! Roles that GitHub Actions deploys with.

use landfall_model::{AccountName, CiDeployer, OrganizationName, RoleName};

use crate::protection::in_organization;
use crate::{
    ArnAccount, Document, PolicyError, RolePolicies, Statement, Text, access_attached, access_inline, github_trust,
    role_arn, trust,
};

/// How GitHub comes to a deployer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry<'a> {
    /// Through the GitHub provider of the deployer's own account.
    Github,
    /// Through a role of a hub account.
    Hub {
        /// The hub's account.
        account: &'a AccountName,
        /// The hub's role.
        role: &'a RoleName,
    },
}

/// The policies of a deployer.
///
/// # Errors
/// A raw statement that is none, or an immutable subject without the ids.
pub fn ci_deployer_role(
    organization: &OrganizationName,
    deployer: &CiDeployer,
    entry: Entry<'_>,
) -> Result<RolePolicies, PolicyError> {
    let trusted = match entry {
        Entry::Github => github_trust(&deployer.github)?.statements,
        Entry::Hub { account, role } => {
            vec![trust::assume_by_role("Hub", organization, &ArnAccount::Of(account.clone()), role)]
        }
    };
    let narrowed = trusted.into_iter().map(|statement| trust::narrow(statement, &deployer.conditions));
    Ok(RolePolicies {
        trust: Document::named(narrowed),
        inline: access_inline(organization, &deployer.access)?,
        attached: access_attached(&[&deployer.access]),
    })
}

/// More deployers than this are named by their role with any account: each account of its own takes up to 125 of the
/// 10,240 characters of a role's inline policy, and one of the 200 parameters of a template.
const NAMED_ACCOUNTS: usize = 50;

/// The policies of a hub: GitHub lands there, and all that it can do is to go on to exactly the deployers, inside the
/// organization. A deployer's `conditions:` stand on the deployer itself.
///
/// # Errors
/// An immutable subject without the ids.
pub fn ci_hub_role(
    organization: &OrganizationName,
    deployer: &CiDeployer,
    role: &RoleName,
) -> Result<RolePolicies, PolicyError> {
    let deployers: Vec<Text> = if deployer.accounts.len() > NAMED_ACCOUNTS {
        vec![role_arn(organization, ArnAccount::Any, role)]
    } else {
        deployer.accounts.iter().map(|account| role_arn(organization, ArnAccount::Of(account.clone()), role)).collect()
    };
    let assume = Statement::allow("Deployers", ["sts:AssumeRole"]).on(deployers).when(in_organization());
    Ok(RolePolicies {
        trust: github_trust(&deployer.github)?,
        inline: Document::some(vec![assume]),
        attached: Vec::new(),
    })
}
