//! Runs of whole plans against a tiny organization.

mod accounts;
mod adoption;
mod build;
mod deployed;
mod fake;
mod first_run;
mod guardrails;
mod looks;
mod reading;
mod records;
mod reverting;
mod stacks;
mod stopping;
