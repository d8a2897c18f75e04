//! Notes of what was applied: looked at once more, and then written.

use std::collections::{BTreeMap, BTreeSet};

use landfall_model::{AccountId, AccountName, UnitPath};
use landfall_plan::{Applied, GuardrailTarget, TAG_APPLIED, tag_applied};
use landfall_stacks::GuardrailKey;

use crate::Outcome;
use crate::failure::{Failure, Progress};
use crate::limit::Endpoint;
use crate::retry::Phase;
use crate::run::Work;
use crate::sight::missing;

const ENDPOINT: Endpoint = Endpoint::Organizations;

impl Work {
    /// Notes on a guardrail what was applied, once it is attached to all that the plan says and to nothing else.
    pub(crate) async fn record_guardrail(
        &self,
        key: &GuardrailKey,
        policy: Option<&str>,
        targets: &BTreeSet<GuardrailTarget>,
        applied: &Applied,
    ) -> Progress<Outcome> {
        let policy = match policy {
            Some(policy) => policy.to_owned(),
            None => self.run.guardrail(key)?,
        };
        let wanted: BTreeSet<String> =
            targets.iter().map(|target| self.run.guarded(target)).collect::<Progress<_>>()?;
        let organizations = self.run.cloud.organizations();
        let elsewhere = missing(|| async {
            let on = self.call(&ENDPOINT, Phase::Read, || organizations.guarded(&policy)).await;
            let on = on.map_err(|fault| Failure::call("what the guardrail is attached to could not be read", fault))?;
            Ok((on != wanted).then_some(()))
        });
        if elsewhere.await?.is_none() {
            return self.note(&policy, TAG_APPLIED.to_owned(), applied).await;
        }
        Err(Failure::new(format!("guardrail {} is not attached to what it was attached to", key.name))
            .hint("something else may be changing the organization's policies: look at CloudTrail, then run again"))
    }

    /// Notes on the management account what was applied, once every account that was moved is seen where it shall be.
    pub(crate) async fn record_organization(
        &self,
        placed: &BTreeMap<AccountName, Option<UnitPath>>,
        applied: &Applied,
    ) -> Progress<Outcome> {
        let mut by_unit: BTreeMap<&str, BTreeMap<AccountId, &AccountName>> = BTreeMap::new();
        for (name, unit) in placed {
            let here = by_unit.entry(unit.as_ref().map_or("", UnitPath::as_str)).or_default();
            here.insert(self.run.account(name)?, name);
        }
        let organizations = self.run.cloud.organizations();
        // A call a unit, not an account.
        for (path, moved) in by_unit {
            let unit = self.run.unit(path)?;
            let elsewhere = missing(|| async {
                let here = self.call(&ENDPOINT, Phase::Read, || organizations.accounts_in(&unit)).await;
                let here = here.map_err(|fault| Failure::call("the accounts of a unit could not be listed", fault))?;
                Ok(moved.iter().find(|(id, _)| !here.contains(id)).map(|(_, name)| *name))
            });
            if let Some(name) = elsewhere.await? {
                return Err(Failure::new(format!("account {name} does not stand where it was moved to"))
                    .hint("something else may be moving accounts: look at CloudTrail, then run again"));
            }
        }
        let tag = tag_applied(&self.run.plan.organization);
        self.note(self.run.plan.management_id.as_str(), tag, applied).await
    }

    async fn note(&self, resource: &str, tag: String, applied: &Applied) -> Progress<Outcome> {
        let tags = BTreeMap::from([(tag, applied.to_string())]);
        let organizations = self.run.cloud.organizations();
        self.call(&ENDPOINT, Phase::Idempotent, || organizations.tag(resource, &tags))
            .await
            .map(|()| Outcome::Done)
            .map_err(|fault| Failure::call("what was applied could not be noted", fault))
    }
}
