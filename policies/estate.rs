//! What Landfall owns in every account, as far as policies name it.

use std::collections::BTreeSet;

use landfall_model::{Foundation, Kind, NameError, Naming, OrganizationName, PolicyName, RoleName};

use crate::federation::{Provider, provider};
use crate::{ArnAccount, Text, arn, iam_arn};

/// The resource part of the ARN of GitHub's identity provider.
pub const GITHUB_PROVIDER: &str = "oidc-provider/token.actions.githubusercontent.com";

/// What Landfall owns in every account of an organization. Policies that protect it are the same in all accounts, so
/// that all accounts share a template: they name what stands in any of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Estate {
    /// The prefix of all that Landfall owns.
    pub organization: OrganizationName,
    /// The role that Landfall first enters a member account with. Whoever changes its trust owns the account.
    pub access_role: RoleName,
    /// The resource parts of the ARNs of identity providers, such as `saml-provider/corp-idp`.
    pub providers: BTreeSet<String>,
}

impl Estate {
    /// The estate of a configuration.
    pub fn of(foundation: &Foundation) -> Self {
        let mut providers: BTreeSet<String> = foundation
            .federation
            .iter()
            .filter_map(|federation| match provider(&federation.trust) {
                Provider::Own(resource) => Some(resource),
                Provider::BuiltIn(_) => None,
            })
            .collect();
        if foundation.automation.is_some() || !foundation.ci_deployers.is_empty() {
            providers.insert(GITHUB_PROVIDER.to_owned());
        }
        Self {
            organization: foundation.organization.name.clone(),
            access_role: foundation.organization.access_role.clone(),
            providers,
        }
    }

    pub(crate) fn below(&self, kind: &str, name: &str) -> Text {
        iam_arn(ArnAccount::Own, [kind, self.organization.as_str(), name].join("/"))
    }

    /// Everything in IAM.
    pub(crate) fn identities(&self) -> Vec<Text> {
        let mut out: Vec<Text> =
            ["instance-profile", "policy", "role"].iter().map(|kind| self.below(kind, "*")).collect();
        out.push(iam_arn(ArnAccount::Own, ["role", self.access_role.as_str()].join("/")));
        out.extend(self.providers.iter().map(|provider| iam_arn(ArnAccount::Own, provider)));
        out
    }

    /// Its roles, in every account of the organization.
    pub(crate) fn roles(&self, account: ArnAccount) -> Text {
        iam_arn(account, ["role", self.organization.as_str(), "*"].join("/"))
    }

    /// Its stacks.
    pub(crate) fn stacks(&self) -> Text {
        arn("cloudformation", "*", ArnAccount::Own, ["stack/", self.organization.as_str(), "-*/*"].concat())
    }

    /// The rule and the topic of the alarm on break-glass use: their names begin with [`Estate::alarm`].
    pub(crate) fn alarms(&self) -> [Text; 2] {
        let name = [self.alarm().as_str(), "*"].concat();
        [arn("events", "*", ArnAccount::Own, ["rule/", &name].concat()), arn("sns", "*", ArnAccount::Own, name)]
    }

    /// What the names of the alarm's rule and topic begin with: `{organization}-alarm`.
    pub fn alarm(&self) -> String {
        [self.organization.as_str(), Kind::Alarm.as_str()].join("-")
    }

    /// The boundaries that the user describes.
    pub(crate) fn boundaries(&self) -> Text {
        self.below("policy", &[self.organization.as_str(), "-boundary-*"].concat())
    }

    /// Every boundary that Landfall makes, for the user or for itself: all have the word in their names, and no shared
    /// policy has.
    pub(crate) fn all_boundaries(&self) -> Text {
        self.below("policy", &[self.organization.as_str(), "-*boundary*"].concat())
    }

    /// The boundary of the break-glass roles.
    pub(crate) fn break_glass_boundary(&self) -> Text {
        self.below("policy", &[self.organization.as_str(), "-break-glass-boundary"].concat())
    }
}

/// The name of the boundary that a kind of role has for itself: `{organization}-break-glass-boundary`,
/// `{organization}-automation-boundary`.
///
/// # Errors
/// Over 128 characters.
pub fn own_boundary(organization: &OrganizationName, kind: Kind) -> Result<PolicyName, NameError> {
    PolicyName::new([Naming::new(organization).role(kind, &["boundary"])?.as_str()].concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::specimen::acme;

    #[test]
    fn providers_are_those_of_the_configuration() {
        let estate = Estate::of(&acme());
        assert_eq!(
            estate.providers.iter().map(String::as_str).collect::<Vec<_>>(),
            [GITHUB_PROVIDER, "saml-provider/corp-idp"]
        );
        assert_eq!(estate.alarm(), "acme-alarm");
    }

    #[test]
    fn own_boundaries_have_names() {
        let organization = OrganizationName::new("acme").unwrap();
        let name = |kind| own_boundary(&organization, kind).unwrap().as_str().to_owned();
        assert_eq!(name(Kind::BreakGlass), "acme-break-glass-boundary");
        assert_eq!(name(Kind::Automation), "acme-automation-boundary");
    }
}
