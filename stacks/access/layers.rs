//! The documents that decide for a question: those of every layer that binds a role when it acts on a resource.

use landfall_model::GuardrailKind;
use landfall_policies::{Compiled, Layers};

use super::guard::Level;
use super::standing::RoleId;
use super::world::World;

/// The documents that decide for a question.
pub(crate) struct Stack<'w> {
    pub(crate) layers: Layers<'w>,
    pub(crate) scps: Vec<Level<'w>>,
    pub(crate) rcps: Vec<Level<'w>>,
    pub(crate) trusted: Option<RoleId>,
}

impl World {
    /// The layers that bind a role when it acts on a resource.
    pub(crate) fn stack(&self, role: RoleId, action: &str, resource: &str, owner: Option<&str>) -> Stack<'_> {
        let service = action.split(':').next().unwrap_or_default();
        let account = resource.split(':').nth(4).filter(|account| !account.is_empty()).or(owner);
        let trusted = (service.eq_ignore_ascii_case("sts")).then(|| self.role_by_arn(resource)).flatten();
        let owner = match account {
            None => Some(self.account(role)),
            Some(id) => self.account_named(id),
        };
        let scps = self.levels(self.account(role), GuardrailKind::ServiceControl);
        let rcps = owner.map(|owner| self.levels(owner, GuardrailKind::ResourceControl)).unwrap_or_default();
        let layers = Layers {
            identity: self.identity(role),
            boundary: self.boundary(role),
            session: None,
            scps: scps.iter().map(|level| self.policies(level)).collect(),
            rcps: rcps.iter().map(|level| self.policies(level)).collect(),
            resource: trusted.and_then(|role| self.trust(role)),
            management: Some(self.id(&self.management)),
        };
        Stack { layers, scps, rcps, trusted }
    }

    fn policies<'w>(&'w self, level: &Level<'w>) -> Vec<&'w Compiled> {
        let own = level.guards.iter().map(|guard| guard.compiled());
        std::iter::once(&self.full_access).chain(own).collect()
    }
}
