//! Policy documents as sets of their smallest parts: two that have the same parts allow and deny the same.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::document::{Elements, decoded, list};

/// One action on one resource by one principal, under one value of each condition: the elements with their values.
/// `Sid`s mean nothing, and are left out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Atom(BTreeMap<String, Vec<String>>);

/// The parts of something.
pub(super) type Atoms = BTreeSet<Atom>;

/// A statement with more parts than this stays whole: it then equals only one that says the same in the same way.
const MOST: usize = 50_000;

/// Operators of which one value is enough, so that a list of values is as good as a statement for each. Source: IAM User
/// Guide, "IAM JSON policy elements: Condition operators", and "Conditions with multiple context keys or values".
const POSITIVE: [&str; 10] = [
    "stringequals",
    "stringequalsignorecase",
    "stringlike",
    "arnequals",
    "arnlike",
    "ipaddress",
    "numericequals",
    "dateequals",
    "binaryequals",
    "bool",
];

impl Atom {
    /// The value of an element that has one.
    pub(super) fn one(&self, element: &str) -> Option<&str> {
        match self.0.get(element)?.as_slice() {
            [one] => Some(one),
            _ => None,
        }
    }

    /// The elements that it has.
    pub(super) fn elements(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

/// The statements of a document, as they are written.
pub(super) fn statements(document: &Value) -> Vec<Value> {
    list(decoded(document).get("Statement")).to_vec()
}

/// The parts of a document; of nothing there are none.
pub(super) fn of_document(document: &Value) -> Atoms {
    of_all(&statements(document))
}

/// The parts of statements.
pub(super) fn of_all<'s>(statements: impl IntoIterator<Item = &'s Value>) -> Atoms {
    statements.into_iter().flat_map(of).collect()
}

/// The parts of a statement.
pub(super) fn of(statement: &Value) -> Atoms {
    let elements = Elements::of(statement);
    let mut whole: BTreeMap<String, Vec<String>> = BTreeMap::new();
    // Each with the alternatives of which a request meets one.
    let mut sides: Vec<Vec<(&str, &str)>> = Vec::new();
    let mut principals: Vec<(&str, &str)> = Vec::new();
    for (element, values) in elements.all() {
        let alternatives = values.keys().map(|value| (element.as_str(), value.as_str()));
        if element == "Sid" {
            continue;
        } else if element.starts_with("Principal/") {
            principals.extend(alternatives);
        } else if splits(element) && !values.is_empty() {
            sides.push(alternatives.collect());
        } else {
            whole.insert(element.clone(), values.keys().cloned().collect());
        }
    }
    if !principals.is_empty() {
        sides.push(principals);
    }
    if sides.iter().map(Vec::len).try_fold(1_usize, usize::checked_mul).is_none_or(|parts| parts > MOST) {
        for (element, value) in sides.into_iter().flatten() {
            whole.entry(element.to_owned()).or_default().push(value.to_owned());
        }
        return BTreeSet::from([Atom(whole)]);
    }
    let mut out = vec![whole];
    for side in sides {
        let with = |one: &BTreeMap<String, Vec<String>>, (element, value): (&str, &str)| {
            let mut more = one.clone();
            more.insert(element.to_owned(), vec![value.to_owned()]);
            more
        };
        out = out.iter().flat_map(|one| side.iter().map(|alternative| with(one, *alternative))).collect();
    }
    out.into_iter().map(Atom).collect()
}

fn splits(element: &str) -> bool {
    if matches!(element, "Action" | "Resource") {
        return true;
    }
    let Some(operator) = element.strip_prefix("Condition/").and_then(|rest| rest.split('/').next()) else {
        return false;
    };
    let operator = operator.strip_prefix("foranyvalue:").unwrap_or(operator);
    POSITIVE.contains(&operator.strip_suffix("ifexists").unwrap_or(operator))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn same(a: &Value, b: &Value) -> bool {
        of_all(list(Some(a))) == of_all(list(Some(b)))
    }

    #[test]
    fn lists_are_statements_for_each_value_and_names_mean_nothing() {
        let both = json!({ "Sid": "Both", "Effect": "Allow", "Action": ["s3:A", "s3:B"], "Resource": ["x", "y"],
            "Condition": { "StringLike": { "s3:prefix": ["a", "b"] } } });
        let one = |action: &str, resource: &str, prefix: &str| {
            json!({ "Effect": "Allow", "Action": action, "Resource": resource,
                "Condition": { "stringlike": { "S3:prefix": prefix } } })
        };
        let mut all = Vec::new();
        for action in ["s3:a", "s3:b"] {
            for resource in ["x", "y"] {
                all.extend(["a", "b"].map(|prefix| one(action, resource, prefix)));
            }
        }
        assert!(same(&both, &json!(all)));
        all.pop();
        assert!(!same(&both, &json!(all)));
    }

    #[test]
    fn what_excludes_stays_whole() {
        let not = |values: Value| json!({ "Effect": "Deny", "NotAction": values, "Resource": "*" });
        assert!(!same(&not(json!(["a:A", "b:B"])), &json!([not(json!("a:A")), not(json!("b:B"))])));
        let region = |values: Value| {
            json!({ "Effect": "Deny", "Action": "*", "Resource": "*",
                "Condition": { "StringNotEquals": { "aws:RequestedRegion": values } } })
        };
        assert!(!same(&region(json!(["a", "b"])), &json!([region(json!("a")), region(json!("b"))])));
        let all = |values: Value| {
            json!({ "Effect": "Allow", "Action": "a:A", "Resource": "*",
                "Condition": { "ForAllValues:StringEquals": { "aws:TagKeys": values } } })
        };
        assert!(!same(&all(json!(["a", "b"])), &json!([all(json!("a")), all(json!("b"))])));
    }

    #[test]
    fn a_principal_of_either_sort_comes_in() {
        let both = json!({ "Effect": "Allow", "Action": "sts:AssumeRole",
            "Principal": { "AWS": "111111111111", "Service": "ec2.amazonaws.com" } });
        let one = |principal: Value| json!({ "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal });
        let apart = json!([
            one(json!({ "AWS": "arn:aws:iam::111111111111:root" })),
            one(json!({ "Service": "ec2.amazonaws.com" }))
        ]);
        assert!(same(&both, &apart));
    }

    #[test]
    fn a_statement_of_very_many_parts_equals_itself() {
        let many = |prefix: &str| (0..400).map(|n| format!("{prefix}{n}")).collect::<Vec<_>>();
        let large = json!({ "Effect": "Allow", "Action": many("s3:A"), "Resource": many("r") });
        assert_eq!(of(&large).len(), 1);
        assert!(same(&large, &large));
    }
}
