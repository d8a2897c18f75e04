//! Who may do what.

mod answer;
mod permissions;
mod picture;
mod ways;
mod words;

pub(crate) use answer::answer;
pub(crate) use permissions::permissions;
pub(crate) use picture::picture;
pub(crate) use ways::ways_in;
