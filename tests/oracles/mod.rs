//! Landfall against tools that others wrote: linters of policies, and the schema of a format.
//!
//! `LANDFALL_TEST_EMULATORS=off` leaves these tests out, since they install those tools.

mod accepted;
pub(crate) mod documents;
mod drift;
mod escalation;
mod handlers;
mod policy_validator;
mod sarif;
mod service_reference;
