//! Tests over whole configurations, and the small ones that other tests share.

mod access;
mod conditions;
mod escalation;
mod example;
pub(crate) mod golden;
mod inventory;
mod lint;
mod properties;
pub(crate) mod sample;
