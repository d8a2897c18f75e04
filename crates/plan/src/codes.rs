//! The diagnostics of this crate: what only shows once everything that waits is seen together.

use landfall_model::Code;

/// Things wait for each other.
pub const CYCLE: Code = Code("LF0901");
/// Something is needed that nothing makes.
pub const UNRESOLVED: Code = Code("LF0902");

/// Every code with its meaning in one line, in order.
pub const ALL: &[(Code, &str)] =
    &[(CYCLE, "things wait for each other in a loop"), (UNRESOLVED, "something is needed that nothing makes")];
