//! Whole runs of the example organization on the sandbox: what is left after each, and what it took.

mod boundary;
mod calls;
mod clock;
mod killed;
mod prune;
mod review;
mod sections;
mod shared_policy;
