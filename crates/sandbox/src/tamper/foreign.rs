//! Roles that somebody else makes beside Landfall's.

use std::collections::{BTreeMap, BTreeSet};

use landfall_model::{AccountId, PolicyName, RoleName};
use landfall_stacks::Role;
use serde_json::{Value, json};

use super::TamperError;
use super::choice::{Done, Scene};
use crate::hand::HandError;
use crate::{Refusal, iam};

fn named<T, E: ToString>(made: Result<T, E>) -> Result<T, TamperError> {
    made.map_err(|error| TamperError::Hand(HandError::from(Refusal::invalid(error.to_string()))))
}

/// An account that has roles of Landfall's, with one of them that trusts its account's own roles if there is one.
fn place(scene: &Scene<'_>) -> Result<(AccountId, String, String), TamperError> {
    let found = scene.role("a role", |_| true)?;
    let resource = ["role", &found.role.path, found.role.name.as_str()].concat();
    let arn = scene.read(|world| world.iam_arn(&found.account, &resource))?;
    Ok((found.account, found.account_name, arn))
}

fn make(scene: &Scene<'_>, name: &str, trust: Value, grants: Option<Value>, what: &str) -> Done {
    let (account, account_name, _) = place(scene)?;
    let mut inline = BTreeMap::new();
    if let Some(statement) = grants {
        let document = json!({ "Version": "2012-10-17", "Statement": [statement] });
        inline.insert(named(PolicyName::new("by-hand"))?, document.into());
    }
    let role = Role {
        name: named(RoleName::new(name))?,
        path: "/".to_owned(),
        trust: json!({ "Version": "2012-10-17", "Statement": [trust] }).into(),
        inline,
        attached: BTreeSet::new(),
        boundary: None,
        max_session: 3_600,
        description: String::new(),
        tags: BTreeMap::new(),
    };
    scene.act((&account, &account_name), format!("role {name} {what}"), |world, place| {
        iam::create_role(world, place, &role)
    })
}

fn machines() -> Value {
    json!({ "Effect": "Allow", "Principal": { "Service": "ec2.amazonaws.com" }, "Action": "sts:AssumeRole" })
}

pub(super) fn assumer(scene: &Scene<'_>) -> Done {
    let (.., arn) = place(scene)?;
    let grant = json!({ "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": arn });
    make(scene, "by-hand-assumer", machines(), Some(grant), &format!("may assume {arn}"))
}

pub(super) fn passer(scene: &Scene<'_>) -> Done {
    let (.., arn) = place(scene)?;
    let grant = json!({ "Effect": "Allow", "Action": "iam:PassRole", "Resource": arn });
    make(scene, "by-hand-passer", machines(), Some(grant), &format!("may pass {arn}"))
}

pub(super) fn unbounded(scene: &Scene<'_>) -> Done {
    let grant = json!({ "Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*" });
    make(scene, "by-hand-unbounded", machines(), Some(grant), "stands without a boundary")
}

pub(super) fn outsider(scene: &Scene<'_>) -> Done {
    let outside = scene.wish.principal.clone().unwrap_or_else(|| "9".repeat(12));
    let trust = json!({ "Effect": "Allow", "Principal": { "AWS": outside }, "Action": "sts:AssumeRole" });
    make(scene, "by-hand-outsider", trust, None, &format!("trusts {outside}"))
}
