//! What of the drift can be said in the configuration, so that what stands is what shall stand.

mod atom;
mod boundary;
mod conditions;
mod entrance;
mod federation;
mod github;
mod ground;
mod guardrail;
mod inline;
mod organization;
mod property;
mod proposal;
mod provider;
mod refusal;
mod restatement;
mod role;
mod role_ground;
mod search;
mod sound;
#[cfg(test)]
mod tests;
mod trust;
mod words;

pub use ground::Folder;
pub use proposal::Note;
pub use refusal::Unsayable;
pub use search::{Accepted, Refused, accept};
