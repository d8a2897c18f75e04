//! The conditions of a trust policy, taken apart one by one.

use std::collections::BTreeMap;

use serde_json::Value;

use super::refusal::Unsayable;
use crate::document::{decoded, list};

/// A statement of a trust policy that lets principals in.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entrance {
    /// The sort of its principals: `AWS`, `Federated`, `Service`.
    pub(super) sort: String,
    /// Its principals.
    pub(super) principals: Vec<String>,
    /// Its actions, in lower case.
    pub(super) actions: Vec<String>,
    /// Its tests.
    pub(super) tests: Tests,
}

/// Tests by operator and key, both in lower case.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Tests(BTreeMap<(String, String), Vec<String>>);

impl Tests {
    /// Takes a test out, under the first of the operators that has it.
    pub(super) fn take(&mut self, operators: &[&str], key: &str) -> Option<Vec<String>> {
        operators.iter().find_map(|operator| self.0.remove(&((*operator).to_owned(), key.to_ascii_lowercase())))
    }

    /// Takes out a test of one value; one of several stays.
    pub(super) fn take_one(&mut self, operators: &[&str], key: &str) -> Option<String> {
        let at = |operator: &&&str| {
            let known = self.0.get(&((**operator).to_owned(), key.to_ascii_lowercase()));
            known.is_some_and(|values| values.len() == 1)
        };
        let operator = operators.iter().find(at)?;
        self.take(&[operator], key)?.pop()
    }

    /// A test that is left.
    pub(super) fn first(&self) -> Option<String> {
        self.0.keys().next().map(|(operator, key)| format!("`{operator}` on `{key}`"))
    }
}

/// The statements of a trust policy; the configuration can only say who comes in.
pub(super) fn entrances(document: &Value) -> Result<Vec<Entrance>, Unsayable> {
    list(decoded(document).get("Statement")).iter().map(entrance).collect()
}

fn entrance(statement: &Value) -> Result<Entrance, Unsayable> {
    let fields = statement.as_object().ok_or_else(|| Unsayable::inexact("a statement is none"))?;
    let strange =
        fields.keys().find(|key| !["Sid", "Effect", "Principal", "Action", "Condition"].contains(&key.as_str()));
    if let Some(key) = strange {
        return Err(Unsayable::Inexact(format!("a trust policy of Landfall's has no `{key}`")));
    }
    if statement.get("Effect").and_then(Value::as_str) != Some("Allow") {
        return Err(Unsayable::NoWords("a trust policy of Landfall's denies nothing, it says who comes in"));
    }
    let principals = statement.get("Principal").and_then(Value::as_object);
    let Some((sort, names)) = principals.filter(|sorts| sorts.len() == 1).and_then(|sorts| sorts.iter().next()) else {
        return Err(Unsayable::inexact("everybody, or principals of several sorts in one statement, are let in"));
    };
    let mut tests = Tests::default();
    for (operator, keys) in statement.get("Condition").and_then(Value::as_object).into_iter().flatten() {
        for (key, values) in keys.as_object().into_iter().flatten() {
            let values = list(Some(values)).iter().map(text).collect();
            tests.0.insert((operator.to_ascii_lowercase(), key.to_ascii_lowercase()), values);
        }
    }
    Ok(Entrance {
        sort: sort.clone(),
        principals: list(Some(names)).iter().map(text).collect(),
        actions: list(statement.get("Action")).iter().map(|action| text(action).to_ascii_lowercase()).collect(),
        tests,
    })
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The only statement of a trust policy.
pub(super) fn only(live: Vec<Entrance>) -> Result<Entrance, Unsayable> {
    let mut live = live.into_iter();
    match (live.next(), live.next()) {
        (Some(one), None) => Ok(one),
        _ => Err(Unsayable::inexact("such a role lets one sort of caller in, by one statement")),
    }
}
