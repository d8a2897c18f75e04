//! How a drift would be said.

use std::fmt;

use landfall_model::{AccountName, Writing};
use serde::Serialize;

/// What is to be done about a drift.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Proposal {
    /// The folder says it already.
    Said,
    /// It is written.
    Write(Vec<Writing>, Vec<Note>),
}

impl Proposal {
    pub(super) fn write(writing: Writing) -> Self {
        Self::Write(vec![writing], Vec::new())
    }
}

/// What the user has to know about something that was accepted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "note", rename_all = "kebab-case")]
pub enum Note {
    /// The statements of an inline policy of somebody else become a part of Landfall's own.
    Absorbed {
        /// The account.
        account: AccountName,
        /// The role.
        role: String,
        /// The policy.
        policy: String,
    },
    /// What is left of a grant stands as statements.
    Spelled {
        /// The account.
        account: AccountName,
        /// The role.
        role: String,
        /// The grant's key in `access:`.
        grant: String,
    },
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absorbed { account, role, policy } => write!(
                f,
                "the next apply takes the inline policy {policy} off role {role} in {account}, after its statements stand \
                 in Landfall's own: what the role may do stays as it is"
            ),
            Self::Spelled { account, role, grant } => write!(
                f,
                "role {role} in {account} has only a part of what `{grant}:` of `access:` grants: the grant goes, and what \
                 is left of it stands as statements"
            ),
        }
    }
}
