//! Names, each with the alphabet and the length that AWS (or Landfall) allows, checked once at the edge.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Why a text is not a name of the wanted sort.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// There is no text at all.
    #[error("a {what} cannot be empty")]
    Empty {
        /// The sort of name, as a noun.
        what: &'static str,
    },
    /// The text has more characters than the limit.
    #[error("`{text}` has {length} characters, and a {what} at most {limit}")]
    TooLong {
        /// The sort of name, as a noun.
        what: &'static str,
        /// The text as written.
        text: String,
        /// Its length in characters.
        length: usize,
        /// The most characters that are allowed.
        limit: usize,
    },
    /// The text has a character outside the alphabet, or begins with the wrong one.
    #[error("`{text}` is no {what}: {rule}")]
    Alphabet {
        /// The sort of name, as a noun.
        what: &'static str,
        /// The text as written.
        text: String,
        /// The alphabet in words.
        rule: &'static str,
    },
}

fn check(
    what: &'static str,
    text: &str,
    limit: usize,
    rule: &'static str,
    allowed: fn(&str) -> bool,
) -> Result<(), NameError> {
    if text.is_empty() {
        return Err(NameError::Empty { what });
    }
    let length = text.chars().count();
    if length > limit {
        return Err(NameError::TooLong { what, text: text.to_owned(), length, limit });
    }
    if !allowed(text) {
        return Err(NameError::Alphabet { what, text: text.to_owned(), rule });
    }
    Ok(())
}

macro_rules! name {
    ($(#[$doc:meta])* $type:ident, $what:literal, $limit:literal, $rule:literal, $allowed:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $type(String);

        impl $type {
            /// The most characters that such a name may have.
            pub const LIMIT: usize = $limit;

            /// Parses a name.
            ///
            /// # Errors
            /// Empty, over [`Self::LIMIT`] characters, or outside the alphabet.
            pub fn new(text: impl Into<String>) -> Result<Self, NameError> {
                let text = text.into();
                check($what, &text, $limit, $rule, $allowed)?;
                Ok(Self(text))
            }

            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

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

        impl std::str::FromStr for $type {
            type Err = NameError;
            fn from_str(text: &str) -> Result<Self, NameError> {
                Self::new(text)
            }
        }

        impl From<$type> for String {
            fn from(name: $type) -> String {
                name.0
            }
        }

        impl AsRef<str> for $type {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl std::borrow::Borrow<str> for $type {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
    };
}

fn iam(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_alphanumeric() || b"+=,.@_-".contains(&b))
}

fn kebab(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && !text.ends_with('-')
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

fn kebab_digit(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
}

name!(
    /// The organization's short name: the prefix of every stack, role and policy that Landfall owns.
    OrganizationName, "organization name", 24, "letters, digits and `-`, beginning with a letter", kebab
);
name!(
    /// An account's name in the configuration, and its name in AWS Organizations.
    /// Source: Organizations API, `CreateAccount.AccountName`, 1 to 50 characters.
    AccountName, "account name", 50, "letters, digits and `-`, beginning with a letter", kebab
);
name!(
    /// A boundary's name in the configuration.
    BoundaryName, "boundary name", 64, "letters, digits and `-`, beginning with a letter", kebab
);
name!(
    /// The name of an item of a section: a cross-account role, a deployer, a team, a job, a tier, a service.
    ItemName, "name", 64, "letters, digits, `-`, `_` and `.`, beginning with a letter or digit", kebab_digit
);
name!(
    /// An IAM role name. Source: IAM quotas, 64 characters of `[\w+=,.@-]`.
    RoleName, "role name", 64, "letters, digits and any of `+=,.@_-`", iam
);
name!(
    /// An IAM user name. Source: IAM quotas, 64 characters of `[\w+=,.@-]`.
    UserName, "user name", 64, "letters, digits and any of `+=,.@_-`", iam
);
name!(
    /// An IAM managed or inline policy name. Source: IAM quotas, 128 characters of `[\w+=,.@-]`.
    PolicyName, "policy name", 128, "letters, digits and any of `+=,.@_-`", iam
);
name!(
    /// A CloudFormation stack name. Source: CloudFormation API, `[a-zA-Z][-a-zA-Z0-9]*`, 128 characters.
    StackName, "stack name", 128, "letters, digits and `-`, beginning with a letter", kebab
);
name!(
    /// A tag key. Source: Tagging AWS resources, 1 to 128 characters; `aws:` is reserved.
    TagKey, "tag key", 128, "letters, digits, space and any of `_.:/=+-@`, not beginning with `aws:`",
    |text| !text.to_ascii_lowercase().starts_with("aws:")
        && text.chars().all(|c| c.is_alphanumeric() || " _.:/=+-@".contains(c))
);
