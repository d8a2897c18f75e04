//! What CloudFormation does with a template's resources, with the permissions of whoever deploys it.

/// What CloudFormation calls for a type of resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Handler {
    /// The type, such as `AWS::IAM::Role`.
    pub resource: &'static str,
    /// What it calls to make, read, change and delete one as Landfall's templates have it.
    pub actions: &'static [&'static str],
    /// What AWS lists beside that, and Landfall's templates never bring about, with the reason.
    pub never: &'static [(&'static str, &'static str)],
}

const ROLES_ALONE: &str = "policies are attached to roles alone";
const ALWAYS_BOUND: &str = "no template leaves a boundary out";
const NO_ROLE: &str = "the alarm passes no role";
const NO_PROTECTION: &str = "the alarm has no data protection policy";

/// Every type of resource that Landfall's templates have. Source: the resource schemas of the CloudFormation registry,
/// `handlers`, all of them but `list`, which deploying does not need.
pub const HANDLERS: &[Handler] = &[
    Handler {
        resource: "AWS::ApiGateway::Account",
        actions: &["apigateway:GET", "apigateway:PATCH", "iam:GetRole", "iam:PassRole"],
        never: &[],
    },
    Handler {
        resource: "AWS::Events::Rule",
        actions: &[
            "events:DeleteRule",
            "events:DescribeRule",
            "events:ListTagsForResource",
            "events:ListTargetsByRule",
            "events:PutRule",
            "events:PutTargets",
            "events:RemoveTargets",
            "events:TagResource",
            "events:UntagResource",
        ],
        never: &[("iam:PassRole", NO_ROLE)],
    },
    Handler {
        resource: "AWS::IAM::InstanceProfile",
        actions: &[
            "iam:AddRoleToInstanceProfile",
            "iam:CreateInstanceProfile",
            "iam:DeleteInstanceProfile",
            "iam:GetInstanceProfile",
            "iam:PassRole",
            "iam:RemoveRoleFromInstanceProfile",
        ],
        never: &[],
    },
    Handler {
        resource: "AWS::IAM::ManagedPolicy",
        actions: &[
            "iam:CreatePolicy",
            "iam:CreatePolicyVersion",
            "iam:DeletePolicy",
            "iam:DeletePolicyVersion",
            "iam:GetPolicy",
            "iam:GetPolicyVersion",
            "iam:ListEntitiesForPolicy",
            "iam:ListPolicyVersions",
        ],
        never: &[
            ("iam:AttachGroupPolicy", ROLES_ALONE),
            ("iam:AttachRolePolicy", "a role names its policies, a policy names no roles"),
            ("iam:AttachUserPolicy", ROLES_ALONE),
            ("iam:DetachGroupPolicy", ROLES_ALONE),
            ("iam:DetachRolePolicy", "a role names its policies, a policy names no roles"),
            ("iam:DetachUserPolicy", ROLES_ALONE),
        ],
    },
    Handler {
        resource: "AWS::IAM::OIDCProvider",
        actions: &[
            "iam:AddClientIDToOpenIDConnectProvider",
            "iam:CreateOpenIDConnectProvider",
            "iam:DeleteOpenIDConnectProvider",
            "iam:GetOpenIDConnectProvider",
            "iam:ListOpenIDConnectProviderTags",
            "iam:RemoveClientIDFromOpenIDConnectProvider",
            "iam:TagOpenIDConnectProvider",
            "iam:UntagOpenIDConnectProvider",
            "iam:UpdateOpenIDConnectProviderThumbprint",
        ],
        never: &[],
    },
    Handler {
        resource: "AWS::IAM::Role",
        actions: &[
            "iam:AttachRolePolicy",
            "iam:CreateRole",
            "iam:DeleteRole",
            "iam:DeleteRolePolicy",
            "iam:DetachRolePolicy",
            "iam:GetRole",
            "iam:GetRolePolicy",
            "iam:ListAttachedRolePolicies",
            "iam:ListRolePolicies",
            "iam:ListRoleTags",
            "iam:PutRolePermissionsBoundary",
            "iam:PutRolePolicy",
            "iam:TagRole",
            "iam:UntagRole",
            "iam:UpdateAssumeRolePolicy",
            "iam:UpdateRole",
            "iam:UpdateRoleDescription",
        ],
        never: &[("iam:DeleteRolePermissionsBoundary", ALWAYS_BOUND)],
    },
    Handler {
        resource: "AWS::IAM::SAMLProvider",
        actions: &[
            "iam:CreateSAMLProvider",
            "iam:DeleteSAMLProvider",
            "iam:GetSAMLProvider",
            "iam:ListSAMLProviderTags",
            "iam:TagSAMLProvider",
            "iam:UntagSAMLProvider",
            "iam:UpdateSAMLProvider",
        ],
        never: &[],
    },
    Handler {
        resource: "AWS::SNS::Topic",
        actions: &[
            "sns:CreateTopic",
            "sns:DeleteTopic",
            "sns:GetDataProtectionPolicy",
            "sns:GetTopicAttributes",
            "sns:ListSubscriptionsByTopic",
            "sns:ListTagsForResource",
            "sns:SetTopicAttributes",
            "sns:Subscribe",
            "sns:TagResource",
            "sns:Unsubscribe",
            "sns:UntagResource",
        ],
        never: &[("iam:GetRole", NO_ROLE), ("iam:PassRole", NO_ROLE), ("sns:PutDataProtectionPolicy", NO_PROTECTION)],
    },
    Handler { resource: "AWS::SNS::TopicPolicy", actions: &["sns:SetTopicAttributes"], never: &[] },
];
