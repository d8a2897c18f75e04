//! Units, and the places and tags of accounts.

use landfall_model::{AccountName, Part, Place, UnitPath, Writing, value_at};
use serde_json::{Map, Value, json};

use super::ground::Ground;
use super::proposal::Proposal;
use super::refusal::Unsayable;
use crate::Drift;

fn place(ground: &Ground<'_>, name: &AccountName) -> Result<Place, Unsayable> {
    let found = ground.foundation().accounts.get(name).map(|account| account.place);
    found.ok_or_else(|| Unsayable::inexact("the configuration does not know the account any more"))
}

/// An account in another unit.
pub(super) fn placement(ground: &Ground<'_>, name: &AccountName, drift: &Drift) -> Result<Proposal, Unsayable> {
    let item = place(ground, name)?;
    let live = drift.live.as_str().unwrap_or_default();
    let units = &ground.foundation().organization.units;
    let unit = units.iter().find(|unit| unit.as_str() == live);
    if ground.foundation().accounts.get(name).is_some_and(|account| account.unit.as_ref() == unit) {
        return Ok(Proposal::Said);
    }
    let part = match unit {
        Some(unit) => Part::set("unit", unit.as_str()),
        None if live == ROOT => Part { key: "unit".to_owned(), value: None },
        None => {
            return Err(Unsayable::Inexact(format!(
                "unit {live} is none of `organization.units`: write it there first, so that Landfall owns it"
            )));
        }
    };
    Ok(Proposal::write(Writing::Item { item, parts: vec![part] }))
}

/// As a drift shows where an account stands that is in no unit.
const ROOT: &str = "the root";

/// A tag of an account.
pub(super) fn tag(ground: &Ground<'_>, name: &AccountName, drift: &Drift) -> Result<Proposal, Unsayable> {
    let item = place(ground, name)?;
    let tag = drift.property.strip_prefix("Tags/").unwrap_or_default();
    let wanted = ground.folder.desired.accounts.get(name).and_then(|account| account.tags.get(tag));
    if json!(wanted) == drift.live {
        return Ok(Proposal::Said);
    }
    if json!(wanted) != drift.desired {
        return Err(Unsayable::Changed);
    }
    let mut tags = match value_at(&ground.folder.sources, item, &["tags"]) {
        Some(Value::Object(tags)) => tags,
        _ => Map::new(),
    };
    let shared =
        Unsayable::NoWords("the tag is one of `organization.tags`, which go to everything that Landfall makes");
    match drift.live.as_str() {
        Some(value) => drop(tags.insert(tag.to_owned(), json!(value))),
        None => drop(tags.shift_remove(tag).ok_or(shared)?),
    }
    Ok(Proposal::write(Writing::Item { item, parts: vec![Part::filled("tags", Value::Object(tags))] }))
}

/// A unit that is gone.
pub(super) fn unit(ground: &Ground<'_>, path: &UnitPath) -> Result<Proposal, Unsayable> {
    let organization = &ground.foundation().organization;
    if !organization.units.contains(path) {
        return Ok(Proposal::Said);
    }
    let written = match value_at(&ground.folder.sources, organization.place, &["units"]) {
        Some(Value::Array(units)) => units,
        _ => return Err(Unsayable::inexact("`units:` is written in a way that cannot be edited")),
    };
    let below =
        |unit: &Value| unit.as_str().and_then(|unit| UnitPath::new(unit).ok()).is_some_and(|unit| path.contains(&unit));
    let mut left: Vec<Value> = written.iter().filter(|unit| !below(unit)).cloned().collect();
    // A unit above it that only followed from it, and stands, is named by itself from now on.
    if let Some(above) = path.parent().filter(|above| ground.observed.units.contains_key(above)) {
        let implied = left.iter().filter_map(Value::as_str).filter_map(|unit| UnitPath::new(unit).ok());
        if !implied.into_iter().any(|unit| above.contains(&unit)) {
            left.push(json!(above));
        }
    }
    let parts = vec![Part::filled("units", Value::Array(left))];
    Ok(Proposal::write(Writing::Item { item: organization.place, parts }))
}
