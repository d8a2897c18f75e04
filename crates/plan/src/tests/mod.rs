//! Tests of the crate as a whole, and the worlds that all its tests use.

pub(crate) mod example;
mod properties;
pub(crate) mod world;
