//! Accounts, their ids, and sets of them.

use std::collections::BTreeSet;
use std::fmt;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::{AccountName, NameError, Place, TagKey, UnitPath};

/// A twelve-digit account id.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AccountId(String);

impl AccountId {
    /// Parses an id.
    ///
    /// # Errors
    /// Not exactly twelve digits.
    pub fn new(text: impl Into<String>) -> Result<Self, NameError> {
        let text = text.into();
        if text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit()) {
            Ok(Self(text))
        } else {
            Err(NameError::Alphabet {
                what: "account id",
                text,
                rule: "twelve digits, in quotes so that YAML keeps leading zeros",
            })
        }
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An organization's id, such as `o-a1b2c3d4e5`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OrganizationId(String);

impl OrganizationId {
    /// Parses an id.
    ///
    /// # Errors
    /// Not `o-` with 10 to 32 lowercase letters or digits (Organizations API, `Organization.Id`).
    pub fn new(text: impl Into<String>) -> Result<Self, NameError> {
        let text = text.into();
        let tail = text.strip_prefix("o-").unwrap_or_default();
        if (10..=32).contains(&tail.len()) && tail.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()) {
            Ok(Self(text))
        } else {
            Err(NameError::Alphabet {
                what: "organization id",
                text,
                rule: "`o-` and 10 to 32 lowercase letters or digits",
            })
        }
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The e-mail address of an account's root user, the account's identity in Landfall: AWS refuses a second
/// account with the same one.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email(String);

impl Email {
    /// Parses an address.
    ///
    /// # Errors
    /// No single `@` with text on both sides and a dot in the domain, white space, or not 6 to 64 characters
    /// (Organizations API, `CreateAccount.Email`).
    pub fn new(text: impl Into<String>) -> Result<Self, NameError> {
        let text = text.into();
        let well_formed = (6..=64).contains(&text.len())
            && text.is_ascii()
            && !text.bytes().any(|b| b.is_ascii_whitespace() || b.is_ascii_control())
            && text.split_once('@').is_some_and(|(local, domain)| {
                !local.is_empty()
                    && !domain.contains('@')
                    && domain.contains('.')
                    && domain.split('.').all(|label| !label.is_empty())
            });
        if well_formed {
            Ok(Self(text))
        } else {
            Err(NameError::Alphabet {
                what: "e-mail address",
                text,
                rule: "6 to 64 characters of the form local@domain.tld",
            })
        }
    }

    /// The address as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address as Organizations compares it: without regard to case.
    pub fn key(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

macro_rules! text {
    ($($type:ident),*) => {$(
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }
        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", self.0)
            }
        }
        impl TryFrom<String> for $type {
            type Error = NameError;
            fn try_from(text: String) -> Result<Self, NameError> {
                Self::new(text)
            }
        }
        impl From<$type> for String {
            fn from(value: $type) -> String {
                value.0
            }
        }
    )*};
}
text!(AccountId, OrganizationId, Email);

/// An account of the organization.
#[derive(Debug, Clone)]
pub struct Account {
    /// Its name.
    pub name: AccountName,
    /// Its id where the configuration gives one; an account without is made, or found by its e-mail.
    pub id: Option<AccountId>,
    /// The root user's address.
    pub email: Email,
    /// The unit that it belongs in; `None` is the root.
    pub unit: Option<UnitPath>,
    /// Tags, the organization's own among them.
    pub tags: IndexMap<TagKey, String>,
    /// Where it is defined.
    pub place: Place,
}

/// What an `accounts:` selector came to: names in the order of the configuration are not kept, the set is sorted.
pub type AccountSet = BTreeSet<AccountName>;
