//! A plan as a file: saved once, carried out later or refused.

use std::collections::BTreeSet;

use landfall_stacks::Digest;
use serde_json::{Map, Value, json};

use crate::{Action, PLAN_VERSION, Plan, PlanError, StepId};

const VERSION: &str = "landfall_plan";
const DIGEST: &str = "digest";
const PLAN: &str = "plan";

impl Plan {
    /// The plan as JSON, with its version and the digest of all of it.
    ///
    /// # Errors
    /// The plan is no JSON: a bug in Landfall.
    pub fn save(&self) -> Result<String, PlanError> {
        let plan = serde_json::to_value(self).map_err(|error| PlanError::Unreadable(error.to_string()))?;
        let digest = Digest::of(plan.to_string());
        let envelope = json!({ VERSION: PLAN_VERSION, DIGEST: digest, PLAN: plan });
        let mut text =
            serde_json::to_string_pretty(&envelope).map_err(|error| PlanError::Unreadable(error.to_string()))?;
        text.push('\n');
        Ok(text)
    }

    /// Reads a saved plan back. It comes out exactly as it went in, or not at all.
    ///
    /// # Errors
    /// No JSON, another version, a digest that does not match, a plan that contradicts itself.
    pub fn load(text: &str) -> Result<Self, PlanError> {
        let unreadable = |error: serde_json::Error| PlanError::Unreadable(error.to_string());
        let mut envelope: Map<String, Value> = serde_json::from_str(text).map_err(unreadable)?;
        // The version comes first: another version may have another envelope too.
        let version = envelope.get(VERSION).and_then(Value::as_u64);
        match version {
            Some(found) if found == u64::from(PLAN_VERSION) => {}
            Some(found) => return Err(PlanError::Version { found, wanted: PLAN_VERSION }),
            None => return Err(PlanError::Unreadable(format!("it has no `{VERSION}`"))),
        }
        let plan = envelope.remove(PLAN).ok_or_else(|| PlanError::Unreadable(format!("it has no `{PLAN}`")))?;
        let digest = Digest::of(plan.to_string());
        if envelope.get(DIGEST).and_then(Value::as_str) != Some(digest.as_str()) {
            return Err(PlanError::Edited);
        }
        let plan: Self = serde_json::from_value(plan).map_err(unreadable)?;
        if plan.version != PLAN_VERSION {
            return Err(PlanError::Version { found: u64::from(plan.version), wanted: PLAN_VERSION });
        }
        plan.check()?;
        Ok(plan)
    }
}

/// Why a saved plan is not carried out any more.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the saved plan is stale: {}; make a new one with `landfall plan`", .0.join("; "))]
pub struct Stale(
    /// What changed since, as fragments. Never empty.
    pub Vec<String>,
);

/// How many changed steps are named; the rest is counted.
const NAMED: usize = 5;

/// Checks that a saved plan is still the plan that would be made now, from the same folder and for the same request.
///
/// # Errors
/// The organization or the configuration changed since; it says how.
pub fn check_fresh(saved: &Plan, fresh: &Plan) -> Result<(), Stale> {
    let mut changed = Vec::new();
    if (&saved.organization, &saved.management_id) != (&fresh.organization, &fresh.management_id) {
        changed.push(format!(
            "it is for organization {} with management account {}, and this is {} with {}",
            saved.organization, saved.management_id, fresh.organization, fresh.management_id
        ));
    }
    if saved.request() != fresh.request() {
        changed.push("it was made for another mode or other targets".to_owned());
    }
    if saved.fingerprint.desired != fresh.fingerprint.desired {
        changed.push("the configuration, or the version of Landfall that reads it, changed since".to_owned());
    }
    if saved.fingerprint.observed != fresh.fingerprint.observed {
        changed.push("what stands in the organization changed since".to_owned());
    }
    if changed.is_empty() {
        return Ok(());
    }
    changed.extend(steps(saved, fresh));
    Err(Stale(changed))
}

/// What would be done otherwise now.
fn steps(saved: &Plan, fresh: &Plan) -> Vec<String> {
    let ids: BTreeSet<&StepId> = saved.steps.keys().chain(fresh.steps.keys()).collect();
    let mut differing: Vec<String> = ids
        .into_iter()
        .filter_map(|id| {
            let verb = |plan: &Plan| plan.steps.get(id).map(|step| verb(&step.action));
            match (saved.steps.get(id), fresh.steps.get(id)) {
                (Some(before), Some(now)) if before.action == now.action => None,
                _ => match (verb(saved), verb(fresh)) {
                    (Some(before), Some(now)) if before == now => {
                        Some(format!("{id} was to be {before}, and would be {now} otherwise now"))
                    }
                    (Some(before), Some(now)) => Some(format!("{id} was to be {before}, and would be {now} now")),
                    (Some(before), None) => Some(format!("{id} was to be {before}, and would be left as it is now")),
                    (None, Some(now)) => Some(format!("{id} was to be left as it is, and would be {now} now")),
                    (None, None) => None,
                },
            }
        })
        .collect();
    let more = differing.len().saturating_sub(NAMED);
    differing.truncate(NAMED);
    if more > 0 {
        differing.push(format!("and {more} steps more"));
    }
    differing
}

fn verb(action: &Action) -> &'static str {
    match action {
        Action::CreateOrganization
        | Action::CreateUnit { .. }
        | Action::CreateAccount { .. }
        | Action::CreateStack { replaces: None, .. }
        | Action::CreateGuardrail { .. } => "created",
        Action::CreateStack { replaces: Some(_), .. } => "replaced",
        Action::AwaitAccount { .. } => "waited for",
        Action::MoveAccount { .. } => "changed",
        Action::TagAccount { .. } => "set",
        Action::UpdateStack { .. } | Action::UpdateGuardrail { .. } => "updated",
        Action::EnablePolicyType { .. } => "enabled",
        Action::AttachGuardrail { .. } => "attached",
        Action::DetachGuardrail { .. } => "taken off",
        Action::RepairIdentities { .. } | Action::RevertDrift { .. } => "repaired",
        Action::AdoptStack { .. } => "adopted",
        Action::DeleteStack { .. } | Action::DeleteGuardrail { .. } => "deleted",
        Action::RecordGuardrail { .. } | Action::RecordOrganization { .. } => "noted",
    }
}

#[cfg(test)]
mod tests {
    use landfall_model::Kind;

    use super::*;
    use crate::tests::world::{World, boundary, foundation, role, stack};
    use crate::{Contradiction, Mode, Request, StackStatus};

    fn world() -> World {
        let foundation = foundation(&[("management", None), ("data", Some("prod"))]);
        World::new(&foundation, vec![boundary("data"), role("data", "etl"), stack("data", Kind::BreakGlass, None)])
    }

    #[test]
    fn a_plan_comes_back_as_it_was_saved() {
        let plan = world().plan(Mode::Apply);
        let text = plan.save().unwrap();
        assert_eq!(Plan::load(&text).unwrap(), plan);
        assert_eq!(Plan::load(&text).unwrap().save().unwrap(), text);
    }

    #[test]
    fn an_edited_plan_is_refused() {
        let text = world().plan(Mode::Apply).save().unwrap();
        let edited = text.replace("aws+data@acme.example", "eve+data@acme.example");
        assert_ne!(edited, text);
        assert_eq!(Plan::load(&edited), Err(PlanError::Edited));
    }

    #[test]
    fn another_version_is_refused_whatever_else_is_in_it() {
        assert_eq!(Plan::load(r#"{"landfall_plan": 2}"#), Err(PlanError::Version { found: 2, wanted: 1 }));
        assert!(matches!(Plan::load("{}"), Err(PlanError::Unreadable(_))));
        assert!(matches!(Plan::load("no json"), Err(PlanError::Unreadable(_))));
    }

    #[test]
    fn a_contradictory_plan_is_refused_though_its_digest_is_right() {
        let mut plan = world().plan(Mode::Apply);
        plan.templates.clear();
        let error = Plan::load(&plan.save().unwrap()).unwrap_err();
        assert!(matches!(error, PlanError::Contradiction(Contradiction::MissingTemplate { .. })), "{error}");
    }

    #[test]
    fn the_same_world_is_fresh_and_progress_does_not_make_it_stale() {
        let mut world = world();
        world.settle();
        world.live("data", "acme-boundary").status = StackStatus::UpdateInProgress;
        let saved = world.plan(Mode::Apply);
        world.live("data", "acme-boundary").status = StackStatus::UpdateComplete;
        world.live("data", "acme-boundary").reason = Some("done".to_owned());
        world.live("data", "acme-boundary").outputs.insert("A".to_owned(), "b".to_owned());
        assert_eq!(check_fresh(&saved, &world.plan(Mode::Apply)), Ok(()));
    }

    #[test]
    fn staleness_says_what_changed() {
        let mut world = world();
        let saved = world.plan(Mode::Apply);
        world.settle();
        let stale = check_fresh(&saved, &world.plan(Mode::Apply)).unwrap_err();
        insta::assert_snapshot!(stale.0.join("\n"), @r"
        what stands in the organization changed since
        organization was to be created, and would be left as it is now
        unit prod was to be created, and would be left as it is now
        account data was to be created, and would be left as it is now
        placement of data was to be changed, and would be left as it is now
        tags of management was to be set, and would be left as it is now
        and 4 steps more
        ");
        let other = world.with(vec![boundary("data"), role("data", "etl")]);
        let stale = check_fresh(&world.plan(Mode::Apply), &other.plan(Mode::Apply)).unwrap_err();
        insta::assert_snapshot!(
            stale,
            @"the saved plan is stale: the configuration, or the version of Landfall that reads it, changed since; make a new one with `landfall plan`"
        );
    }

    #[test]
    fn a_restricted_plan_remembers_its_request_and_does_not_mind_the_rest() {
        let mut world = world();
        world.settle();
        let request = Request::new(Mode::Apply).target("kind:break-glass".parse().unwrap());
        let saved = Plan::load(&world.ask(&request).unwrap().save().unwrap()).unwrap();
        assert_eq!(saved.request(), request);
        world.live("data", "acme-boundary").id.push('2');
        assert_eq!(check_fresh(&saved, &world.ask(&saved.request()).unwrap()), Ok(()));
        assert!(check_fresh(&saved, &world.plan(Mode::Apply)).is_err());
        world.live("data", "acme-break-glass").id.push('2');
        assert!(check_fresh(&saved, &world.ask(&saved.request()).unwrap()).is_err());
    }
}
