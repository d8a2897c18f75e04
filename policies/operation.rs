//! What Landfall calls at AWS, and what CloudFormation does in its name: the reason for every permission that its own
//! roles have.
//!
//! `docs/permissions.md` is written from here. Three tests hold the list, the roles and the truth together: each call in
//! `crates/aws` stands here and the other way round; each role may do exactly what stands here for it; and every call of
//! the end-to-end tests is put to the evaluator.

mod resource;

use crate::AutomationRole;

pub use resource::{HANDLERS, Handler};

/// A call of AWS's API that Landfall makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operation {
    /// What IAM calls it, such as `cloudformation:CreateStack`.
    pub name: &'static str,
    /// Which of Landfall's roles make it.
    pub makers: Makers,
    /// What it is made on.
    pub on: Target,
    /// What else IAM asks for when it is made as Landfall makes it.
    pub also: &'static [&'static str],
    /// What for.
    pub purpose: &'static str,
}

/// Which of Landfall's roles make a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Makers {
    /// Any principal may, whatever its policies say.
    Anybody,
    /// All four: it reads an account.
    Readers,
    /// Those of the environment: it changes an account.
    Writers,
    /// Those of the management account: it reads the organization.
    OrganizationReaders,
    /// The apply role: it changes the organization.
    OrganizationWriter,
    /// None: an administrator makes it in the first run, before there are roles.
    Administrator,
}

impl Makers {
    /// The roles.
    pub fn roles(self) -> &'static [AutomationRole] {
        use AutomationRole::{Apply, Executor, Plan, Reader};
        match self {
            Self::Anybody | Self::Readers => &[Plan, Apply, Reader, Executor],
            Self::Writers => &[Apply, Executor],
            Self::OrganizationReaders => &[Plan, Apply],
            Self::OrganizationWriter => &[Apply],
            Self::Administrator => &[],
        }
    }
}

/// What a call is made on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// Anything in the account.
    Account,
    /// The organization, its units, accounts and policies.
    Organization,
    /// Landfall's stacks.
    Stacks,
    /// Landfall's roles, whatever they carry.
    Roles,
    /// Landfall's roles, while they carry (or get) one of its boundaries.
    BoundRoles,
    /// Landfall's managed policies.
    Policies,
    /// Landfall's instance profiles.
    Profiles,
    /// Landfall's OpenID Connect providers.
    OidcProviders,
    /// Landfall's SAML providers.
    SamlProviders,
    /// Landfall's roles in member accounts, and the access role that new accounts come with.
    Entries,
}

/// The operation of a name.
pub fn operation(name: &str) -> Option<&'static Operation> {
    OPERATIONS.iter().find(|one| one.name == name)
}

macro_rules! operations {
    ($($makers:ident $on:ident { $($name:literal $(+ $also:literal)* : $purpose:literal;)* })*) => {
        /// Every call that Landfall makes.
        pub const OPERATIONS: &[Operation] = &[$($(Operation {
            name: $name,
            makers: Makers::$makers,
            on: Target::$on,
            also: &[$($also),*],
            purpose: $purpose,
        },)*)*];
    };
}

// What stands behind `+` is asked for because of the tags that are sent along, or because a role is passed. Source:
// Service Authorization Reference, the tables of each service.
operations! {
    Anybody Account {
        "sts:GetCallerIdentity": "the management account is the right one";
    }
    OrganizationReaders Entries {
        "sts:AssumeRole": "the way into a member account";
    }
    OrganizationReaders Organization {
        "organizations:DescribeCreateAccountStatus": "whether a new account is ready";
        "organizations:DescribeOrganization": "whether there is one, and which";
        "organizations:DescribePolicy": "what a guardrail says";
        "organizations:ListAccounts": "which accounts there are";
        "organizations:ListAccountsForParent": "which unit an account is in";
        "organizations:ListCreateAccountStatus": "accounts that an earlier run began";
        "organizations:ListOrganizationalUnitsForParent": "which units there are";
        "organizations:ListParents": "where an account is before it is moved";
        "organizations:ListPolicies": "which guardrails there are";
        "organizations:ListPoliciesForTarget": "what is attached before a guardrail is taken off";
        "organizations:ListRoots": "the root, and which types of policy are on";
        "organizations:ListTagsForResource": "which guardrails are Landfall's, and what was last applied";
        "organizations:ListTargetsForPolicy": "where a guardrail is attached";
    }
    Administrator Organization {
        "organizations:CreateOrganization" + "iam:CreateServiceLinkedRole": "the organization, where there is none";
    }
    OrganizationWriter Organization {
        "organizations:AttachPolicy": "guardrails";
        "organizations:CreateAccount" + "organizations:TagResource" + "iam:CreateServiceLinkedRole": "accounts";
        "organizations:CreateOrganizationalUnit" + "organizations:TagResource": "units";
        "organizations:CreatePolicy" + "organizations:TagResource": "guardrails";
        "organizations:DeletePolicy": "guardrails that are not wanted any more";
        "organizations:DetachPolicy": "guardrails that are not wanted there any more";
        "organizations:EnablePolicyType": "guardrails of a type that was off";
        "organizations:MoveAccount": "accounts into their units";
        "organizations:TagResource": "accounts that are adopted, and what was last applied";
        "organizations:UpdatePolicy": "guardrails that changed";
    }
    Readers Account {
        "cloudformation:DescribeStacks": "which stacks there are, whoever made them";
        "iam:GetAccountAuthorizationDetails": "drift: everything in IAM at once";
        "iam:ListRoles": "drift: what the listing above leaves out";
        "iam:GetInstanceProfile": "reading back what was deployed";
        "iam:GetOpenIDConnectProvider": "reading back what was deployed";
        "iam:GetPolicy": "reading back what was deployed";
        "iam:GetPolicyVersion": "reading back what was deployed";
        "iam:GetRole": "reading back what was deployed";
        "iam:GetRolePolicy": "reading back what was deployed";
        "iam:GetSAMLProvider": "reading back what was deployed";
        "iam:ListAttachedRolePolicies": "reading back what was deployed";
        "iam:ListRolePolicies": "reading back what was deployed";
        "iam:ListPolicyVersions": "whether there is room for another version";
    }
    Readers Stacks {
        "cloudformation:DescribeChangeSet": "what an update would do";
        "cloudformation:DescribeStackEvents": "why a stack failed";
        "cloudformation:DetectStackResourceDrift": "drift: resources that are not IAM's";
        "cloudformation:GetTemplate": "drift: what a stack was made from";
    }
    Writers Stacks {
        "cloudformation:ContinueUpdateRollback": "a stack that stuck on its way back";
        "cloudformation:CreateChangeSet" + "cloudformation:TagResource": "updates, imports, drift that is taken back";
        "cloudformation:CreateStack" + "cloudformation:TagResource": "new stacks";
        "cloudformation:DeleteChangeSet": "change sets without changes";
        "cloudformation:DeleteStack": "stacks that are not wanted any more";
        "cloudformation:ExecuteChangeSet": "updates";
        "cloudformation:UpdateTerminationProtection": "every stack is protected once it was read back";
    }
    Writers BoundRoles {
        "iam:AttachRolePolicy": "putting right: a policy that was taken off";
        "iam:CreateRole" + "iam:TagRole": "putting right: a role that was deleted";
        "iam:PutRolePermissionsBoundary": "putting right: a boundary that is missing or another";
        "iam:PutRolePolicy": "putting right: a policy that was changed";
    }
    Writers Roles {
        "iam:DeleteRolePolicy": "putting right: a policy that was added";
        "iam:DetachRolePolicy": "putting right: a policy that was attached";
        "iam:TagRole": "putting right: tags";
        "iam:UpdateAssumeRolePolicy": "putting right: a trust that was changed";
        "iam:UpdateRole": "putting right: description and longest session";
    }
    Writers Policies {
        "iam:CreatePolicy": "putting right: a policy that was deleted";
        "iam:CreatePolicyVersion": "putting right: a policy that was changed";
        "iam:DeletePolicyVersion": "room for another version";
    }
    Writers Profiles {
        "iam:AddRoleToInstanceProfile" + "iam:PassRole": "putting right: a profile that lost its role";
        "iam:CreateInstanceProfile": "putting right: a profile that was deleted";
        "iam:RemoveRoleFromInstanceProfile": "putting right: a profile that has another role";
    }
    Writers OidcProviders {
        "iam:AddClientIDToOpenIDConnectProvider": "putting right: an audience that is missing";
        "iam:CreateOpenIDConnectProvider" + "iam:TagOpenIDConnectProvider": "putting right: a provider that was deleted";
        "iam:RemoveClientIDFromOpenIDConnectProvider": "putting right: an audience that was added";
    }
    Writers SamlProviders {
        "iam:CreateSAMLProvider" + "iam:TagSAMLProvider": "putting right: a provider that was deleted";
        "iam:UpdateSAMLProvider": "putting right: metadata that were changed";
    }
}

#[cfg(test)]
mod tests;
