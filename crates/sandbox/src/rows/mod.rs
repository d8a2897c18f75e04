//! What is kept, row by row, and what it is found by. Nothing here knows the rest of the world.

mod identity;
mod organization;
mod resource;
mod stack;

pub(crate) use identity::{PolicyRow, ProfileRow, ProviderRow, RoleRow, UserRow, json, key, prefix, split, text};
pub(crate) use organization::{AccountRow, CreationRow, GuardrailRow, OrganizationRow, Progress, UnitRow};
pub(crate) use resource::OtherRow;
pub(crate) use stack::{
    Aim, Applied, ChangeSetRow, Definition, FailureRow, Made, Operation, Phase, StackRow, key_in, key_of, uuid,
};
