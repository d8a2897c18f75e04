//! Policy documents by what they mean. Source: IAM user guide, grammar of the JSON policy language.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// Whether two policy documents say the same, however they are written.
pub fn same_document(a: &Value, b: &Value) -> bool {
    same(a, b)
}

/// Whether two documents say the same.
pub(crate) fn same(a: &Value, b: &Value) -> bool {
    a == b || canonical(a) == canonical(b)
}

/// Whether a statement of a document denies something.
pub(crate) fn denies(document: &Value) -> bool {
    let document = decoded(document);
    list(document.get("Statement"))
        .iter()
        .any(|statement| statement.get("Effect").and_then(Value::as_str).is_some_and(|effect| effect != "Allow"))
}

/// The document in the one form in which equal meanings are equal values.
fn canonical(document: &Value) -> Value {
    let document = decoded(document);
    let Value::Object(fields) = &document else { return document };
    let mut out = Map::new();
    for (key, value) in fields {
        match key.as_str() {
            // An id names the document and means nothing else.
            "Id" => {}
            "Statement" => {
                let mut statements: Vec<Value> = list(Some(value)).iter().map(statement).collect();
                statements.sort_by_cached_key(Value::to_string);
                out.insert(key.clone(), Value::Array(statements));
            }
            _ => {
                out.insert(key.clone(), value.clone());
            }
        }
    }
    out.sort_keys();
    Value::Object(out)
}

/// Some answers carry a document as text.
fn decoded(document: &Value) -> Value {
    match document {
        Value::String(text) => serde_json::from_str(text).unwrap_or_else(|_| document.clone()),
        other => other.clone(),
    }
}

fn list(value: Option<&Value>) -> Vec<Value> {
    match value {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(items)) => items.clone(),
        Some(one) => vec![one.clone()],
    }
}

fn statement(statement: &Value) -> Value {
    let Value::Object(fields) = statement else { return statement.clone() };
    let mut out = Map::new();
    for (key, value) in fields {
        let value = match key.as_str() {
            "Action" | "NotAction" => texts(value, |text| text.to_ascii_lowercase()),
            "Resource" | "NotResource" => texts(value, str::to_owned),
            "Principal" | "NotPrincipal" => principals(value),
            "Condition" => conditions(value),
            "Sid" if value.as_str() == Some("") => continue,
            _ => value.clone(),
        };
        out.insert(key.clone(), value);
    }
    out.sort_keys();
    Value::Object(out)
}

/// One value or many, numbers and booleans as text, as a sorted list.
fn texts(value: &Value, normal: impl Fn(&str) -> String) -> Value {
    let set: BTreeSet<String> = list(Some(value))
        .iter()
        .map(|item| match item {
            Value::String(text) => normal(text),
            other => normal(&other.to_string()),
        })
        .collect();
    Value::Array(set.into_iter().map(Value::String).collect())
}

fn principals(value: &Value) -> Value {
    let mut out = Map::new();
    match value {
        Value::Object(sorts) => {
            for (sort, names) in sorts {
                let normal = |name: &str| if sort == "AWS" { account_of_root(name) } else { name.to_owned() };
                out.insert(sort.clone(), texts(names, normal));
            }
        }
        // `"*"` and `{"AWS": "*"}` are the same in a resource policy.
        anybody => {
            out.insert("AWS".to_owned(), texts(anybody, str::to_owned));
        }
    }
    out.sort_keys();
    Value::Object(out)
}

/// An account's root ARN and its bare id name the same principal; IAM answers with the ARN.
fn account_of_root(name: &str) -> String {
    let parts: Vec<&str> = name.split(':').collect();
    match parts.as_slice() {
        ["arn", _, "iam", "", account, "root"] => (*account).to_owned(),
        _ => name.to_owned(),
    }
}

/// Operators and keys are compared without regard to case, and blocks that differ only in it are one.
fn conditions(value: &Value) -> Value {
    let Value::Object(operators) = value else { return value.clone() };
    let mut out = Map::new();
    for (operator, keys) in operators {
        let operator = operator.to_ascii_lowercase();
        let truth = operator.trim_end_matches("ifexists").ends_with("bool") || operator == "null";
        let mut tests = Map::new();
        for (key, values) in keys.as_object().into_iter().flatten() {
            let normal = |text: &str| if truth { text.to_ascii_lowercase() } else { text.to_owned() };
            tests.insert(key.to_ascii_lowercase(), texts(values, normal));
        }
        tests.sort_keys();
        out.insert(operator, Value::Object(tests));
    }
    out.sort_keys();
    Value::Object(out)
}
