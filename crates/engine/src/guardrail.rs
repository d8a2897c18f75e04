//! Guardrails: policies of the organization, and what they are attached to.

use std::time::Duration;

use landfall_model::GuardrailKind;
use landfall_plan::{Cause, GuardrailSpec, GuardrailTarget, same_document};
use landfall_stacks::{GuardrailKey, TAG_ORGANIZATION};
use serde_json::Value;
use tokio::time::Instant;

use crate::failure::{Failure, Progress};
use crate::limit::Endpoint;
use crate::once::Effect;
use crate::port::{GuardrailContent, NewGuardrail};
use crate::retry::Phase;
use crate::run::Work;
use crate::sight::missing;
use crate::{FaultKind, Outcome};

const ENDPOINT: Endpoint = Endpoint::Organizations;

/// How long an enabled type is waited for. What comes too early after that is tried again anyway.
const ENABLING: Duration = Duration::from_secs(30);

impl Work {
    /// Enables a type of policy, and waits until the root shows it.
    pub(crate) async fn enable_policy_type(&self, kind: GuardrailKind) -> Progress<Outcome> {
        let root = self.run.unit("")?;
        let organizations = self.run.cloud.organizations();
        let outcome = match self.again(|| organizations.enable_policy_type(&root, kind)).await {
            Ok(()) => Outcome::Done,
            Err(fault) if fault.kind == FaultKind::AlreadyExists => Outcome::Unchanged,
            Err(fault) => {
                let failure = Failure::call(&format!("policies of type {kind} could not be enabled"), fault);
                return Err(
                    failure.hint("guardrails need an organization with all features: enable them, then run again")
                );
            }
        };
        let began = Instant::now();
        loop {
            let seen = self.call(&ENDPOINT, Phase::Read, || organizations.describe()).await;
            let seen = seen.map_err(|fault| Failure::call("the organization could not be looked at", fault))?;
            let shown = seen.is_some_and(|organization| organization.policy_types.contains(&kind));
            if shown || began.elapsed() >= ENABLING {
                return Ok(outcome);
            }
            tokio::time::sleep(Duration::from_secs(2)).await;
        }
    }

    /// Makes a guardrail, or takes the one that an earlier run made, and reads it back.
    pub(crate) async fn create_guardrail(&self, key: &GuardrailKey, spec: &GuardrailSpec) -> Progress<Outcome> {
        let request = NewGuardrail {
            kind: key.kind,
            name: key.name.clone(),
            content: self.guardrail_content(spec)?,
            tags: spec.tags.clone(),
        };
        let organizations = self.run.cloud.organizations();
        let made =
            self.once(|| organizations.create_guardrail(&request), || self.guardrail_standing(key, spec)).await?;
        let id = match made.map_err(|fault| Failure::call("the guardrail could not be made", fault))? {
            Effect::Made(id) => id,
            Effect::Found(id) => {
                self.write_guardrail(&id, &request.content).await?;
                id
            }
        };
        self.run.learn_guardrail(key, id.clone());
        self.guardrail_read_back(&id, &request.content).await?;
        Ok(Outcome::Done)
    }

    fn guardrail_content(&self, spec: &GuardrailSpec) -> Progress<GuardrailContent> {
        let content = spec.text.of(&self.run.organization()?);
        Ok(GuardrailContent { description: spec.description.clone(), content })
    }

    /// The id of a policy of ours that has the name already.
    async fn guardrail_standing(&self, key: &GuardrailKey, spec: &GuardrailSpec) -> Progress<Option<String>> {
        let organizations = self.run.cloud.organizations();
        let unread = |fault| Failure::call("the guardrails could not be listed", fault);
        let all = self.call(&ENDPOINT, Phase::Read, || organizations.guardrails(key.kind)).await.map_err(unread)?;
        let Some((id, _)) = all.into_iter().find(|(_, name)| name == key.name.as_str()) else { return Ok(None) };
        let tags = self.call(&ENDPOINT, Phase::Read, || organizations.tags(&id)).await.map_err(unread)?;
        if tags.get(TAG_ORGANIZATION) == spec.tags.get(TAG_ORGANIZATION) {
            return Ok(Some(id));
        }
        Err(Failure::new(format!("policy {id} has the name {}, and is not Landfall's", key.name))
            .hint("delete or rename it, then run again"))
    }

    /// Changes a guardrail in place.
    pub(crate) async fn update_guardrail(&self, policy: &str, spec: &GuardrailSpec) -> Progress<Outcome> {
        let content = self.guardrail_content(spec)?;
        self.write_guardrail(policy, &content).await?;
        if self.step()?.causes.contains(&Cause::SettingsChanged) {
            let organizations = self.run.cloud.organizations();
            self.again(|| organizations.tag(policy, &spec.tags))
                .await
                .map_err(|fault| Failure::call("the guardrail could not be tagged", fault))?;
        }
        self.guardrail_read_back(policy, &content).await?;
        Ok(Outcome::Done)
    }

    async fn write_guardrail(&self, policy: &str, content: &GuardrailContent) -> Progress<()> {
        let organizations = self.run.cloud.organizations();
        self.again(|| organizations.update_guardrail(policy, content))
            .await
            .map_err(|fault| Failure::call("the guardrail could not be changed", fault))
    }

    /// What stands must say what was written; it may take a moment to be seen.
    async fn guardrail_read_back(&self, policy: &str, wanted: &GuardrailContent) -> Progress<()> {
        let organizations = self.run.cloud.organizations();
        let json = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_else(|_| Value::String(text.to_owned()));
        let wanted = json(&wanted.content);
        let otherwise = missing(|| async {
            let read = self.call(&ENDPOINT, Phase::Read, || organizations.guardrail(policy)).await;
            let read = read.map_err(|fault| Failure::call("the guardrail could not be read back", fault))?;
            Ok((!read.is_some_and(|read| same_document(&json(&read.content), &wanted))).then_some(()))
        });
        if otherwise.await?.is_none() {
            return Ok(());
        }
        Err(Failure::new(format!("policy {policy} does not say what was written to it"))
            .hint("something else may be changing the organization's policies: look at CloudTrail, then run again"))
    }

    /// Attaches a guardrail.
    pub(crate) async fn attach_guardrail(
        &self,
        key: &GuardrailKey,
        policy: Option<&str>,
        target: &GuardrailTarget,
    ) -> Progress<Outcome> {
        let policy = match policy {
            Some(policy) => policy.to_owned(),
            None => self.run.guardrail(key)?,
        };
        let id = self.run.guarded(target)?;
        let organizations = self.run.cloud.organizations();
        match self.again(|| organizations.attach_guardrail(&policy, &id)).await {
            Ok(()) => Ok(Outcome::Done),
            Err(fault) if fault.kind == FaultKind::AlreadyExists => Ok(Outcome::Unchanged),
            Err(fault) if fault.kind == FaultKind::LimitExceeded => {
                Err(Failure::call(&format!("the guardrail could not be attached to {target}"), fault)
                    .hint("take a policy off there that Landfall does not own, or attach some guardrails higher up"))
            }
            Err(fault) => Err(Failure::call(&format!("the guardrail could not be attached to {target}"), fault)),
        }
    }

    /// Takes a guardrail off. The last service control policy of a target stays: without any, nothing is allowed there.
    pub(crate) async fn detach_guardrail(&self, key: &GuardrailKey, policy: &str, target: &str) -> Progress<Outcome> {
        let organizations = self.run.cloud.organizations();
        let on = self.call(&ENDPOINT, Phase::Read, || organizations.guardrails_on(target, key.kind)).await;
        let on = match on {
            Ok(on) => on,
            Err(fault) if fault.kind == FaultKind::NotFound => return Ok(Outcome::Unchanged),
            Err(fault) => return Err(Failure::call("the guardrails of the target could not be listed", fault)),
        };
        if key.kind == GuardrailKind::ServiceControl && on.len() == 1 && on.contains(policy) {
            return Err(Failure::new(format!("guardrail {} is the last service control policy of {target}", key.name))
                .hint(format!("attach FullAWSAccess (p-FullAWSAccess) to {target}, then run again")));
        }
        match self.again(|| organizations.detach_guardrail(policy, target)).await {
            Ok(()) => Ok(Outcome::Done),
            Err(fault) if fault.kind == FaultKind::NotFound => Ok(Outcome::Unchanged),
            Err(fault) => Err(Failure::call("the guardrail could not be taken off", fault)),
        }
    }

    /// Deletes a guardrail that is attached to nothing any more.
    pub(crate) async fn delete_guardrail(&self, policy: &str) -> Progress<Outcome> {
        let organizations = self.run.cloud.organizations();
        match self.again(|| organizations.delete_guardrail(policy)).await {
            Ok(()) => Ok(Outcome::Done),
            Err(fault) if fault.kind == FaultKind::NotFound => Ok(Outcome::Unchanged),
            Err(fault) => Err(Failure::call("the guardrail could not be deleted", fault)),
        }
    }
}
