//! What of the drift can be said in the configuration, so that what stands is what shall stand.

use std::collections::{BTreeMap, BTreeSet};

use landfall_model::{ItemEdit, Kind, Place};
use landfall_stacks::StackKey;
use serde_json::Value;

use crate::diff::{Comparison, Presences, check_organization};
use crate::{Desired, Difference, Drift, Mode, Observed, PlanError, StepId, SubjectKind};

/// A drift as edits of the item that owns it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Concession {
    /// The item.
    pub place: Place,
    /// What is written there.
    pub edits: Vec<ItemEdit>,
}

/// Why a drift cannot be said in the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unsayable {
    /// Nothing in the configuration says such a thing.
    #[error("the configuration has no way to say it")]
    NoWay,
    /// It takes something away that the configuration gives.
    #[error("it takes away what the configuration gives, and only a person can tell where that stands")]
    TakesAway,
    /// It would change more than what drifted.
    #[error("saying it would change other roles too")]
    Others,
}

/// A drift as edits. Whether they say that and nothing else is for [`says_only`] to tell.
///
/// # Errors
/// Why there are none.
pub fn concession(desired: &Desired, drift: &Drift) -> Result<Concession, Unsayable> {
    let StepId::Stack(key) = &drift.owner else { return Err(Unsayable::NoWay) };
    let stack = desired.stacks.get(key).ok_or(Unsayable::NoWay)?;
    if drift.subject.kind != SubjectKind::Role {
        return Err(Unsayable::NoWay);
    }
    let edits = match drift.property.as_str() {
        "MaxSessionDuration" if matches!(stack.kind, Kind::CrossAccount | Kind::Federation | Kind::BreakGlass) => {
            let seconds = drift.live.as_u64().ok_or(Unsayable::NoWay)?;
            vec![ItemEdit::Set { key: "max_session", value: duration(seconds) }]
        }
        "ManagedPolicyArns" => {
            let (desired, live) = (texts(&drift.desired), texts(&drift.live));
            if !desired.is_subset(&live) {
                return Err(Unsayable::TakesAway);
            }
            let more = live.difference(&desired);
            more.map(|policy| ItemEdit::Add { key: "managed_policies", value: policy.clone() }).collect()
        }
        _ => return Err(Unsayable::NoWay),
    };
    Ok(Concession { place: stack.place, edits })
}

/// Whether an edited configuration differs from what stands as the one before does, but for what was conceded.
///
/// # Errors
/// As for [`crate::plan`].
pub fn says_only(
    before: &Desired,
    after: &Desired,
    observed: &Observed,
    conceded: &[&Drift],
) -> Result<bool, PlanError> {
    let (mut was, is) = (differences(before, observed)?, differences(after, observed)?);
    for drift in conceded {
        if let (StepId::Stack(key), Some(difference)) = (&drift.owner, drift.difference())
            && let Some(all) = was.get_mut(key)
        {
            all.retain(|one| {
                (one.kind, &one.name, &one.property) != (difference.kind, &difference.name, &difference.property)
            });
        }
    }
    Ok(was == is)
}

/// What differs in IAM, by stack.
fn differences(desired: &Desired, observed: &Observed) -> Result<BTreeMap<StackKey, Vec<Difference>>, PlanError> {
    let management = check_organization(desired, observed)?;
    let presences = Presences::of(desired, observed, &management, Mode::Apply)?;
    let ids = presences.ids((&desired.management, &management));
    let organization = observed.organization.as_ref().map(|organization| &organization.id);
    let mut comparison = Comparison::new(desired, &ids, organization);
    let mut out = BTreeMap::new();
    for (key, stack) in &desired.stacks {
        let Some(live) = observed.identities.get(&key.account) else { continue };
        let found = comparison.of(stack, live).map(|compared| compared.differences);
        out.insert(key.clone(), found.unwrap_or_default());
    }
    Ok(out)
}

/// Seconds as the configuration has them.
fn duration(seconds: u64) -> String {
    match seconds {
        _ if seconds.is_multiple_of(3_600) => format!("{}h", seconds / 3_600),
        _ if seconds.is_multiple_of(60) => format!("{}m", seconds / 60),
        _ => format!("{seconds}s"),
    }
}

fn texts(value: &Value) -> BTreeSet<String> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}
