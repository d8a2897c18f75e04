//! A policy document as it is kept, of which an organization has tens of thousands.

use std::fmt;
use std::sync::Arc;

use landfall_policies::Statement;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

/// The elements of a document around its statements, in the order of IAM's grammar.
const AROUND: [&str; 3] = ["Version", "Id", "Statement"];

/// Where a key stands: as IAM's grammar has it, and what it does not know comes last.
fn place(key: &str) -> usize {
    let mut known = AROUND.iter().chain(&Statement::ELEMENTS);
    known.position(|name| *name == key).unwrap_or(AROUND.len() + Statement::ELEMENTS.len())
}

/// A policy document: its minified text, with the keys in one order. Taken apart it is eight to ten times as large, so that
/// happens where somebody looks into it ([`PolicyDocument::json`]), and not for all of them at once. IAM and
/// CloudFormation do not promise to keep the order of keys; here two documents are equal if they differ in nothing else.
/// Whether they *mean* the same is another question, and `landfall_plan::same_document` answers it.
///
/// A document that is no JSON is one text, which equals no document.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PolicyDocument(Arc<str>);

impl PolicyDocument {
    /// The minified text.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// The document, taken apart.
    pub fn json(&self) -> Value {
        // It was written by `From<&Value>`, so that it parses.
        serde_json::from_str(&self.0).unwrap_or_default()
    }

    /// Changes the document.
    pub fn change(&mut self, with: impl FnOnce(&mut Value)) {
        let mut json = self.json();
        with(&mut json);
        *self = Self::from(&json);
    }
}

impl From<&Value> for PolicyDocument {
    fn from(json: &Value) -> Self {
        // Nothing that JSON has no word for is in it, so that it can be written.
        Self(serde_json::to_string(&Ordered(json)).unwrap_or_default().into())
    }
}

impl From<Value> for PolicyDocument {
    fn from(json: Value) -> Self {
        Self::from(&json)
    }
}

impl fmt::Debug for PolicyDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for PolicyDocument {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.json().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for PolicyDocument {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        Value::deserialize(input).map(Self::from)
    }
}

/// JSON whose keys are written in one order: the grammar's, then the alphabet's.
struct Ordered<'a>(&'a Value);

impl Serialize for Ordered<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Object(fields) => {
                let mut fields: Vec<(&String, &Value)> = fields.iter().collect();
                fields.sort_by(|(a, _), (b, _)| (place(a), a).cmp(&(place(b), b)));
                serializer.collect_map(fields.into_iter().map(|(key, value)| (key, Ordered(value))))
            }
            Value::Array(items) => serializer.collect_seq(items.iter().map(Ordered)),
            scalar => scalar.serialize(serializer),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_order_of_keys_makes_no_difference() {
        let one = json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": "sts:AssumeRole",
            "Condition": { "StringEquals": { "b": "1", "a": ["2", "3"] }, "Bool": {} } }] });
        let other = json!({ "Statement": [{ "Condition": { "Bool": {}, "StringEquals": { "a": ["2", "3"], "b": "1" } },
            "Action": "sts:AssumeRole", "Effect": "Allow" }], "Version": "2012-10-17" });
        assert_eq!(PolicyDocument::from(&one), PolicyDocument::from(&other));
        assert_eq!(
            PolicyDocument::from(other).text(),
            r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Condition":{"Bool":{},"StringEquals":{"a":["2","3"],"b":"1"}}}]}"#
        );
    }

    #[test]
    fn everything_else_does() {
        let document = PolicyDocument::from(json!({ "Statement": [{ "Action": ["a", "b"], "n": 1 }] }));
        for other in [
            json!({ "Statement": [{ "Action": ["b", "a"], "n": 1 }] }),
            json!({ "Statement": { "Action": ["a", "b"], "n": 1 } }),
            json!({ "Statement": [{ "Action": ["a", "b"], "n": "1" }] }),
            json!({ "Statement": [{ "Action": ["a", "b"] }] }),
            json!(document.text()),
            Value::Null,
        ] {
            assert_ne!(PolicyDocument::from(&other), document, "{other}");
        }
    }

    #[test]
    fn what_was_taken_apart_is_put_together_again() {
        for json in [json!({ "a+b": "ä\"\\\n\u{1}" }), json!("{'Version': '2012-10-17'}"), json!("{}"), Value::Null] {
            let document = PolicyDocument::from(&json);
            assert_eq!(document.json(), json);
            let written = serde_json::to_string(&document).unwrap();
            assert_eq!(written, document.text(), "a document is no text within a text");
            assert_eq!(serde_json::from_str::<PolicyDocument>(&written).unwrap(), document);
        }
    }

    #[test]
    fn a_copy_that_is_changed_leaves_the_other_alone() {
        let document = PolicyDocument::from(json!({ "Statement": [] }));
        let mut copy = document.clone();
        assert!(std::ptr::eq(document.text(), copy.text()), "a copy holds the same text");
        copy.change(|json| json["Version"] = json!("2012-10-17"));
        assert_eq!(copy.text(), r#"{"Version":"2012-10-17","Statement":[]}"#);
        assert_eq!(document.text(), r#"{"Statement":[]}"#);
    }
}
