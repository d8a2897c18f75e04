//! Findings that the user knows of and lives with for a time.

use crate::{Day, Place};

/// An entry of `accept:`: a finding of the linter that is no error until a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acceptance {
    /// `code:`, such as `LF2203`. Only what the linter finds can be accepted.
    pub code: String,
    /// `where:`, the name of a role, of an item, boundary or guardrail, or the path of a file in the folder.
    pub subject: String,
    /// `reason:`
    pub reason: String,
    /// `until:`, the last day on which it is accepted.
    pub until: Day,
    /// Where it is defined.
    pub place: Place,
}
