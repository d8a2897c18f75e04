//! Landfall against AWS emulators that others wrote: ministack and moto, over real HTTP and through the real SDK.
//!
//! `LANDFALL_TEST_EMULATORS=off` leaves these tests out.

mod adapter;
mod adoption;
mod entry;
mod environment;
pub(crate) mod expected;
mod journey;
mod known_gaps;
mod ministack;
mod moto;
mod newcomer;
mod pending;
mod permission;
mod proxy;
pub(crate) mod python;
mod readback;
mod server;
mod tamper;
mod templates;

/// Whether the emulators may be started. A test that may not says so and ends.
#[expect(clippy::print_stderr, reason = "a test that was left out must not look like one that passed")]
pub(crate) fn wanted() -> bool {
    let wanted = std::env::var_os("LANDFALL_TEST_EMULATORS").is_none_or(|value| value != "off");
    if !wanted {
        eprintln!("left out: LANDFALL_TEST_EMULATORS=off");
    }
    wanted
}
