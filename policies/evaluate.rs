//! May this caller do that? Documents are read once ([`Compiled`]) and then asked without allocating.

mod arn_pattern;
mod authorize;
mod binary;
mod caller;
mod compiled;
mod context;
mod decision;
mod grantee;
mod key;
mod layers;
mod moment;
mod network;
mod pattern;
mod predicate;
#[cfg(test)]
mod properties;
mod rcp_services;
#[cfg(test)]
mod replay;
mod request;
mod rule;
mod tested;

pub use authorize::evaluate;
pub use caller::{Caller, CallerError, CallerKind};
pub use compiled::Compiled;
pub use context::{Context, Values};
pub use decision::{Decision, Layer, StatementRef, Verdict, Verdicts};
pub use layers::Layers;
pub use request::Request;
pub use tested::{Side, Tested};

/// The six parts of an ARN.
type Parts<'t> = [&'t str; 6];
