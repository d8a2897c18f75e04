//! What the reader says, in full.

mod files;
mod messages;
mod places;
mod properties;
mod speed;
pub(crate) mod trial;
