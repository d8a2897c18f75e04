use insta::assert_snapshot;
use landfall_model::{AccessMode, AccountName, Arn, FileId, Grant, OrganizationName, Place, RoleName, TrustedRole};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{grant, grants};
use crate::specimen::{covers, matches, names};
use crate::{Document, Effect, Plain, Statement};

fn acme() -> OrganizationName {
    OrganizationName::new("acme").unwrap()
}

fn s3(prefix: Option<&str>, mode: AccessMode) -> Grant {
    Grant::S3 { bucket: "lake".into(), prefix: prefix.map(Into::into), mode }
}

fn json_of(list: &[Grant]) -> Value {
    let document = Document::named(grants(&acme(), list));
    document.render(&Plain)["Statement"].clone()
}

#[test]
fn s3_with_a_prefix_lists_and_reads_below_it_only() {
    assert_eq!(
        json_of(&[s3(Some("curated"), AccessMode::Read)]),
        json!([
            {
                "Sid": "S3List", "Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::lake",
                "Condition": { "StringLike": { "s3:prefix": "curated/*" } },
            },
            { "Sid": "S3Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::lake/curated/*" },
        ])
    );
}

#[test]
fn s3_without_a_prefix_is_the_whole_bucket() {
    assert_eq!(
        json_of(&[s3(None, AccessMode::Read)]),
        json!([
            { "Sid": "S3List", "Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::lake" },
            { "Sid": "S3Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::lake/*" },
        ])
    );
}

#[test]
fn a_prefix_is_taken_as_it_stands() {
    let json = json_of(&[s3(Some("a*b$"), AccessMode::Write)]);
    assert_eq!(json[0]["Resource"], "arn:aws:s3:::lake/a${*}b${$}/*");
}

#[test]
fn modes_do_not_include_each_other() {
    let of = |mode: AccessMode| -> Vec<Grant> {
        vec![
            s3(Some("p"), mode),
            Grant::Logs { group: "/aws/x".into(), mode },
            Grant::Dynamodb { table: "t".into(), mode },
            Grant::Ecr { repositories: vec!["r".into()], mode },
            Grant::Sqs { queue: "q".into(), mode },
        ]
    };
    let can = |mode: AccessMode, action: &str| grants(&acme(), &of(mode)).iter().any(|one| names(one, action));
    let table = [
        (AccessMode::Read, ["s3:GetObject", "logs:GetLogEvents", "dynamodb:GetItem", "sqs:ReceiveMessage"]),
        (AccessMode::Write, ["s3:PutObject", "logs:PutLogEvents", "dynamodb:PutItem", "sqs:SendMessage"]),
        (AccessMode::Delete, ["s3:DeleteObject", "logs:DeleteLogStream", "dynamodb:DeleteItem", "sqs:DeleteMessage"]),
    ];
    for (mode, _) in &table {
        for (other, actions) in &table {
            for action in actions {
                assert_eq!(can(*mode, action), mode == other, "{mode:?} {action}");
            }
        }
    }
    assert!(!can(AccessMode::Write, "dynamodb:BatchWriteItem"), "it deletes as well");
    assert!(!can(AccessMode::Write, "ecr:GetDownloadUrlForLayer"), "a push reads no layers");
}

#[test]
fn each_service_names_its_resources_as_aws_does() {
    let role = TrustedRole {
        account: AccountName::new("data-prod").unwrap(),
        role: RoleName::new("acme-cross-account-data-lake-reader").unwrap(),
        place: Place { file: FileId(0), start: 0, end: 0 },
    };
    let list = [
        Grant::Logs { group: "/app/x".into(), mode: AccessMode::Write },
        Grant::Secrets { path: "/batch-jobs/ml".into() },
        Grant::Dynamodb { table: "photos".into(), mode: AccessMode::Read },
        Grant::Ecr { repositories: vec!["acme/*".into()], mode: AccessMode::Delete },
        Grant::Lambda { function: "resize".into() },
        Grant::Sns { topic: "news".into() },
        Grant::Sqs { queue: "work".into(), mode: AccessMode::Delete },
        Grant::States { machine: "flow".into() },
        Grant::Batch { queue: "q".into(), definition: "d".into() },
        Grant::Bedrock { models: vec!["anthropic.*".into()] },
        Grant::Kms { key: Arn::new("arn:aws:kms:eu-west-1:*:key/1").unwrap(), mode: AccessMode::Read },
        Grant::Assume { role },
    ];
    let mut lines = String::new();
    for one in &list {
        for resource in match json_of(std::slice::from_ref(one))[0]["Resource"].clone() {
            Value::Array(many) => many,
            single => vec![single],
        } {
            lines.push_str(resource.as_str().unwrap());
            lines.push('\n');
        }
    }
    assert_snapshot!(lines, @r"
    arn:aws:logs:*:111122223333:log-group:/app/x
    arn:aws:logs:*:111122223333:log-group:/app/x:*
    arn:aws:secretsmanager:*:111122223333:secret:/batch-jobs/ml/*
    arn:aws:dynamodb:*:111122223333:table/photos
    arn:aws:dynamodb:*:111122223333:table/photos/index/*
    arn:aws:ecr:*:111122223333:repository/acme/*
    arn:aws:lambda:*:111122223333:function:resize
    arn:aws:lambda:*:111122223333:function:resize:*
    arn:aws:sns:*:111122223333:news
    arn:aws:sqs:*:111122223333:work
    arn:aws:states:*:111122223333:stateMachine:flow
    arn:aws:batch:*:111122223333:job-definition/d
    arn:aws:batch:*:111122223333:job-definition/d:*
    arn:aws:batch:*:111122223333:job-queue/q
    arn:aws:batch:*:111122223333:job/*
    arn:aws:bedrock:*::foundation-model/anthropic.*
    arn:aws:kms:eu-west-1:111122223333:key/1
    arn:aws:iam::444455556666:role/acme/acme-cross-account-data-lake-reader
    ");
}

#[test]
fn a_token_is_for_the_registry() {
    let json = json_of(&[Grant::Ecr { repositories: vec!["acme/*".into()], mode: AccessMode::Write }]);
    let token = json.as_array().unwrap().iter().find(|one| one["Action"] == "ecr:GetAuthorizationToken").unwrap();
    assert_eq!(token["Resource"], "*");
    let push = json.as_array().unwrap().iter().find(|one| one["Sid"] == "EcrPush").unwrap();
    assert_eq!(push["Resource"], "arn:aws:ecr:*:111122223333:repository/acme/*");
}

#[test]
fn grants_that_say_the_same_become_one_statement() {
    let bucket = |name: &str, prefix: &str| Grant::S3 {
        bucket: name.into(),
        prefix: Some(prefix.into()),
        mode: AccessMode::Read,
    };
    let list = [bucket("lake", "team"), bucket("analytics", "team"), bucket("lake", "team")];
    let json = json_of(&list);
    assert_eq!(json.as_array().unwrap().len(), 2, "{json}");
    assert_eq!(json[0]["Resource"], json!(["arn:aws:s3:::analytics", "arn:aws:s3:::lake"]));
    let mut reversed = list.to_vec();
    reversed.reverse();
    assert_eq!(json_of(&reversed), json, "the order of grants does not matter");
    let prefixes = json_of(&[bucket("lake", "b"), bucket("lake", "a")]);
    assert_eq!(prefixes[0]["Condition"]["StringLike"]["s3:prefix"], json!(["a/*", "b/*"]));
    assert_eq!(prefixes.as_array().unwrap().len(), 2);
}

#[test]
fn prefixes_of_different_buckets_do_not_mix() {
    let bucket = |name: &str, prefix: &str| Grant::S3 {
        bucket: name.into(),
        prefix: Some(prefix.into()),
        mode: AccessMode::Read,
    };
    let json = json_of(&[bucket("lake", "a"), bucket("analytics", "b")]);
    let lists: Vec<_> = json.as_array().unwrap().iter().filter(|one| one["Action"] == "s3:ListBucket").collect();
    assert_eq!(lists.len(), 2, "{json}");
}

fn listing(statement: &Statement, bucket: &str, prefix: &str) -> bool {
    covers(statement, bucket)
        && statement
            .conditions
            .iter()
            .all(|condition| condition.values.iter().any(|value| matches(text_of(value).as_str(), prefix)))
}

fn text_of(text: &crate::Text) -> String {
    use crate::Render;
    Plain.text(text).as_str().unwrap_or_default().to_owned()
}

proptest! {
    #[test]
    fn a_prefix_never_reaches_its_siblings(
        prefix in "[a-z0-9]{1,8}(/[a-z0-9]{1,8}){0,2}",
        tail in "[a-z0-9-]{1,6}",
        mode in prop_oneof![Just(AccessMode::Read), Just(AccessMode::Write), Just(AccessMode::Delete)],
    ) {
        for statement in grant(&acme(), &s3(Some(&prefix), mode)) {
            prop_assert_eq!(statement.effect, Effect::Allow);
            if names(&statement, "s3:ListBucket") {
                let lists = |prefix: String| listing(&statement, "arn:aws:s3:::lake", &prefix);
                let top = lists(format!("{prefix}/"));
                let below = lists(format!("{prefix}/x"));
                let all = lists(String::new());
                let sibling = lists(format!("{prefix}{tail}/x"));
                prop_assert_eq!([top, below, all, sibling], [true, true, false, false]);
                continue;
            }
            let object = |key: String| covers(&statement, &["arn:aws:s3:::", &key].concat());
            let below = object(format!("lake/{prefix}/x"));
            let itself = object(format!("lake/{prefix}"));
            let evil = object(format!("lake/{prefix}-evil/x"));
            let sibling = object(format!("lake/{prefix}{tail}/x"));
            let other_bucket = object(format!("lake{tail}/{prefix}/x"));
            prop_assert_eq!([below, itself, evil, sibling, other_bucket], [true, false, false, false, false]);
            let json = statement.render(&Plain);
            let resource = json["Resource"].as_str().unwrap();
            let end = format!("{}/{prefix}/*", "lake");
            prop_assert!(resource.ends_with(&end));
        }
    }

    /// Fewer statements, the same meaning.
    #[test]
    fn merging_changes_nothing(
        pairs in proptest::collection::vec(("[ab]", "[pq]", any::<bool>()), 1..8),
        bucket in "[ab]", key in "[pq]/x",
    ) {
        let list: Vec<Grant> = pairs.into_iter().map(|(bucket, prefix, write)| Grant::S3 {
            bucket,
            prefix: Some(prefix),
            mode: if write { AccessMode::Write } else { AccessMode::Read },
        }).collect();
        let apart: Vec<Statement> = list.iter().flat_map(|one| grant(&acme(), one)).collect();
        let together = grants(&acme(), &list);
        prop_assert!(together.len() <= apart.len());
        for action in ["s3:GetObject", "s3:PutObject"] {
            let object = format!("arn:aws:s3:::{bucket}/{key}");
            let allowed = |list: &[Statement]| list.iter().any(|one| names(one, action) && covers(one, &object));
            prop_assert_eq!(allowed(&together), allowed(&apart));
        }
        let arn = format!("arn:aws:s3:::{bucket}");
        let listed = |list: &[Statement]| list.iter().any(|one| names(one, "s3:ListBucket") && listing(one, &arn, &key));
        prop_assert_eq!(listed(&together), listed(&apart));
    }
}
