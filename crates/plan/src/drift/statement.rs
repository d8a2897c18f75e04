//! Two policy documents, statement by statement.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::document::{Elements, statements};

/// Which statement of a document: by its `Sid`, or else by its place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct StatementName {
    /// Its `Sid`, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    /// Its place, from 1: in the live document, or in the desired one if it is only there.
    pub number: usize,
}

impl StatementName {
    fn of(statement: &Elements, index: usize) -> Self {
        Self { sid: statement.sid().map(str::to_owned), number: index + 1 }
    }
}

impl fmt::Display for StatementName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.sid {
            Some(sid) => write!(f, "statement {sid}"),
            None => write!(f, "statement {}", self.number),
        }
    }
}

/// What became of one statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "kebab-case")]
pub enum StatementChange {
    /// Somebody added it.
    Added {
        /// Which.
        #[serde(flatten)]
        name: StatementName,
        /// What it says: each element with its values.
        says: BTreeMap<String, Vec<String>>,
    },
    /// Somebody took it away.
    Removed {
        /// Which.
        #[serde(flatten)]
        name: StatementName,
        /// What it said.
        says: BTreeMap<String, Vec<String>>,
    },
    /// Somebody changed it.
    Changed {
        /// Which.
        #[serde(flatten)]
        name: StatementName,
        /// What in it.
        elements: Vec<ElementChange>,
    },
}

/// What became of one element of a statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ElementChange {
    /// Which: `Action`, `Principal/AWS`, `Condition/bool/aws:securetransport`.
    pub element: String,
    /// Values that are there and shall not be.
    pub added: Vec<String>,
    /// Values that shall be there and are not.
    pub removed: Vec<String>,
}

/// What differs between a document as it shall be and as it is. `Null` is a document without statements; one that is
/// not to be read is a single statement with all of its text.
pub fn changes(desired: &Value, live: &Value) -> Vec<StatementChange> {
    let (wanted, found) = (numbered(desired), numbered(live));
    let mut wanted: Vec<_> = wanted.iter().map(|(index, one)| (*index, one)).collect();
    let mut found: Vec<_> = found.iter().map(|(index, one)| (*index, one)).collect();
    // What stands in both is no change; the same statement twice is two.
    wanted.retain(|(_, one)| match found.iter().position(|(_, other)| other == one) {
        Some(at) => {
            found.remove(at);
            false
        }
        None => true,
    });
    let mut pairs = Vec::new();
    for likeness in [same_sid, like] {
        wanted.retain(|(_, one)| {
            let best = found.iter().enumerate().map(|(at, (_, other))| (likeness(one, other), at));
            match best.max_by_key(|(points, at)| (*points, std::cmp::Reverse(*at))) {
                Some((points, at)) if points > 0 => {
                    let (index, other) = found.remove(at);
                    pairs.push((index, *one, other));
                    false
                }
                _ => true,
            }
        });
    }
    let mut out: Vec<(usize, StatementChange)> = Vec::new();
    for (index, one, other) in pairs {
        let change = StatementChange::Changed { name: StatementName::of(other, index), elements: elements(one, other) };
        out.push((index, change));
    }
    out.extend(found.iter().map(|(index, other)| {
        (*index, StatementChange::Added { name: StatementName::of(other, *index), says: says(other) })
    }));
    out.extend(wanted.iter().map(|(index, one)| {
        (*index, StatementChange::Removed { name: StatementName::of(one, *index), says: says(one) })
    }));
    out.sort_by_key(|(index, _)| *index);
    out.into_iter().map(|(_, change)| change).collect()
}

fn numbered(document: &Value) -> Vec<(usize, Elements)> {
    let all = statements(document);
    if all.is_empty() && document.is_string() {
        return vec![(0, Elements::of(&json!(document)))];
    }
    all.into_iter().enumerate().collect()
}

fn same_sid(one: &Elements, other: &Elements) -> usize {
    usize::from(one.sid().is_some() && one.sid() == other.sid())
}

/// How many elements two statements share; none if they decide differently.
fn like(one: &Elements, other: &Elements) -> usize {
    if one.allows() != other.allows() {
        return 0;
    }
    let shared = one.all().iter().filter(|(element, values)| {
        let same = other.all().get(*element).is_some_and(|others| others.keys().eq(values.keys()));
        same && element.as_str() != "Effect"
    });
    shared.count()
}

fn says(statement: &Elements) -> BTreeMap<String, Vec<String>> {
    let all = statement.all().iter().filter(|(element, _)| element.as_str() != "Sid");
    all.map(|(element, values)| (element.clone(), values.values().cloned().collect())).collect()
}

fn elements(desired: &Elements, live: &Elements) -> Vec<ElementChange> {
    let nothing = BTreeMap::new();
    let names: BTreeSet<&String> = desired.all().keys().chain(live.all().keys()).collect();
    let change = |element: &String| {
        let wanted = desired.all().get(element).unwrap_or(&nothing);
        let found = live.all().get(element).unwrap_or(&nothing);
        let beyond = |these: &BTreeMap<String, String>, those: &BTreeMap<String, String>| {
            let only = these.iter().filter(|(meaning, _)| !those.contains_key(*meaning));
            only.map(|(_, written)| written.clone()).collect::<Vec<_>>()
        };
        let (added, removed) = (beyond(found, wanted), beyond(wanted, found));
        let changed = !added.is_empty() || !removed.is_empty();
        changed.then(|| ElementChange { element: element.clone(), added, removed })
    };
    names.into_iter().filter_map(change).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(statements: &Value) -> Value {
        json!({ "Version": "2012-10-17", "Statement": statements })
    }

    #[test]
    fn a_changed_statement_shows_which_values() {
        let desired = document(&json!([
            { "Sid": "A", "Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "*" },
            { "Effect": "Deny", "Action": "iam:*", "Resource": "*" },
        ]));
        let live = document(&json!([
            { "Effect": "Allow", "Action": "ec2:*", "Resource": "*", "Principal": { "AWS": "999999999999" } },
            { "Sid": "A", "Effect": "Allow", "Action": ["S3:getobject", "s3:DeleteObject"], "Resource": ["*"] },
        ]));
        let shown: Vec<String> =
            changes(&desired, &live).iter().map(|change| serde_json::to_string(change).unwrap()).collect();
        insta::assert_snapshot!(shown.join("\n"), @r#"
        {"change":"added","number":1,"says":{"Action":["ec2:*"],"Effect":["Allow"],"Principal/AWS":["999999999999"],"Resource":["*"]}}
        {"change":"changed","sid":"A","number":2,"elements":[{"element":"Action","added":["s3:DeleteObject"],"removed":["s3:PutObject"]}]}
        {"change":"removed","number":2,"says":{"Action":["iam:*"],"Effect":["Deny"],"Resource":["*"]}}
        "#);
    }

    #[test]
    fn statements_without_a_name_are_paired_by_likeness() {
        let with = |first: &str, second: &str| {
            document(&json!([
                { "Effect": "Allow", "Action": first, "Resource": "a" },
                { "Effect": "Allow", "Action": second, "Resource": "b" },
            ]))
        };
        let found = changes(&with("s3:Get", "s3:Put"), &with("s3:Put", "s3:Put"));
        let [StatementChange::Changed { name, elements }] = &found[..] else { panic!("{found:?}") };
        assert_eq!((name.to_string().as_str(), elements.len()), ("statement 1", 1));
        assert_eq!(
            (&elements[0].added[..], &elements[0].removed[..]),
            (&["s3:Put".to_owned()][..], &["s3:Get".to_owned()][..])
        );
    }

    #[test]
    fn what_cannot_be_read_is_one_statement() {
        let found = changes(&document(&json!([])), &json!("{'repr'}"));
        assert!(matches!(&found[..], [StatementChange::Added { .. }]), "{found:?}");
        assert_eq!(changes(&Value::Null, &document(&json!([]))), []);
    }
}
