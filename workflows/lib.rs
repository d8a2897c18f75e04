//! The users' pipelines for GitHub Actions.
//!
//! The files beside this one are workflows as they stand: linters read them, and so can people. What differs from one
//! organization to the next is marked in them (see `fill`), and nothing else is ever changed.

mod fill;
mod pipeline;
mod settings;
mod stamp;
mod values;

pub use fill::FillError;
pub use pipeline::Pipeline;
pub use settings::{Setting, settings};
pub use stamp::{Standing, standing};
pub use values::{Folder, FolderError, Missing, Values};
