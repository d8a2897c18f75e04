use serde_json::{Value, json};

use super::*;
use crate::specimen::{acme, covers, denies, names, plain};
use crate::{Caller, Compiled, Context, Document, Effect, Layers, Request, evaluate};

fn role(role: AutomationRole) -> RolePolicies {
    let foundation = acme();
    let automation = foundation.automation.as_ref().unwrap();
    automation_role(&foundation.organization, &Estate::of(&foundation), automation, role).unwrap()
}

fn allows(document: &Document, action: &str, resource: &str) -> bool {
    document.statements.iter().any(|one| one.effect == Effect::Allow && names(one, action) && covers(one, resource))
}

fn inline(of: AutomationRole) -> Document {
    role(of).inline.unwrap()
}

#[test]
fn templates_are_read_only_from_landfalls_own_stacks() {
    let reader = inline(AutomationRole::Reader);
    let stack = |name: &str| format!("arn:aws:cloudformation:eu-west-1:111122223333:stack/{name}/1");
    assert!(allows(&reader, "cloudformation:GetTemplate", &stack("acme-boundary")));
    assert!(!allows(&reader, "cloudformation:GetTemplate", &stack("theirs")));
    assert!(allows(&reader, "cloudformation:DescribeStacks", &stack("theirs")));
}

const EXECUTOR: &str = "arn:aws:iam::444455556666:role/acme/acme-automation-executor";
const READER: &str = "arn:aws:iam::444455556666:role/acme/acme-automation-reader";

#[test]
fn what_a_pull_request_reaches_writes_nothing() {
    let plan = inline(AutomationRole::Plan);
    assert!(allows(&plan, "sts:AssumeRole", READER));
    assert!(!allows(&plan, "sts:AssumeRole", EXECUTOR));
    assert!(!allows(&plan, "sts:AssumeRole", "arn:aws:iam::444455556666:role/OrganizationAccountAccessRole"));
    for document in [plan, inline(AutomationRole::Reader)] {
        for action in [
            "iam:CreateRole",
            "iam:PutRolePolicy",
            "iam:PassRole",
            "cloudformation:CreateChangeSet",
            "cloudformation:ExecuteChangeSet",
            "cloudformation:DeleteStack",
            "organizations:CreateAccount",
            "organizations:AttachPolicy",
        ] {
            let own = "arn:aws:cloudformation:eu-west-1:111122223333:stack/acme-boundary/1";
            assert!(!allows(&document, action, own) && !allows(&document, action, "*"), "{action}");
        }
    }
}

#[test]
fn pull_requests_plan_and_only_the_environment_applies() {
    let subjects = |of| {
        let json = plain(&role(of).trust);
        json["Statement"][0]["Condition"]["StringEquals"]["token.actions.githubusercontent.com:sub"].clone()
    };
    assert_eq!(
        subjects(AutomationRole::Plan),
        json!([
            "repo:acme/landing-zone:pull_request",
            "repo:acme/landing-zone:ref:refs/heads/main",
            "repo:acme/landing-zone:environment:landing-zone",
        ])
    );
    assert_eq!(subjects(AutomationRole::Apply), "repo:acme/landing-zone:environment:landing-zone");
}

#[test]
fn members_trust_exactly_the_roles_of_the_management_account() {
    let arns = |of| -> Vec<Value> {
        let json = plain(&role(of).trust);
        let statements = json["Statement"].as_array().unwrap().clone();
        statements.iter().map(|one| one["Condition"]["ArnEquals"]["aws:PrincipalArn"].clone()).collect()
    };
    let apply = "arn:aws:iam::444455556666:role/acme/acme-automation-apply";
    let plan = "arn:aws:iam::444455556666:role/acme/acme-automation-plan";
    assert_eq!(arns(AutomationRole::Executor), [apply]);
    assert_eq!(arns(AutomationRole::Reader), [plan, apply]);
}

#[test]
fn the_executor_writes_only_what_landfall_owns() {
    let executor = inline(AutomationRole::Executor);
    for (action, own, theirs) in [
        ("iam:CreateRole", "arn:aws:iam::111122223333:role/acme/x", "arn:aws:iam::111122223333:role/x"),
        ("iam:DeleteRole", "arn:aws:iam::111122223333:role/acme/x", "arn:aws:iam::111122223333:role/acme2/x"),
        ("iam:CreatePolicy", "arn:aws:iam::111122223333:policy/acme/x", "arn:aws:iam::111122223333:policy/x"),
        (
            "cloudformation:ExecuteChangeSet",
            "arn:aws:cloudformation:eu-west-1:111122223333:stack/acme-boundary/1",
            "arn:aws:cloudformation:eu-west-1:111122223333:stack/other/1",
        ),
        ("iam:PassRole", "arn:aws:iam::111122223333:role/acme/x", "arn:aws:iam::111122223333:role/x"),
    ] {
        assert!(allows(&executor, action, own), "{action}");
        assert!(!allows(&executor, action, theirs), "{action}");
    }
    let theirs = "arn:aws:iam::111122223333:role/OrganizationAccountAccessRole";
    assert!(!allows(&executor, "iam:UpdateAssumeRolePolicy", theirs));
    assert!(!allows(&executor, "iam:DeleteRolePermissionsBoundary", "arn:aws:iam::111122223333:role/acme/x"));
    let json = plain(&executor);
    let bound = json["Statement"].as_array().unwrap().iter().find(|one| one["Sid"] == "BoundRoles").unwrap();
    assert_eq!(
        bound["Condition"],
        json!({ "ArnLike": { "iam:PermissionsBoundary": "arn:aws:iam::111122223333:policy/acme/acme-*boundary*" } })
    );
}

#[test]
fn a_provider_that_left_the_configuration_is_deleted_only_if_it_is_landfalls() {
    let executor = Compiled::plain("executor", &inline(AutomationRole::Executor));
    let boundary = Compiled::plain("boundary", &automation_boundary(&Estate::of(&acme())));
    let layers = Layers { identity: vec![&executor], boundary: Some(&boundary), ..Layers::default() };
    let allowed = |action: &str, provider: &str, tag: Option<&str>| {
        let context = match tag {
            Some(organization) => Context::default().with("aws:ResourceTag/landfall:organization", organization),
            None => Context::default(),
        };
        let caller = Caller::parse("arn:aws:iam::111122223333:role/acme/acme-automation-executor").unwrap();
        let resource = ["arn:aws:iam::111122223333:", provider].concat();
        evaluate(&Request::new(caller.in_session("landfall"), action, &resource, context), &layers).is_allowed()
    };
    for (action, left) in [
        ("iam:DeleteSAMLProvider", "saml-provider/former-idp"),
        ("iam:DeleteOpenIDConnectProvider", "oidc-provider/former.example"),
    ] {
        assert!(allowed(action, left, Some("acme")), "{action} of its own");
        assert!(!allowed(action, left, Some("other")), "{action} of another organization's");
        assert!(!allowed(action, left, None), "{action} of somebody else's");
    }
    assert!(allowed("iam:DeleteSAMLProvider", "saml-provider/corp-idp", None), "one that the configuration names");
    for action in ["iam:CreateSAMLProvider", "iam:UpdateSAMLProvider"] {
        assert!(allowed(action, "saml-provider/corp-idp", None), "{action}");
        assert!(!allowed(action, "saml-provider/former-idp", Some("acme")), "{action}");
    }
    assert!(!allowed("iam:AddClientIDToOpenIDConnectProvider", "oidc-provider/former.example", Some("acme")));
}

#[test]
fn the_boundary_holds_what_the_roles_must_not_get() {
    let boundary = automation_boundary(&Estate::of(&acme()));
    for (action, resource) in [
        ("iam:CreateUser", "arn:aws:iam::111122223333:user/x"),
        ("iam:AttachRolePolicy", "arn:aws:iam::111122223333:role/theirs"),
        ("iam:UpdateAssumeRolePolicy", "arn:aws:iam::111122223333:role/OrganizationAccountAccessRole"),
        ("iam:PassRole", "arn:aws:iam::111122223333:role/theirs"),
        ("organizations:LeaveOrganization", "*"),
        ("organizations:CloseAccount", "*"),
    ] {
        assert!(denies(&boundary, action, resource), "{action}");
    }
    for (action, resource) in [
        ("iam:CreatePolicyVersion", "arn:aws:iam::111122223333:policy/acme/acme-boundary-workload"),
        ("iam:UpdateAssumeRolePolicy", "arn:aws:iam::111122223333:role/acme/x"),
        ("iam:CreateSAMLProvider", "arn:aws:iam::111122223333:saml-provider/corp-idp"),
        ("iam:GetRole", "arn:aws:iam::111122223333:role/theirs"),
        (
            "iam:CreateServiceLinkedRole",
            "arn:aws:iam::111122223333:role/aws-service-role/organizations.amazonaws.com/AWSServiceRoleForOrganizations",
        ),
    ] {
        assert!(!denies(&boundary, action, resource), "{action}");
    }
}

/// A boundary gives nothing, and it must not take away what the roles need either.
#[test]
fn the_boundary_names_every_service_of_the_roles() {
    let boundary = automation_boundary(&Estate::of(&acme()));
    for of in AutomationRole::MANAGEMENT.into_iter().chain(AutomationRole::MEMBER) {
        for statement in inline(of).statements {
            let crate::Actions::Only(actions) = statement.actions else { panic!("actions") };
            for action in actions {
                assert!(allows(&boundary, action.as_str(), "*"), "{action}");
            }
        }
    }
}
