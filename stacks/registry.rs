//! Every kind with the function that builds its stacks.

use landfall_model::Kind;

use crate::Stack;
use crate::context::Context;
use crate::{
    alarm, automation, batch_team, boundary, break_glass, ci_deployer, cross_account, federation, identity_provider,
    metaflow, service, shared_policy,
};

/// Builds the stacks of a kind.
pub(crate) type Build = fn(&mut Context<'_>) -> Vec<Stack>;

/// The function of a kind. A new kind does not compile until it stands here.
pub(crate) fn build(kind: Kind) -> Build {
    match kind {
        Kind::Boundary => boundary::stacks,
        Kind::SharedPolicy => shared_policy::stacks,
        Kind::BreakGlass => break_glass::stacks,
        Kind::CrossAccount => cross_account::stacks,
        Kind::Alarm => alarm::stacks,
        Kind::IdentityProvider => identity_provider::stacks,
        Kind::Automation => automation::stacks,
        Kind::CiDeployer => ci_deployer::stacks,
        Kind::Metaflow => metaflow::stacks,
        Kind::BatchTeam => batch_team::stacks,
        Kind::Service => service::stacks,
        Kind::Federation => federation::stacks,
    }
}

/// The order of building. Boundaries, shared policies and providers come last, because they are what the others turn out to need;
/// what is deployed before what is the graph's business.
pub(crate) fn order() -> impl Iterator<Item = Kind> {
    let (last, first): (Vec<Kind>, Vec<Kind>) = Kind::ALL
        .into_iter()
        .partition(|kind| matches!(kind, Kind::Boundary | Kind::SharedPolicy | Kind::IdentityProvider));
    first.into_iter().chain(last)
}
