//! Roles that AWS services assume.

use crate::{AccountSet, BoundaryName, ItemName, Place, Region, RoleAccess};

/// An entry of `services:`.
#[derive(Debug, Clone)]
pub struct Service {
    /// Its name.
    pub name: ItemName,
    /// Which service.
    pub kind: ServiceKind,
    /// Where the role stands.
    pub accounts: AccountSet,
    /// The most that it can do.
    pub boundary: BoundaryName,
    /// What it may do.
    pub access: RoleAccess,
    /// Where it is defined.
    pub place: Place,
}

/// The services, each with its own settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServiceKind {
    /// A function's execution role.
    Lambda {
        /// Whether the function runs in a VPC: it does not unless written.
        vpc: bool,
    },
    /// An instance role with its instance profile.
    Ec2,
    /// A task's execution role and task role.
    Ecs,
    /// The logging role with the account setting of each Region.
    ApiGateway {
        /// Where the account setting is made.
        regions: Vec<Region>,
    },
    /// A state machine's role.
    StepFunctions,
    /// A rule's target role.
    EventBridge,
    /// An execution role.
    SageMaker,
}
