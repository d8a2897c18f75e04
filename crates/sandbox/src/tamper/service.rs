//! Resources of other services changed by hand.

use landfall_model::AccountId;
use serde_json::{Value, json};

use super::TamperError;
use super::choice::{Done, Scene};
use crate::rows::OtherRow;

/// The first resource of a type that a stack made: its account, the account's name, its key and itself.
fn first(scene: &Scene<'_>, type_name: &'static str) -> Result<(AccountId, String, String, OtherRow), TamperError> {
    let found = scene.read(|world| {
        scene.accounts().find_map(|(id, name)| {
            let prefix = crate::rows::prefix(id);
            let mut rows = world.others.under(&prefix);
            let (key, row) = rows.find(|(_, row)| row.type_name == type_name && row.stack.is_some())?;
            Some((id.clone(), name.to_owned(), key.clone(), row.clone()))
        })
    })?;
    found.ok_or(TamperError::Nothing { wanted: type_name })
}

fn set(scene: &Scene<'_>, type_name: &'static str, what: &str, change: impl FnOnce(&mut Value)) -> Done {
    let (account, name, key, row) = first(scene, type_name)?;
    scene.act((&account, &name), format!("{} {what}", row.physical), |world, _| {
        if let Some(row) = world.others.get_mut(&key) {
            change(&mut row.properties);
        }
        Ok(())
    })
}

fn put(properties: &mut Value, name: &str, value: Value) {
    if let Value::Object(fields) = properties {
        fields.insert(name.to_owned(), value);
    }
}

const SETTING: &str = "AWS::ApiGateway::Account";
const RULE: &str = "AWS::Events::Rule";

pub(super) fn clear_setting(scene: &Scene<'_>) -> Done {
    set(scene, SETTING, "names no role any more", |properties| put(properties, "CloudWatchRoleArn", json!("")))
}

pub(super) fn change_setting(scene: &Scene<'_>) -> Done {
    let (account, ..) = first(scene, SETTING)?;
    let other = scene.read(|world| world.iam_arn(&account, "role/by-hand"))?;
    set(scene, SETTING, "names another role", |properties| put(properties, "CloudWatchRoleArn", json!(other)))
}

pub(super) fn disable_alarm(scene: &Scene<'_>) -> Done {
    set(scene, RULE, "is disabled", |properties| put(properties, "State", json!("DISABLED")))
}

pub(super) fn delete_alarm(scene: &Scene<'_>) -> Done {
    let (account, name, key, row) = first(scene, RULE)?;
    scene.act((&account, &name), format!("{} is deleted", row.physical), |world, _| {
        world.others.remove(&key);
        Ok(())
    })
}

pub(super) fn open_topic(scene: &Scene<'_>) -> Done {
    set(scene, "AWS::SNS::TopicPolicy", "lets everybody publish", |properties| {
        let document = json!({
            "Version": "2012-10-17",
            "Statement": [{ "Effect": "Allow", "Principal": "*", "Action": "sns:Publish", "Resource": "*" }],
        });
        put(properties, "PolicyDocument", document);
    })
}
