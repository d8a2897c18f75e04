//! The organization as it is kept, and how AWS says that something of it is not there.

use landfall_engine::port::Answer;
use landfall_engine::{Fault, FaultKind};
use landfall_model::AccountId;

use crate::rows::{AccountRow, OrganizationRow};
use crate::world::World;

pub(crate) fn fault(kind: FaultKind, operation: &str, code: &str, message: impl Into<String>) -> Fault {
    Fault::new(kind, operation, message).code(code)
}

pub(crate) fn in_use<'a>(world: &'a World, operation: &str) -> Answer<&'a OrganizationRow> {
    world.organization.get().as_ref().ok_or_else(|| {
        fault(
            FaultKind::NotFound,
            operation,
            "AWSOrganizationsNotInUseException",
            "Your account is not a member of an organization.",
        )
    })
}

pub(crate) fn account<'a>(world: &'a World, id: &AccountId, operation: &str) -> Answer<&'a AccountRow> {
    in_use(world, operation)?;
    world.accounts.get(id.as_str()).ok_or_else(|| {
        fault(
            FaultKind::NotFound,
            operation,
            "AccountNotFoundException",
            "You specified an account that doesn't exist.",
        )
    })
}

pub(crate) fn missing_target(operation: &str) -> Fault {
    fault(
        FaultKind::NotFound,
        operation,
        "TargetNotFoundException",
        "We can't find a root, OU, account, or policy with the TargetId that you specified.",
    )
}
