//! Runs a plan through ports. The engine may wait, retry, skip and stop; it may not choose.

mod account;
mod adopt;
mod behind;
mod call;
mod change;
mod deploy;
mod deployed;
mod entry;
mod error;
mod event;
mod execute;
mod expected;
mod failure;
mod guardrail;
mod guardrail_view;
mod inventory;
pub mod journal;
pub mod limit;
mod observe;
mod once;
mod organization;
mod organization_policies;
mod pace;
pub mod port;
mod readback;
mod reading;
mod record;
mod repair;
pub mod retry;
mod revert;
mod run;
pub mod schedule;
mod shared;
mod sight;
mod stop;
pub mod transition;
mod wanted;
mod watch;

pub use deployed::{WantedTemplate, deployed_templates};
pub use entry::{Entry, entry};
pub use error::{Fault, FaultKind};
pub use event::{Event, Outcome, RunSummary, StackProgress, Stamped};
pub use execute::{Ended, Options, Refused, execute};
pub use observe::{ObserveError, ObserveEvent, ObserveOptions, ObserveSink, observe};
pub use organization_policies::organization_policies;
pub use run::Sink;
pub use schedule::Limits;
pub use stop::{Stop, StopHandle, StopSignal, stop};
pub use wanted::{Look, ObserveRequest, ReadTags, Wanted, WantedIdentities, WantedStack};

#[cfg(test)]
mod tests;
