//! What somebody may change behind Landfall's back: one of each, done by hand to what stands.

use landfall_model::{AccountId, PolicyName, RoleName};

use crate::Hand;
use crate::hand::HandError;

mod act;
mod choice;
mod entity;
mod foreign;
mod kinds;
mod organization;
mod policy;
mod role;
mod service;
mod stack;

pub use kinds::{Tampering, UnknownTampering};

/// To what something is done; whatever is left open is picked among what stands.
#[derive(Debug, Clone, Default)]
pub struct Wish {
    /// The account's name in Organizations.
    pub account: Option<String>,
    /// The role.
    pub role: Option<RoleName>,
    /// A managed policy's ARN: what is attached.
    pub policy: Option<String>,
    /// A principal: who is let in.
    pub principal: Option<String>,
    /// An inline policy's name.
    pub inline: Option<PolicyName>,
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tampered {
    /// In words, with the name of what it was done to.
    pub what: String,
    /// The account, if it was done in one.
    pub account: Option<AccountId>,
}

/// Why something could not be done.
#[derive(Debug, thiserror::Error)]
pub enum TamperError {
    /// Nothing stands that this could be done to.
    #[error("nothing stands in the sandbox that this could be done to: {wanted} is wanted")]
    Nothing {
        /// What is wanted.
        wanted: &'static str,
    },
    /// There is no such account.
    #[error("there is no account `{name}` in the sandbox; there are: {known}")]
    NoAccount {
        /// What was asked for.
        name: String,
        /// Those that there are.
        known: String,
    },
    /// There is no such role.
    #[error("there is no role `{name}` that this could be done to in the sandbox")]
    NoRole {
        /// What was asked for.
        name: RoleName,
    },
    /// It was refused, or could not be saved.
    #[error(transparent)]
    Hand(#[from] HandError),
}

impl Hand {
    /// Does it, to what is wished or to the first thing that fits.
    ///
    /// # Errors
    /// Nothing fits, or AWS would refuse it.
    pub fn tamper(&self, how: Tampering, wish: &Wish) -> Result<Tampered, TamperError> {
        act::act(self, how, wish)
    }
}
