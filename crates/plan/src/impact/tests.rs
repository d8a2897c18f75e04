//! What is gained and lost, told from documents.

use std::collections::BTreeMap;

use landfall_model::{AccountName, Partition, PolicyName, Region, RoleName, StackName};
use landfall_policies::AccessLevel;
use landfall_stacks::StackKey;
use serde_json::json;

use super::*;

fn role_of(trust: Value, statements: Value) -> Role {
    Role {
        name: RoleName::new("etl").unwrap(),
        path: "/acme/".to_owned(),
        trust: json!({ "Version": "2012-10-17", "Statement": trust }).into(),
        inline: BTreeMap::from([(
            PolicyName::new("access").unwrap(),
            json!({ "Version": "2012-10-17", "Statement": statements }).into(),
        )]),
        attached: BTreeSet::new(),
        boundary: Some("workload".to_owned()),
        max_session: 3600,
        description: String::new(),
        tags: BTreeMap::new(),
    }
}

fn identities(role: Role) -> Identities {
    Identities { roles: BTreeMap::from([(role.name.clone(), role)]), ..Identities::default() }
}

fn trust(principal: Value) -> Value {
    json!([{ "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal }])
}

fn reads(resource: &str) -> Value {
    json!([{ "Effect": "Allow", "Action": "s3:GetObject", "Resource": resource }])
}

#[test]
fn a_new_role_gains_everything_and_a_removed_one_loses_it() {
    let whole = identities(role_of(trust(json!({ "Service": "ecs-tasks.amazonaws.com" })), reads("a/*")));
    let [added] = impacts(&Identities::default(), &whole).try_into().unwrap();
    assert_eq!((added.alteration, added.trust.gained.len(), added.access.gained.len()), (Alteration::Added, 1, 1));
    let [removed] = impacts(&whole, &Identities::default()).try_into().unwrap();
    assert_eq!(
        (removed.alteration, removed.trust.lost, removed.access.lost),
        (Alteration::Removed, added.trust.gained, added.access.gained)
    );
    assert_eq!(impacts(&whole, &whole), []);
}

#[test]
fn another_spelling_gains_nothing() {
    let before = identities(role_of(trust(json!({ "AWS": "111122223333" })), reads("a/*")));
    let mut after = role_of(
        trust(json!({ "AWS": ["arn:aws:iam::111122223333:root"] })),
        json!([{ "Effect": "Allow", "Action": ["S3:getobject"], "Resource": ["a/*"] }]),
    );
    after.description = "moves data".to_owned();
    let [changed] = impacts(&before, &identities(after)).try_into().unwrap();
    assert!(changed.trust.is_empty() && changed.access.is_empty(), "{changed:?}");
    let properties: Vec<&str> = changed.differences.iter().map(|one| one.property.as_str()).collect();
    assert_eq!(properties, ["Description"]);
}

#[test]
fn actions_resources_and_conditions_are_told_apart() {
    let before = identities(role_of(json!([]), reads("a/*")));
    let gained = |statements: Value| -> Vec<String> {
        let [changed] = impacts(&before, &identities(role_of(json!([]), statements))).try_into().unwrap();
        let one =
            |one: &Allowed| format!("{}:{} {} {}", one.service, one.action, one.resource, one.conditions.join("; "));
        changed.access.gained.iter().map(one).collect()
    };
    assert_eq!(
        gained(json!([{ "Effect": "Allow", "Action": "s3:*Object", "Resource": ["a/*", "b/*"] }])),
        [
            "s3:GetObject b/* ",
            "s3:DeleteObject a/* ",
            "s3:DeleteObject b/* ",
            "s3:PutObject a/* ",
            "s3:PutObject b/* ",
            "s3:ReplicateObject a/* ",
            "s3:ReplicateObject b/* ",
            "s3:RestoreObject a/* ",
            "s3:RestoreObject b/* ",
        ]
    );
    let conditional = json!([{ "Effect": "Allow", "Action": "s3:GetObject", "Resource": "a/*",
        "Condition": { "Bool": { "aws:SecureTransport": "true" } } }]);
    assert_eq!(gained(conditional), ["s3:GetObject a/* aws:securetransport bool true"]);
    assert_eq!(gained(json!([{ "Effect": "Allow", "Action": "*", "Resource": "*" }])), ["*:* * "]);
    assert_eq!(
        gained(json!([{ "Effect": "Allow", "NotAction": "iam:*", "NotResource": "x" }])),
        ["*:all but iam:* all but x "]
    );
    assert_eq!(gained(json!([{ "Effect": "Allow", "Action": "nobody:Knows", "Resource": "*" }])), ["nobody:knows * "]);
}

#[test]
fn levels_come_from_what_aws_documents() {
    let document =
        json!({ "Statement": { "Effect": "Allow", "Action": ["s3:PutObject", "iam:PassRole"], "Resource": "*" } });
    let levels: Vec<Option<AccessLevel>> = allowed(&document).into_iter().map(|one| one.level).collect();
    assert_eq!(levels, [Some(AccessLevel::Write), Some(AccessLevel::Write)]);
}

#[test]
fn a_denial_that_goes_is_told() {
    let deny = json!([{ "Effect": "Deny", "Action": "s3:*", "Resource": "*" }]);
    let before = identities(role_of(json!([]), deny));
    let [changed] = impacts(&before, &identities(role_of(json!([]), json!([])))).try_into().unwrap();
    assert_eq!((changed.denials.lost.len(), changed.denials.gained.len()), (1, 0));
}

#[test]
fn a_trust_that_asks_for_less_is_a_new_one() {
    let github = |subject: &str| {
        json!([{ "Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
            "Principal": { "Federated": "token.actions.githubusercontent.com" },
            "Condition": { "StringLike": { "token.actions.githubusercontent.com:sub": subject } } }])
    };
    let before = identities(role_of(github("repo:acme/a:ref:refs/heads/main"), json!([])));
    let [changed] = impacts(&before, &identities(role_of(github("repo:acme/*"), json!([])))).try_into().unwrap();
    let gained: Vec<&TrustedBy> = changed.trust.gained.iter().collect();
    assert_eq!(gained.len(), 1);
    assert_eq!(gained[0].principal, "token.actions.githubusercontent.com");
    assert_eq!(gained[0].conditions, ["token.actions.githubusercontent.com:sub stringlike repo:acme/*"]);
}

#[test]
fn a_template_is_read_with_names_for_ids() {
    let key = StackKey {
        account: AccountName::new("data").unwrap(),
        region: Region::new("eu-west-1").unwrap(),
        name: StackName::new("acme-x").unwrap(),
    };
    let template = json!({
        "Parameters": { "MlProdAccountId": { "Type": "String" }, "GoneAccountId": { "Type": "String" } },
        "Resources": { "Role": { "Type": "AWS::IAM::Role", "Properties": {
            "RoleName": "r",
            "AssumeRolePolicyDocument": { "Statement": [{ "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {
                "AWS": [{ "Fn::Sub": "arn:${AWS::Partition}:iam::${MlProdAccountId}:root" },
                        { "Fn::Sub": "arn:${AWS::Partition}:iam::${GoneAccountId}:root" },
                        { "Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/x" }] } }] } } } },
    });
    let accounts = [AccountName::new("ml-prod").unwrap()];
    let made = identities_in_words(&template.to_string(), &key, Partition::Aws, &accounts).unwrap();
    let role = made.roles.values().next().unwrap();
    let principals: Vec<String> = trusted_by(&role.trust.json()).into_iter().map(|one| one.principal).collect();
    assert_eq!(principals, ["GoneAccountId", "arn:aws:iam::ACCOUNT:role/x", "ml-prod"]);
    assert!(identities_in_words("no template", &key, Partition::Aws, &accounts).is_err());
}
