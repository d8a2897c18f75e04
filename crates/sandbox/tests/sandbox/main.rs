//! The sandbox through its ports.

mod organization;
mod stacks;
mod world;
