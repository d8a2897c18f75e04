//! The sandbox through its ports.
#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod failures;
mod faults;
mod guardrails;
mod identities;
mod organization;
mod persistence;
mod properties;
mod refusals;
mod scale;
mod stacks;
mod world;
