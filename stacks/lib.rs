//! What gets deployed: CloudFormation stacks, synthesized from a configuration without asking anybody.

mod blueprint;
mod boundary;
mod break_glass;
pub mod codes;
mod context;
mod cross_account;
mod evaluate;
mod expected;
mod identity;
mod intrinsic;
mod inventory;
mod limit;
mod registry;
mod render;
mod stack;
mod synthesis;
pub mod template;
#[cfg(test)]
mod tests;

pub use evaluate::{EvaluateError, ScopeError, TemplateScope, evaluate, physical_id};
pub use expected::{ExpectedError, expected};
pub use identity::{Identities, InstanceProfile, ManagedPolicy, Provider, Role};
pub use inventory::ROLES;
pub use limit::{TEMPLATE_BYTES, TEMPLATE_OUTPUTS, TEMPLATE_PARAMETERS, TEMPLATE_RESOURCES};
pub use stack::{
    Body, Digest, Need, ParameterSource, Protection, Provides, Stack, StackKey, TAG_DIGEST, TAG_KIND, TAG_ORGANIZATION,
};
pub use synthesis::{Synthesis, synthesize};
