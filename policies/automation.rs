//! Landfall's own roles.
//!
//! In the management account stand a plan role for pull requests and an apply role for the protected environment; in
//! every member account a reader and an executor. The plan role leads only to readers: what a pull request can reach
//! must not be able to write, and a role that could enter an executor could.

use std::collections::BTreeSet;

use landfall_model::{Automation, AutomationRole, Organization, TAG_ORGANIZATION};

use crate::protection::{in_organization, inside};
use crate::{
    ArnAccount, Condition, Document, Estate, OperatorKind, PolicyError, Resources, RolePolicies, Statement, Text, arn,
    github, github_branch, github_pull_requests, github_subjects, iam_arn, role_arn, trust,
};

/// The policies of one of Landfall's own roles.
///
/// # Errors
/// An immutable subject without the ids.
pub fn automation_role(
    organization: &Organization,
    estate: &Estate,
    automation: &Automation,
    role: AutomationRole,
) -> Result<RolePolicies, PolicyError> {
    let name = |role: AutomationRole| role.name(&organization.name);
    let management = ArnAccount::Of(organization.management_account.clone());
    let from = |sid: &str, role: AutomationRole| -> Result<Statement, PolicyError> {
        Ok(trust::assume_by_role(sid, &organization.name, &management, &name(role)?))
    };
    let anywhere = |role: AutomationRole| -> Result<Text, PolicyError> {
        Ok(role_arn(&organization.name, ArnAccount::Any, &name(role)?))
    };
    let (trusted, statements) = match role {
        // What runs on the branch reads as well, such as the watch every night, which waits for nobody's approval; and so
        // do the environment's jobs.
        AutomationRole::Plan => {
            let mut subjects = github_pull_requests(&automation.github)?;
            subjects.extend(github_branch(&automation.github, &automation.branch)?);
            subjects.extend(github_subjects(&automation.github)?);
            let mut statements = read(estate);
            statements.push(read_organization());
            statements.push(enter("Readers", vec![anywhere(AutomationRole::Reader)?]));
            (vec![github::statement(&automation.github, subjects)], statements)
        }
        AutomationRole::Apply => {
            let mut statements = read(estate);
            statements.push(read_organization());
            statements.extend(write_organization());
            statements.extend(write(estate));
            statements.push(enter(
                "Members",
                vec![
                    anywhere(AutomationRole::Reader)?,
                    anywhere(AutomationRole::Executor)?,
                    iam_arn(ArnAccount::Any, ["role", estate.access_role.as_str()].join("/")),
                ],
            ));
            (vec![github::statement(&automation.github, github_subjects(&automation.github)?)], statements)
        }
        AutomationRole::Reader => {
            (vec![from("Plan", AutomationRole::Plan)?, from("Apply", AutomationRole::Apply)?], read(estate))
        }
        AutomationRole::Executor => {
            let mut statements = read(estate);
            statements.extend(write(estate));
            (vec![from("Apply", AutomationRole::Apply)?], statements)
        }
    };
    Ok(RolePolicies {
        trust: Document::named(trusted),
        inline: Document::some(statements),
        shared: BTreeSet::new(),
        attached: Vec::new(),
    })
}

/// The boundary of Landfall's own roles: what identity automation is made of, and nothing beyond it. Boundaries come off
/// no role, the account stays in the organization, and no role outside it is entered.
pub fn automation_boundary(estate: &Estate) -> Document {
    Document::named([
        Statement::allow(
            "Identity",
            ["apigateway:*", "cloudformation:*", "events:*", "iam:*", "organizations:*", "sns:*", "sts:*"],
        )
        .on_all(),
        Statement::deny(
            "LandfallBoundaryStays",
            ["iam:DeleteRolePermissionsBoundary", "iam:DeleteUserPermissionsBoundary"],
        )
        .on_all(),
        // The key is missing for a role without a boundary; a negated operator is then true, and the call refused.
        Statement::deny(
            "LandfallBoundaryAlways",
            ["iam:AttachRolePolicy", "iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"],
        )
        .on_all()
        .when(Condition::new(OperatorKind::ArnNotLike, "iam:PermissionsBoundary", [estate.all_boundaries()])),
        Statement::deny(
            "NoUsers",
            ["iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:CreateUser", "iam:UpdateLoginProfile"],
        )
        .on_all(),
        Statement::deny(
            "OrganizationStays",
            [
                "organizations:CloseAccount",
                "organizations:DeleteOrganization",
                "organizations:LeaveOrganization",
                "organizations:RemoveAccountFromOrganization",
            ],
        )
        .on_all(),
        inside(),
        only_owned(estate),
        only_listed_providers(estate),
        only_own_providers_deleted(estate),
    ])
}

/// Automation writes to the identities that Landfall owns, and to no others: a policy that a later version of Landfall
/// writes too widely stops here. The access role is not among them: Landfall uses it and leaves it as it is.
fn only_owned(estate: &Estate) -> Statement {
    let mut on = owned_identities(estate);
    on.push(estate.roles(ArnAccount::Own));
    on.push(iam_arn(ArnAccount::Own, ORGANIZATIONS_LINKED_ROLE));
    // Providers have names of their own, and statements of their own below.
    on.extend(any_provider());
    let statement = Statement::deny(
        "OnlyOwned",
        [
            "iam:Add*",
            "iam:Attach*",
            "iam:Create*",
            "iam:Delete*",
            "iam:Detach*",
            "iam:PassRole",
            "iam:Put*",
            "iam:Remove*",
            "iam:Set*",
            "iam:Update*",
        ],
    );
    Statement { resources: Resources::Except(on), ..statement }
}

/// Source: Organizations User Guide, "AWS Organizations and service-linked roles".
const ORGANIZATIONS_LINKED_ROLE: &str = "role/aws-service-role/organizations.amazonaws.com/*";

/// The calls that make and change identity providers, by the start of their names.
const WRITE_PROVIDERS: [&str; 4] =
    ["iam:AddClientID*", "iam:Create*Provider", "iam:RemoveClientID*", "iam:Update*Provider*"];

/// The calls that delete them.
const DELETE_PROVIDERS: [&str; 2] = ["iam:DeleteOpenIDConnectProvider", "iam:DeleteSAMLProvider"];

/// The condition key of the tag that says whose a resource is.
fn owner_tag() -> String {
    ["aws:ResourceTag/", TAG_ORGANIZATION].concat()
}

/// Every identity provider of the account.
fn any_provider() -> [Text; 2] {
    ["oidc-provider/*", "saml-provider/*"].map(|resource| iam_arn(ArnAccount::Own, resource))
}

/// Providers are made and changed only if the configuration has them.
fn only_listed_providers(estate: &Estate) -> Statement {
    let listed = estate.providers.iter().map(|provider| iam_arn(ArnAccount::Own, provider)).collect();
    let statement = Statement::deny("OnlyListedProviders", WRITE_PROVIDERS);
    Statement { resources: Resources::Except(listed), ..statement }
}

/// A provider that the configuration does not have any more is deleted by its stack, after the policies here have
/// forgotten its name: what the stack left on it says whose it is. In a Deny, a missing tag counts as another one.
fn only_own_providers_deleted(estate: &Estate) -> Statement {
    let listed = estate.providers.iter().map(|provider| iam_arn(ArnAccount::Own, provider)).collect();
    let statement = Statement::deny("OnlyOwnProvidersDeleted", DELETE_PROVIDERS).when(Condition::new(
        OperatorKind::StringNotEquals,
        owner_tag().as_str(),
        [estate.organization.as_str()],
    ));
    Statement { resources: Resources::Except(listed), ..statement }
}

/// What Landfall owns in IAM beside its roles.
fn owned_identities(estate: &Estate) -> Vec<Text> {
    let access_role = iam_arn(ArnAccount::Own, ["role", estate.access_role.as_str()].join("/"));
    let mut out = estate.identities();
    out.retain(|text| *text != access_role && *text != estate.roles(ArnAccount::Own));
    out
}

fn enter(sid: &str, roles: Vec<Text>) -> Statement {
    Statement::allow(sid, ["sts:AssumeRole"]).on(roles).when(in_organization())
}

/// What an account's state is read from. Stacks are listed, whoever made them, to find those that Landfall no longer
/// knows; templates are read only from its own, because others may hold secrets.
fn read(estate: &Estate) -> Vec<Statement> {
    let [rule, topic] = estate.alarms();
    vec![
        Statement::allow("Read", ["cloudformation:Describe*", "iam:Get*", "iam:List*"]).on_all(),
        Statement::allow("ReadStacks", ["cloudformation:Detect*", "cloudformation:Get*"]).on([estate.stacks()]),
        // CloudFormation looks for drift with the caller's permissions.
        Statement::allow("ReadGatewayLogging", ["apigateway:GET"]).on([gateway_setting()]),
        Statement::allow(
            "ReadAlarmRule",
            ["events:DescribeRule", "events:ListTagsForResource", "events:ListTargetsByRule"],
        )
        .on([rule]),
        Statement::allow(
            "ReadAlarmTopic",
            [
                "sns:GetDataProtectionPolicy",
                "sns:GetTopicAttributes",
                "sns:ListSubscriptionsByTopic",
                "sns:ListTagsForResource",
            ],
        )
        .on([topic]),
    ]
}

/// The setting of API Gateway in the account and each of its Regions.
fn gateway_setting() -> Text {
    arn("apigateway", "*", ArnAccount::None, "/account")
}

fn read_organization() -> Statement {
    Statement::allow("ReadOrganization", ["organizations:Describe*", "organizations:List*"]).on_all()
}

/// Accounts, units and guardrails. A new account brings a service-linked role along. Source: Organizations User Guide,
/// "Creating a member account in your organization", "Minimum permissions".
fn write_organization() -> [Statement; 2] {
    [
        Statement::allow(
            "Organization",
            [
                "organizations:AttachPolicy",
                "organizations:CreateAccount",
                "organizations:CreateOrganizationalUnit",
                "organizations:CreatePolicy",
                "organizations:DeletePolicy",
                "organizations:DetachPolicy",
                "organizations:EnablePolicyType",
                "organizations:MoveAccount",
                "organizations:TagResource",
                "organizations:UpdatePolicy",
            ],
        )
        .on_all(),
        Statement::allow("OrganizationLinkedRole", ["iam:CreateServiceLinkedRole"])
            .on([iam_arn(ArnAccount::Own, ORGANIZATIONS_LINKED_ROLE)])
            .when(Condition::new(OperatorKind::StringEquals, "iam:AWSServiceName", ["organizations.amazonaws.com"])),
    ]
}

/// What CloudFormation does in the caller's name for Landfall's stacks. A role gets permissions only while it carries one
/// of Landfall's boundaries: in an Allow, a missing key matches nothing.
fn write(estate: &Estate) -> Vec<Statement> {
    let roles = || [estate.roles(ArnAccount::Own)];
    let [rule, topic] = estate.alarms();
    let mut out = vec![
        Statement::allow(
            "Stacks",
            [
                "cloudformation:ContinueUpdateRollback",
                "cloudformation:CreateChangeSet",
                "cloudformation:CreateStack",
                "cloudformation:DeleteChangeSet",
                "cloudformation:DeleteStack",
                "cloudformation:ExecuteChangeSet",
                "cloudformation:TagResource",
                "cloudformation:UntagResource",
                "cloudformation:UpdateTerminationProtection",
            ],
        )
        .on([estate.stacks()]),
        Statement::allow(
            "BoundRoles",
            ["iam:AttachRolePolicy", "iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"],
        )
        .on(roles())
        .when(Condition::new(OperatorKind::ArnLike, "iam:PermissionsBoundary", [estate.all_boundaries()])),
        Statement::allow(
            "Roles",
            [
                "iam:DeleteRole",
                "iam:DeleteRolePolicy",
                "iam:DetachRolePolicy",
                "iam:TagRole",
                "iam:UntagRole",
                "iam:UpdateAssumeRolePolicy",
                "iam:UpdateRole",
                "iam:UpdateRoleDescription",
            ],
        )
        .on(roles()),
        Statement::allow(
            "PoliciesProfiles",
            [
                "iam:AddRoleToInstanceProfile",
                "iam:CreateInstanceProfile",
                "iam:CreatePolicy",
                "iam:CreatePolicyVersion",
                "iam:DeleteInstanceProfile",
                "iam:DeletePolicy",
                "iam:DeletePolicyVersion",
                "iam:RemoveRoleFromInstanceProfile",
                "iam:SetDefaultPolicyVersion",
            ],
        )
        .on([estate.below("instance-profile", "*"), estate.below("policy", "*")]),
        // A role goes into an instance profile, and the logging role into API Gateway's account setting.
        Statement::allow("PassRoles", ["iam:PassRole"]).on(roles()).when(Condition::new(
            OperatorKind::StringEquals,
            "iam:PassedToService",
            ["apigateway.amazonaws.com", "ec2.amazonaws.com"],
        )),
        Statement::allow("GatewayLogging", ["apigateway:PATCH"]).on([gateway_setting()]),
        Statement::allow(
            "AlarmRule",
            [
                "events:DeleteRule",
                "events:PutRule",
                "events:PutTargets",
                "events:RemoveTargets",
                "events:TagResource",
                "events:UntagResource",
            ],
        )
        .on([rule]),
        Statement::allow(
            "AlarmTopic",
            [
                "sns:CreateTopic",
                "sns:DeleteTopic",
                "sns:SetTopicAttributes",
                "sns:Subscribe",
                "sns:TagResource",
                "sns:UntagResource",
            ],
        )
        .on([topic]),
        Statement::allow("AlarmSubscription", ["sns:Unsubscribe"]).on_all(),
    ];
    out.extend(write_providers(estate));
    out.push(Statement::allow("DroppedProviders", DELETE_PROVIDERS).on(any_provider()).when(Condition::new(
        OperatorKind::StringEquals,
        owner_tag().as_str(),
        [estate.organization.as_str()],
    )));
    out
}

/// The identity providers of the configuration, of which an account has no more than a few.
fn write_providers(estate: &Estate) -> impl Iterator<Item = Statement> {
    let of = |kind: &'static str, sid: &str, actions: &[&'static str]| {
        let own = estate.providers.iter().filter(|provider| provider.starts_with(kind));
        let own: Vec<Text> = own.map(|provider| iam_arn(ArnAccount::Own, provider)).collect();
        (!own.is_empty()).then(|| Statement::allow(sid, actions.iter().copied()).on(own))
    };
    let oidc = [
        "iam:AddClientIDToOpenIDConnectProvider",
        "iam:CreateOpenIDConnectProvider",
        "iam:DeleteOpenIDConnectProvider",
        "iam:RemoveClientIDFromOpenIDConnectProvider",
        "iam:TagOpenIDConnectProvider",
        "iam:UntagOpenIDConnectProvider",
        "iam:UpdateOpenIDConnectProviderThumbprint",
    ];
    let saml = [
        "iam:CreateSAMLProvider",
        "iam:DeleteSAMLProvider",
        "iam:TagSAMLProvider",
        "iam:UntagSAMLProvider",
        "iam:UpdateSAMLProvider",
    ];
    [of("oidc-provider/", "OidcProviders", &oidc), of("saml-provider/", "SamlProviders", &saml)].into_iter().flatten()
}

#[cfg(test)]
mod tests;
