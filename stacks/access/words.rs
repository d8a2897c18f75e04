//! Conditions as sentences.

use landfall_policies::{Condition, OperatorKind, Plain, Qualifier, Render, Text};

use super::World;

/// A text of a document, stand-ins told by what they stand for.
pub(crate) fn text(world: &World, value: &Text) -> String {
    let plain = || Plain.text(value).as_str().unwrap_or_default().to_owned();
    world.shown(&value.as_literal().map_or_else(plain, str::to_owned))
}

/// A condition as a clause: "aws:MultiFactorAuthPresent is true".
pub(crate) fn condition(world: &World, one: &Condition) -> String {
    said(world, one, true)
}

/// What must hold so that a condition does not.
pub(crate) fn opposite(world: &World, one: &Condition) -> String {
    said(world, one, false)
}

fn said(world: &World, one: &Condition, holds: bool) -> String {
    use OperatorKind as K;
    let key = &one.key.0;
    let values: Vec<String> = one.values.iter().map(|value| text(world, value)).collect();
    let list = joined(&values);
    let negated = one.operator.kind.as_str().contains("Not");
    let positive = holds != negated;
    let several = values.len() > 1;
    let is = match (positive, several) {
        (true, _) => "is",
        (false, false) => "is not",
        (false, true) => "is none of",
    };
    let clause = match one.operator.kind {
        K::Null => {
            let missing = values.first().is_some_and(|value| value == "true");
            return format!("{key} is {}", if missing == holds { "missing" } else { "there" });
        }
        K::StringLike | K::StringNotLike | K::ArnLike | K::ArnNotLike | K::ArnEquals | K::ArnNotEquals
            if values.iter().any(|value| value.contains(['*', '?'])) =>
        {
            format!("{} {list}", if positive { "is like" } else { "is not like" })
        }
        K::IpAddress | K::NotIpAddress => format!("{} {list}", if positive { "is in" } else { "is not in" }),
        K::NumericLessThan | K::DateLessThan => format!("{} {list}", if holds { "is under" } else { "is at least" }),
        K::NumericLessThanEquals | K::DateLessThanEquals => {
            format!("{} {list}", if holds { "is at most" } else { "is over" })
        }
        K::NumericGreaterThan | K::DateGreaterThan => {
            format!("{} {list}", if holds { "is over" } else { "is at most" })
        }
        K::NumericGreaterThanEquals | K::DateGreaterThanEquals => {
            format!("{} {list}", if holds { "is at least" } else { "is under" })
        }
        _ => format!("{is} {list}"),
    };
    let clause = match one.operator.qualifier {
        Qualifier::Single => format!("{key} {clause}"),
        Qualifier::ForAnyValue => format!("some value of {key} {clause}"),
        Qualifier::ForAllValues => format!("every value of {key} {clause}"),
    };
    if one.operator.if_exists && holds { format!("{clause}, or is missing") } else { clause }
}

fn joined(values: &[String]) -> String {
    match values.split_last() {
        None => "nothing".to_owned(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
    }
}

/// What conditions are about, each in a word or two: for the edge of a picture.
pub(crate) fn in_short<'c>(conditions: impl IntoIterator<Item = &'c Condition>) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for word in conditions.into_iter().filter_map(short) {
        if !out.contains(&word) {
            out.push(word);
        }
    }
    out
}

fn short(one: &Condition) -> Option<String> {
    let key = one.key.0.to_ascii_lowercase();
    let value = || one.values.iter().filter_map(Text::as_literal).collect::<Vec<_>>().join(" ");
    let claim = key.rsplit(':').next().unwrap_or_default();
    Some(match key.as_str() {
        "aws:principalarn" | "aws:principalorgid" | "aws:principalaccount" => return None,
        "aws:multifactorauthpresent" => "MFA".to_owned(),
        "aws:multifactorauthage" => "fresh MFA".to_owned(),
        "sts:externalid" => "external id".to_owned(),
        "aws:sourceip" | "aws:vpcsourceip" => "from addresses".to_owned(),
        "aws:sourcevpc" | "aws:sourcevpce" => "from a VPC".to_owned(),
        "aws:sourceaccount" | "aws:sourcearn" | "aws:sourceorgid" => "for us".to_owned(),
        "aws:currenttime" | "aws:epochtime" => "for a time".to_owned(),
        _ if key.contains('.') && claim == "sub" => value(),
        _ if key.contains('.') || key.starts_with("saml:") => return None,
        _ => one.key.0.clone(),
    })
}
