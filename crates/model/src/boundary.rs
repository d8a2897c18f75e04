//! Permissions boundaries: the most that a role can ever do.

use crate::{BoundaryName, Place, PolicyText};

/// An entry of `boundaries:`.
#[derive(Debug, Clone)]
pub struct Boundary {
    /// Its name.
    pub name: BoundaryName,
    /// What it lets through, before Landfall adds its own protection.
    pub content: BoundaryContent,
    /// Where it is defined.
    pub place: Place,
}

/// The two ways to write a boundary.
#[derive(Debug, Clone)]
pub enum BoundaryContent {
    /// `services:`, IAM service prefixes such as `s3`.
    Services(Vec<String>),
    /// `policy:`, a JSON file with a whole document.
    Policy(PolicyText),
}
