//! A plan for a reviewer: what each change comes to for those who have access, told once however many accounts it is
//! made in.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use landfall_model::{AccountName, Kind, StackName};
use landfall_stacks::{Digest, Identities, StackKey, TAG_DIGEST};
use serde_json::Value;

use crate::impact::{Alteration, IdentityImpact, repaired};
use crate::{Action, Cause, Desired, Observed, Plan, Step, StepId, identities_in_words, impacts};

/// The same change of the same stack, or of what stands in IAM, wherever it is made.
#[derive(Debug, Clone, PartialEq)]
pub struct Review {
    /// Where, in the order of the plan.
    pub steps: Vec<StepId>,
    /// The kind, of stacks.
    pub kind: Option<Kind>,
    /// What becomes of them.
    pub alteration: Alteration,
    /// What that comes to; why that cannot be told, where it cannot.
    pub impacts: Result<Vec<IdentityImpact>, String>,
}

/// What makes two changes the same: the stack's name, what it was deployed with, what it shall be, what differs in IAM.
#[derive(PartialEq, Eq, Hash)]
struct Sameness {
    name: Option<StackName>,
    before: Option<String>,
    after: Option<Digest>,
    differences: String,
}

/// The groups of a plan's changes, each with its first stack.
fn groups<'p>(plan: &'p Plan, observed: &Observed) -> IndexMap<Sameness, Vec<&'p Step>> {
    let mut live: BTreeMap<&str, &str> = BTreeMap::new();
    for stack in observed.stacks.values().flatten() {
        // A stack without the tag is like no other.
        live.insert(&stack.id, stack.tags.get(TAG_DIGEST).map_or(stack.id.as_str(), String::as_str));
    }
    let mut groups: IndexMap<Sameness, Vec<&Step>> = IndexMap::new();
    for step in plan.steps.values() {
        let name = match &step.id {
            StepId::Stack(key) => Some(key.name.clone()),
            StepId::Identities(_) => None,
            _ => continue,
        };
        let before = match &step.action {
            Action::CreateStack { .. } => None,
            action => action.stack_id().map(|id| live.get(id).copied().unwrap_or(id).to_owned()),
        };
        let differences = match &step.action {
            Action::RepairIdentities { differences, .. } => {
                let texts = differences.iter().map(|one| format!("{one:?}"));
                without_ids(&texts.collect::<Vec<_>>().join("\n"), plan)
            }
            _ => String::new(),
        };
        let after = step.action.spec().map(|spec| spec.template.clone());
        groups.entry(Sameness { name, before, after, differences }).or_default().push(step);
    }
    groups
}

/// Text of IAM with accounts by their names.
fn without_ids(text: &str, plan: &Plan) -> String {
    plan.account_ids.iter().fold(text.to_owned(), |text, (name, id)| text.replace(id.as_str(), name.as_str()))
}

/// The stacks whose deployed templates a review needs, one for each change that is the same: with the stack's id.
pub fn templates_to_read(plan: &Plan, observed: &Observed) -> Vec<(StackKey, String)> {
    let first = |all: Vec<&Step>| match all.first() {
        Some(step) => match (&step.id, before_counts(step)) {
            (StepId::Stack(key), Some(stack)) => Some((key.clone(), stack.to_owned())),
            _ => None,
        },
        None => None,
    };
    groups(plan, observed).into_values().filter_map(first).collect()
}

/// The id of the stack whose template matters for what a step changes. A stack that only gets other tags or leaves a
/// bad state has no roles that change.
fn before_counts(step: &Step) -> Option<&str> {
    match &step.action {
        Action::UpdateStack { stack, .. } if step.causes.contains(&Cause::TemplateChanged) => Some(stack),
        Action::DeleteStack { stack, .. } => Some(stack),
        _ => None,
    }
}

/// What the changes of a plan come to. `templates` are those of [`templates_to_read`], each with the reason where it could
/// not be read.
pub fn review(
    plan: &Plan,
    desired: &Desired,
    observed: &Observed,
    templates: &BTreeMap<StackKey, Result<String, String>>,
) -> Vec<Review> {
    let reader = Reader { plan, desired, templates };
    let mut out = Vec::new();
    for group in groups(plan, observed).into_values() {
        let Some(step) = group.first() else { continue };
        let (kind, alteration) = match &step.action {
            Action::CreateStack { spec, .. } => (Some(spec.kind), Alteration::Added),
            Action::UpdateStack { spec, .. } => (Some(spec.kind), Alteration::Changed),
            Action::RepairIdentities { .. } => (None, Alteration::Changed),
            Action::DeleteStack { kind, .. } => (Some(*kind), Alteration::Removed),
            _ => continue,
        };
        let steps = group.iter().map(|step| step.id.clone()).collect();
        out.push(Review { steps, kind, alteration, impacts: reader.impacts(step) });
    }
    out
}

struct Reader<'a> {
    plan: &'a Plan,
    desired: &'a Desired,
    templates: &'a BTreeMap<StackKey, Result<String, String>>,
}

impl Reader<'_> {
    fn impacts(&self, step: &Step) -> Result<Vec<IdentityImpact>, String> {
        if let Action::RepairIdentities { differences, .. } = &step.action {
            let named = |value: &Value| -> Value {
                serde_json::from_str(&without_ids(&value.to_string(), self.plan)).unwrap_or_else(|_| value.clone())
            };
            return Ok(repaired(differences, named));
        }
        let StepId::Stack(key) = &step.id else { return Ok(Vec::new()) };
        let before = match before_counts(step) {
            Some(_) => self.read(key, self.templates.get(key).cloned().ok_or("its template was not read")??)?,
            None if matches!(step.action, Action::UpdateStack { .. }) => return Ok(Vec::new()),
            None => Identities::default(),
        };
        let after = match step.action.spec().and_then(|spec| self.plan.templates.get(&spec.template)) {
            Some(template) => self.read(key, template.to_string())?,
            None => Identities::default(),
        };
        Ok(impacts(&before, &after))
    }

    fn read(&self, key: &StackKey, template: String) -> Result<Identities, String> {
        identities_in_words(&template, key, self.desired.partition, self.desired.accounts.keys())
    }
}

impl Review {
    /// The accounts that it is made in.
    pub fn accounts(&self) -> BTreeSet<&AccountName> {
        self.steps.iter().filter_map(StepId::account).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::example::{acme, settled};
    use crate::{Mode, Request};

    /// The example after it was deployed, and then changed.
    fn changed(change: impl FnOnce(&mut landfall_model::Foundation)) -> (Plan, Desired, Observed, Desired) {
        let world = settled();
        let mut foundation = acme();
        change(&mut foundation);
        let synthesis = landfall_stacks::synthesize(&foundation);
        let after = Desired::new(&foundation, synthesis.stacks).guarded(synthesis.guardrails);
        let graph = crate::Graph::of(&after).unwrap();
        let plan = crate::plan(&after, &graph, &world.observed, &Request::new(Mode::Prune)).unwrap();
        (plan, after, world.observed, world.desired)
    }

    fn reviewed(change: impl FnOnce(&mut landfall_model::Foundation)) -> (Vec<Review>, usize) {
        let (plan, after, observed, before) = changed(change);
        let wanted = templates_to_read(&plan, &observed);
        let templates =
            wanted.iter().map(|(key, _)| (key.clone(), Ok(before.stacks[key].body.json.to_string()))).collect();
        (review(&plan, &after, &observed, &templates), wanted.len())
    }

    #[test]
    fn one_change_in_many_accounts_is_read_and_told_once() {
        let (reviews, read) = reviewed(|foundation| foundation.cross_account[1].max_session *= 2);
        assert_eq!((reviews.len(), read), (1, 1));
        let review = &reviews[0];
        assert_eq!((review.accounts().len(), review.alteration), (4, Alteration::Changed));
        let impacts = review.impacts.as_ref().unwrap();
        assert_eq!(impacts.len(), 1);
        assert!(impacts[0].trust.is_empty() && impacts[0].access.is_empty(), "{impacts:?}");
        assert_eq!(impacts[0].differences[0].property, "MaxSessionDuration");
    }

    #[test]
    fn a_team_that_goes_is_told_with_what_its_roles_lose() {
        let (reviews, read) = reviewed(|foundation| foundation.teams.retain(|team| team.name.as_str() == "ml"));
        let team = reviews.iter().find(|review| review.kind == Some(Kind::BatchTeam)).unwrap();
        assert_eq!((team.alteration, team.steps.len(), read), (Alteration::Removed, 2, 1));
        let impacts = team.impacts.as_ref().unwrap();
        assert_eq!(impacts.len(), 4);
        assert!(impacts.iter().all(|one| one.alteration == Alteration::Removed && !one.trust.lost.is_empty()));
    }

    #[test]
    fn tags_alone_need_no_template() {
        let (reviews, read) = reviewed(|foundation| {
            foundation.organization.tags.insert(landfall_model::TagKey::new("cost-center").unwrap(), "1".to_owned());
        });
        assert_eq!(read, 0);
        assert!(!reviews.is_empty() && reviews.iter().all(|review| review.impacts == Ok(Vec::new())), "{reviews:?}");
    }

    #[test]
    fn a_template_that_cannot_be_read_is_said() {
        let (plan, after, observed, _) = changed(|foundation| foundation.cross_account[1].max_session *= 2);
        let key = templates_to_read(&plan, &observed)[0].0.clone();
        let templates = BTreeMap::from([(key, Err("AccessDenied".to_owned()))]);
        assert_eq!(review(&plan, &after, &observed, &templates)[0].impacts, Err("AccessDenied".to_owned()));
    }
}
