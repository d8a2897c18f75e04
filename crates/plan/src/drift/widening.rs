//! Whether one policy document lets through what another does not.
//!
//! The answer is on the safe side: `true` may be wrong for documents that say the same in very different ways, `false`
//! never is. Every Allow of the live document is taken apart into single actions, resources and principals, and each of
//! these must stand, under at least as tight conditions, in an Allow of the desired one; every Deny of the desired
//! document must stand in a Deny of the live one in the same way.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::document::{Elements, statements};

/// Whether a document allows something that the desired one does not. `Null` is a document without statements.
pub fn widens(desired: &Value, live: &Value) -> bool {
    let (wanted, found) = (readable(desired), readable(live));
    let (Some(wanted), Some(found)) = (wanted, found) else { return true };
    let allowed = found.iter().filter(|one| one.allows()).all(|one| covered(one, &wanted, true));
    !allowed || lacks_deny(&wanted, &found)
}

/// Whether something that the desired document denies is not denied by the live one.
pub(crate) fn loses_deny(desired: &Value, live: &Value) -> bool {
    match (readable(desired), readable(live)) {
        (Some(wanted), Some(found)) => lacks_deny(&wanted, &found),
        (Some(wanted), None) => wanted.iter().any(|one| !one.allows()),
        (None, _) => true,
    }
}

fn lacks_deny(wanted: &[Elements], found: &[Elements]) -> bool {
    wanted.iter().filter(|one| !one.allows()).any(|one| !covered(one, found, false))
}

/// The statements; `None` for what is no document.
fn readable(document: &Value) -> Option<Vec<Elements>> {
    let all = statements(document);
    let opaque = all.is_empty() && !(document.is_null() || document.get("Statement").is_some());
    (!opaque).then_some(all)
}

/// Whether every part of a statement stands in one of the others with the same effect.
pub(crate) fn stands_in(statement: &Elements, others: &[Elements]) -> bool {
    covered(statement, others, statement.allows())
}

fn covered(statement: &Elements, others: &[Elements], allow: bool) -> bool {
    let others: Vec<&Elements> = others.iter().filter(|other| other.allows() == allow).collect();
    parts(statement).iter().all(|part| others.iter().any(|other| part.within(other)))
}

/// One action on one resource by one principal, under the statement's conditions.
struct Part<'a> {
    /// For each of action, resource and principal: the element and the value.
    sides: [(&'a str, Option<&'a str>); 3],
    statement: &'a Elements,
}

fn parts(statement: &Elements) -> Vec<Part<'_>> {
    let mut out = Vec::new();
    let actions = side(statement, "Action", "NotAction");
    let resources = side(statement, "Resource", "NotResource");
    let mut principals: Vec<(&str, Option<&str>)> = Vec::new();
    for (element, values) in statement.all() {
        if element.starts_with("NotPrincipal") {
            principals.push((element, None));
        } else if element.starts_with("Principal/") {
            principals.extend(values.keys().map(|value| (element.as_str(), Some(value.as_str()))));
        }
    }
    if principals.is_empty() {
        principals.push(("", None));
    }
    for action in &actions {
        for resource in &resources {
            for principal in &principals {
                out.push(Part { sides: [*action, *resource, *principal], statement });
            }
        }
    }
    out
}

/// The values of an element; of a negated one, all of them as one; nothing if there is neither.
fn side<'a>(statement: &'a Elements, element: &'a str, negated: &'a str) -> Vec<(&'a str, Option<&'a str>)> {
    match statement.values(element) {
        Some(values) => values.map(|value| (element, Some(value))).collect(),
        None if statement.values(negated).is_some() => vec![(negated, None)],
        None => vec![("", None)],
    }
}

impl Part<'_> {
    fn within(&self, other: &Elements) -> bool {
        let sides = self.sides.iter().all(|(element, value)| match value {
            Some(value) => {
                let anybody = element.strip_prefix("Principal/") == Some("AWS");
                let holds = |pattern: &str| {
                    if anybody { pattern == "*" || pattern == *value } else { holds(pattern, value) }
                };
                other.values(element).is_some_and(|mut values| values.any(holds))
            }
            // Both name nothing: a trust policy has no resource, an identity policy no principal.
            None if element.is_empty() => true,
            // More exceptions leave less.
            None => {
                let ours: Option<BTreeSet<&str>> = self.statement.values(element).map(Iterator::collect);
                let theirs: Option<BTreeSet<&str>> = other.values(element).map(Iterator::collect);
                ours.zip(theirs).is_some_and(|(ours, theirs)| theirs.is_subset(&ours))
            }
        });
        sides && self.names_the_same_sides(other) && tighter(self.statement, other)
    }

    /// A statement without a side is about everything there; one with it is not.
    fn names_the_same_sides(&self, other: &Elements) -> bool {
        let [action, resource, principal] = self.sides.map(|(element, _)| element.is_empty());
        let lacks = |names: [&str; 2]| names.iter().all(|name| other.values(name).is_none());
        let strangers = other.all().keys().any(|element| element.contains("Principal"));
        action == lacks(["Action", "NotAction"])
            && resource == lacks(["Resource", "NotResource"])
            && principal != strangers
    }
}

/// Whether the conditions of a statement hold only where those of another do.
fn tighter(statement: &Elements, than: &Elements) -> bool {
    than.under("Condition/").all(|(test, wanted)| {
        let (operator, key) = test.split_once('/').unwrap_or((test, ""));
        let strict = operator.strip_suffix("ifexists").unwrap_or(operator);
        statement.under("Condition/").any(|(other, found)| {
            let (found_operator, found_key) = other.split_once('/').unwrap_or((other, ""));
            // Without `IfExists` a test fails where the key is missing, so it is the tighter one.
            found_key == key
                && (found_operator == operator || found_operator == strict)
                && implies(strict, found, wanted)
        })
    })
}

/// Whether a test with these values holds only where the wanted one does.
fn implies(operator: &str, found: &BTreeMap<String, String>, wanted: &BTreeMap<String, String>) -> bool {
    let number = |values: &BTreeMap<String, String>| match values.keys().collect::<Vec<_>>()[..] {
        [one] => one.parse::<f64>().ok(),
        _ => None,
    };
    let operator = operator.rsplit(':').next().unwrap_or_default();
    match operator {
        "numericlessthan" | "numericlessthanequals" => {
            found.keys().eq(wanted.keys())
                || number(found).zip(number(wanted)).is_some_and(|(ours, bound)| ours <= bound)
        }
        "numericgreaterthan" | "numericgreaterthanequals" => {
            found.keys().eq(wanted.keys())
                || number(found).zip(number(wanted)).is_some_and(|(ours, bound)| ours >= bound)
        }
        // The values are what must not be: more of them leave less.
        _ if operator.contains("not") => wanted.keys().all(|value| found.contains_key(value)),
        // An empty list matches nothing.
        "stringlike" | "arnlike" | "arnequals" => {
            found.keys().all(|value| wanted.keys().any(|pattern| holds(pattern, value)))
        }
        _ => found.keys().all(|value| wanted.contains_key(value)),
    }
}

/// Whether everything that a pattern matches is matched by another: `*` holds anything, `?` one character that is no
/// `*`, all else only itself.
pub(super) fn holds(pattern: &str, other: &str) -> bool {
    let (pattern, other): (Vec<char>, Vec<char>) = (pattern.chars().collect(), other.chars().collect());
    let (mut at, mut from) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    while let Some(&found) = other.get(from) {
        match pattern.get(at) {
            Some('*') => {
                back = Some((at, from));
                at += 1;
            }
            Some(&wanted) if wanted == found || (wanted == '?' && found != '*') => {
                (at, from) = (at + 1, from + 1);
            }
            _ => match back {
                Some((star, taken)) => {
                    back = Some((star, taken + 1));
                    (at, from) = (star + 1, taken + 1);
                }
                None => return false,
            },
        }
    }
    pattern.get(at..).is_some_and(|rest| rest.iter().all(|rest| *rest == '*'))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn trust(statements: Value) -> Value {
        json!({ "Version": "2012-10-17", "Statement": statements })
    }

    fn base() -> Value {
        trust(json!([{ "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "AWS": "222222222222" },
            "Condition": { "Bool": { "aws:MultiFactorAuthPresent": "true" },
                           "NumericLessThan": { "aws:MultiFactorAuthAge": "900" },
                           "ArnEquals": { "aws:PrincipalArn": ["arn:aws:iam::222222222222:user/a", "arn:aws:iam::222222222222:user/b"] } } }]))
    }

    /// The base with one value changed.
    fn with(pointer: &str, value: Value) -> Value {
        let mut document = base();
        *document.pointer_mut(pointer).unwrap() = value;
        document
    }

    #[test]
    fn what_lets_in_no_more_is_no_widening() {
        let narrower = [
            base(),
            trust(json!([])),
            Value::Null,
            with("/Statement/0/Condition/NumericLessThan/aws:MultiFactorAuthAge", json!("600")),
            with("/Statement/0/Condition/ArnEquals/aws:PrincipalArn", json!("arn:aws:iam::222222222222:user/a")),
            with("/Statement/0/Principal/AWS", json!("arn:aws:iam::222222222222:root")),
            with(
                "/Statement/0/Condition",
                json!({
                "bool": { "AWS:multifactorauthpresent": true }, "NumericLessThan": { "aws:MultiFactorAuthAge": 900 },
                "ArnEquals": { "aws:PrincipalArn": "arn:aws:iam::222222222222:user/b" },
                "IpAddress": { "aws:SourceIp": "192.0.2.0/24" } }),
            ),
            trust(json!([base()["Statement"][0], { "Effect": "Deny", "Action": "*", "Principal": "*" }])),
        ];
        for live in narrower {
            assert!(!widens(&base(), &live), "{live}");
        }
    }

    #[test]
    fn whatever_lets_in_more_is_a_widening() {
        let mut two = base();
        two["Statement"]
            .as_array_mut()
            .unwrap()
            .push(json!({ "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "AWS": "999999999999" } }));
        let wider = [
            two,
            with("/Statement/0/Principal", json!("*")),
            with("/Statement/0/Principal/AWS", json!(["222222222222", "333333333333"])),
            with("/Statement/0/Principal", json!({ "AWS": "222222222222", "Service": "ec2.amazonaws.com" })),
            with("/Statement/0/Principal/AWS", json!("arn:aws:iam::222222222222:role/x")),
            with("/Statement/0/Action", json!("sts:*")),
            with("/Statement/0/Action", json!(["sts:AssumeRole", "sts:TagSession"])),
            with("/Statement/0/Condition", json!({})),
            with("/Statement/0/Condition/Bool", json!({})),
            with("/Statement/0/Condition/NumericLessThan/aws:MultiFactorAuthAge", json!("86400")),
            with("/Statement/0/Condition/ArnEquals/aws:PrincipalArn", json!("arn:aws:iam::222222222222:user/*")),
            with(
                "/Statement/0/Condition/ArnEquals/aws:PrincipalArn",
                json!(["arn:aws:iam::222222222222:user/a", "arn:aws:iam::222222222222:user/c"]),
            ),
            with(
                "/Statement/0/Condition",
                json!({ "BoolIfExists": { "aws:MultiFactorAuthPresent": "true" },
                "NumericLessThan": { "aws:MultiFactorAuthAge": "900" },
                "ArnEquals": { "aws:PrincipalArn": "arn:aws:iam::222222222222:user/a" } }),
            ),
            json!("{'repr': 1}"),
        ];
        for live in wider {
            assert!(widens(&base(), &live), "{live}");
        }
    }

    #[test]
    fn denies_must_stay() {
        let policy = |statements: Value| trust(statements);
        let desired = policy(json!([
            { "Effect": "Allow", "Action": "*", "Resource": "*" },
            { "Effect": "Deny", "Action": ["iam:A", "iam:B"], "Resource": "*",
              "Condition": { "StringNotEquals": { "aws:RequestedRegion": ["eu-west-1"] } } },
        ]));
        let allow = json!({ "Effect": "Allow", "Action": ["s3:*", "iam:A"], "Resource": "*" });
        let keeps = [
            json!({ "Effect": "Deny", "Action": "iam:*", "Resource": "*" }),
            json!({ "Effect": "Deny", "NotAction": "s3:*", "Resource": "*" }),
        ];
        assert!(!widens(&desired, &policy(json!([allow, keeps[0]]))));
        assert!(!loses_deny(&desired, &policy(json!([allow, keeps[0]]))));
        // On the safe side: that NotAction covers the actions is not seen.
        assert!(widens(&desired, &policy(json!([allow, keeps[1]]))));
        for lost in [
            json!([allow]),
            json!([allow, { "Effect": "Deny", "Action": "iam:A", "Resource": "*" }]),
            json!([allow, { "Effect": "Deny", "Action": "iam:*", "Resource": "arn:aws:iam::*:role/x" }]),
            json!([allow, { "Effect": "Deny", "Action": "iam:*", "Resource": "*",
                "Condition": { "StringNotEquals": { "aws:RequestedRegion": ["eu-west-1", "us-east-1"] } } }]),
        ] {
            assert!(loses_deny(&desired, &policy(lost.clone())), "{lost}");
        }
    }

    #[test]
    fn a_pattern_holds_what_it_matches() {
        for (pattern, other, wanted) in [
            ("*", "s3:*", true),
            ("s3:Get*", "s3:GetObject", true),
            ("s3:Get*", "s3:*", false),
            ("a?c", "abc", true),
            ("a?c", "a*c", false),
            ("a*c", "a*b*c", true),
            ("abc", "abc*", false),
            ("a*", "a", true),
            ("", "", true),
            ("*x", "yx", true),
            ("*x", "xy", false),
        ] {
            assert_eq!(holds(pattern, other), wanted, "{pattern} {other}");
        }
    }
}
