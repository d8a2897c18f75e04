use std::collections::{BTreeMap, BTreeSet};

use landfall_model::{AccountId, PolicyName, RoleName};
use serde_json::{Value, json};

use super::*;
use crate::{Difference, IdentityKind};

mod held;
mod widening;
mod world;

fn of(property: &str, desired: Value, live: Value) -> Difference {
    let (kind, name) = (IdentityKind::Role, "etl".to_owned());
    Difference { kind, name, property: property.to_owned(), desired, live }
}

fn word(call: &RepairCall) -> &'static str {
    match call {
        RepairCall::PutBoundary { .. } => "boundary",
        RepairCall::PutTrust { .. } => "trust",
        RepairCall::PutInline { .. } => "put inline",
        RepairCall::DeleteInline { .. } => "delete inline",
        RepairCall::Attach { .. } => "attach",
        RepairCall::Detach { .. } => "detach",
        RepairCall::UpdateRole { .. } => "update",
        RepairCall::TagRole { .. } => "tag",
        RepairCall::CreateRole { .. } => "role",
        RepairCall::PutPolicy { .. } => "policy",
        RepairCall::CreatePolicy { .. } => "new policy",
        RepairCall::CreateProfile { .. } => "profile",
        RepairCall::AddToProfile { .. } => "into profile",
        RepairCall::RemoveFromProfile { .. } => "out of profile",
        RepairCall::CreateProvider { .. } => "provider",
        RepairCall::AddAudience { .. } => "add audience",
        RepairCall::RemoveAudience { .. } => "remove audience",
        RepairCall::PutMetadata { .. } => "metadata",
    }
}

fn order(differences: &[Difference]) -> Vec<&'static str> {
    calls(differences, &Spared::default()).iter().map(word).collect()
}

fn calls(differences: &[Difference], spared: &Spared) -> Vec<RepairCall> {
    repair(differences, spared).calls
}

fn repair(differences: &[Difference], spared: &Spared) -> Repair {
    let (expected, mut texts) = (Identities::default(), Texts::default());
    texts.insert("x".to_owned(), document(&[("Allow", "s3:*")]));
    let account = AccountId::new("111122223333").unwrap();
    Repair::of(
        differences,
        &Around { account: &account, expected: &expected, texts: &texts, spared, writer: Writer::Anybody },
    )
}

fn aws(policy: &str) -> String {
    ["arn:aws:iam::aws:policy/", policy].concat()
}

fn document(statements: &[(&str, &str)]) -> Value {
    let statements: Vec<Value> = statements
        .iter()
        .map(|(effect, action)| json!({ "Effect": effect, "Action": action, "Resource": "*" }))
        .collect();
    json!({ "Version": "2012-10-17", "Statement": statements })
}

fn trust(principals: &[&str]) -> Value {
    let statements: Vec<Value> = principals
        .iter()
        .map(|who| json!({ "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "AWS": who } }))
        .collect();
    json!({ "Version": "2012-10-17", "Statement": statements })
}

#[test]
fn one_difference_is_one_write() {
    let two_ways =
        (document(&[("Allow", "s3:*"), ("Deny", "kms:*")]), document(&[("Allow", "sqs:*"), ("Deny", "s3:*")]));
    assert_eq!(order(&[of("Policies/access", two_ways.0, two_ways.1)]), ["put inline"]);
    let (us, them) = ("arn:aws:iam::111122223333:root", "arn:aws:iam::444455556666:root");
    assert_eq!(order(&[of("AssumeRolePolicyDocument", trust(&[us]), trust(&[them]))]), ["trust"]);
}

#[test]
fn access_narrows_before_it_grows() {
    let (us, them) = ("arn:aws:iam::111122223333:root", "arn:aws:iam::444455556666:root");
    let found = [
        of("Tags/team", json!("data"), Value::Null),
        of("Policies/missing", document(&[("Allow", "s3:GetObject")]), Value::Null),
        of("Policies/quarantine", Value::Null, document(&[("Deny", "*")])),
        of("Policies/extra", Value::Null, document(&[("Allow", "*")])),
        of(
            "Policies/changed",
            document(&[("Allow", "s3:*"), ("Allow", "sns:*")]),
            document(&[("Allow", "s3:*"), ("Allow", "iam:*")]),
        ),
        of("ManagedPolicyArns", json!([aws("ReadOnlyAccess"), "b"]), json!(["b", aws("PowerUserAccess")])),
        of("AssumeRolePolicyDocument", trust(&[us]), trust(&[them])),
        of("PermissionsBoundary", json!("x"), Value::Null),
        of("Description", json!("moves data"), json!("")),
        of("MaxSessionDuration", json!(3600), json!(43200)),
    ];
    assert_eq!(
        order(&found),
        [
            "boundary",
            "delete inline",
            "put inline",
            "detach",
            "trust",
            "attach",
            "put inline",
            "put inline",
            "tag",
            "update",
            "delete inline"
        ]
    );
}

#[test]
fn another_boundary_comes_while_all_else_is_narrow() {
    let (us, them) = ("arn:aws:iam::111122223333:root", "arn:aws:iam::444455556666:root");
    let both = "arn:aws:iam::777788889999:root";
    let found = [
        of("Policies/missing", document(&[("Allow", "s3:GetObject")]), Value::Null),
        of("Policies/extra", Value::Null, document(&[("Allow", "*")])),
        of("AssumeRolePolicyDocument", trust(&[us, both]), trust(&[them, both])),
        of("PermissionsBoundary", json!("x"), json!("y")),
    ];
    assert_eq!(order(&found), ["delete inline", "trust", "boundary", "put inline", "trust"]);
}

#[test]
fn what_landfall_works_with_is_never_less_in_between() {
    let (us, them) = ("arn:aws:iam::111122223333:root", "arn:aws:iam::444455556666:root");
    let found = [
        of(
            "Policies/access",
            document(&[("Allow", "iam:*"), ("Allow", "s3:*")]),
            document(&[("Allow", "s3:*"), ("Allow", "ec2:*")]),
        ),
        of("AssumeRolePolicyDocument", trust(&[us]), trust(&[them])),
    ];
    assert_eq!(order(&found), ["put inline", "trust", "put inline"]);
    let own = Leaned { roles: BTreeSet::from([RoleName::new("etl").unwrap()]), ..Leaned::default() };
    let spared = Spared { own, ..Spared::default() };
    assert_eq!(calls(&found, &spared).iter().map(word).collect::<Vec<_>>(), ["trust", "put inline"]);
}

#[test]
fn settings_of_one_role_are_one_call_and_tags_are_one_call() {
    let found = [
        of("Description", json!("moves data"), json!("")),
        of("Tags/a", json!("1"), Value::Null),
        of("MaxSessionDuration", json!(3600), json!(43200)),
        of("Tags/b", json!("2"), json!("3")),
    ];
    let role = RoleName::new("etl").unwrap();
    let tags = BTreeMap::from([("a".to_owned(), "1".to_owned()), ("b".to_owned(), "2".to_owned())]);
    let description = Some("moves data".to_owned());
    assert_eq!(
        calls(&found, &Spared::default()),
        [
            RepairCall::UpdateRole { role: role.clone(), description, max_session: Some(3600) },
            RepairCall::TagRole { role, tags },
        ]
    );
}

#[test]
fn what_is_gone_comes_back_whole_and_lets_nobody_in_on_the_way() {
    let role = json!({
        "name": "etl", "path": "/acme/", "trust": trust(&["arn:aws:iam::111122223333:root"]),
        "inline": { "access": document(&[("Allow", "s3:*")]), "guard": document(&[("Allow", "sqs:*"), ("Deny", "s3:Put*")]) },
        "attached": ["arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::aws:policy/AWSDenyAll"],
        "boundary": "b", "max_session": 3600, "description": "", "tags": {},
    });
    let profile = json!({ "name": "etl", "path": "/", "roles": ["etl"] });
    let policy = json!({ "name": "bound", "path": "/acme/", "document": document(&[("Allow", "s3:*")]) });
    let provider = json!({ "oidc": { "url": "a.example", "audiences": ["x"] } });
    let gone = |kind, name: &str, desired| Difference {
        kind,
        name: name.to_owned(),
        property: String::new(),
        desired,
        live: Value::Null,
    };
    let found = [
        gone(IdentityKind::Role, "etl", role),
        gone(IdentityKind::InstanceProfile, "etl", profile),
        gone(IdentityKind::Policy, "bound", policy),
        gone(IdentityKind::Provider, "arn:aws:iam::111122223333:oidc-provider/a.example", provider),
    ];
    assert_eq!(
        order(&found),
        [
            "profile",
            "new policy",
            "provider",
            "role",
            "attach",
            "attach",
            "put inline",
            "put inline",
            "into profile",
            "trust"
        ]
    );
}

#[test]
fn members_and_audiences_are_exchanged_and_what_has_another_path_is_somebodys_decision() {
    let profile = Difference {
        kind: IdentityKind::InstanceProfile,
        name: "etl".to_owned(),
        property: "Roles".to_owned(),
        desired: json!(["etl"]),
        live: json!(["admin"]),
    };
    let provider = Difference {
        kind: IdentityKind::Provider,
        name: "arn".to_owned(),
        property: "ClientIdList".to_owned(),
        desired: json!(["a", "b"]),
        live: json!(["b", "c"]),
    };
    let path = of("Path", json!("/acme/"), json!("/"));
    let repair = repair(&[profile, provider, path.clone()], &Spared::default());
    let calls: Vec<_> = repair.calls.iter().map(word).collect();
    assert_eq!(calls, ["out of profile", "remove audience", "into profile", "add audience"]);
    assert_eq!(repair.beyond, [path]);
}
