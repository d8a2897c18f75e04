//! An AWS organization on this machine, behind the engine's ports.
//!
//! It behaves as AWS documents itself, and is stricter where the documents leave room. It is a peer to try things out
//! and to test against, not a proof about AWS.

mod actual;
mod blueprint;
mod change_set;
mod clock;
mod creation;
mod entities;
mod faults;
mod file;
mod guardrails;
mod hand;
mod iam;
mod identities;
mod import;
mod operation;
mod organization;
mod organizations;
mod other;
mod passage;
mod phase;
mod policy_check;
mod provision;
mod quotas;
mod refusal;
mod regional;
mod request;
mod rows;
mod sandbox;
mod settings;
mod stacks;
mod state;
mod table;
mod tamper;
mod trust;
mod view;
mod world;

pub use faults::{FaultRule, What, When};
pub use file::SandboxError;
pub use hand::{Hand, HandError, Seed};
pub use refusal::Refusal;
pub use sandbox::Sandbox;
pub use settings::Settings;
pub use tamper::{TamperError, Tampered, Tampering, UnknownTampering, Wish};
pub use view::{AccountView, GuardrailView, PolicyView, RoleView, StackView, UnitView, View};
