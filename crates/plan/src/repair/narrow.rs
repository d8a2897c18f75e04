//! What two policy documents have in common: no more than either allows, and all that either denies.

use serde_json::{Value, json};

use crate::document::{Elements, decoded, list};

/// How a document gets from one form to another.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Way {
    /// It only ever allows less on the way.
    Shrinks,
    /// It only ever allows more on the way.
    Grows,
    /// Both, by way of this.
    By(Value),
    /// Both, and they allow nothing in common; what either denies, if they deny anything.
    Abrupt(Option<Value>),
}

/// The way from what a document says to what it shall say. A document that is not there is `Null`.
pub(super) fn way(live: &Value, desired: &Value) -> Way {
    let (now, then) = (statements(live), statements(desired));
    let within = |one: &[Value], all: &[Value]| one.iter().all(|a| all.iter().any(|b| same_statement(a, b)));
    let (allowed_now, denied_now): (Vec<_>, Vec<_>) = now.into_iter().partition(allows);
    let (allowed_then, denied_then): (Vec<_>, Vec<_>) = then.into_iter().partition(allows);
    let version = |document: &Value| decoded(document).get("Version").cloned();
    let same_version = live.is_null() || desired.is_null() || version(live) == version(desired);
    if same_version && within(&allowed_then, &allowed_now) && within(&denied_now, &denied_then) {
        return Way::Shrinks;
    }
    if same_version && within(&allowed_now, &allowed_then) && within(&denied_then, &denied_now) {
        return Way::Grows;
    }
    let common = allowed_then.iter().filter(|one| allowed_now.iter().any(|other| same_statement(one, other)));
    let mut statements: Vec<Value> = common.cloned().collect();
    // An old version of the language reads policy variables as plain text, and a statement may then mean another thing.
    if !same_version {
        statements.clear();
    }
    let something = !statements.is_empty();
    statements.extend(denied_then);
    for denied in denied_now {
        if !statements.iter().any(|other| same_statement(other, &denied)) {
            statements.push(denied);
        }
    }
    let document = (!statements.is_empty()).then(|| {
        let version = version(desired).or(version(live)).unwrap_or_else(|| json!("2012-10-17"));
        json!({ "Version": version, "Statement": statements })
    });
    match document {
        Some(document) if something || live.is_null() || desired.is_null() => Way::By(document),
        denials => Way::Abrupt(denials),
    }
}

fn statements(document: &Value) -> Vec<Value> {
    list(decoded(document).get("Statement")).to_vec()
}

/// Whether two statements say the same, whatever they are called.
fn same_statement(a: &Value, b: &Value) -> bool {
    let meaning = |one: &Value| {
        let mut one = one.clone();
        if let Value::Object(fields) = &mut one {
            fields.remove("Sid");
        }
        Elements::of(&one)
    };
    a == b || meaning(a) == meaning(b)
}

fn allows(statement: &Value) -> bool {
    statement.get("Effect").and_then(Value::as_str) == Some("Allow")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(statements: &[Value]) -> Value {
        json!({ "Version": "2012-10-17", "Statement": statements })
    }

    fn allow(action: &str) -> Value {
        json!({ "Effect": "Allow", "Action": action, "Resource": "*" })
    }

    fn deny(action: &str) -> Value {
        json!({ "Effect": "Deny", "Action": action, "Resource": "*" })
    }

    #[test]
    fn a_statement_more_or_less_is_one_way() {
        let (one, two) = (document(&[allow("s3:GetObject")]), document(&[allow("S3:getobject"), allow("sqs:*")]));
        assert_eq!(way(&two, &one), Way::Shrinks);
        assert_eq!(way(&one, &two), Way::Grows);
        assert_eq!(way(&one, &document(&[allow("s3:GetObject"), deny("s3:*")])), Way::Shrinks);
        assert_eq!(way(&Value::Null, &one), Way::Grows);
        assert_eq!(way(&one, &Value::Null), Way::Shrinks);
    }

    #[test]
    fn what_is_common_is_kept_and_all_that_is_denied() {
        let live = document(&[allow("s3:GetObject"), allow("iam:*"), deny("sqs:*")]);
        let desired = document(&[allow("s3:GetObject"), allow("sns:Publish"), deny("kms:*")]);
        let by = document(&[allow("s3:GetObject"), deny("kms:*"), deny("sqs:*")]);
        assert_eq!(way(&live, &desired), Way::By(by));
        let missing = document(&[allow("s3:GetObject"), deny("kms:*")]);
        assert_eq!(way(&Value::Null, &missing), Way::By(document(&[deny("kms:*")])));
    }

    #[test]
    fn nothing_in_common_changes_at_once() {
        assert_eq!(way(&document(&[allow("iam:*")]), &document(&[allow("s3:*")])), Way::Abrupt(None));
        let old = json!({ "Statement": [allow("s3:*")] });
        assert_eq!(way(&old, &document(&[allow("s3:*")])), Way::Abrupt(None));
        let shut = document(&[allow("iam:*"), deny("s3:*")]);
        assert_eq!(way(&shut, &document(&[allow("s3:*")])), Way::Abrupt(Some(document(&[deny("s3:*")]))));
    }
}
