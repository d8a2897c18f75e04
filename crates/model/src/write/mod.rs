//! The way out: commented YAML that reads back as what it was written from.

mod account;
mod organization;
mod scalar;
mod team;

pub use account::AccountDraft;
pub use organization::{GuardrailDraft, OrganizationDraft};
pub use scalar::{flow_list, flow_map, scalar};
pub use team::TeamDraft;
