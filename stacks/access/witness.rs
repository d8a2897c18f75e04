//! A value with which a condition holds, or does not.
//!
//! What is found here is tried with the evaluator before anybody is told of it, so that a wrong guess costs nothing.

use landfall_policies::{Condition, Context, OperatorKind, Qualifier, Text};

use super::policy::filled;

/// What a condition shall come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// It holds.
    Met,
    /// It does not.
    Refuted,
}

/// The context with one more value, so that the condition comes out as wanted; nothing where no value is known.
pub(crate) fn with(context: Context, condition: &Condition, wanted: Wanted) -> Option<Context> {
    let key = condition.key.0.as_str();
    let value = value(condition, wanted)?;
    Some(match condition.operator.qualifier {
        Qualifier::Single => context.with(key, &value),
        Qualifier::ForAnyValue | Qualifier::ForAllValues => context.with_many(key, [value.as_str()]),
    })
}

/// A condition as it is in an account, whose id stands in the holes.
pub(crate) fn concrete(condition: &Condition, account: &str) -> Condition {
    Condition { values: condition.values.iter().map(|text| filled(text, account)).collect(), ..condition.clone() }
}

fn value(condition: &Condition, wanted: Wanted) -> Option<String> {
    use OperatorKind as K;
    let first = condition.values.first().and_then(Text::as_literal)?;
    let met = wanted == Wanted::Met;
    let kind = condition.operator.kind;
    let negated = kind.as_str().contains("Not");
    let same = met != negated;
    let number = |by: i64| first.parse::<i64>().ok()?.checked_add(by).map(|number| number.to_string());
    match kind {
        K::Null => (met == first.eq_ignore_ascii_case("false")).then(|| "any".to_owned()),
        K::Bool => Some(if (first == "true") == met { "true" } else { "false" }.to_owned()),
        K::StringEquals | K::StringNotEquals | K::StringEqualsIgnoreCase | K::StringNotEqualsIgnoreCase => {
            Some(if same { literal(first)? } else { other(first) })
        }
        K::StringLike | K::StringNotLike | K::ArnEquals | K::ArnLike | K::ArnNotEquals | K::ArnNotLike => {
            Some(if same { without_wildcards(&literal(first)?) } else { other(first) })
        }
        K::NumericEquals | K::NumericNotEquals => number(i64::from(!same)),
        K::NumericLessThan | K::NumericLessThanEquals => number(if met { -1 } else { 1 }),
        K::NumericGreaterThan | K::NumericGreaterThanEquals => number(if met { 1 } else { -1 }),
        K::DateEquals => met.then(|| first.to_owned()),
        K::DateLessThan | K::DateLessThanEquals => Some(if met { EARLY } else { LATE }.to_owned()),
        K::DateGreaterThan | K::DateGreaterThanEquals => Some(if met { LATE } else { EARLY }.to_owned()),
        K::DateNotEquals => Some(if met { EARLY.to_owned() } else { first.to_owned() }),
        K::IpAddress | K::NotIpAddress => {
            Some(if same { first.split('/').next()?.to_owned() } else { ELSEWHERE.to_owned() })
        }
        K::BinaryEquals => met.then(|| first.to_owned()),
    }
}

/// Before and after any time window.
const EARLY: &str = "1970-01-01T00:00:00Z";
const LATE: &str = "9999-12-31T00:00:00Z";

/// An address that nobody has: RFC 5737, TEST-NET-1.
const ELSEWHERE: &str = "192.0.2.1";

/// A text without policy variables, whose values are not known here.
fn literal(text: &str) -> Option<String> {
    (!text.contains("${")).then(|| text.to_owned())
}

fn without_wildcards(pattern: &str) -> String {
    pattern.replace(['*', '?'], "x")
}

fn other(text: &str) -> String {
    ["other-", text, "-other"].concat()
}

#[cfg(test)]
mod tests {
    use landfall_policies::{Caller, Compiled, Document, Operator, Request, Side};
    use serde_json::json;

    use super::*;

    /// Whether a condition holds in a context, by the evaluator.
    fn holds(condition: &Condition, context: Context) -> bool {
        let values: Vec<&str> = condition.values.iter().filter_map(Text::as_literal).collect();
        let document = json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": "*",
            "Resource": "*", "Condition": { condition.operator.to_string(): { condition.key.0.as_str(): values } } }] });
        let compiled = Compiled::plain("p", &Document::parse(&document).unwrap());
        let caller = Caller::parse("arn:aws:iam::111122223333:role/r").unwrap();
        let request = Request::new(caller, "s3:GetObject", "*", context);
        compiled.tested(&request, Side::Principal)[0].conditions == [true]
    }

    #[test]
    fn a_witness_makes_its_condition_hold_and_a_refutation_does_not() {
        for kind in OperatorKind::ALL {
            let value = match kind.as_str() {
                name if name.starts_with("Numeric") => "900",
                name if name.starts_with("Date") => "2027-01-01T00:00:00Z",
                "Bool" | "Null" => "false",
                "IpAddress" | "NotIpAddress" => "203.0.113.0/24",
                "BinaryEquals" => "aGVsbG8=",
                name if name.starts_with("Arn") => "arn:aws:iam::111122223333:role/x*",
                "StringLike" | "StringNotLike" => "a*",
                _ => "a",
            };
            for qualifier in [Qualifier::Single, Qualifier::ForAnyValue] {
                if kind == OperatorKind::Null && qualifier != Qualifier::Single {
                    continue;
                }
                let operator = Operator { qualifier, kind, if_exists: false };
                let condition = Condition::new(operator, "aws:Some", [value]);
                let met = with(Context::default(), &condition, Wanted::Met).unwrap();
                assert!(holds(&condition, met.clone()), "{operator}: {met:?}");
                if let Some(refuted) = with(Context::default(), &condition, Wanted::Refuted) {
                    assert!(!holds(&condition, refuted.clone()), "{operator}: {refuted:?}");
                }
            }
        }
    }
}
