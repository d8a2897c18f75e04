//! The diagnostics of this crate: what only shows once everything that waits is seen together.

landfall_model::codes! {
    CYCLE = "LF0901", "things wait for each other in a loop";
    UNRESOLVED = "LF0902", "something is needed that nothing makes";
}
