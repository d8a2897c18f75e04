//! What the steps of a run read together.

use std::sync::atomic::{AtomicBool, AtomicUsize};

use landfall_plan::ObservedStack;
use landfall_stacks::Identities;
use tokio::sync::Notify;

use crate::port::Answer;
use crate::shared::Shared;

/// One reading of an account's IAM for all stacks that complete together.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    pub(crate) shared: Shared<Answer<Identities>>,
    /// The listing is refused or cannot be read here: no use in asking again.
    pub(crate) useless: AtomicBool,
}

/// What the stacks that wait in one account and Region share.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    pub(crate) shared: Shared<Answer<Vec<ObservedStack>>>,
    pub(crate) waiting: AtomicUsize,
    pub(crate) news: Notify,
}
