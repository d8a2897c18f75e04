//! Roles of others that should be seen.

use std::collections::BTreeMap;

use landfall_model::RoleName;
use serde_json::{Value, json};

use super::tests::{look, settled};
use super::{Dates, ForeignRole, Sighting, SightingKind, Survey};
use crate::tests::world::{World, name};

fn foreign(role: &str, trust: Value, statements: &[Value], attached: &[&str]) -> ForeignRole {
    ForeignRole {
        name: RoleName::new(role).unwrap(),
        path: "/".to_owned(),
        boundary: Some("arn:aws:iam::111111111111:policy/theirs".to_owned()),
        trust: trust.into(),
        statements: statements.to_vec(),
        attached: attached.iter().map(|arn| (*arn).to_owned()).collect(),
        dates: Dates::default(),
    }
}

fn trust(principal: Value) -> Value {
    json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal } ] })
}

fn nobody() -> Value {
    trust(json!({ "Service": "ec2.amazonaws.com" }))
}

fn allow(action: &str) -> Value {
    json!({ "Effect": "Allow", "Action": action, "Resource": "*" })
}

/// What is seen of a role in the account `data`.
fn seen(role: ForeignRole, change: impl FnOnce(&mut World)) -> Vec<(SightingKind, Vec<String>)> {
    let mut world = settled();
    change(&mut world);
    world.observed.surveys.insert(name("data"), Survey { foreign: vec![role], ..Survey::default() });
    let report = look(&world);
    let about = |sighting: Sighting| (sighting.kind, sighting.about.into_iter().collect());
    report.sightings.into_iter().map(about).collect()
}

/// Lets every principal of the account in that its own policies let out.
fn open_door(world: &mut World) {
    let id = world.observed.accounts.values().find(|live| live.name == "data").unwrap().id.clone();
    let role = super::tests::role(world, "acme-web");
    role.trust = trust(json!({ "AWS": id.as_str(), "Service": "lambda.amazonaws.com" })).into();
}

#[test]
fn a_role_that_does_nothing_of_it_is_not_seen() {
    assert_eq!(seen(foreign("theirs", nobody(), &[allow("sts:AssumeRole")], &[]), |_| {}), []);
    assert_eq!(seen(foreign("theirs", nobody(), &[allow("s3:*")], &[]), open_door), []);
    let denied = [allow("sts:*"), json!({ "Effect": "Deny", "Action": "*", "Resource": "*" })];
    assert_eq!(seen(foreign("theirs", nobody(), &denied, &[]), open_door), []);
}

#[test]
fn who_can_assume_or_pass_an_owned_role_is_seen() {
    let web = vec!["data/acme-web".to_owned()];
    let assumes = seen(foreign("theirs", nobody(), &[allow("sts:AssumeRole")], &[]), open_door);
    assert_eq!(assumes, [(SightingKind::CanAssume, web.clone())]);
    let passes = seen(foreign("theirs", nobody(), &[allow("iam:PassRole")], &[]), open_door);
    assert_eq!(passes, [(SightingKind::CanPass, web.clone())]);
    let elsewhere = json!({ "Effect": "Allow", "Action": "iam:PassRole", "Resource": "*",
        "Condition": { "StringEquals": { "iam:PassedToService": "ec2.amazonaws.com" } } });
    assert_eq!(seen(foreign("theirs", nobody(), &[elsewhere], &[]), open_door), []);
    let admin = seen(foreign("theirs", nobody(), &[], &["arn:aws:iam::aws:policy/AdministratorAccess"]), open_door);
    assert_eq!(admin, [(SightingKind::CanAssume, web.clone()), (SightingKind::CanPass, web)]);
}

#[test]
fn a_trust_that_leads_out_of_the_organization_is_seen() {
    let outside = |trust: Value| seen(foreign("theirs", trust, &[], &[]), |_| {});
    let found = outside(trust(json!({ "AWS": ["arn:aws:iam::999999999999:role/x", "111111111111"] })));
    assert_eq!(found, [(SightingKind::TrustsOutside, vec!["arn:aws:iam::999999999999:role/x".to_owned()])]);
    assert_eq!(outside(trust(json!("*"))), [(SightingKind::TrustsOutside, vec!["*".to_owned()])]);
    let mut inside = trust(json!("*"));
    inside["Statement"][0]["Condition"] = json!({ "StringEquals": { "aws:PrincipalOrgID": "o-aaaaaaaaaa" } });
    assert_eq!(outside(inside.clone()), []);
    inside["Statement"][0]["Condition"] = json!({ "StringNotEquals": { "aws:PrincipalOrgID": "o-bbbbbbbbbb" } });
    assert_eq!(outside(inside).len(), 1);
}

#[test]
fn a_role_without_a_boundary_is_seen_where_roles_have_one() {
    let bare = ForeignRole { boundary: None, ..foreign("theirs", nobody(), &[], &[]) };
    assert_eq!(seen(bare.clone(), |_| {}), [(SightingKind::Unbounded, vec![])]);
    let of_aws = ForeignRole { path: "/aws-service-role/ec2.amazonaws.com/".to_owned(), ..bare.clone() };
    assert_eq!(seen(of_aws, |_| {}), []);
    let access = ForeignRole { name: RoleName::new("OrganizationAccountAccessRole").unwrap(), ..bare.clone() };
    assert_eq!(seen(access, |_| {}), [], "Landfall comes in by it");
    let mut world = settled();
    world.observed.surveys.insert(name("management"), Survey { foreign: vec![bare], ..Survey::default() });
    assert_eq!(look(&world).sightings, [], "no role there has to have one");
}

#[test]
fn a_role_under_landfalls_path_that_no_stack_makes_is_one_of_others() {
    let mut world = settled();
    let mut stray = super::tests::role(&mut world, "acme-web").clone();
    stray.name = RoleName::new("acme-stray").unwrap();
    stray.boundary = None;
    world.observed.identities.get_mut(&name("data")).unwrap().roles.insert(stray.name.clone(), stray);
    world.observed.surveys = BTreeMap::from([(name("data"), Survey::default())]);
    let report = look(&world);
    assert_eq!(report.drifts, []);
    let seen: Vec<_> = report.sightings.iter().map(|one| (one.role.as_str(), one.kind)).collect();
    assert_eq!(seen, [("acme-stray", SightingKind::Unbounded)]);
}

#[test]
fn a_target_makes_no_stranger_of_what_the_folder_makes_elsewhere() {
    let mut world = settled();
    super::tests::role(&mut world, "acme-web").boundary = None;
    world.observed.surveys = BTreeMap::from([(name("data"), Survey::default())]);
    let target = "kind:break-glass".parse().unwrap();
    let report = crate::drift(&world.desired, &world.graph, &world.observed, &[target]).unwrap();
    assert_eq!((report.drifts, report.sightings), (vec![], vec![]));
}
