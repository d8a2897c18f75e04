//! Runs of whole plans against a tiny organization.

mod build;
mod fake;
mod first_run;
