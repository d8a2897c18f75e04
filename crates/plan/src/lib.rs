//! Desired × observed → a [`Plan`]. Pure and synchronous: no clock, no network, no runtime.

mod desired;
mod observed;
mod plan;
mod step;

pub use desired::{Desired, DesiredAccount};
pub use observed::{
    AccountStatus, Observed, ObservedAccount, ObservedOrganization, ObservedStack, ObservedUnit, PendingAccount, Reach,
    StackStatus, UnknownStatus,
};
pub use plan::{Finding, Fingerprint, Kept, Mode, PLAN_VERSION, Plan};
pub use step::{Action, Cause, Difference, Edge, IdentityKind, Reason, StackSpec, Step, StepId};
