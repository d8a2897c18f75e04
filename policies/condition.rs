//! Conditions.

use std::fmt;

use crate::Text;

/// The comparison of a condition. Source: IAM User Guide, "IAM JSON policy elements: Condition operators".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is named as IAM spells it")]
pub enum OperatorKind {
    StringEquals,
    StringNotEquals,
    StringEqualsIgnoreCase,
    StringNotEqualsIgnoreCase,
    StringLike,
    StringNotLike,
    NumericEquals,
    NumericNotEquals,
    NumericLessThan,
    NumericLessThanEquals,
    NumericGreaterThan,
    NumericGreaterThanEquals,
    DateEquals,
    DateNotEquals,
    DateLessThan,
    DateLessThanEquals,
    DateGreaterThan,
    DateGreaterThanEquals,
    Bool,
    BinaryEquals,
    IpAddress,
    NotIpAddress,
    ArnEquals,
    ArnLike,
    ArnNotEquals,
    ArnNotLike,
    Null,
}

impl OperatorKind {
    /// Every kind.
    pub const ALL: [Self; 27] = [
        Self::StringEquals,
        Self::StringNotEquals,
        Self::StringEqualsIgnoreCase,
        Self::StringNotEqualsIgnoreCase,
        Self::StringLike,
        Self::StringNotLike,
        Self::NumericEquals,
        Self::NumericNotEquals,
        Self::NumericLessThan,
        Self::NumericLessThanEquals,
        Self::NumericGreaterThan,
        Self::NumericGreaterThanEquals,
        Self::DateEquals,
        Self::DateNotEquals,
        Self::DateLessThan,
        Self::DateLessThanEquals,
        Self::DateGreaterThan,
        Self::DateGreaterThanEquals,
        Self::Bool,
        Self::BinaryEquals,
        Self::IpAddress,
        Self::NotIpAddress,
        Self::ArnEquals,
        Self::ArnLike,
        Self::ArnNotEquals,
        Self::ArnNotLike,
        Self::Null,
    ];

    /// As IAM spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::StringEquals => "StringEquals",
            Self::StringNotEquals => "StringNotEquals",
            Self::StringEqualsIgnoreCase => "StringEqualsIgnoreCase",
            Self::StringNotEqualsIgnoreCase => "StringNotEqualsIgnoreCase",
            Self::StringLike => "StringLike",
            Self::StringNotLike => "StringNotLike",
            Self::NumericEquals => "NumericEquals",
            Self::NumericNotEquals => "NumericNotEquals",
            Self::NumericLessThan => "NumericLessThan",
            Self::NumericLessThanEquals => "NumericLessThanEquals",
            Self::NumericGreaterThan => "NumericGreaterThan",
            Self::NumericGreaterThanEquals => "NumericGreaterThanEquals",
            Self::DateEquals => "DateEquals",
            Self::DateNotEquals => "DateNotEquals",
            Self::DateLessThan => "DateLessThan",
            Self::DateLessThanEquals => "DateLessThanEquals",
            Self::DateGreaterThan => "DateGreaterThan",
            Self::DateGreaterThanEquals => "DateGreaterThanEquals",
            Self::Bool => "Bool",
            Self::BinaryEquals => "BinaryEquals",
            Self::IpAddress => "IpAddress",
            Self::NotIpAddress => "NotIpAddress",
            Self::ArnEquals => "ArnEquals",
            Self::ArnLike => "ArnLike",
            Self::ArnNotEquals => "ArnNotEquals",
            Self::ArnNotLike => "ArnNotLike",
            Self::Null => "Null",
        }
    }
}

/// How an operator treats a key with many values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Qualifier {
    /// The key has one value.
    Single,
    /// `ForAnyValue:`
    ForAnyValue,
    /// `ForAllValues:`, true when the key is missing.
    ForAllValues,
}

/// An operator with its qualifier and suffix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Operator {
    /// How many values.
    pub qualifier: Qualifier,
    /// The comparison.
    pub kind: OperatorKind,
    /// `…IfExists`: true when the key is missing.
    pub if_exists: bool,
}

impl Operator {
    /// Parses an operator as IAM spells it, without regard to case.
    pub fn parse(text: &str) -> Option<Self> {
        let (qualifier, rest) = match text.split_once(':') {
            Some((q, rest)) if q.eq_ignore_ascii_case("ForAnyValue") => (Qualifier::ForAnyValue, rest),
            Some((q, rest)) if q.eq_ignore_ascii_case("ForAllValues") => (Qualifier::ForAllValues, rest),
            Some(_) => return None,
            None => (Qualifier::Single, text),
        };
        let cut = rest
            .len()
            .checked_sub("IfExists".len())
            .filter(|cut| rest.get(*cut..).is_some_and(|suffix| suffix.eq_ignore_ascii_case("IfExists")));
        let (name, if_exists) = match cut {
            Some(cut) => (rest.get(..cut)?, true),
            None => (rest, false),
        };
        let kind = OperatorKind::ALL.into_iter().find(|kind| kind.as_str().eq_ignore_ascii_case(name))?;
        Some(Self { qualifier, kind, if_exists })
    }
}

impl From<OperatorKind> for Operator {
    fn from(kind: OperatorKind) -> Self {
        Self { qualifier: Qualifier::Single, kind, if_exists: false }
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.qualifier {
            Qualifier::Single => "",
            Qualifier::ForAnyValue => "ForAnyValue:",
            Qualifier::ForAllValues => "ForAllValues:",
        })?;
        f.write_str(self.kind.as_str())?;
        f.write_str(if self.if_exists { "IfExists" } else { "" })
    }
}

/// A condition key such as `aws:PrincipalArn`; compared without regard to case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConditionKey(pub String);

impl From<&str> for ConditionKey {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

/// One test; all tests of a statement must hold.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Condition {
    /// The comparison.
    pub operator: Operator,
    /// The key.
    pub key: ConditionKey,
    /// The values, any of which may match (none of which, for a negated operator).
    pub values: Vec<Text>,
}

impl Condition {
    /// A test of one key.
    pub fn new(
        operator: impl Into<Operator>,
        key: impl Into<ConditionKey>,
        values: impl IntoIterator<Item = impl Into<Text>>,
    ) -> Self {
        Self { operator: operator.into(), key: key.into(), values: values.into_iter().map(Into::into).collect() }
    }
}
