//! What stands, as boto3 reads it back, with what two states differ in.

use serde_json::Value;

use crate::emulator::journey::Journey;

/// What `read_back.py` prints.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct State(Value);

impl State {
    pub(super) fn of(journey: &Journey) -> Self {
        let mut all = journey.read_all();
        settle(&mut all);
        Self(all)
    }

    pub(super) fn at(&self, place: &[String]) -> &Value {
        place.iter().fold(&self.0, |value, key| &value[key.as_str()])
    }

    /// The account with an id.
    pub(super) fn account(&self, id: &str) -> &Value {
        let accounts = self.0["accounts"].as_object().unwrap();
        accounts.values().find(|account| account["id"] == id).unwrap()
    }

    /// Takes over how something stands in another state.
    pub(super) fn take(&mut self, place: &[String], from: &Self) {
        let (last, path) = place.split_last().unwrap();
        let parent = path.iter().fold(&mut self.0, |value, key| &mut value[key.as_str()]);
        match from.at(place) {
            Value::Null if !last.is_empty() && parent.get(last).is_none() => {}
            value => parent[last.as_str()] = value.clone(),
        }
    }

    /// Where it is not as another state.
    pub(super) fn differences(&self, other: &Self) -> Vec<String> {
        let mut out = Vec::new();
        differ(&self.0, &other.0, "", &mut out);
        out
    }
}

/// Leaves out what says nothing about how things stand. A role that IAM has made anew lacks the tags that only
/// CloudFormation can give, and the digest, which is the stack's; a stack is as good after an update as after its creation.
fn settle(value: &mut Value) {
    let Value::Object(fields) = value else { return };
    if let Some(Value::Object(tags)) = fields.get_mut("tags") {
        tags.retain(|key, _| !key.starts_with("aws:") && key != "landfall:digest");
    }
    if let Some(Value::String(status)) = fields.get_mut("status")
        && ["CREATE_COMPLETE", "UPDATE_COMPLETE"].contains(&status.as_str())
    {
        "complete".clone_into(status);
    }
    fields.values_mut().for_each(settle);
}

fn differ(one: &Value, other: &Value, place: &str, out: &mut Vec<String>) {
    match (one, other) {
        (Value::Object(left), Value::Object(right)) => {
            for key in left.keys().chain(right.keys().filter(|key| !left.contains_key(*key))) {
                differ(&one[key.as_str()], &other[key.as_str()], &[place, key].join("/"), out);
            }
        }
        _ if one == other => {}
        _ => out.push(format!("{place}: {one} and {other}")),
    }
}
