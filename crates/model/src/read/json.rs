//! YAML nodes as JSON values, for raw IAM statements.

use serde_json::{Map, Number, Value as Json};

use crate::read::node::{Meaning, Node, Value};

/// The JSON of a node; `None` when a part of it was reported before.
pub(crate) fn value(node: &Node) -> Option<Json> {
    match &node.value {
        Value::Broken => None,
        Value::Scalar(scalar) => Some(match scalar.meaning() {
            Meaning::Nothing => Json::Null,
            Meaning::Boolean(value) => Json::Bool(value),
            // A number that JSON would write another way, such as 012345678901, is meant as it is written.
            Meaning::Number => scalar
                .text
                .parse::<Number>()
                .ok()
                .filter(|number| number.to_string() == scalar.text)
                .map_or_else(|| Json::String(scalar.text.clone()), Json::Number),
            Meaning::Text => Json::String(scalar.text.clone()),
        }),
        Value::List(items) => items.iter().map(value).collect::<Option<Vec<_>>>().map(Json::Array),
        Value::Map(entries) => entries
            .iter()
            .map(|entry| Some((entry.key.clone(), value(&entry.value)?)))
            .collect::<Option<Map<_, _>>>()
            .map(Json::Object),
    }
}
