//! What gets deployed: CloudFormation stacks, synthesized from a configuration without asking anybody.

pub mod access;
mod alarm;
mod automation;
mod batch_team;
mod blueprint;
mod boundary;
mod break_glass;
mod ci_deployer;
pub mod codes;
mod context;
mod cross_account;
mod estate;
mod evaluate;
mod expected;
mod federation;
mod guardrail;
mod identity;
mod identity_provider;
mod intrinsic;
mod inventory;
mod item;
mod limit;
mod lint;
mod metaflow;
mod metaflow_configuration;
mod physical;
mod registry;
mod render;
mod scope;
mod service;
mod shared_policy;
mod sharing;
mod size;
mod split;
mod stack;
mod synthesis;
pub mod template;
#[cfg(test)]
mod tests;

pub use evaluate::{EvaluateError, evaluate};
pub use expected::{ExpectedError, expected};
pub use guardrail::{GuardrailKey, GuardrailPolicy};
pub use identity::{Identities, InstanceProfile, ManagedPolicy, Provider, Role};
pub use inventory::ROLES;
pub use limit::{STACK_TAGS, TEMPLATE_BYTES, TEMPLATE_OUTPUTS, TEMPLATE_PARAMETERS, TEMPLATE_RESOURCES};
pub use lint::{ENDING, Written, lint};
pub use metaflow::{MetaflowOutput, metaflow_outputs};
pub use metaflow_configuration::metaflow_configuration;
pub use physical::physical_id;
pub use scope::{ScopeError, TemplateScope};
pub use sharing::{Shared, Sharing};
pub use size::{Fullest, NEAR, Sizes, fullest, near};
pub use stack::{
    Body, Digest, Need, ParameterSource, Protection, Provides, Stack, StackKey, TAG_DIGEST, TAG_KIND, TAG_ORGANIZATION,
};
pub use synthesis::{Synthesis, synthesize};
