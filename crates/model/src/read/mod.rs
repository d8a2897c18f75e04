//! The way in: files, YAML, decoding, references.

mod acceptances;
mod access;
mod accounts;
mod automation;
mod boundaries;
mod break_glass;
mod ci_deployers;
mod conditions;
mod context;
mod cross_account;
mod documents;
mod edits;
mod entry_files;
mod federation;
mod fields;
mod files;
mod github;
mod guardrails;
mod install;
mod json;
mod json_places;
mod known;
mod load;
mod metaflow;
mod node;
mod organization;
mod policy_places;
mod references;
mod scalar;
mod sections;
mod selector;
mod services;
mod suggest;
mod teams;
#[cfg(test)]
pub(crate) mod tests;
mod values;
mod yaml;

pub(crate) use json_places::{Inner, Spot, spots};
pub(crate) use node::{Meaning, plain_meaning};

pub use edits::Edits;
pub use load::{ACCOUNTS_FOLDER, Loaded, MAIN_FILE, TEAMS_FOLDER, load, load_edited, load_files};
