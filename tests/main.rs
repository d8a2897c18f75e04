//! Drives the binary, and watches over the laws of the house.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod architecture;
mod cli;
mod desk;
mod emulator;
mod oracles;
mod scenarios;
mod schema;
mod workflows;
