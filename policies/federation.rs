//! Roles for people and apps from an identity provider.

use std::collections::BTreeSet;

use landfall_model::{Federation, FederationTrust, OrganizationName, Partition};

use crate::{
    ArnAccount, Condition, Document, Operator, OperatorKind, PolicyError, Principal, Qualifier, RolePolicies,
    Statement, access_attached, access_inline, iam_arn, trust,
};

/// The policies of a federated role.
///
/// # Errors
/// A raw statement that is none.
pub fn federation_role(
    organization: &OrganizationName,
    partition: Partition,
    federation: &Federation,
) -> Result<RolePolicies, PolicyError> {
    Ok(RolePolicies {
        trust: federation_trust(partition, federation),
        inline: access_inline(organization, &federation.access)?,
        shared: BTreeSet::new(),
        attached: access_attached(&[&federation.access]),
    })
}

/// Who comes in: tokens of the provider that are made out to exactly this audience, and where subjects are given to
/// exactly one of these. Nothing is compared as a pattern.
pub fn federation_trust(partition: Partition, federation: &Federation) -> Document {
    let statement = match &federation.trust {
        FederationTrust::Saml { .. } => Statement::allow("Saml", ["sts:AssumeRoleWithSAML"]).when(Condition::new(
            OperatorKind::StringEquals,
            "SAML:aud",
            [sign_in(partition)],
        )),
        FederationTrust::WebIdentity { issuer, audience, subjects } => web_identity(issuer, audience, subjects),
    };
    let statement = match provider(&federation.trust) {
        Provider::Own(resource) => statement.to([Principal::Federated(iam_arn(ArnAccount::Own, resource))]),
        Provider::BuiltIn(known) => statement.to([Principal::Federated(known.host.into())]),
    };
    Document::named([trust::narrow(statement, &federation.conditions)])
}

/// Where a federated role's provider is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Provider {
    /// A resource of the account, by the resource part of its ARN.
    Own(String),
    /// IAM knows it by itself: there is no resource to make, and the principal is its host.
    BuiltIn(BuiltIn),
}

/// A provider that IAM knows by itself, with the names of its claims. Source: IAM User Guide, "AWS JSON policy elements:
/// Principal", "OIDC federated principals", and "IAM and AWS STS condition context keys", "Available keys for AWS OIDC
/// federation".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BuiltIn {
    /// Its host, which is the principal.
    pub host: &'static str,
    /// The claim with the client id.
    pub audience: &'static str,
    /// The claim with the user's id.
    pub subject: &'static str,
}

const BUILT_IN: [BuiltIn; 4] = [
    BuiltIn { host: "accounts.google.com", audience: "aud", subject: "sub" },
    BuiltIn { host: COGNITO, audience: "aud", subject: "sub" },
    BuiltIn { host: "graph.facebook.com", audience: "app_id", subject: "id" },
    BuiltIn { host: "www.amazon.com", audience: "app_id", subject: "user_id" },
];

const COGNITO: &str = "cognito-identity.amazonaws.com";

/// Issuers that all of the world shares and whose audience says nothing about whose token it is: IAM refuses a trust that
/// does not look at the subject. Of Pulumi, Vercel and sandboxes.cloud it is the audience that tells, which every trust
/// here tests. Source: IAM User Guide, "Identity-provider controls for shared OIDC providers"; the buckets and tenants of
/// IBM Turbonomic, which are no issuers of tokens for others, are left out.
const SHARED: [&str; 11] = [
    "agent.buildkite.com",
    "app.terraform.io",
    "gitlab.com",
    "oidc-configuration.audit-log.githubusercontent.com",
    "oidc.codefresh.io",
    "proidc.upbound.io",
    "scalr.io",
    "studio.datachain.ai/api",
    "token.actions.githubusercontent.com",
    "tokens.cloud.shisho.dev",
    "vstoken.actions.githubusercontent.com",
];

/// The provider of a trust.
pub fn provider(trust: &FederationTrust) -> Provider {
    match trust {
        FederationTrust::Saml { provider, .. } => Provider::Own(["saml-provider", provider.as_str()].join("/")),
        FederationTrust::WebIdentity { issuer, .. } => {
            let host = issuer_host(issuer);
            match built_in(host) {
                Some(known) => Provider::BuiltIn(known),
                None => Provider::Own(["oidc-provider", host].join("/")),
            }
        }
    }
}

/// An issuer as ARNs and condition keys have it: without `https://` and without `/` at its end.
pub fn issuer_host(issuer: &str) -> &str {
    issuer.strip_prefix("https://").unwrap_or(issuer).trim_end_matches('/')
}

/// Whether a trust must name subjects: everybody in the world can get a token of its issuer.
pub fn needs_subjects(trust: &FederationTrust) -> bool {
    match trust {
        FederationTrust::Saml { .. } => false,
        FederationTrust::WebIdentity { issuer, subjects, .. } => {
            subjects.is_empty() && SHARED.contains(&issuer_host(issuer))
        }
    }
}

fn built_in(host: &str) -> Option<BuiltIn> {
    BUILT_IN.into_iter().find(|known| known.host.eq_ignore_ascii_case(host))
}

/// Where SAML responses for the console and for the API go. Source: IAM User Guide, "Configure SAML assertions for the
/// authentication response"; for aws-cn the same page at docs.amazonaws.cn, "Amazon Sign-In endpoints"; for aws-us-gov AWS's
/// Landing Zone Accelerator, which writes this value into `SAML:aud`.
fn sign_in(partition: Partition) -> &'static str {
    match partition {
        Partition::Aws => "https://signin.aws.amazon.com/saml",
        Partition::AwsCn => "https://signin.amazonaws.cn/saml",
        Partition::AwsUsGov => "https://signin.amazonaws-us-gov.com/saml",
    }
}

/// Of a Cognito identity pool only users who signed in: without that test its guests come in as well. Source: Amazon
/// Cognito Developer Guide, "Role trust and permissions".
fn web_identity(issuer: &str, audience: &str, subjects: &[String]) -> Statement {
    let host = issuer_host(issuer);
    let (prefix, audience_claim, subject_claim) = match built_in(host) {
        Some(known) => (known.host, known.audience, known.subject),
        None => (host, "aud", "sub"),
    };
    let key = |claim: &str| [prefix, claim].join(":");
    let equals =
        |claim: &str, values: Vec<&str>| Condition::new(OperatorKind::StringEquals, key(claim).as_str(), values);
    let mut statement =
        Statement::allow("WebIdentity", ["sts:AssumeRoleWithWebIdentity"]).when(equals(audience_claim, vec![audience]));
    if !subjects.is_empty() {
        statement = statement.when(equals(subject_claim, subjects.iter().map(String::as_str).collect()));
    }
    if prefix == COGNITO {
        let operator =
            Operator { qualifier: Qualifier::ForAnyValue, kind: OperatorKind::StringEquals, if_exists: false };
        statement = statement.when(Condition::new(operator, key("amr").as_str(), ["authenticated"]));
    }
    statement
}

#[cfg(test)]
mod tests;
