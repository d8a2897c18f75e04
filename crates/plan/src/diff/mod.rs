//! Desired against observed, one thing at a time.

mod account;
mod adoption;
mod comparison;
mod deletion;
mod guardrail;
mod guardrail_order;
mod organization;
mod record;
mod repairs;
mod resources;
mod shared_roles;
mod stack;

pub(crate) use account::{Presence, Presences, creation, known, move_account, tag_account};
pub(crate) use comparison::Comparison;
pub(crate) use deletion::{Deletions, Ownership, deletions, given_up, unwanted};
pub(crate) use guardrail::{
    GuardrailVerdict, attachment, guardrail, policy_type, removals, stacks_wait, target_id, targets_by_id,
};
pub(crate) use guardrail_order::GuardrailOrder;
pub(crate) use organization::check as check_organization;
pub(crate) use record::Records;
pub(crate) use repairs::Repairs;
pub(crate) use stack::{StackDiff, StackVerdict, deployed_as_wanted};
