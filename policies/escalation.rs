//! What the generated roles cannot do, shown by the evaluator.

use serde_json::json;

use crate::specimen::{acme, boundaries, roles};
use crate::{Caller, Compiled, Context, Document, Layer, Layers, Request, evaluate};

const ME: &str = "arn:aws:iam::111122223333:role/acme/me";

/// Ways to more than one has, and what to point them at. Source: pathfinding.cloud, the paths of a single action on IAM.
const ESCALATIONS: [(&str, &str); 19] = [
    ("iam:AddUserToGroup", "arn:aws:iam::111122223333:group/admins"),
    ("iam:AttachGroupPolicy", "arn:aws:iam::111122223333:group/admins"),
    ("iam:AttachRolePolicy", ME),
    ("iam:AttachUserPolicy", "arn:aws:iam::111122223333:user/bob"),
    ("iam:CreateAccessKey", "arn:aws:iam::111122223333:user/bob"),
    ("iam:CreateLoginProfile", "arn:aws:iam::111122223333:user/bob"),
    ("iam:CreatePolicyVersion", "arn:aws:iam::111122223333:policy/acme/acme-boundary-workload"),
    ("iam:CreatePolicyVersion", "arn:aws:iam::111122223333:policy/acme/acme-shared-policy-lambda-vpc"),
    ("iam:CreateRole", "arn:aws:iam::111122223333:role/new"),
    ("iam:CreateUser", "arn:aws:iam::111122223333:user/new"),
    ("iam:DeleteRolePolicy", ME),
    ("iam:DetachRolePolicy", ME),
    ("iam:PutGroupPolicy", "arn:aws:iam::111122223333:group/admins"),
    ("iam:PutRolePolicy", ME),
    ("iam:PutRolePermissionsBoundary", ME),
    ("iam:PutUserPolicy", "arn:aws:iam::111122223333:user/bob"),
    ("iam:SetDefaultPolicyVersion", "arn:aws:iam::111122223333:policy/acme/acme-boundary-workload"),
    ("iam:UpdateAssumeRolePolicy", ME),
    ("iam:UpdateLoginProfile", "arn:aws:iam::111122223333:user/bob"),
];

/// What nobody at all can do.
const NEVER: [(&str, &str); 6] = [
    ("iam:DeleteRolePermissionsBoundary", ME),
    ("iam:DeleteUserPermissionsBoundary", "arn:aws:iam::111122223333:user/bob"),
    ("organizations:LeaveOrganization", "*"),
    ("cloudtrail:StopLogging", "arn:aws:cloudtrail:eu-west-1:111122223333:trail/main"),
    ("cloudtrail:DeleteTrail", "arn:aws:cloudtrail:eu-west-1:111122223333:trail/main"),
    ("cloudtrail:UpdateTrail", "arn:aws:cloudtrail:eu-west-1:111122223333:trail/main"),
];

/// Contexts that a caller may bring about.
fn contexts() -> [Context; 3] {
    let fresh = Context::default()
        .with("aws:MultiFactorAuthPresent", "true")
        .with("aws:MultiFactorAuthAge", "1")
        .with("aws:SecureTransport", "true")
        .with("aws:SourceIp", "10.0.0.1");
    let bounded =
        fresh.clone().with("iam:PermissionsBoundary", "arn:aws:iam::111122223333:policy/acme/acme-boundary-workload");
    [Context::default(), fresh, bounded]
}

fn questions(asked: &[(&str, &str)]) -> Vec<Request> {
    let caller = Caller::parse(ME).unwrap().in_session("s");
    let every = |context: Context| {
        let caller = caller.clone();
        asked.iter().map(move |(action, resource)| Request::new(caller.clone(), action, resource, context.clone()))
    };
    contexts().into_iter().flat_map(every).collect()
}

#[test]
fn no_workload_role_changes_iam_even_without_its_boundary() {
    let mut seen = 0;
    let foundation = acme();
    for (name, role) in roles(&foundation) {
        if ["break-glass", "automation", "ci-deployer"].iter().any(|kind| name.starts_with(kind)) {
            continue;
        }
        let shared = role.shared.iter().map(|shared| shared.document(&foundation.organization.name));
        let policies: Vec<Compiled> =
            role.inline.into_iter().chain(shared).map(|document| Compiled::plain(&name, &document)).collect();
        let layers = Layers { identity: policies.iter().collect(), ..Layers::default() };
        for request in questions(&ESCALATIONS) {
            let decision = evaluate(&request, &layers);
            assert!(!decision.is_allowed(), "{name}: {} on {}: {decision}", request.action(), request.resource());
            seen += 1;
        }
    }
    assert!(seen > 500, "{seen} questions are few");
}

#[test]
fn nobody_under_any_boundary_takes_it_off_leaves_or_stops_the_trail() {
    let administrator = json!({ "Version": "2012-10-17",
        "Statement": { "Effect": "Allow", "Action": "*", "Resource": "*" } });
    let administrator = Compiled::plain("administrator", &Document::parse(&administrator).unwrap());
    for (name, document) in boundaries(&acme()) {
        let boundary = Compiled::plain(&name, &document);
        let layers = Layers { identity: vec![&administrator], boundary: Some(&boundary), ..Layers::default() };
        for request in questions(&NEVER) {
            let decision = evaluate(&request, &layers);
            assert!(!decision.is_allowed(), "{name}: {} on {}: {decision}", request.action(), request.resource());
            assert_eq!(decision.blocked_by, Some(Layer::Boundary), "{name}: {}", request.action());
        }
    }
}
