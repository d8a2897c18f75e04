//! A role that stands otherwise.

use landfall_model::{Naming, Part, Writing, value_at};
use landfall_stacks::Stack;
use serde_json::{Value, json};

use super::conditions::duration;
use super::ground::{Ground, texts};
use super::proposal::Proposal;
use super::refusal::Unsayable;
use super::role_ground::RoleGround;
use super::{inline, trust};
use crate::Drift;
use crate::repair::HOLD;

/// How a drift of a role would be said.
pub(super) fn role<'g>(
    ground: &'g Ground<'g>,
    stack: &'g Stack,
    drift: &Drift,
    all: &[&Drift],
) -> Result<Proposal, Unsayable> {
    let here = RoleGround::of(ground, stack, &drift.subject.name)?;
    if here.live().is_some_and(|inline| inline.keys().any(|policy| policy.as_str() == HOLD)) {
        return Err(Unsayable::CutOff);
    }
    let (wanted, property) = (&here.role, drift.property.as_str());
    match property {
        "MaxSessionDuration" => here.unless_said(drift, &json!(wanted.max_session), RoleGround::session),
        "ManagedPolicyArns" => here.unless_said(drift, &json!(wanted.attached), RoleGround::managed),
        "PermissionsBoundary" => here.unless_said(drift, &json!(wanted.boundary), RoleGround::boundary),
        "AssumeRolePolicyDocument" => trust::trust(&here, drift),
        "Description" => Err(Unsayable::NoWords("a description follows from the entry")),
        "Path" => Err(Unsayable::NoWords("everything of Landfall's stands under the organization's own path")),
        _ => match property.split_once('/') {
            Some(("Policies", policy)) => inline::inline(&here, policy, drift, all),
            Some(("Tags", tag)) => here.tag(tag, drift),
            _ => Err(Unsayable::NoWords("it follows from the entry")),
        },
    }
}

impl RoleGround<'_> {
    /// What the folder wants of a property decides: it may say it already, or may have changed it as well.
    fn unless_said(
        &self,
        drift: &Drift,
        wanted: &Value,
        say: impl FnOnce(&Self, &Value) -> Result<Writing, Unsayable>,
    ) -> Result<Proposal, Unsayable> {
        if *wanted == drift.live {
            return Ok(Proposal::Said);
        }
        if *wanted != drift.desired {
            return Err(Unsayable::Changed);
        }
        say(self, &drift.live).map(Proposal::write)
    }

    fn session(&self, live: &Value) -> Result<Writing, Unsayable> {
        let words = Unsayable::NoWords("`max_session:` is a key of cross-account, federated and emergency roles");
        let item = self.words.session.ok_or(words)?;
        let seconds = live.as_u64().ok_or_else(|| Unsayable::inexact("it is no number of seconds"))?;
        Ok(Writing::Item { item, parts: vec![Part::set("max_session", duration(seconds))] })
    }

    fn managed(&self, live: &Value) -> Result<Writing, Unsayable> {
        let list = self.words.managed.last();
        let words = Unsayable::NoWords("the managed policies of this role follow from what it is for");
        let own = list.ok_or(words)?;
        let live = texts(live);
        // Those of a team stand in front of a job's own.
        let written = || self.words.managed.iter().flat_map(|list| list.arns.iter().map(|arn| arn.as_str()));
        let missing: Vec<&str> =
            self.role.attached.iter().map(String::as_str).filter(|arn| !live.contains(arn)).collect();
        if missing.iter().any(|arn| !written().any(|one| one == *arn)) {
            return Err(Unsayable::Fixed("a managed policy that every such role has"));
        }
        let list = self.words.managed.iter().find(|list| list.arns.iter().any(|arn| missing.contains(&arn.as_str())));
        let list = list.unwrap_or(own);
        let mut arns: Vec<&str> = list.arns.iter().map(|arn| arn.as_str()).filter(|arn| live.contains(arn)).collect();
        if list.item == own.item {
            arns.extend(live.iter().copied().filter(|arn| !self.role.attached.contains(*arn)));
        }
        Ok(Writing::Item { item: list.item, parts: vec![Part::filled(list.key, json!(arns))] })
    }

    fn boundary(&self, live: &Value) -> Result<Writing, Unsayable> {
        let item = self.words.item.ok_or(Unsayable::NoWords("the role has a boundary of its own"))?;
        let arn = live.as_str().ok_or(Unsayable::NoWords("no role stands without a boundary"))?;
        let naming = Naming::new(&self.ground.foundation().organization.name);
        let path = ["policy", self.role.path.as_str()].concat();
        let named = |name: &&landfall_model::BoundaryName| {
            let policy = naming.boundary(name);
            let account = self.ground.ids.get(&self.stack.key.account);
            policy.ok().zip(account).is_some_and(|(policy, account)| {
                let resource = [path.as_str(), policy.as_str()].concat();
                landfall_model::Arn::iam(self.stack.key.region.partition(), account, &resource).as_str() == arn
            })
        };
        let name = self.ground.foundation().boundaries.keys().find(named);
        let name = name.ok_or(Unsayable::NoWords("the policy is none of `boundaries:`"))?;
        Ok(Writing::Item { item, parts: vec![Part::set("boundary", name.as_str())] })
    }

    fn tag(&self, tag: &str, drift: &Drift) -> Result<Proposal, Unsayable> {
        if tag.starts_with("landfall:") {
            return Err(Unsayable::NoWords("by this tag Landfall knows its own"));
        }
        let wanted = self.role.tags.get(tag);
        if json!(wanted) == drift.live {
            return Ok(Proposal::Said);
        }
        if json!(wanted) != drift.desired {
            return Err(Unsayable::Changed);
        }
        let shared = Unsayable::NoWords("`organization.tags` go to everything that Landfall makes, not to one role");
        let item = self.words.tags.ok_or_else(|| shared.clone())?;
        let mut tags = match value_at(&self.ground.folder.sources, item, &["tags"]) {
            Some(Value::Object(tags)) => tags,
            _ => serde_json::Map::new(),
        };
        match drift.live.as_str() {
            Some(value) => drop(tags.insert(tag.to_owned(), json!(value))),
            None => drop(tags.shift_remove(tag).ok_or(shared)?),
        }
        Ok(Proposal::write(Writing::Item { item, parts: vec![Part::filled("tags", Value::Object(tags))] }))
    }
}
