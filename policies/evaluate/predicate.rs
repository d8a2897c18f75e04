//! Conditions, read once.

use core::net::IpAddr;

use super::arn_pattern::ArnPattern;
use super::binary;
use super::key::Key;
use super::moment::Moment;
use super::network::Network;
use super::pattern::{Pattern, Wildcards};
use super::{Context, Values};
use crate::{Operator, OperatorKind, Qualifier};

/// Whether a comparison holds when a value matches, or when none does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Polarity {
    Positive,
    Negated,
}

/// How two ordered values compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Relation {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Relation {
    fn holds<T: PartialOrd>(self, left: T, right: T) -> bool {
        match self {
            Self::Equal => left == right,
            Self::Less => left < right,
            Self::LessOrEqual => left <= right,
            Self::Greater => left > right,
            Self::GreaterOrEqual => left >= right,
        }
    }
}

/// What the values of a condition are. A value that its operator cannot read is nothing, and compares with nothing.
#[derive(Debug, Clone, PartialEq)]
enum Wanted {
    Text(Box<[Pattern]>),
    TextIgnoringCase(Box<[Pattern]>),
    Arn(Box<[ArnPattern]>),
    Number(Relation, Box<[Option<f64>]>),
    Moment(Relation, Box<[Option<Moment>]>),
    Truth(Box<[Option<bool>]>),
    Bytes(Box<[Option<Vec<u8>>]>),
    Address(Box<[Option<Network>]>),
    /// `Null`: whether the key must be missing.
    Missing(Box<[Option<bool>]>),
}

/// One test of one key.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Predicate {
    key: Key,
    qualifier: Qualifier,
    if_exists: bool,
    polarity: Polarity,
    wanted: Wanted,
}

impl Predicate {
    /// Reads a condition.
    pub(super) fn new(operator: Operator, key: &str, values: &[String]) -> Self {
        use OperatorKind as K;
        use Relation as R;
        let texts = |wildcards| values.iter().map(|text| Pattern::new(text, wildcards)).collect();
        let arns = || Wanted::Arn(values.iter().map(|text| ArnPattern::new(text)).collect());
        let numbers = |relation| Wanted::Number(relation, values.iter().map(|text| number(text)).collect());
        let moments = |relation| Wanted::Moment(relation, values.iter().map(|text| Moment::parse(text)).collect());
        let networks = || Wanted::Address(values.iter().map(|text| Network::parse(text)).collect());
        let truths = || values.iter().map(|text| truth(text)).collect();
        let (polarity, wanted) = match operator.kind {
            K::StringEquals => (Polarity::Positive, Wanted::Text(texts(Wildcards::Literal))),
            K::StringNotEquals => (Polarity::Negated, Wanted::Text(texts(Wildcards::Literal))),
            K::StringEqualsIgnoreCase => (Polarity::Positive, Wanted::TextIgnoringCase(texts(Wildcards::Literal))),
            K::StringNotEqualsIgnoreCase => (Polarity::Negated, Wanted::TextIgnoringCase(texts(Wildcards::Literal))),
            K::StringLike => (Polarity::Positive, Wanted::Text(texts(Wildcards::Expand))),
            K::StringNotLike => (Polarity::Negated, Wanted::Text(texts(Wildcards::Expand))),
            K::NumericEquals => (Polarity::Positive, numbers(R::Equal)),
            K::NumericNotEquals => (Polarity::Negated, numbers(R::Equal)),
            K::NumericLessThan => (Polarity::Positive, numbers(R::Less)),
            K::NumericLessThanEquals => (Polarity::Positive, numbers(R::LessOrEqual)),
            K::NumericGreaterThan => (Polarity::Positive, numbers(R::Greater)),
            K::NumericGreaterThanEquals => (Polarity::Positive, numbers(R::GreaterOrEqual)),
            K::DateEquals => (Polarity::Positive, moments(R::Equal)),
            K::DateNotEquals => (Polarity::Negated, moments(R::Equal)),
            K::DateLessThan => (Polarity::Positive, moments(R::Less)),
            K::DateLessThanEquals => (Polarity::Positive, moments(R::LessOrEqual)),
            K::DateGreaterThan => (Polarity::Positive, moments(R::Greater)),
            K::DateGreaterThanEquals => (Polarity::Positive, moments(R::GreaterOrEqual)),
            K::Bool => (Polarity::Positive, Wanted::Truth(truths())),
            K::BinaryEquals => {
                (Polarity::Positive, Wanted::Bytes(values.iter().map(|text| binary::decode(text)).collect()))
            }
            K::IpAddress => (Polarity::Positive, networks()),
            K::NotIpAddress => (Polarity::Negated, networks()),
            K::ArnEquals | K::ArnLike => (Polarity::Positive, arns()),
            K::ArnNotEquals | K::ArnNotLike => (Polarity::Negated, arns()),
            K::Null => (Polarity::Positive, Wanted::Missing(truths())),
        };
        Self { key: Key::new(key), qualifier: operator.qualifier, if_exists: operator.if_exists, polarity, wanted }
    }

    /// Whether it holds. A key that is missing satisfies `…IfExists`, `ForAllValues:` and the negated operators, and
    /// never `ForAnyValue:`; a key of many values satisfies no operator without a set qualifier.
    /// Source: IAM User Guide, "Condition operators" and "Set operators for multivalued context keys".
    pub(super) fn holds(&self, context: &Context) -> bool {
        let found = context.get(&self.key);
        if let Wanted::Missing(wanted) = &self.wanted {
            return wanted.iter().any(|missing| *missing == Some(found.is_none()));
        }
        match (found, self.qualifier) {
            (None, _) if self.if_exists => true,
            (None, Qualifier::Single) => self.polarity == Polarity::Negated,
            (None, Qualifier::ForAllValues) => true,
            (None, Qualifier::ForAnyValue) => false,
            (Some(Values::One(value)), _) => self.accepts(value, context),
            (Some(Values::Many(_)), Qualifier::Single) => false,
            (Some(Values::Many(values)), Qualifier::ForAllValues) => {
                values.iter().all(|one| self.accepts(one, context))
            }
            (Some(Values::Many(values)), Qualifier::ForAnyValue) => values.iter().any(|one| self.accepts(one, context)),
        }
    }

    /// Whether one value of the request passes: some wanted value matches, or, negated, all of them differ. What cannot
    /// be compared neither matches nor differs.
    fn accepts(&self, value: &str, context: &Context) -> bool {
        match &self.wanted {
            Wanted::Text(wanted) => self.decide(wanted.iter().map(|one| one.matches(value, context))),
            Wanted::TextIgnoringCase(wanted) => {
                self.decide(wanted.iter().map(|one| one.equals_ignoring_case(value, context)))
            }
            Wanted::Arn(wanted) => self.decide(wanted.iter().map(|one| one.matches(value, context))),
            Wanted::Number(relation, wanted) => {
                let value = number(value);
                self.decide(wanted.iter().map(|one| Some(relation.holds(value?, (*one)?))))
            }
            Wanted::Moment(relation, wanted) => {
                let value = Moment::parse(value);
                self.decide(wanted.iter().map(|one| Some(relation.holds(value?, (*one)?))))
            }
            Wanted::Truth(wanted) => {
                let value = truth(value);
                self.decide(wanted.iter().map(|one| Some(value? == (*one)?)))
            }
            Wanted::Bytes(wanted) => {
                let value = binary::decode(value);
                self.decide(wanted.iter().map(|one| Some(value.as_ref()? == one.as_ref()?)))
            }
            Wanted::Address(wanted) => {
                let value: Option<IpAddr> = value.parse().ok();
                self.decide(wanted.iter().map(|one| Some((*one)?.contains(value?))))
            }
            Wanted::Missing(_) => false,
        }
    }

    fn decide(&self, mut matches: impl Iterator<Item = Option<bool>>) -> bool {
        match self.polarity {
            Polarity::Positive => matches.any(|one| one == Some(true)),
            Polarity::Negated => matches.all(|one| one == Some(false)),
        }
    }
}

/// A decimal number; Rust would also read `inf` and `nan`.
fn number(text: &str) -> Option<f64> {
    let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b));
    plain.then(|| text.parse().ok()).flatten()
}

fn truth(text: &str) -> Option<bool> {
    match text {
        _ if text.eq_ignore_ascii_case("true") => Some(true),
        _ if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

#[cfg(test)]
#[path = "predicate_tests.rs"]
mod tests;
