//! Small edits of the configuration's files: what is not edited stays as it is written, comments included.

mod error;
mod flow;
mod patch;
mod reconcile;
#[cfg(test)]
mod tests;
mod tree;
mod writing;

pub use error::EditError;
pub use writing::{Part, Writing, value_at, written};
