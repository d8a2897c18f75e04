//! Drives the binary, and watches over the laws of the house.

mod architecture;
mod cli;
