//! Text with holes: what a policy says before it is known in which account it will stand.

use std::collections::BTreeMap;

use landfall_model::{AccountId, AccountName, OrganizationId, Partition, Region};
use serde_json::Value;

/// A part of a [`Text`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Piece {
    /// As it stands. IAM policy variables (`${aws:username}`) are literal text here.
    Literal(String),
    /// The partition, `aws`.
    Partition,
    /// The id of the account that the policy stands in.
    Account,
    /// The id of another account of the organization.
    AccountOf(AccountName),
    /// The Region that the stack stands in.
    Region,
    /// The organization's id.
    Organization,
}

/// Text with holes, adjacent literals merged.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Text(Vec<Piece>);

impl Text {
    /// Text without holes.
    pub fn literal(text: impl Into<String>) -> Self {
        Self(vec![Piece::Literal(text.into())])
    }

    /// Text of one hole.
    pub fn piece(piece: Piece) -> Self {
        Self(vec![piece])
    }

    /// This text with a literal behind it.
    #[must_use]
    pub fn then(mut self, text: impl AsRef<str>) -> Self {
        match self.0.last_mut() {
            Some(Piece::Literal(last)) => last.push_str(text.as_ref()),
            _ => self.0.push(Piece::Literal(text.as_ref().to_owned())),
        }
        self
    }

    /// This text with another behind it.
    #[must_use]
    pub fn append(self, more: &Text) -> Self {
        more.0.iter().fold(self, |text, piece| match piece {
            Piece::Literal(literal) => text.then(literal),
            hole => text.hole(hole.clone()),
        })
    }

    /// This text with a hole behind it.
    #[must_use]
    pub fn hole(mut self, piece: Piece) -> Self {
        self.0.push(piece);
        self
    }

    /// The parts.
    pub fn pieces(&self) -> &[Piece] {
        &self.0
    }

    /// The text if it has no hole.
    pub fn as_literal(&self) -> Option<&str> {
        match self.0.as_slice() {
            [] => Some(""),
            [Piece::Literal(text)] => Some(text),
            _ => None,
        }
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::literal(text)
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self::literal(text)
    }
}

/// Decides what the holes become.
pub trait Render {
    /// The JSON for a text: a string, or something that becomes one, such as `{"Fn::Sub": …}`.
    fn text(&self, text: &Text) -> Value;
}

/// A hole that nothing is known for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unresolved {
    /// The account has no id yet.
    #[error("the id of account `{0}` is not known yet")]
    Account(AccountName),
}

/// Where a policy stands, with all that its holes ask for.
#[derive(Debug, Clone)]
pub struct Scope {
    /// The partition.
    pub partition: Partition,
    /// The stack's Region.
    pub region: Region,
    /// The account.
    pub account: AccountId,
    /// The organization.
    pub organization: OrganizationId,
    /// The ids of the organization's accounts, as far as they are known.
    pub accounts: BTreeMap<AccountName, AccountId>,
}

impl Scope {
    /// Fills the holes.
    ///
    /// # Errors
    /// An account whose id is not known.
    pub fn resolve(&self, text: &Text) -> Result<String, Unresolved> {
        let mut out = String::new();
        for piece in text.pieces() {
            out.push_str(match piece {
                Piece::Literal(literal) => literal,
                Piece::Partition => self.partition.as_str(),
                Piece::Account => self.account.as_str(),
                Piece::AccountOf(name) => {
                    self.accounts.get(name).ok_or_else(|| Unresolved::Account(name.clone()))?.as_str()
                }
                Piece::Region => self.region.as_str(),
                Piece::Organization => self.organization.as_str(),
            });
        }
        Ok(out)
    }
}

/// Renders with stand-ins of the real lengths (twelve digits for an account), for sizes, golden files and checkers.
#[derive(Debug, Clone, Copy, Default)]
pub struct Plain;

impl Render for Plain {
    fn text(&self, text: &Text) -> Value {
        let mut out = String::new();
        for piece in text.pieces() {
            out.push_str(match piece {
                Piece::Literal(literal) => literal,
                Piece::Partition => "aws",
                Piece::Account => "111122223333",
                Piece::AccountOf(_) => "444455556666",
                Piece::Region => "us-east-1",
                Piece::Organization => "o-a1b2c3d4e5",
            });
        }
        Value::String(out)
    }
}
