//! Tests over whole configurations, and the small ones that other tests share.

mod golden;
mod properties;
pub(crate) mod sample;
