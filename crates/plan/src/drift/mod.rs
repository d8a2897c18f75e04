//! What was changed behind Landfall's back: desired against live, down to the single statement, and how grave it is.

mod class;
mod classify;
mod detect;
mod found;
mod guardrail;
mod identity;
mod stack;
mod statement;
#[cfg(test)]
mod tests;
mod widening;

pub use class::{Class, Remedy, Rule};
pub use detect::drift;
pub use found::{Dates, Drift, DriftReport, NotCompared, Subject, SubjectKind, Unread};
pub use statement::{ElementChange, StatementChange, StatementName, changes};
pub use widening::widens;
