//! How grave a drift is, by which rule, and who puts it right.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How grave a drift is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// It grants nothing to anybody.
    Benign,
    /// It is not as it shall be, and the guards still hold.
    Repairable,
    /// A guard is gone or weaker, or somebody more comes in.
    Dangerous,
}

/// Who puts a drift right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Remedy {
    /// Calls to IAM.
    Iam,
    /// Something is gone, or can only be made anew, and the stack must have it again.
    Recreate,
    /// The stack is made, brought out of a failed state, or protected.
    Stack,
    /// Calls to AWS Organizations.
    Organization,
    /// A change set that reverts drift: what it is about is neither IAM's nor Landfall's own to write.
    CloudFormation,
    /// Somebody has to look.
    Person,
}

/// The rule by which a drift has its class. `docs/drift.md` has the same table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// A description, a tag, a name: it grants nothing.
    GrantsNothing,
    /// Less is allowed than shall be.
    Narrower,
    /// More is allowed than shall be, below boundaries and guardrails that hold.
    Wider,
    /// Something is not there.
    Missing,
    /// It stands in another place than it shall.
    Elsewhere,
    /// It is set otherwise.
    Otherwise,
    /// It can be deleted by a slip.
    Unprotected,
    /// It stands in a state that it cannot stay in.
    BadState,
    /// Emergency access was touched, in whatever way.
    BreakGlass,
    /// The alarm on emergency access was touched, in whatever way.
    Alarm,
    /// A role lost its boundary.
    BoundaryGone,
    /// A role has a boundary, or a boundary a text, that does not hold what it shall.
    BoundaryWider,
    /// Somebody comes in who shall not, or more easily.
    TrustWider,
    /// What was denied is denied no more.
    DenyRemoved,
    /// A guardrail says something else.
    GuardrailChanged,
    /// A guardrail is gone, off, or not in force.
    GuardrailOff,
    /// It lost the tag by which Landfall knows its own, so that it cannot be vouched for.
    Disowned,
}

impl Rule {
    /// Every rule.
    pub const ALL: [Self; 17] = [
        Self::GrantsNothing,
        Self::Narrower,
        Self::Wider,
        Self::Missing,
        Self::Elsewhere,
        Self::Otherwise,
        Self::Unprotected,
        Self::BadState,
        Self::BreakGlass,
        Self::Alarm,
        Self::BoundaryGone,
        Self::BoundaryWider,
        Self::TrustWider,
        Self::DenyRemoved,
        Self::GuardrailChanged,
        Self::GuardrailOff,
        Self::Disowned,
    ];

    /// The class of every drift under the rule.
    pub fn class(self) -> Class {
        match self {
            Self::GrantsNothing => Class::Benign,
            Self::Narrower
            | Self::Wider
            | Self::Missing
            | Self::Elsewhere
            | Self::Otherwise
            | Self::Unprotected
            | Self::BadState => Class::Repairable,
            Self::BreakGlass
            | Self::Alarm
            | Self::BoundaryGone
            | Self::BoundaryWider
            | Self::TrustWider
            | Self::DenyRemoved
            | Self::GuardrailChanged
            | Self::GuardrailOff
            | Self::Disowned => Class::Dangerous,
        }
    }

    /// As it is written in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::GrantsNothing => "grants-nothing",
            Self::Narrower => "narrower",
            Self::Wider => "wider",
            Self::Missing => "missing",
            Self::Elsewhere => "elsewhere",
            Self::Otherwise => "otherwise",
            Self::Unprotected => "unprotected",
            Self::BadState => "bad-state",
            Self::BreakGlass => "break-glass",
            Self::Alarm => "alarm",
            Self::BoundaryGone => "boundary-gone",
            Self::BoundaryWider => "boundary-wider",
            Self::TrustWider => "trust-wider",
            Self::DenyRemoved => "deny-removed",
            Self::GuardrailChanged => "guardrail-changed",
            Self::GuardrailOff => "guardrail-off",
            Self::Disowned => "disowned",
        }
    }

    /// In words, for people.
    pub fn words(self) -> &'static str {
        match self {
            Self::GrantsNothing => "grants nothing",
            Self::Narrower => "allows less than it shall",
            Self::Wider => "allows more than it shall, below boundaries that hold",
            Self::Missing => "is not there",
            Self::Elsewhere => "stands in another place",
            Self::Otherwise => "is set otherwise",
            Self::Unprotected => "can be deleted by a slip",
            Self::BadState => "stands in a state that it cannot stay in",
            Self::BreakGlass => "emergency access was touched",
            Self::Alarm => "the alarm on emergency access was touched",
            Self::BoundaryGone => "the boundary is gone",
            Self::BoundaryWider => "the boundary does not hold what it shall",
            Self::TrustWider => "lets somebody in who shall not come in",
            Self::DenyRemoved => "what was denied is denied no more",
            Self::GuardrailChanged => "the guardrail says something else",
            Self::GuardrailOff => "the guardrail is not in force",
            Self::Disowned => "it lost the tag by which Landfall knows its own",
        }
    }
}

impl Class {
    /// As it is written in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Benign => "benign",
            Self::Repairable => "repairable",
            Self::Dangerous => "dangerous",
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Display for Remedy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Iam => "calls to IAM",
            Self::Recreate => "its stack makes it anew",
            Self::Stack => "its stack is deployed",
            Self::Organization => "calls to AWS Organizations",
            Self::CloudFormation => "a change set that reverts drift",
            Self::Person => "somebody has to look",
        })
    }
}
