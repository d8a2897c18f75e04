//! Runs a plan through ports. The engine may wait, retry, skip and stop; it may not choose.

mod error;
mod event;
pub mod port;

pub use error::{Fault, FaultKind};
pub use event::{Event, Outcome, RunSummary, StackProgress, Stamped};
