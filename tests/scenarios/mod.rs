//! Whole runs of the example organization on the sandbox: what is left after each, and what it took.

mod acceptance;
mod adopt;
mod boundary;
mod calls;
pub(crate) mod catalogue;
mod clock;
mod killed;
mod newcomer;
mod pending;
mod prune;
mod remedy;
mod review;
mod sections;
mod shared_policy;
mod weather;
