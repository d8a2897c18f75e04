//! Operators, keys and values of different types.

use super::codes::{LITERAL_WILDCARD, OPERATOR_TYPE, SET_OPERATOR, VALUE_TYPE};
use super::condition_key::{facts, negated};
use super::finding::Finding;
use super::subject::{Subject, allows, condition_path, shown};
use crate::database::{Arity, KeyFacts, ValueType};
use crate::{Condition, OperatorKind, Qualifier, Statement};

pub(crate) fn check(subject: Subject<'_>, out: &mut Vec<Finding>) {
    for (path, statement) in subject.statements() {
        for condition in &statement.conditions {
            let path = condition_path(&path, condition);
            let known = facts(&condition.key.0);
            if let Some(known) = known {
                out.extend(types(&path, condition, known));
                out.extend(qualifier(&path, statement, condition, known));
            }
            out.extend(values(&path, condition));
        }
    }
}

/// The type that an operator compares; `None` for `Null`, which compares nothing.
fn compared(kind: OperatorKind) -> Option<ValueType> {
    let name = kind.as_str();
    Some(match kind {
        OperatorKind::Null => return None,
        OperatorKind::Bool => ValueType::Bool,
        OperatorKind::BinaryEquals => ValueType::Binary,
        OperatorKind::IpAddress | OperatorKind::NotIpAddress => ValueType::IpAddress,
        _ if name.starts_with("String") => ValueType::String,
        _ if name.starts_with("Numeric") => ValueType::Numeric,
        _ if name.starts_with("Date") => ValueType::Date,
        _ => ValueType::Arn,
    })
}

/// Source: IAM User Guide, "IAM JSON policy elements: Condition operators". A text compares with an ARN and the other way
/// round; a Boolean compares with text.
fn types(path: &str, condition: &Condition, known: &KeyFacts) -> Option<Finding> {
    let compared = compared(condition.operator.kind)?;
    let fits = compared == known.value
        || matches!(
            (compared, known.value),
            (ValueType::String, ValueType::Arn | ValueType::Bool)
                | (ValueType::Arn, ValueType::String)
                | (ValueType::Bool, ValueType::String)
                | (ValueType::Date, ValueType::Numeric)
                | (ValueType::Numeric, ValueType::Date)
        );
    if fits {
        return None;
    }
    let operator = condition.operator;
    let message = format!("`{operator}` cannot compare `{}`, which is {}", condition.key.0, noun(known.value));
    let words = match known.value {
        ValueType::String => "StringEquals` or `StringLike",
        ValueType::Arn => "ArnEquals` or `ArnLike",
        ValueType::Bool => "Bool",
        ValueType::Numeric => "NumericEquals` or `NumericLessThan",
        ValueType::Date => "DateGreaterThan` or `DateLessThan",
        ValueType::IpAddress => "IpAddress",
        ValueType::Binary => "BinaryEquals",
    };
    Some(Finding::error(OPERATOR_TYPE, path, message).help(format!("use `{words}`")))
}

fn noun(value: ValueType) -> &'static str {
    match value {
        ValueType::String => "a text",
        ValueType::Arn => "an ARN",
        ValueType::Bool => "true or false",
        ValueType::Numeric => "a number",
        ValueType::Date => "a date",
        ValueType::IpAddress => "an IP address",
        ValueType::Binary => "binary",
    }
}

/// Source: IAM User Guide, "Single-valued vs. multivalued context keys": a set operator on a key with one value makes a
/// policy more permissive than it looks, and `ForAllValues` is true where the key is missing.
fn qualifier(path: &str, statement: &Statement, condition: &Condition, known: &KeyFacts) -> Option<Finding> {
    let (operator, key) = (condition.operator, condition.key.0.as_str());
    if operator.kind == OperatorKind::Null {
        return None;
    }
    match (operator.qualifier, known.arity) {
        (Qualifier::Single, Arity::Many) => {
            let message = format!("`{key}` has many values, and `{operator}` has no `ForAnyValue:` or `ForAllValues:`");
            Some(Finding::error(SET_OPERATOR, path, message).help("say whether any of the values or all of them count"))
        }
        (Qualifier::ForAllValues | Qualifier::ForAnyValue, Arity::Single) => {
            let message = format!("`{key}` has one value, and `{operator}` is for many");
            Some(Finding::error(SET_OPERATOR, path, message).help(format!("write `{}`", operator.kind.as_str())))
        }
        (Qualifier::ForAllValues, Arity::Many) if allows(statement) && !negated(operator.kind) => {
            let needed = statement.conditions.iter().any(|other| {
                other.key.0.eq_ignore_ascii_case(key)
                    && (other.operator.kind == OperatorKind::Null || other.operator.qualifier == Qualifier::ForAnyValue)
            });
            (!needed).then(|| {
                let message = format!("`{operator}` passes where `{key}` is missing");
                Finding::warning(SET_OPERATOR, path, message)
                    .help(format!("add `\"Null\": {{ \"{key}\": \"false\" }}`, so that the key must be there"))
            })
        }
        _ => None,
    }
}

fn values(path: &str, condition: &Condition) -> Vec<Finding> {
    let kind = condition.operator.kind;
    let mut out = Vec::new();
    for (at, text) in condition.values.iter().enumerate() {
        let value = shown(text);
        let path = format!("{path}[{at}]");
        // A policy variable is not known before a request is.
        if value.contains("${") {
            continue;
        }
        if !well_formed(kind, &value) {
            let wanted = match kind {
                OperatorKind::Null | OperatorKind::Bool => "`true` or `false`",
                _ => compared(kind).map_or("another value", noun),
            };
            let message = format!("`{value}` is no value for `{}`", condition.operator);
            out.push(Finding::error(VALUE_TYPE, path, message).help(format!("{wanted} is wanted")));
        } else if exact_text(kind) && value.contains(['*', '?']) {
            let like = if negated(kind) { "StringNotLike" } else { "StringLike" };
            let effect = if negated(kind) { "always passes" } else { "never passes" };
            let message = format!("`{}` takes the wildcard of `{value}` for a character", condition.operator);
            out.push(
                Finding::error(LITERAL_WILDCARD, path, message)
                    .help(format!("the test {effect} as it stands: write `{like}`, or the exact value")),
            );
        }
    }
    out
}

fn exact_text(kind: OperatorKind) -> bool {
    use OperatorKind::{StringEquals, StringEqualsIgnoreCase, StringNotEquals, StringNotEqualsIgnoreCase};
    matches!(kind, StringEquals | StringNotEquals | StringEqualsIgnoreCase | StringNotEqualsIgnoreCase)
}

fn well_formed(kind: OperatorKind, value: &str) -> bool {
    match kind {
        OperatorKind::Null => ["true", "false"].contains(&value.to_ascii_lowercase().as_str()),
        OperatorKind::Bool => ["true", "false"].contains(&value.to_ascii_lowercase().as_str()),
        _ => match compared(kind) {
            Some(ValueType::Numeric) => value.parse::<f64>().is_ok(),
            Some(ValueType::Date) => date(value),
            Some(ValueType::IpAddress) => address(value),
            Some(ValueType::Arn) => value == "*" || value.splitn(6, ':').count() == 6 || value.starts_with("arn:*"),
            _ => true,
        },
    }
}

/// Source: IAM User Guide, "Date condition operators": ISO 8601 or seconds since 1970.
fn date(value: &str) -> bool {
    let day = value.get(..10).is_some_and(|day| landfall_model::Day::new(day).is_some());
    let rest = value.get(10..).unwrap_or_default();
    value.parse::<u64>().is_ok() || (day && (rest.is_empty() || (rest.starts_with('T') && rest.len() >= 3)))
}

fn address(value: &str) -> bool {
    let (address, length) = value.split_once('/').map_or((value, None), |(address, length)| (address, Some(length)));
    let Ok(address) = address.parse::<std::net::IpAddr>() else { return false };
    let most = if address.is_ipv4() { 32 } else { 128 };
    length.is_none_or(|length| length.parse::<u8>().is_ok_and(|length| length <= most))
}
