//! ministack: the stack lifecycle in every detail, hundreds of stacks a second.

use super::server::Server;

/// An access key id of twelve digits *is* that account's root (ministack's README), so these credentials make it the
/// management account that the example names.
pub(super) const CREDENTIALS: (&str, &str) = ("111111111111", "landfall");

/// Starts one with nothing in it.
pub(super) fn start() -> Server {
    Server::start("ministack", "/_ministack/health", &[])
}
