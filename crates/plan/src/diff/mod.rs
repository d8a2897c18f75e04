//! Desired against observed, one thing at a time.

mod account;
mod deletion;
mod drift;
mod guardrail;
mod organization;
mod shared_roles;
mod stack;

pub(crate) use account::{Presence, Presences, creation, known, move_account, tag_account};
pub(crate) use deletion::{deletions, unwanted};
pub(crate) use drift::Drift;
pub(crate) use guardrail::{GuardrailVerdict, attachment, guardrail, policy_type, removals, stacks_wait};
pub(crate) use organization::check as check_organization;
pub(crate) use stack::{StackDiff, StackVerdict};
