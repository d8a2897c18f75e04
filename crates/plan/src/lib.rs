//! Desired × observed → a [`Plan`]. Pure and synchronous: no clock, no network, no runtime.

mod access;
mod adoption;
mod applied;
pub mod codes;
mod compare;
mod concession;
mod desired;
mod diff;
mod document;
mod drift;
mod error;
mod fingerprint;
mod graph;
mod guardrail;
mod impact;
mod invariants;
mod observed;
mod order;
mod plan;
mod planner;
mod radius;
mod remediation;
mod repair;
mod request;
mod review;
mod saved;
mod seal;
mod standing;
mod step;
mod strategy;
mod summary;
mod target;

#[cfg(test)]
mod tests;

pub use access::{Deployed, deployed};
pub use adoption::{Adopter, Extent, Inclusion, account_names, adopt};
pub use applied::{Applied, TAG_APPLIED, tag_applied};
pub use compare::compare;
pub use concession::{Accepted, Folder, Note, Refused, Unsayable, accept};
pub use desired::{Desired, DesiredAccount};
pub use document::same_document;
pub use drift::{
    Class, Dates, DeployedTemplate, Drift, DriftReport, ElementChange, ForeignRole, Gap, NotCompared, ObservedResource,
    PropertyDifference, Remedy, ResourceState, Rule, Sighting, SightingKind, StatementChange, StatementName, Subject,
    SubjectKind, Survey, Unread, beyond_iam, changes, drift, widens,
};
pub use error::PlanError;
pub use graph::{Graph, Wait};
pub use guardrail::{GuardrailSpec, GuardrailTarget, ObservedGuardrail};
pub use impact::{
    Allowed, Alteration, IdentityImpact, OWN_ACCOUNT, TrustedBy, Turnover, allowed, denied, identities_in_words,
    impacts, trusted_by,
};
pub use invariants::Contradiction;
pub use observed::{
    AccountStatus, Observed, ObservedAccount, ObservedOrganization, ObservedStack, ObservedUnit, PendingAccount, Reach,
    StackStatus, UnknownStatus,
};
pub use plan::{Finding, Fingerprint, Kept, Mode, PLAN_VERSION, Plan};
pub use planner::plan;
pub use radius::{Radius, RadiusError, Sites};
pub use repair::{Around, Leaned, Repair, RepairCall, Spared, Texts, Writer};
pub use request::{EmergencyAccess, Request, Via};
pub use review::{Review, review, templates_to_read};
pub use saved::{Stale, check_fresh};
pub use seal::TAG_SEAL;
pub use standing::Standing;
pub use step::{
    Action, Cause, Difference, Edge, IdentityKind, Imported, Reason, Recorded, Repaired, StackSpec, Step, StepId,
};
pub use strategy::{
    Advice, Compliance, Decision, Evidence, Leaning, Matrix, Migration, Move, Question, RoleCounts, Row, Structure,
    advise, decide, migration, role_counts, similarity,
};
pub use summary::{Sort, groups};
pub use target::Target;
