//! The organization's own steps: itself, its units, and where accounts stand.

use std::collections::BTreeMap;

use landfall_model::{AccountName, UnitPath};
use landfall_plan::ObservedOrganization;

use crate::failure::{Failure, Progress};
use crate::limit::Endpoint;
use crate::once::Effect;
use crate::retry::Phase;
use crate::run::Work;
use crate::{FaultKind, Outcome};

const ENDPOINT: Endpoint = Endpoint::Organizations;

impl Work {
    async fn described(&self) -> Progress<Option<ObservedOrganization>> {
        let organizations = self.run.cloud.organizations();
        self.call(&ENDPOINT, Phase::Read, || organizations.describe())
            .await
            .map_err(|fault| Failure::call("the organization could not be looked at", fault))
    }

    /// Makes the organization, or takes the one that is there: some endpoints have one from the first call on.
    pub(crate) async fn create_organization(&self) -> Progress<Outcome> {
        if let Some(found) = self.described().await? {
            return self.adopt(found, Outcome::Unchanged);
        }
        let organizations = self.run.cloud.organizations();
        match self.once(|| organizations.create(), || self.described()).await? {
            Ok(effect) => self.adopt(effect.standing(), Outcome::Done),
            Err(fault) => Err(Failure::call("the organization could not be made", fault)),
        }
    }

    fn adopt(&self, found: ObservedOrganization, outcome: Outcome) -> Progress<Outcome> {
        let wanted = &self.run.plan.management_id;
        if found.management != *wanted {
            let management = &found.management;
            return Err(Failure::new(format!(
                "the account belongs to an organization that account {management} manages, and {wanted} shall manage it"
            ))
            .hint("use the credentials of the management account, or correct `management_account`"));
        }
        self.run.learn_organization(found.id, found.root);
        Ok(outcome)
    }

    async fn child(&self, parent: &str, name: &str) -> Progress<Option<String>> {
        let organizations = self.run.cloud.organizations();
        let units = self.call(&ENDPOINT, Phase::Read, || organizations.units(parent)).await;
        let units = units.map_err(|fault| Failure::call("the units could not be listed", fault))?;
        Ok(units.into_iter().find(|(_, other)| other == name).map(|(id, _)| id))
    }

    /// Makes a unit. AWS refuses a second one of the same name below the same parent; where it does not, looking first
    /// does.
    pub(crate) async fn create_unit(&self, path: &UnitPath, tags: &BTreeMap<String, String>) -> Progress<Outcome> {
        let parent = path.parent();
        let parent = self.run.unit(parent.as_ref().map_or("", UnitPath::as_str))?;
        let (id, outcome) = match self.child(&parent, path.name()).await? {
            Some(id) => (id, Outcome::Unchanged),
            None => (self.make_unit(&parent, path, tags).await?, Outcome::Done),
        };
        self.run.learn_unit(path.as_str(), id);
        Ok(outcome)
    }

    async fn make_unit(&self, parent: &str, path: &UnitPath, tags: &BTreeMap<String, String>) -> Progress<String> {
        let organizations = self.run.cloud.organizations();
        let make = || organizations.create_unit(parent, path.name(), tags);
        let made = self.once(make, || self.child(parent, path.name())).await?;
        made.map(Effect::standing).map_err(|fault| Failure::call("the unit could not be made", fault))
    }

    /// Moves an account into its unit, from wherever it stands by now.
    pub(crate) async fn move_account(&self, account: &AccountName, to: Option<&UnitPath>) -> Progress<Outcome> {
        let id = self.run.account(account)?;
        let to = self.run.unit(to.map_or("", UnitPath::as_str))?;
        let organizations = self.run.cloud.organizations();
        let place = || async {
            let from = self.call(&ENDPOINT, Phase::Read, || organizations.parent_of(&id)).await;
            from.map_err(|fault| Failure::call("the account's place could not be read", fault))
        };
        // Twice, since somebody else may move the account in between.
        for last in [false, true] {
            let from = place().await?;
            if from == to {
                return Ok(Outcome::Unchanged);
            }
            let there = || async { Ok((place().await? == to).then_some(())) };
            match self.once(|| organizations.move_account(&id, &from, &to), there).await? {
                Ok(_) => return Ok(Outcome::Done),
                Err(fault) if !last && fault.kind == FaultKind::NotFound => {}
                Err(fault) => return Err(Failure::call("the account could not be moved", fault)),
            }
        }
        Ok(Outcome::Unchanged)
    }

    /// Sets tags on an account.
    pub(crate) async fn tag_account(
        &self,
        account: &AccountName,
        tags: &BTreeMap<String, String>,
    ) -> Progress<Outcome> {
        let id = self.run.account(account)?;
        let organizations = self.run.cloud.organizations();
        self.call(&ENDPOINT, Phase::Idempotent, || organizations.tag(id.as_str(), tags))
            .await
            .map(|()| Outcome::Done)
            .map_err(|fault| Failure::call("the account could not be tagged", fault))
    }
}
