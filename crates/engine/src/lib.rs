//! Runs a plan through ports. The engine may wait, retry, skip and stop; it may not choose.

mod error;
mod event;
pub mod limit;
pub mod port;
pub mod retry;
pub mod schedule;
pub mod transition;

pub use error::{Fault, FaultKind};
pub use event::{Event, Outcome, RunSummary, StackProgress, Stamped};
