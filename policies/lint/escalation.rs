//! The ways in which a role gets more than it was given.
//!
//! Source of the catalogue: pathfinding.cloud (Datadog), Rhino Security Labs, "AWS IAM privilege escalation"; its names
//! are those of AWS's actions.

use super::power::{Power, Reach};
use crate::{Actions, Document};

/// A way that is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Escalation {
    /// The actions that make it.
    pub actions: Vec<&'static str>,
    /// What it comes to, as a clause: "makes keys for any user".
    pub what: &'static str,
    /// What holds it.
    pub hold: Hold,
}

/// How far a way leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hold {
    /// Out of the boundary.
    Free,
    /// To principals that carry a boundary of Landfall's themselves.
    Bounded,
    /// To what runs with another role already.
    Borrowed,
}

/// A way: all of `needs`, and one of each of `one_of`.
struct Way {
    what: &'static str,
    /// The service that a role must be passed to.
    passes: Option<&'static str>,
    needs: &'static [&'static str],
    one_of: &'static [&'static str],
    borrowed: bool,
}

const fn alone(action: &'static [&'static str], what: &'static str) -> Way {
    Way { what, passes: None, needs: action, one_of: &[], borrowed: false }
}

const fn passing(service: &'static str, needs: &'static [&'static str], what: &'static str) -> Way {
    Way { what, passes: Some(service), needs, one_of: &[], borrowed: false }
}

const fn borrowing(action: &'static [&'static str], what: &'static str) -> Way {
    Way { what, passes: None, needs: action, one_of: &[], borrowed: true }
}

const PASS_ROLE: &str = "iam:PassRole";

const WAYS: &[Way] = &[
    alone(&["iam:CreatePolicyVersion"], "rewrites policies"),
    alone(&["iam:SetDefaultPolicyVersion"], "brings old versions of policies back"),
    alone(&["iam:AttachRolePolicy"], "attaches policies to roles"),
    alone(&["iam:AttachUserPolicy"], "attaches policies to users"),
    alone(&["iam:AttachGroupPolicy"], "attaches policies to groups"),
    alone(&["iam:PutRolePolicy"], "writes policies of roles"),
    alone(&["iam:PutUserPolicy"], "writes policies of users"),
    alone(&["iam:PutGroupPolicy"], "writes policies of groups"),
    alone(&["iam:AddUserToGroup"], "puts users into groups"),
    alone(&["iam:CreateAccessKey"], "makes keys of other users"),
    alone(&["iam:CreateLoginProfile"], "gives other users a password"),
    alone(&["iam:UpdateLoginProfile"], "changes the passwords of other users"),
    alone(&["iam:UpdateAssumeRolePolicy"], "changes whom roles trust"),
    alone(&["iam:DeleteRolePermissionsBoundary"], "takes boundaries off roles"),
    alone(&["iam:DeleteUserPermissionsBoundary"], "takes boundaries off users"),
    alone(&["iam:PutRolePermissionsBoundary"], "changes the boundaries of roles"),
    alone(&["iam:PutUserPermissionsBoundary"], "changes the boundaries of users"),
    alone(&["iam:CreateSAMLProvider", "iam:CreateRole"], "brings an identity provider of its own"),
    alone(&["iam:CreateOpenIDConnectProvider", "iam:CreateRole"], "brings an identity provider of its own"),
    alone(&["iam:UpdateSAMLProvider"], "changes who signs for people"),
    passing("lambda.amazonaws.com", &["lambda:CreateFunction"], "runs a function with any role"),
    passing("lambda.amazonaws.com", &["lambda:UpdateFunctionConfiguration"], "gives a function any role"),
    passing("ec2.amazonaws.com", &["ec2:RunInstances"], "starts an instance with any role"),
    passing("ec2.amazonaws.com", &["ec2:RequestSpotInstances"], "starts an instance with any role"),
    passing("ec2.amazonaws.com", &["ec2:AssociateIamInstanceProfile"], "gives an instance any role"),
    Way {
        what: "runs a task with any role",
        passes: Some("ecs-tasks.amazonaws.com"),
        needs: &["ecs:RegisterTaskDefinition"],
        one_of: &["ecs:RunTask", "ecs:StartTask", "ecs:CreateService", "ecs:UpdateService"],
        borrowed: false,
    },
    passing("ecs-tasks.amazonaws.com", &["batch:RegisterJobDefinition", "batch:SubmitJob"], "runs a job with any role"),
    passing("cloudformation.amazonaws.com", &["cloudformation:CreateStack"], "makes a stack with any role"),
    passing("cloudformation.amazonaws.com", &["cloudformation:UpdateStack"], "changes a stack with any role"),
    passing("cloudformation.amazonaws.com", &["cloudformation:CreateStackSet"], "makes stacks with any role"),
    passing("cloudformation.amazonaws.com", &["cloudformation:UpdateStackSet"], "changes stacks with any role"),
    passing(
        "cloudformation.amazonaws.com",
        &["cloudformation:CreateChangeSet", "cloudformation:ExecuteChangeSet"],
        "changes a stack with any role",
    ),
    passing("codebuild.amazonaws.com", &["codebuild:CreateProject"], "builds with any role"),
    passing("codebuild.amazonaws.com", &["codebuild:UpdateProject"], "builds with any role"),
    passing("codepipeline.amazonaws.com", &["codepipeline:CreatePipeline"], "runs a pipeline with any role"),
    Way {
        what: "runs a job of Glue with any role",
        passes: Some("glue.amazonaws.com"),
        needs: &[],
        one_of: &["glue:CreateJob", "glue:UpdateJob", "glue:CreateDevEndpoint", "glue:CreateSession"],
        borrowed: false,
    },
    Way {
        what: "runs code in SageMaker with any role",
        passes: Some("sagemaker.amazonaws.com"),
        needs: &[],
        one_of: &[
            "sagemaker:CreateNotebookInstance",
            "sagemaker:CreateTrainingJob",
            "sagemaker:CreateProcessingJob",
            "sagemaker:CreateAutoMLJob",
            "sagemaker:CreateHyperParameterTuningJob",
        ],
        borrowed: false,
    },
    passing("states.amazonaws.com", &["states:CreateStateMachine"], "runs a state machine with any role"),
    passing("states.amazonaws.com", &["states:UpdateStateMachine"], "runs a state machine with any role"),
    passing("scheduler.amazonaws.com", &["scheduler:CreateSchedule"], "calls any API with any role, on a schedule"),
    passing("ssm.amazonaws.com", &["ssm:StartAutomationExecution"], "runs an automation with any role"),
    passing("datapipeline.amazonaws.com", &["datapipeline:CreatePipeline"], "runs a pipeline with any role"),
    passing("tasks.apprunner.amazonaws.com", &["apprunner:CreateService"], "runs a service with any role"),
    passing(
        "bedrock-agentcore.amazonaws.com",
        &["bedrock-agentcore:CreateCodeInterpreter"],
        "runs code in Bedrock with any role",
    ),
    borrowing(&["lambda:UpdateFunctionCode"], "changes the code of any function"),
    borrowing(&["ssm:SendCommand"], "runs commands on any instance"),
    borrowing(&["ssm:StartSession"], "enters any instance"),
    borrowing(&["ec2-instance-connect:SendSSHPublicKey"], "enters any instance"),
    borrowing(&["ecs:ExecuteCommand"], "enters any task"),
    borrowing(&["sagemaker:CreatePresignedNotebookInstanceUrl"], "enters any notebook"),
    borrowing(&["ec2:ModifyInstanceAttribute"], "changes what any instance runs at its start"),
];

/// Every way that is open to a role.
pub fn escalations(power: &Power<'_>) -> Vec<Escalation> {
    WAYS.iter().filter_map(|way| open(power, way)).collect()
}

/// Whether a role that it may pass to a service could run something there.
pub fn passable(power: &Power<'_>, service: &str) -> bool {
    WAYS.iter().filter(|way| way.passes == Some(service)).any(|way| {
        way.needs.iter().all(|action| power.can(action))
            && (way.one_of.is_empty() || way.one_of.iter().any(|action| power.can(action)))
    })
}

fn open(power: &Power<'_>, way: &Way) -> Option<Escalation> {
    let mut actions = Vec::new();
    if let Some(service) = way.passes {
        let any = power.reaches(PASS_ROLE, Some(service));
        any.iter().any(|reach| broad(&reach.resource)).then_some(())?;
        actions.push(PASS_ROLE);
    }
    for action in way.needs {
        let reaches = power.reaches(action, None);
        let far = |reach: &Reach<'_>| {
            way.passes.is_some() || (broad(&reach.resource) && !bounded(reach) && (!way.borrowed || named(reach)))
        };
        reaches.iter().any(far).then_some(())?;
        actions.push(action);
    }
    if !way.one_of.is_empty() {
        actions.push(way.one_of.iter().find(|action| power.can(action))?);
    }
    let held = way.needs.iter().any(|action| power.held_by_boundary(action));
    let hold = match (way.borrowed, held) {
        (true, _) => Hold::Borrowed,
        (false, true) => Hold::Bounded,
        (false, false) => Hold::Free,
    };
    Some(Escalation { actions, what: way.what, hold })
}

/// Whether a pattern of resources leaves the name open from its first letter, or everything.
fn broad(pattern: &str) -> bool {
    let resource = pattern.splitn(6, ':').nth(5).unwrap_or(pattern);
    let name = resource.split_once(['/', ':']).map_or(resource, |(_, name)| name);
    name.starts_with('*') || name == "${*}" || name.starts_with("?*")
}

/// Whether a statement itself asks that who is changed carries a certain boundary.
fn bounded(reach: &Reach<'_>) -> bool {
    reach.statement.conditions.iter().any(|one| {
        let key = one.key.0.to_ascii_lowercase();
        (key == "iam:permissionsboundary" || key.starts_with("aws:resourcetag/") || key == "iam:policyarn")
            && !one.operator.if_exists
            && !super::condition_key::negated(one.operator.kind)
    })
}

/// Whether a statement names the service at least: `*` means whatever is harmless as well.
fn named(reach: &Reach<'_>) -> bool {
    matches!(&reach.statement.actions, Actions::Only(list) if !list.iter().any(|action| action.as_str() == "*"))
}

/// What lets a role make credentials that no boundary bounds: keys and passwords of users.
const CREDENTIALS: [&str; 2] = ["iam:CreateAccessKey", "iam:CreateLoginProfile"];

/// The actions with which roles under a boundary make credentials that it does not bound.
pub fn boundary_escapes(boundary: &Document) -> Vec<&'static str> {
    let power = Power { own: vec![boundary], bounds: Vec::new() };
    let free =
        |action: &&str| power.reaches(action, None).iter().any(|reach| broad(&reach.resource) && !bounded(reach));
    CREDENTIALS.into_iter().filter(|action| free(action)).collect()
}
