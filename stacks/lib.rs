//! What gets deployed: CloudFormation stacks, synthesized from a configuration without asking anybody.

mod identity;
mod stack;

pub use identity::{Identities, InstanceProfile, ManagedPolicy, Provider, Role};
pub use stack::{
    Body, Digest, Need, ParameterSource, Protection, Provides, Stack, StackKey, TAG_DIGEST, TAG_KIND, TAG_ORGANIZATION,
};
