//! Limits that are not those of [`landfall_policies::Quota`].

/// Bytes of a template in a call. Source: CloudFormation quotas.
pub(crate) const TEMPLATE_BYTES: usize = 51_200;
/// Resources of a template. Source: CloudFormation quotas.
pub(crate) const RESOURCES: usize = 500;
/// Tags of a stack. Source: CloudFormation quotas.
pub(crate) const STACK_TAGS: usize = 50;
/// Customer managed policies of an account. Source: IAM quotas.
pub(crate) const POLICIES: usize = 1_500;
/// Versions of a customer managed policy. Source: IAM quotas.
pub(crate) const POLICY_VERSIONS: usize = 5;
/// Instance profiles of an account. Source: IAM quotas.
pub(crate) const PROFILES: usize = 1_000;
/// OIDC, and likewise SAML, providers of an account. Source: IAM quotas.
pub(crate) const PROVIDERS: usize = 100;
/// Client ids of an OpenID Connect provider. Source: IAM quotas.
pub(crate) const CLIENT_IDS: usize = 100;
/// Resources that one change set imports. Source: CloudFormation quotas.
pub(crate) const IMPORTS: usize = 200;
/// Tags of a role. Source: IAM quotas.
pub(crate) const ROLE_TAGS: usize = 50;
/// Characters of a role's description. Source: IAM quotas.
pub(crate) const DESCRIPTION: usize = 1_000;
/// Characters of a path. Source: IAM quotas.
pub(crate) const PATH: usize = 512;
/// Account creations under way at a time. Source: Organizations quotas.
pub(crate) const CREATIONS: usize = 5;
/// Units below the root. Source: Organizations quotas.
pub(crate) const UNITS: usize = 2_000;
/// Characters of an organization policy's description. Source: Organizations API reference, `CreatePolicy`.
pub(crate) const POLICY_DESCRIPTION: usize = 512;
