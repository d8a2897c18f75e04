//! Resources of other services than IAM: they are kept as the template made them, and can be changed by hand.

use landfall_model::{AccountId, Region};
use serde_json::Value;

use crate::Refusal;
use crate::blueprint::Planned;
use crate::iam::Place;
use crate::rows::{Made, OtherRow, StackRow};
use crate::world::World;

/// An account has one in each Region, which is there as soon as it is set and stays when its stack goes. Source:
/// CloudFormation Template Reference, "AWS::ApiGateway::Account".
const SETTING: &str = "AWS::ApiGateway::Account";

/// The key of a resource.
pub(crate) fn key(account: &AccountId, region: &Region, type_name: &str, physical: &str) -> String {
    let name = if type_name == SETTING { "the" } else { physical };
    [account.as_str(), region.as_str(), type_name, name].join("/")
}

/// Makes a resource.
pub(crate) fn make(world: &mut World, place: Place<'_>, stack: &StackRow, planned: &Planned) -> Result<(), Refusal> {
    let key = key(place.account, &stack.region, &planned.type_name, &planned.physical);
    if planned.type_name != SETTING && world.others.get(&key).is_some() {
        return Err(Refusal::exists(format!("{} already exists", planned.physical)));
    }
    let row = OtherRow {
        type_name: planned.type_name.clone(),
        physical: planned.physical.clone(),
        properties: planned.properties.clone(),
        stack: Some(stack.id.clone()),
    };
    world.others.insert(key, row);
    Ok(())
}

/// Changes a resource in place: what differs between two forms, and nothing else.
pub(crate) fn modify(
    world: &mut World,
    place: Place<'_>,
    region: &Region,
    from: &Planned,
    to: &Planned,
) -> Result<(), Refusal> {
    let key = key(place.account, region, &to.type_name, &to.physical);
    let Some(row) = world.others.get_mut(&key) else {
        return Err(Refusal::missing(format!("{} {} was not found", to.type_name, to.physical)));
    };
    let empty = serde_json::Map::new();
    let (before, after) = (from.properties.as_object().unwrap_or(&empty), to.properties.as_object().unwrap_or(&empty));
    if let Value::Object(live) = &mut row.properties {
        for name in before.keys().filter(|name| !after.contains_key(*name)) {
            live.remove(name);
        }
        for (name, value) in after.iter().filter(|(name, value)| before.get(*name) != Some(*value)) {
            live.insert(name.clone(), value.clone());
        }
    }
    Ok(())
}

/// Removes a resource.
pub(crate) fn unmake(world: &mut World, account: &AccountId, region: &Region, made: &Made) {
    if made.type_name != SETTING {
        world.others.remove(&key(account, region, &made.type_name, &made.physical));
    }
}
