//! What is wrong with a policy that IAM would take: each check in a file of its own, all of them in `registry.rs`.

mod account_root;
mod anyone;
pub mod codes;
mod condition_key;
mod confused_deputy;
mod escalation;
mod every_action;
mod external_id;
mod finding;
mod github_subject;
mod limit;
mod mfa;
mod operator_type;
mod pass_role;
mod pattern;
mod power;
mod registry;
mod resource_fit;
mod service_linked;
mod subject;
mod taken;
mod unknown_action;

pub(crate) use condition_key::{facts as key_facts, similar as similar_key};
pub use escalation::{Escalation, Hold, boundary_escapes, escalations, passable};
pub use finding::Finding;
pub use limit::near_limit;
pub use pattern::{Case, matches};
pub use power::{Power, Reach, covers_action, denies, lets_through};
pub use registry::check;
pub(crate) use resource_fit::arns_meet;
pub use subject::{DocumentKind, Subject};
pub use taken::{Taken, Taker, taken};
