//! Roles that GitHub Actions deploys with.

use std::collections::BTreeSet;

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
        shared: BTreeSet::new(),
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
        shared: BTreeSet::new(),
        attached: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use landfall_model::AccountName;
    use serde_json::json;

    use super::*;
    use crate::specimen::{acme, plain};
    use crate::{Quota, QuotaUse};

    fn terraform() -> CiDeployer {
        acme().ci_deployers.into_iter().find(|one| one.name.as_str() == "terraform").unwrap()
    }

    #[test]
    fn a_hub_leads_to_its_deployers_only() {
        let role = RoleName::new("acme-ci-deployer-terraform").unwrap();
        let hub = ci_hub_role(&acme().organization.name, &terraform(), &role).unwrap();
        let inline = hub.inline.unwrap();
        assert_eq!(inline.statements.len(), 1);
        assert_eq!(
            plain(&inline)["Statement"][0]["Condition"],
            json!({ "StringEquals": { "aws:ResourceOrgID": "o-a1b2c3d4e5" } })
        );
        let crate::Resources::Only(on) = &inline.statements[0].resources else { panic!("resources") };
        let expected: Vec<Text> = ["app-prod", "data-prod", "ml-prod"]
            .map(|name| ArnAccount::Of(AccountName::new(name).unwrap()))
            .map(|account| role_arn(&acme().organization.name, account, &role))
            .into();
        assert_eq!(*on, expected);
        assert_eq!(hub.trust, github_trust(&terraform().github).unwrap());
    }

    #[test]
    fn a_hub_of_a_thousand_accounts_fits() {
        let mut deployer = terraform();
        deployer.accounts = (0..1000).map(|number| AccountName::new(format!("account-{number}")).unwrap()).collect();
        let role = RoleName::new("acme-ci-deployer-terraform").unwrap();
        let hub = ci_hub_role(&acme().organization.name, &deployer, &role).unwrap();
        let json = plain(hub.inline.as_ref().unwrap());
        assert_eq!(json["Statement"][0]["Resource"], "arn:aws:iam::*:role/acme/acme-ci-deployer-terraform");
        deployer.accounts = deployer.accounts.into_iter().take(NAMED_ACCOUNTS).collect();
        let longest = RoleName::new("r".repeat(64)).unwrap();
        let hub = ci_hub_role(&acme().organization.name, &deployer, &longest).unwrap();
        let used = QuotaUse { quota: Quota::InlinePolicies, used: hub.inline.unwrap().size() };
        assert!(used.fits(), "{used:?}");
    }

    #[test]
    fn a_deployer_behind_a_hub_trusts_the_hub_and_not_github() {
        let account = AccountName::new("ci").unwrap();
        let role = RoleName::new("acme-ci-deployer-terraform-hub").unwrap();
        let mut deployer = terraform();
        deployer.conditions.source_ips = vec!["192.0.2.0/24".into()];
        let entry = Entry::Hub { account: &account, role: &role };
        let policies = ci_deployer_role(&acme().organization.name, &deployer, entry).unwrap();
        assert_eq!(
            plain(&policies.trust)["Statement"],
            json!([{
                "Sid": "Hub", "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::444455556666:root" },
                "Action": "sts:AssumeRole",
                "Condition": {
                    "ArnEquals": {
                        "aws:PrincipalArn": "arn:aws:iam::444455556666:role/acme/acme-ci-deployer-terraform-hub",
                    },
                    "IpAddress": { "aws:SourceIp": "192.0.2.0/24" },
                },
            }])
        );
        assert_eq!(policies.attached, [Text::literal("arn:aws:iam::aws:policy/PowerUserAccess")]);
        assert_eq!(policies.inline, None);
    }
}
