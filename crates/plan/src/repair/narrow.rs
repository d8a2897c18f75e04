//! What two policy documents have in common: no more than either allows, and all that either denies.

use landfall_policies::Quota;
use serde_json::{Map, Value, json};

use crate::document::{Elements, decoded, list};
use crate::drift::{stands_in, widens};

/// How a document gets from one form to another.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Way {
    /// It only ever allows less on the way.
    Shrinks,
    /// It only ever allows more on the way.
    Grows,
    /// Both, by way of what the two have in common.
    By(Common),
}

/// What both forms of a document allow, and what either denies.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Common {
    allows: Vec<Value>,
    denies: Vec<Value>,
    version: Value,
}

/// Takes everything away.
pub(super) fn nothing_allowed() -> Value {
    json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Deny", "Action": "*", "Resource": "*" }] })
}

/// A trust policy that lets nobody in.
pub(super) fn nobody() -> Value {
    json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Deny", "Principal": { "AWS": "*" }, "Action": "sts:AssumeRole" },
    ] })
}

impl Common {
    /// Whether there is anything that both allow.
    pub(super) fn is_something(&self) -> bool {
        !self.allows.is_empty()
    }

    /// As an inline policy; `Null` where none is needed.
    pub(super) fn inline(&self) -> Value {
        if self.allows.is_empty() && self.denies.is_empty() { Value::Null } else { self.document() }
    }

    /// As a managed policy. It may have to say nothing, and a policy cannot be empty: then it denies what nobody can be
    /// denied. Source: STS API, `GetCallerIdentity`, "no permissions are required".
    pub(super) fn managed(&self) -> Value {
        let mut whole = self.clone();
        if whole.inline().is_null() {
            whole.denies.push(json!({ "Effect": "Deny", "Action": "sts:GetCallerIdentity", "Resource": "*" }));
        }
        let document = whole.document();
        if size(&document) <= Quota::ManagedPolicy.limit() { document } else { nothing_allowed() }
    }

    /// As a trust policy.
    pub(super) fn trust(&self) -> Value {
        let document = self.document();
        if self.is_something() && size(&document) <= Quota::TrustPolicy.limit() { document } else { nobody() }
    }

    fn document(&self) -> Value {
        let statements: Vec<&Value> = self.allows.iter().chain(&self.denies).collect();
        json!({ "Version": self.version, "Statement": statements })
    }
}

/// The way from what a document says to what it shall say. A document that is not there is `Null`.
pub(super) fn way(live: &Value, desired: &Value) -> Way {
    let version = |document: &Value| decoded(document).get("Version").cloned();
    let same_version = live.is_null() || desired.is_null() || version(live) == version(desired);
    if same_version && !widens(live, desired) {
        return Way::Shrinks;
    }
    if same_version && !widens(desired, live) {
        return Way::Grows;
    }
    let (now, then) = (Said::by(live), Said::by(desired));
    let mut allows: Vec<Value> = Vec::new();
    // An old version of the language reads policy variables as plain text, and a statement may then mean another thing.
    if same_version {
        let of_then = then.allows.iter().filter_map(|one| within(one, &now.elements));
        let of_now = now.allows.iter().filter_map(|one| within(one, &then.elements));
        for one in of_then.chain(of_now) {
            let all: Vec<Elements> = allows.iter().map(Elements::of).collect();
            if !stands_in(&Elements::of(&one), &all) {
                allows.push(one);
            }
        }
    }
    let mut denies = then.denies;
    if !same_version && now.denies.iter().any(|one| one.to_string().contains("${")) {
        denies = list(nothing_allowed().get("Statement")).to_vec();
    }
    denies.extend(now.denies.into_iter().filter(|one| !stands_in(&Elements::of(one), &then.elements)));
    let fallback = if desired.is_null() { version(live) } else { version(desired) };
    Way::By(Common { allows, denies, version: fallback.unwrap_or_else(|| json!("2008-10-17")) })
}

/// What a document denies, statement by statement.
pub(super) fn denials(document: &Value) -> Vec<Value> {
    Said::by(document).denies
}

/// Whether a document allows anything.
pub(super) fn allows(document: &Value) -> bool {
    !Said::by(document).allows.is_empty()
}

/// Characters as IAM counts them.
pub(super) fn size(document: &Value) -> usize {
    if document.is_null() { 0 } else { decoded(document).to_string().chars().count() }
}

/// The statements of a document, without their names: two that stand in one document must not have the same.
struct Said {
    allows: Vec<Value>,
    denies: Vec<Value>,
    elements: Vec<Elements>,
}

impl Said {
    fn by(document: &Value) -> Self {
        let mut all = list(decoded(document).get("Statement")).to_vec();
        for statement in all.iter_mut().filter_map(Value::as_object_mut) {
            statement.remove("Sid");
        }
        let elements = all.iter().map(Elements::of).collect();
        let (allows, denies) = all.into_iter().partition(|one| Elements::of(one).allows());
        Self { allows, denies, elements }
    }
}

/// As much of a statement as stands in others: all of it, or some of its actions, resources or principals.
fn within(statement: &Value, others: &[Elements]) -> Option<Value> {
    let stands = |one: &Value| stands_in(&Elements::of(one), others);
    if stands(statement) {
        return Some(statement.clone());
    }
    for side in ["Action", "Resource"] {
        let some = |value: &Value| with(statement, side, value.clone());
        let kept: Vec<Value> = list(statement.get(side))
            .iter()
            .filter(|value| some(value).is_some_and(|one| stands(&one)))
            .cloned()
            .collect();
        if !kept.is_empty() {
            return with(statement, side, Value::Array(kept));
        }
    }
    let sorts = statement.get("Principal").and_then(Value::as_object)?;
    let mut kept = Map::new();
    for (sort, names) in sorts {
        let alone = |name: &Value| with(statement, "Principal", json!({ sort: name }));
        let names: Vec<Value> =
            list(Some(names)).iter().filter(|name| alone(name).is_some_and(|one| stands(&one))).cloned().collect();
        if !names.is_empty() {
            kept.insert(sort.clone(), Value::Array(names));
        }
    }
    if kept.is_empty() { None } else { with(statement, "Principal", Value::Object(kept)) }
}

/// The statement with another value on one side.
fn with(statement: &Value, side: &str, value: Value) -> Option<Value> {
    let mut one = statement.as_object()?.clone();
    one.insert(side.to_owned(), value);
    Some(Value::Object(one))
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

    fn common(live: &Value, desired: &Value) -> Common {
        match way(live, desired) {
            Way::By(common) => common,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_statement_more_or_less_is_one_way() {
        let (one, two) = (document(&[allow("s3:GetObject")]), document(&[allow("S3:getobject"), allow("sqs:*")]));
        assert_eq!(way(&two, &one), Way::Shrinks);
        assert_eq!(way(&one, &two), Way::Grows);
        assert_eq!(way(&one, &document(&[allow("s3:GetObject"), deny("s3:*")])), Way::Shrinks);
        assert_eq!(way(&document(&[allow("*")]), &two), Way::Shrinks);
        assert_eq!(way(&Value::Null, &one), Way::Grows);
        assert_eq!(way(&Value::Null, &document(&[deny("s3:*")])), Way::Shrinks);
        assert_eq!(way(&one, &Value::Null), Way::Shrinks);
    }

    #[test]
    fn what_is_common_is_kept_and_all_that_is_denied() {
        let live = document(&[allow("s3:GetObject"), allow("iam:*"), deny("sqs:*")]);
        let desired = document(&[allow("s3:GetObject"), allow("sns:Publish"), deny("kms:*")]);
        let by = document(&[allow("s3:GetObject"), deny("kms:*"), deny("sqs:*")]);
        assert_eq!(common(&live, &desired).inline(), by);
        let missing = document(&[allow("s3:GetObject"), deny("kms:*")]);
        assert_eq!(common(&Value::Null, &missing).inline(), document(&[deny("kms:*")]));
        // The tighter statement of two is what both allow, wherever it stands.
        let (loose, tight) = (document(&[allow("s3:*"), allow("a:b")]), document(&[allow("s3:Get*"), allow("c:d")]));
        assert_eq!(common(&loose, &tight).inline(), document(&[allow("s3:Get*")]));
        assert_eq!(common(&tight, &loose).inline(), document(&[allow("s3:Get*")]));
    }

    #[test]
    fn some_of_a_statement_is_kept_where_the_whole_is_not() {
        let list = |actions: &[&str]| json!({ "Effect": "Allow", "Action": actions, "Resource": "*" });
        let (live, desired) = (document(&[list(&["a:b", "iam:*"])]), document(&[list(&["a:b", "c:d"])]));
        assert_eq!(common(&live, &desired).inline(), document(&[list(&["a:b"])]));
        let trust = |sort: &str, names: &[&str]| {
            document(&[json!({ "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { sort: names } })])
        };
        let (live, desired) = (trust("AWS", &["1", "2"]), trust("AWS", &["2", "3"]));
        assert_eq!(common(&live, &desired).trust(), trust("AWS", &["2"]));
    }

    #[test]
    fn statements_of_both_forms_have_no_names_to_collide() {
        let named =
            |effect: &str, action: &str| json!({ "Sid": "A", "Effect": effect, "Action": action, "Resource": "*" });
        let common = common(
            &document(&[named("Deny", "s3:*"), allow("a:b")]),
            &document(&[named("Deny", "kms:*"), allow("c:d")]),
        );
        assert_eq!(common.inline(), document(&[deny("kms:*"), deny("s3:*")]));
    }

    #[test]
    fn nothing_in_common_has_a_form_of_each_sort() {
        let nothing = common(&document(&[allow("iam:*")]), &document(&[allow("s3:*")]));
        assert!(!nothing.is_something());
        assert_eq!(nothing.inline(), Value::Null);
        assert_eq!(nothing.managed(), document(&[deny("sts:GetCallerIdentity")]));
        assert_eq!(nothing.trust(), nobody());
        let old = json!({ "Statement": [allow("s3:*")] });
        assert!(!common(&old, &document(&[allow("s3:*")])).is_something());
        let shut = common(&document(&[allow("iam:*"), deny("s3:*")]), &document(&[allow("s3:*")]));
        assert_eq!(shut.inline(), document(&[deny("s3:*")]));
    }

    #[test]
    fn what_an_old_version_denies_may_mean_more_in_the_new_one() {
        let own = json!({ "Effect": "Deny", "Action": "s3:*", "NotResource": "arn:aws:s3:::a/${aws:username}" });
        let old = json!({ "Version": "2008-10-17", "Statement": [allow("*"), own] });
        assert_eq!(denials(&common(&old, &document(&[allow("s3:*")])).inline()).first(), Some(&deny("*")));
    }
}
