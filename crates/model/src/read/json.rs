//! JSON values: of YAML nodes, for raw IAM statements, and of policy files.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
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

/// JSON in which no key stands twice. IAM refuses such a document, and other parsers silently take the last.
pub(crate) struct Strict(pub(crate) Json);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Self)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Json, A::Error> {
        let mut items = Vec::new();
        while let Some(Strict(item)) = access.next_element()? {
            items.push(item);
        }
        Ok(Json::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Json, A::Error> {
        let mut map = Map::new();
        while let Some(key) = access.next_key::<String>()? {
            if map.contains_key(&key) {
                return Err(A::Error::custom(format!("the key `{key}` stands twice")));
            }
            let Strict(value) = access.next_value()?;
            map.insert(key, value);
        }
        Ok(Json::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Strict;
    use crate::read::tests::trial::with;

    #[test]
    fn statements_keep_what_was_written() {
        let loaded = with(
            "services:
  - name: web
    service: ec2
    accounts: [app]
    boundary: workload
    statements:
      - { Effect: Allow, Action: [\"s3:*\"], Resource: '*', Condition: { NumericLessThan: { a: 10, b: 012, c: 1.50 }, Bool: { d: true, e: ~ } } }
",
        );
        assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
        let statement = &loaded.foundation.unwrap().services[0].access.statements[0].json;
        assert_eq!(
            *statement,
            json!({
                "Effect": "Allow",
                "Action": ["s3:*"],
                "Resource": "*",
                "Condition": {
                    "NumericLessThan": { "a": 10, "b": "012", "c": "1.50" },
                    "Bool": { "d": true, "e": null }
                }
            })
        );
    }

    #[test]
    fn a_key_stands_once_at_every_depth() {
        assert!(
            serde_json::from_str::<Strict>(r#"{"a": [{"b": 1, "c": null, "d": 1.5, "e": -2, "f": true}]}"#).is_ok()
        );
        let error = serde_json::from_str::<Strict>(r#"{"a": [{"b": 1, "b": 2}]}"#).err().unwrap();
        assert!(error.is_data());
        assert!(error.to_string().starts_with("the key `b` stands twice"), "{error}");
    }
}
