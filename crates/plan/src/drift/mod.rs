//! What was changed behind Landfall's back: desired against live, down to the single statement, and how grave it is.

mod as_deployed;
mod class;
mod classify;
mod detect;
mod foreign;
mod found;
mod guardrail;
mod identity;
#[cfg(test)]
mod properties;
mod resource;
mod sighting;
#[cfg(test)]
mod sighting_tests;
mod stack;
mod statement;
mod survey;
#[cfg(test)]
pub(crate) mod tests;
mod widening;

pub(crate) use as_deployed::AsDeployed;
pub use class::{Class, Remedy, Rule};
pub use detect::drift;
pub use foreign::ForeignRole;
pub use found::{Dates, Drift, DriftReport, NotCompared, Subject, SubjectKind, Unread};
pub use sighting::{Sighting, SightingKind};
pub use statement::{ElementChange, StatementChange, StatementName, changes};
pub use survey::{DeployedTemplate, Gap, ObservedResource, PropertyDifference, ResourceState, Survey, beyond_iam};
pub(crate) use widening::stands_in;
pub use widening::widens;
