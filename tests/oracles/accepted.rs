//! What iam-policy-validator says of Landfall's policies and can be lived with, each with its reason. Its checks of form
//! (names, resources, keys, operators, types, sizes) are opinions of nobody, so hardly any of them stands here.

/// A finding that stands.
#[derive(Debug)]
pub(super) struct Accepted {
    /// The validator's check.
    pub(super) check: &'static str,
    /// What it calls the issue.
    pub(super) issue: &'static str,
    /// In which kinds of stack.
    pub(super) of: &'static [&'static str],
    /// One of these stands in its message.
    pub(super) names: &'static [&'static str],
    /// Why.
    #[expect(dead_code, reason = "it is shown with the whole row")]
    pub(super) because: &'static str,
}

const ANY: &[&str] = &[""];

/// Kinds of stack whose roles do work.
const WORKLOADS: &[&str] = &["batch-team", "cross-account", "federation", "metaflow", "service", "shared-policy"];

const BOUNDARY_IS_A_CEILING: &str = "a boundary grants nothing: it is the most that a role's own policies can come to, \
     so its wildcards and sensitive actions are where it ends, not what anybody has";
const WITHIN_OWN_THINGS: &str = "each statement is on what Landfall owns, by its path or the prefix of its names, and \
     the role's boundary keeps it there; roles are made and filled only under a boundary";
const READS_EVERYTHING: &str = "drift is found by reading all of IAM, CloudFormation and Organizations; the one reading \
     that shows more than metadata, of templates, is on Landfall's own stacks";
const ONE_RESOURCE: &str = "the statement is on exactly the path, table, log group or key that the configuration names, \
     which is narrower than the condition that is asked for";
const ONLY_EVERYTHING: &str = "AWS takes `*` alone as the resource of these actions; another condition narrows them \
     where there is one";

pub(super) const ACCEPTED: &[Accepted] = &[
    // Boundaries.
    Accepted {
        check: "service_wildcard",
        issue: "overly_permissive",
        of: &["automation", "boundary"],
        names: ANY,
        because: BOUNDARY_IS_A_CEILING,
    },
    Accepted {
        check: "full_wildcard",
        issue: "security_risk",
        of: &["boundary", "break-glass"],
        names: ANY,
        because: BOUNDARY_IS_A_CEILING,
    },
    Accepted {
        check: "wildcard_resource",
        issue: "overly_permissive",
        of: &["boundary"],
        names: ANY,
        because: BOUNDARY_IS_A_CEILING,
    },
    Accepted {
        check: "wildcard_resource",
        issue: "overly_permissive",
        of: &["automation"],
        names: &["`iam:*`"],
        because: BOUNDARY_IS_A_CEILING,
    },
    Accepted {
        check: "sensitive_action",
        issue: "missing_condition",
        of: &["boundary"],
        names: ANY,
        because: BOUNDARY_IS_A_CEILING,
    },
    Accepted {
        check: "sensitive_action",
        issue: "missing_condition",
        of: &["automation"],
        names: &["'sts:GetFederationToken'"],
        because: BOUNDARY_IS_A_CEILING,
    },
    Accepted {
        check: "sensitive_action",
        issue: "privilege_escalation",
        of: &["boundary"],
        names: ANY,
        because: BOUNDARY_IS_A_CEILING,
    },
    Accepted {
        check: "sensitive_action",
        issue: "privilege_escalation",
        of: &["automation"],
        names: &["`iam:CreateUser`"],
        because: "the statement NoUsers of the same boundary denies it",
    },
    Accepted {
        check: "action_condition_enforcement",
        issue: "missing_required_condition_any_of",
        of: &["boundary"],
        names: &["`s3:*`"],
        because: BOUNDARY_IS_A_CEILING,
    },
    Accepted {
        check: "action_condition_enforcement",
        issue: "missing_required_condition",
        of: &["boundary"],
        names: &["`ssm:*`"],
        because: BOUNDARY_IS_A_CEILING,
    },
    Accepted {
        check: "action_condition_enforcement",
        issue: "missing_required_condition",
        of: &["automation"],
        names: &["`iam:*`"],
        because: BOUNDARY_IS_A_CEILING,
    },
    Accepted {
        check: "not_action_not_resource",
        issue: "not_resource_deny_review",
        of: &["automation"],
        names: ANY,
        because: "denying all but Landfall's own is what the statement OnlyOwned is for",
    },
    // Landfall's own roles.
    Accepted {
        check: "sensitive_action",
        issue: "privilege_escalation",
        of: &["automation"],
        names: &["`iam:AttachRolePolicy`", "`cloudformation:CreateStack`"],
        because: WITHIN_OWN_THINGS,
    },
    Accepted {
        check: "sensitive_action",
        issue: "missing_condition",
        of: &["automation"],
        names: &[
            "'iam:DeleteRolePolicy'",
            "'iam:DeleteOpenIDConnectProvider'",
            "'iam:DeletePolicyVersion'",
            "'iam:DeleteSAMLProvider'",
            "'sns:SetTopicAttributes'",
        ],
        because: WITHIN_OWN_THINGS,
    },
    Accepted {
        check: "sensitive_action",
        issue: "missing_condition",
        of: &["automation"],
        names: &["'cloudformation:GetTemplate'", "'iam:GetServiceLinkedRoleDeletionStatus'"],
        because: READS_EVERYTHING,
    },
    Accepted {
        check: "wildcard_resource",
        issue: "overly_permissive",
        of: &["automation"],
        names: &["`cloudformation:Describe*`", "`organizations:Describe*`"],
        because: READS_EVERYTHING,
    },
    Accepted {
        check: "wildcard_resource",
        issue: "overly_permissive",
        of: &["automation"],
        names: &["`organizations:AttachPolicy`"],
        because: "the ids of accounts, units and policies are given by AWS when they are made; the boundary keeps \
             accounts from being closed and removed",
    },
    Accepted {
        check: "wildcard_resource",
        issue: "overly_permissive",
        of: &["automation"],
        names: &["`sns:Unsubscribe`"],
        because: ONLY_EVERYTHING,
    },
    // Workloads.
    Accepted {
        check: "action_condition_enforcement",
        issue: "missing_required_condition_any_of",
        of: WORKLOADS,
        names: &["`s3:GetObject`", "`s3:PutObject`"],
        because: ONE_RESOURCE,
    },
    Accepted {
        check: "sensitive_action",
        issue: "missing_condition",
        of: WORKLOADS,
        names: &[
            "'dynamodb:GetItem'",
            "'ecr:GetDownloadUrlForLayer'",
            "'logs:GetLogEvents'",
            "'s3:DeleteObject'",
            "'secretsmanager:GetSecretValue'",
        ],
        because: ONE_RESOURCE,
    },
    Accepted {
        check: "sensitive_action",
        issue: "missing_condition",
        of: &["ci-deployer", "cross-account", "shared-policy"],
        names: &["'ecr:GetAuthorizationToken'"],
        because: ONLY_EVERYTHING,
    },
    Accepted {
        check: "sensitive_action",
        issue: "missing_condition",
        of: &["shared-policy"],
        names: &["'logs:PutResourcePolicy'"],
        because: ONLY_EVERYTHING,
    },
    Accepted {
        check: "wildcard_resource",
        issue: "overly_permissive",
        of: &["metaflow", "shared-policy"],
        names: &["`cloudwatch:PutMetricData`", "`ec2:CreateNetworkInterface`"],
        because: ONLY_EVERYTHING,
    },
    Accepted {
        check: "condition_key_validation",
        issue: "invalid_condition_key",
        of: &["shared-policy"],
        names: &["`lambda:SourceFunctionArn`"],
        because: "the key is Lambda's and comes with calls to any service that a function makes; the Lambda Developer \
             Guide, \"Working with Lambda execution environment credentials\", denies by it",
    },
    Accepted {
        check: "sensitive_action",
        issue: "missing_condition",
        of: &["batch-team", "cross-account"],
        names: &["'sts:AssumeRole'"],
        because: "it names the one role that is assumed, whose trust decides",
    },
    // Trust.
    Accepted {
        check: "sensitive_action",
        issue: "missing_condition",
        of: &["metaflow", "service"],
        names: &["'sts:AssumeRole'"],
        because: "a trust in a service that is not documented to say for whom it acts: a condition would lock it out",
    },
    Accepted {
        check: "trust_policy_validation",
        issue: "confused_deputy_risk",
        of: &["metaflow", "service"],
        names: &["`apigateway.amazonaws.com`", "`spotfleet.amazonaws.com`"],
        because: "these are not documented to fill the keys in when they assume such a role; PassRole does not leave the \
             account, and the organization's RCP closes the rest",
    },
    Accepted {
        check: "trust_policy_validation",
        issue: "missing_required_condition_for_assume_action",
        of: &["federation"],
        names: &["`accounts.google.com:sub`"],
        because: "the audience is the app's own client id: every user of that app is meant",
    },
    // Guardrails.
    Accepted {
        check: "not_action_not_resource",
        issue: "not_action_deny_review",
        of: &["guardrail"],
        names: &["`account:*`"],
        because: "a deny of all but the services that have no Region is what the preset is, as in the Organizations User \
             Guide, \"Example SCPs\"",
    },
    // A folder with one of every key, which is more than AWS takes and makes no sense as a policy.
    Accepted {
        check: "rcp_best_practices",
        issue: "rcp_blanket_deny",
        of: &["guardrail"],
        names: ANY,
        because: "the user's own text in tests/configs/good/every-key",
    },
    Accepted {
        check: "policy_size",
        issue: "policy_size_exceeded",
        of: &["cross-account"],
        names: &["4,883 bytes"],
        because: "tests/configs/good/every-key trusts in every way at once; Landfall counts the same and refuses it",
    },
    Accepted {
        check: "not_action_not_resource",
        issue: "not_resource_deny_ineffective",
        of: &["metaflow"],
        names: ANY,
        because: "the module's own statement in tests/configs/good/every-key",
    },
];
