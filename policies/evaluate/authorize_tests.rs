use serde_json::{Value, json};

use super::*;
use crate::{Caller, Context, Document};

const ROLE: &str = "arn:aws:iam::111122223333:role/acme/app";
const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/app/s";
const USER: &str = "arn:aws:iam::111122223333:user/bob";
const ACCOUNT: &str = "111122223333";
const OTHER: &str = "444455556666";
const KEY: &str = "arn:aws:s3:::bucket/key";

fn compiled(name: &str, statements: Value) -> Compiled {
    let document = Document::parse(&json!({ "Version": "2012-10-17", "Statement": statements })).unwrap();
    Compiled::plain(name, &document)
}

fn everything() -> Compiled {
    compiled("everything", json!({ "Sid": "All", "Effect": "Allow", "Action": "*", "Resource": "*" }))
}

fn elsewhere() -> Compiled {
    compiled("elsewhere", json!({ "Effect": "Allow", "Action": "ec2:*", "Resource": "*" }))
}

fn to(principal: Value) -> Compiled {
    compiled("resource", json!({ "Sid": "Grant", "Effect": "Allow", "Principal": principal, "Action": "*" }))
}

fn caller(text: &str) -> Caller {
    let caller = Caller::parse(text).unwrap();
    if text == ROLE { caller.in_session("s") } else { caller }
}

fn get(who: &str) -> Request {
    Request::new(caller(who), "s3:GetObject", KEY, Context::default())
}

fn blocked(request: &Request, layers: &Layers<'_>) -> Option<Layer> {
    let decision = evaluate(request, layers);
    assert_eq!(decision.is_allowed(), decision.blocked_by.is_none());
    decision.blocked_by
}

#[test]
fn nothing_is_allowed_by_nobody() {
    let decision = evaluate(&get(ROLE), &Layers::default());
    assert_eq!((decision.effect, decision.decided_by), (Effect::Deny, None));
    assert_eq!(decision.blocked_by, Some(Layer::Identity));
    assert_eq!(decision.to_string(), "denied: no identity policy allows it");
}

#[test]
fn the_answer_names_the_statement() {
    let policy = compiled(
        "reader",
        json!([
            { "Sid": "Write", "Effect": "Allow", "Action": "s3:Put*", "Resource": "*" },
            { "Sid": "Read", "Effect": "Allow", "Action": "S3:getobject", "Resource": "arn:aws:s3:::bucket/*" },
            { "Effect": "Deny", "NotAction": "s3:*", "NotResource": "arn:aws:s3:::bucket/*" },
        ]),
    );
    let layers = Layers { identity: vec![&policy], ..Layers::default() };
    let decision = evaluate(&get(ROLE), &layers);
    assert_eq!(decision.to_string(), "allowed by identity policy `reader`, statement 1 (Read)");
    assert_eq!(decision.verdicts.identity, Verdict::Allows);
    let other = Request::new(caller(ROLE), "ec2:RunInstances", "*", Context::default());
    let decision = evaluate(&other, &layers);
    assert_eq!(decision.to_string(), "denied by identity policy `reader`, statement 2");
    assert!(decision.is_explicit_deny());
}

#[test]
fn a_deny_anywhere_wins() {
    let all = everything();
    let deny = compiled("deny", json!({ "Sid": "No", "Effect": "Deny", "Action": "s3:*", "Resource": "*" }));
    let at_bucket =
        compiled("deny", json!({ "Sid": "No", "Effect": "Deny", "Principal": { "AWS": ACCOUNT }, "Action": "s3:*" }));
    let base = Layers {
        identity: vec![&all],
        boundary: Some(&all),
        session: Some(&all),
        scps: vec![vec![&all], vec![&all]],
        ..Layers::default()
    };
    assert_eq!(blocked(&get(ROLE), &base), None);
    for (layers, layer) in [
        (Layers { identity: vec![&all, &deny], ..base.clone() }, Layer::Identity),
        (Layers { boundary: Some(&deny), ..base.clone() }, Layer::Boundary),
        (Layers { session: Some(&deny), ..base.clone() }, Layer::Session),
        (Layers { scps: vec![vec![&all], vec![&all, &deny]], ..base.clone() }, Layer::Scp { level: 1 }),
        (Layers { rcps: vec![vec![], vec![], vec![&deny]], ..base.clone() }, Layer::Rcp { level: 2 }),
        (Layers { resource: Some(&at_bucket), ..base.clone() }, Layer::Resource),
    ] {
        let decision = evaluate(&get(ROLE), &layers);
        assert_eq!(decision.decided_by.map(|by| (by.layer, by.sid)), Some((layer, Some("No"))));
        assert_eq!(decision.blocked_by, Some(layer));
    }
}

#[test]
fn boundary_session_and_every_level_must_allow() {
    let (all, other) = (everything(), elsewhere());
    let base = Layers { identity: vec![&all], ..Layers::default() };
    for (layers, layer) in [
        (Layers { boundary: Some(&other), ..base.clone() }, Layer::Boundary),
        (Layers { session: Some(&other), ..base.clone() }, Layer::Session),
        (Layers { scps: vec![vec![&all], vec![&other], vec![&all]], ..base.clone() }, Layer::Scp { level: 1 }),
        (Layers { scps: vec![vec![&all], vec![]], ..base.clone() }, Layer::Scp { level: 1 }),
        (Layers { identity: vec![&other], boundary: Some(&other), ..base.clone() }, Layer::Identity),
    ] {
        assert_eq!(blocked(&get(ROLE), &layers), Some(layer));
        assert!(!evaluate(&get(ROLE), &layers).is_explicit_deny());
    }
    let two = Layers { scps: vec![vec![&other, &all]], ..base };
    assert_eq!(blocked(&get(ROLE), &two), None, "one policy of a level is enough");
}

#[test]
fn a_boundary_grants_nothing() {
    let all = everything();
    let layers = Layers { boundary: Some(&all), scps: vec![vec![&all]], session: Some(&all), ..Layers::default() };
    assert_eq!(blocked(&get(ROLE), &layers), Some(Layer::Identity));
}

#[test]
fn control_policies_do_not_bind_management_nor_service_linked_roles() {
    let all = everything();
    let deny = compiled("deny", json!({ "Effect": "Deny", "Action": "s3:*", "Resource": "*" }));
    let layers = Layers {
        identity: vec![&all],
        scps: vec![vec![&deny]],
        rcps: vec![vec![&deny]],
        management: Some(ACCOUNT),
        ..Layers::default()
    };
    assert_eq!(blocked(&get(ROLE), &layers), None);
    let member = Layers { management: Some(OTHER), ..layers.clone() };
    assert_eq!(blocked(&get(ROLE), &member), Some(Layer::Scp { level: 0 }));
    let linked = "arn:aws:iam::111122223333:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS";
    assert_eq!(blocked(&get(linked), &member), None);
    // An RCP binds the resources of a member whoever asks, in services that heed it.
    let rcp = Layers { scps: vec![], ..member.clone() };
    assert_eq!(blocked(&get(ROLE), &rcp), Some(Layer::Rcp { level: 0 }));
    let ec2 = Layers { rcps: vec![vec![&deny]], ..rcp.clone() };
    let request = Request::new(caller(ROLE), "ec2:RunInstances", "*", Context::default());
    assert_eq!(blocked(&request, &ec2), None);
    let star = compiled("deny", json!({ "Effect": "Deny", "Action": "*", "Resource": "*" }));
    let ec2 = Layers { rcps: vec![vec![&star]], ..rcp };
    assert_eq!(blocked(&request, &ec2), None, "EC2 does not heed RCPs");
}

#[test]
fn inside_one_account_a_resource_policy_may_stand_for_the_identity_policy() {
    let other = elsewhere();
    let ask = |who: &str, principal: Value, bounded: bool, session: bool| {
        let resource = to(principal);
        let layers = Layers {
            boundary: bounded.then_some(&other),
            session: session.then_some(&other),
            resource: Some(&resource),
            ..Layers::default()
        };
        blocked(&get(who), &layers)
    };
    // An account: the identity policy decides.
    assert_eq!(ask(ROLE, json!({ "AWS": ACCOUNT }), false, false), Some(Layer::Identity));
    // A role: enough, within boundary and session policy.
    assert_eq!(ask(ROLE, json!({ "AWS": ROLE }), false, false), None);
    assert_eq!(ask(ROLE, json!({ "AWS": ROLE }), true, false), Some(Layer::Boundary));
    assert_eq!(ask(ROLE, json!({ "AWS": ROLE }), false, true), Some(Layer::Session));
    // A session or a user: enough, whatever boundary and session policy leave out.
    assert_eq!(ask(ROLE, json!({ "AWS": SESSION }), true, true), None);
    assert_eq!(ask(USER, json!({ "AWS": USER }), true, false), None);
    // Anyone: enough, within the session policy.
    assert_eq!(ask(ROLE, json!("*"), true, false), None);
    assert_eq!(ask(ROLE, json!("*"), false, true), Some(Layer::Session));
    assert_eq!(ask(ROLE, json!({ "AWS": USER }), false, false), Some(Layer::Identity));
    // What denies explicitly still binds.
    let deny = compiled("deny", json!({ "Effect": "Deny", "Action": "*", "Resource": "*" }));
    let resource = to(json!({ "AWS": SESSION }));
    let layers = Layers { boundary: Some(&deny), resource: Some(&resource), ..Layers::default() };
    assert_eq!(blocked(&get(ROLE), &layers), Some(Layer::Boundary));
    // And so do SCPs that do not allow.
    let layers = Layers { scps: vec![vec![&other]], resource: Some(&resource), ..Layers::default() };
    assert_eq!(blocked(&get(ROLE), &layers), Some(Layer::Scp { level: 0 }));
}

#[test]
fn the_closest_grant_counts_whatever_the_order() {
    let other = elsewhere();
    let statements =
        [ROLE, ACCOUNT, SESSION].map(|who| json!({ "Effect": "Allow", "Principal": { "AWS": who }, "Action": "s3:*" }));
    for turn in 0..3 {
        let mut list = statements.to_vec();
        list.rotate_left(turn);
        let resource = compiled("resource", Value::Array(list));
        let layers = Layers { boundary: Some(&other), resource: Some(&resource), ..Layers::default() };
        assert_eq!(blocked(&get(ROLE), &layers), None);
    }
}

#[test]
fn across_accounts_both_sides_must_allow() {
    let (all, other) = (everything(), elsewhere());
    let request = get(ROLE).owned_by(OTHER);
    for principal in [json!({ "AWS": ACCOUNT }), json!({ "AWS": ROLE }), json!({ "AWS": SESSION }), json!("*")] {
        let resource = to(principal);
        let both = Layers { identity: vec![&all], resource: Some(&resource), ..Layers::default() };
        let decision = evaluate(&request, &both);
        assert_eq!(decision.decided_by.map(|by| by.layer), Some(Layer::Identity));
        assert_eq!(decision.resource_side.and_then(|by| by.sid), Some("Grant"));
        assert_eq!(blocked(&request, &Layers { identity: vec![], ..both.clone() }), Some(Layer::Identity));
        assert_eq!(blocked(&request, &Layers { resource: None, ..both.clone() }), Some(Layer::Resource));
        assert_eq!(blocked(&request, &Layers { boundary: Some(&other), ..both.clone() }), Some(Layer::Boundary));
        assert_eq!(blocked(&request, &Layers { session: Some(&other), ..both }), Some(Layer::Session));
    }
}

#[test]
fn a_role_is_assumed_only_if_its_trust_policy_says_so() {
    let all = everything();
    let request =
        Request::new(caller(ROLE), "sts:AssumeRole", "arn:aws:iam::111122223333:role/target", Context::default());
    let identity = Layers { identity: vec![&all], ..Layers::default() };
    assert_eq!(blocked(&request, &identity), Some(Layer::Resource));
    let (account, role) = (to(json!({ "AWS": ACCOUNT })), to(json!({ "AWS": ROLE })));
    assert_eq!(blocked(&request, &Layers { resource: Some(&account), ..identity.clone() }), None);
    assert_eq!(blocked(&request, &Layers { resource: Some(&account), ..Layers::default() }), Some(Layer::Identity));
    assert_eq!(blocked(&request, &Layers { resource: Some(&role), ..Layers::default() }), None);
}

#[test]
fn a_key_is_used_only_if_its_policy_says_so() {
    let all = everything();
    let key = "arn:aws:kms:eu-west-1:111122223333:key/1";
    let request = Request::new(caller(ROLE), "kms:Decrypt", key, Context::default());
    let identity = Layers { identity: vec![&all], ..Layers::default() };
    assert_eq!(blocked(&request, &identity), Some(Layer::Resource));
    let account = to(json!({ "AWS": "arn:aws:iam::111122223333:root" }));
    assert_eq!(blocked(&request, &Layers { resource: Some(&account), ..identity }), None);
    assert_eq!(blocked(&request, &Layers { resource: Some(&account), ..Layers::default() }), Some(Layer::Identity));
}

#[test]
fn services_providers_and_strangers_have_the_resource_policy_alone() {
    let github = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com";
    let deny = compiled("deny", json!({ "Effect": "Deny", "Action": "*", "Resource": "*" }));
    let target = "arn:aws:iam::111122223333:role/target";
    let ask = |who: Caller, action: &str, principal: Value| {
        let resource = to(principal);
        let layers = Layers { scps: vec![vec![&deny]], resource: Some(&resource), ..Layers::default() };
        blocked(&Request::new(who, action, target, Context::default()), &layers)
    };
    let lambda = || caller("lambda.amazonaws.com");
    assert_eq!(ask(lambda(), "sts:AssumeRole", json!({ "Service": "lambda.amazonaws.com" })), None);
    assert_eq!(ask(lambda(), "sts:AssumeRole", json!({ "Service": "ec2.amazonaws.com" })), Some(Layer::Resource));
    assert_eq!(ask(lambda(), "sts:AssumeRole", json!({ "AWS": ACCOUNT })), Some(Layer::Resource));
    assert_eq!(ask(caller(github), "sts:AssumeRoleWithWebIdentity", json!({ "Federated": github })), None);
    assert_eq!(ask(Caller::anonymous(), "s3:GetObject", json!("*")), None);
    assert_eq!(ask(Caller::anonymous(), "s3:GetObject", json!({ "AWS": ACCOUNT })), Some(Layer::Resource));
}

#[test]
fn the_root_user_needs_no_policy_but_obeys_scps() {
    let root = get("arn:aws:iam::111122223333:root");
    let decision = evaluate(&root, &Layers::default());
    assert_eq!(decision.to_string(), "allowed: the root user of its own account");
    let deny = compiled(
        "scp",
        json!([
            { "Effect": "Allow", "Action": "*", "Resource": "*" },
            { "Sid": "NoRoot", "Effect": "Deny", "Action": "*", "Resource": "*",
              "Condition": { "ArnLike": { "aws:PrincipalArn": "arn:aws:iam::*:root" } } },
        ]),
    );
    let layers = Layers { scps: vec![vec![&deny]], ..Layers::default() };
    assert_eq!(evaluate(&root, &layers).decided_by.and_then(|by| by.sid), Some("NoRoot"));
    let role = everything();
    assert_eq!(blocked(&get(ROLE), &Layers { identity: vec![&role], ..layers }), None);
}

#[test]
fn not_principal() {
    let all = everything();
    let ask = |effect: &str, principal: Value, bounded: bool, identity: bool| {
        let resource =
            compiled("resource", json!({ "Effect": effect, "NotPrincipal": { "AWS": principal }, "Action": "*" }));
        let layers = Layers {
            identity: if identity { vec![&all] } else { vec![] },
            boundary: bounded.then_some(&all),
            resource: Some(&resource),
            ..Layers::default()
        };
        blocked(&get(ROLE), &layers)
    };
    assert_eq!(ask("Deny", json!([ROLE, ACCOUNT]), false, true), None);
    assert_eq!(ask("Deny", json!(USER), false, true), Some(Layer::Resource));
    assert_eq!(ask("Deny", json!([ROLE, ACCOUNT]), true, true), Some(Layer::Resource), "a boundary is always bound");
    assert_eq!(ask("Allow", json!(USER), false, false), None);
    assert_eq!(ask("Allow", json!(ROLE), false, false), Some(Layer::Identity));
}

#[test]
fn keys_that_follow_from_the_request_are_there() {
    let policy = compiled(
        "own",
        json!([
            { "Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::bucket/${aws:username}/*" },
            { "Sid": "Team", "Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {
                "StringEquals": { "aws:PrincipalAccount": "${aws:ResourceAccount}" },
                "ArnEquals": { "aws:PrincipalArn": ROLE },
            } },
        ]),
    );
    let layers = Layers { identity: vec![&policy], ..Layers::default() };
    let home = |who: &str| Request::new(caller(who), "s3:GetObject", "arn:aws:s3:::bucket/bob/x", Context::default());
    assert!(evaluate(&home(USER), &layers).is_allowed());
    let decision = evaluate(&home(ROLE).owned_by(ACCOUNT), &layers);
    assert_eq!(decision.decided_by.and_then(|by| by.sid), Some("Team"));
    assert!(!evaluate(&home(ROLE), &layers).is_allowed(), "nobody said whose the bucket is");
}

#[test]
fn a_policy_stands_where_its_scope_says() {
    use landfall_model::{AccountId, AccountName, OrganizationId, Partition, Region};
    let document =
        Document::new([crate::Statement::allow("Read", ["s3:GetObject"]).on([crate::Text::literal("arn:")
            .hole(crate::Piece::Partition)
            .then(":s3:::data-")
            .hole(crate::Piece::Account)
            .then("/*")])]);
    let scope = crate::Scope {
        partition: Partition::AwsCn,
        region: Region::new("cn-north-1").unwrap(),
        account: AccountId::new(OTHER).unwrap(),
        organization: OrganizationId::new("o-a1b2c3d4e5").unwrap(),
        accounts: [(AccountName::new("data").unwrap(), AccountId::new(OTHER).unwrap())].into(),
    };
    let policy = Compiled::new("reader", &document, &scope).unwrap();
    let layers = Layers { identity: vec![&policy], ..Layers::default() };
    let ask = |resource: &str| Request::new(caller(ROLE), "s3:GetObject", resource, Context::default());
    assert!(evaluate(&ask("arn:aws-cn:s3:::data-444455556666/x"), &layers).is_allowed());
    assert!(!evaluate(&ask("arn:aws:s3:::data-444455556666/x"), &layers).is_allowed());
    let unknown = Document::new([crate::Statement::allow("Read", ["s3:GetObject"])
        .on([crate::Text::piece(crate::Piece::AccountOf(AccountName::new("nowhere").unwrap()))])]);
    assert!(Compiled::new("reader", &unknown, &scope).is_err());
}
