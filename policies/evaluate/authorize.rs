//! The decision. Source of its rules: IAM User Guide, "Policy evaluation logic", "Cross-account policy evaluation logic"
//! and "Permissions boundaries for IAM entities"; AWS Organizations User Guide, "SCP evaluation" and "RCP evaluation".

use super::arn_pattern::Stand;
use super::compiled::{Answer, ResourceAnswer};
use super::grantee::Closeness;
use super::rcp_services::heeds_rcps;
use super::request::Question;
use super::rule::{Bounded, Rule};
use super::{CallerKind, Compiled, Decision, Layer, Layers, Request, StatementRef, Verdict, Verdicts};
use crate::Effect;

/// Actions that the policy of the resource must allow even inside of one account, apart from those of KMS.
const TRUSTED: [&str; 6] = [
    "sts:assumerole",
    "sts:assumerolewithsaml",
    "sts:assumerolewithwebidentity",
    "sts:setcontext",
    "sts:setsourceidentity",
    "sts:tagsession",
];

/// Decides a request: an explicit deny of any layer first; then the identity policy and the policy of the resource, as
/// far as each is needed; then boundary, session policy and every level of SCPs.
pub fn evaluate<'a>(request: &Request, layers: &Layers<'a>) -> Decision<'a> {
    let question = Question::new(request);
    let mut asked = Asked { verdicts: Verdicts::default(), identity: None, resource: None, missing_scp: None };
    match asked.ask(&question, layers) {
        Err(denied) => Decision {
            effect: Effect::Deny,
            decided_by: Some(denied),
            resource_side: None,
            blocked_by: Some(denied.layer),
            verdicts: asked.verdicts,
        },
        Ok(()) => asked.conclude(&question),
    }
}

/// What the layers said.
struct Asked<'a> {
    verdicts: Verdicts,
    identity: Option<StatementRef<'a>>,
    resource: Option<(Closeness, StatementRef<'a>)>,
    missing_scp: Option<usize>,
}

impl<'a> Asked<'a> {
    /// Asks every layer that binds.
    ///
    /// # Errors
    /// A statement that denies.
    fn ask(&mut self, question: &Question<'_>, layers: &Layers<'a>) -> Result<(), StatementRef<'a>> {
        let caller = &question.request.caller;
        let free = caller.is_service_linked();
        if caller.has_policies() && !free && (layers.management.is_none() || caller.account() != layers.management) {
            self.ask_scps(question, layers)?;
        }
        if !free
            && heeds_rcps(question.service)
            && (layers.management.is_none() || question.request.owner() != layers.management)
        {
            self.ask_rcps(question, layers)?;
        }
        let bounded = if layers.boundary.is_some() { Bounded::Yes } else { Bounded::No };
        if let Some(policy) = layers.resource {
            let ResourceAnswer { deny, allow } = policy.ask_as_resource(question, bounded);
            self.verdicts.resource = verdict(deny, allow.is_some());
            refuse(Layer::Resource, policy, deny)?;
            self.resource = allow.map(|(close, rule)| (close, StatementRef::new(Layer::Resource, policy, rule)));
        }
        if !caller.has_policies() {
            return Ok(());
        }
        self.verdicts.identity = if caller.kind() == CallerKind::Root { Verdict::Allows } else { Verdict::Silent };
        for policy in &layers.identity {
            let Answer { deny, allow } = policy.ask(question, Stand::Principal);
            if deny.is_some() {
                self.verdicts.identity = Verdict::Denies;
            }
            refuse(Layer::Identity, policy, deny)?;
            if let (None, Some(rule)) = (self.identity, allow) {
                self.verdicts.identity = Verdict::Allows;
                self.identity = Some(StatementRef::new(Layer::Identity, policy, rule));
            }
        }
        if let Some(policy) = layers.boundary {
            let Answer { deny, allow } = policy.ask(question, Stand::Principal);
            self.verdicts.boundary = verdict(deny, allow.is_some());
            refuse(Layer::Boundary, policy, deny)?;
        }
        if let Some(policy) = layers.session {
            let Answer { deny, allow } = policy.ask(question, Stand::Principal);
            self.verdicts.session = verdict(deny, allow.is_some());
            refuse(Layer::Session, policy, deny)?;
        }
        Ok(())
    }

    fn ask_scps(&mut self, question: &Question<'_>, layers: &Layers<'a>) -> Result<(), StatementRef<'a>> {
        for (level, policies) in layers.scps.iter().enumerate() {
            let mut allowed = false;
            for policy in policies {
                let Answer { deny, allow } = policy.ask(question, Stand::Organization);
                if deny.is_some() {
                    self.verdicts.scp = Verdict::Denies;
                }
                refuse(Layer::Scp { level }, policy, deny)?;
                allowed |= allow.is_some();
            }
            if !allowed && self.missing_scp.is_none() {
                self.missing_scp = Some(level);
            }
        }
        if !layers.scps.is_empty() {
            self.verdicts.scp = if self.missing_scp.is_none() { Verdict::Allows } else { Verdict::Silent };
        }
        Ok(())
    }

    fn ask_rcps(&mut self, question: &Question<'_>, layers: &Layers<'a>) -> Result<(), StatementRef<'a>> {
        for (level, policies) in layers.rcps.iter().enumerate() {
            for policy in policies {
                let deny = policy.ask(question, Stand::Organization).deny;
                self.verdicts.rcp = verdict(deny, true);
                refuse(Layer::Rcp { level }, policy, deny)?;
            }
        }
        Ok(())
    }

    /// Nothing denies: is there an allow wherever one is needed?
    fn conclude(&self, question: &Question<'_>) -> Decision<'a> {
        let blocked_by = self.missing(question).or(self.missing_scp.map(|level| Layer::Scp { level }));
        let resource = self.resource.map(|(_, statement)| statement);
        let allowed = blocked_by.is_none();
        Decision {
            effect: if allowed { Effect::Allow } else { Effect::Deny },
            decided_by: if allowed { self.identity.or(resource) } else { None },
            resource_side: if allowed { resource } else { None },
            blocked_by,
            verdicts: self.verdicts,
        }
    }

    /// Which layer lacks an allow, SCPs apart.
    fn missing(&self, question: &Question<'_>) -> Option<Layer> {
        let request = question.request;
        let grant = self.resource.map(|(closeness, _)| closeness);
        if !request.caller.has_policies() {
            return (grant < Some(Closeness::Anyone)).then_some(Layer::Resource);
        }
        let limit = |verdict, layer| (verdict == Verdict::Silent).then_some(layer);
        let boundary = limit(self.verdicts.boundary, Layer::Boundary);
        let session = limit(self.verdicts.session, Layer::Session);
        let identity = limit(self.verdicts.identity, Layer::Identity);
        let same = request.caller.account() == request.owner();
        let both = !same || question.service == "kms" || TRUSTED.contains(&request.action());
        let resource = (both && grant.is_none()).then_some(Layer::Resource);
        let by_identity = identity.or(resource).or(boundary).or(session);
        if !same {
            return by_identity;
        }
        match grant {
            Some(Closeness::Itself) => None,
            Some(Closeness::Anyone) => by_identity.and(session),
            Some(Closeness::Role) => boundary.or(session),
            Some(Closeness::Account) | None => by_identity,
        }
    }
}

fn verdict(deny: Option<&Rule>, allowed: bool) -> Verdict {
    match (deny, allowed) {
        (Some(_), _) => Verdict::Denies,
        (None, true) => Verdict::Allows,
        (None, false) => Verdict::Silent,
    }
}

fn refuse<'a>(layer: Layer, policy: &'a Compiled, deny: Option<&'a Rule>) -> Result<(), StatementRef<'a>> {
    match deny {
        Some(rule) => Err(StatementRef::new(layer, policy, rule)),
        None => Ok(()),
    }
}

#[cfg(test)]
#[path = "authorize_tests.rs"]
mod tests;
