//! One way into a role.

use landfall_model::{AccountName, Place};

use super::standing::RoleId;

/// Who comes in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    /// A role that is known here.
    Role(RoleId),
    /// A user of an account of the organization, by name with path.
    User(AccountName, String),
    /// Every principal of an account of the organization that its own policies let.
    Account(AccountName),
    /// A principal of an account outside the organization, by ARN, or all of one, by the ARN of its root.
    External(String),
    /// A principal that is named by an ARN or a pattern of such, and stands in no account or role that is known here.
    Principal(String),
    /// An AWS service.
    Service(String),
    /// Whoever an identity provider vouches for, with the subjects that are let in; none where any is.
    Federated {
        /// The provider: its host or name.
        provider: String,
        /// The subjects.
        subjects: Vec<String>,
    },
    /// Anyone.
    Anyone,
    /// Anyone but those whom a `NotPrincipal` names.
    AnyoneBut(Vec<String>),
}

/// Whether the other end allows it too.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum OtherSide {
    /// There is none: services and identity providers have no policies of their own.
    None,
    /// Its policies are not known here.
    Unknown,
    /// It allows, by a policy of the name, from the place.
    Allows {
        /// The statement that gives, in words.
        by: String,
        /// Where the user wrote it.
        place: Option<Place>,
    },
    /// It allows when all of this holds.
    AllowsIf(Vec<String>),
    /// It does not, in words.
    Refuses(String),
}

/// One way into a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Who comes in.
    pub who: Who,
    /// Which statement of the trust policy, from 0.
    pub statement: usize,
    /// Its `Sid`.
    pub sid: Option<String>,
    /// What must hold, as the trust policy says it.
    pub conditions: Vec<String>,
    /// The same in a word or two.
    pub short: Vec<String>,
    /// Where the user wrote it.
    pub place: Option<Place>,
    /// The other end.
    pub other_side: OtherSide,
}

impl Entry {
    /// Whether somebody comes in this way: both sides allow it, or the other side is not known.
    pub fn is_open(&self) -> bool {
        !matches!(self.other_side, OtherSide::Refuses(_))
    }
}
