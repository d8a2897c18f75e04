//! What drifted, for programs: `docs/drift.schema.json` describes it.

use landfall_model::Place;
use landfall_plan::{Class, Drift, StepId};
use serde_json::{Value, json};

use super::Drifted;
use crate::report::Files;

/// The version of the form. It grows when something in it goes away or changes its meaning.
const VERSION: u32 = 1;

/// The report.
pub(super) fn report(drifted: &Drifted<'_>) -> Value {
    let report = drifted.report;
    let drifts: Vec<Value> = report.drifts.iter().map(|drift| one(drifted, drift)).collect();
    let named = |id: &StepId| json!(id.to_string());
    json!({
        "version": VERSION,
        "organization": drifted.desired.organization,
        "organization_id": drifted.observed.organization.as_ref().map(|organization| &organization.id),
        "summary": {
            "dangerous": report.count(Class::Dangerous),
            "repairable": report.count(Class::Repairable),
            "benign": report.count(Class::Benign),
            "sightings": report.sightings.len(),
            "unread": report.unread.len() + report.not_compared.len(),
            "pending": report.pending.len(),
            "accounts": drifted.observed.reach.len(),
        },
        "drifts": drifts,
        "sightings": report.sightings.iter().map(|sighting| json!({
            "account": sighting.account,
            "role": sighting.role,
            "kind": sighting.kind,
            "words": sighting.kind.words(),
            "about": sighting.about,
            "dates": sighting.dates,
        })).collect::<Vec<_>>(),
        "unread": report.unread,
        "blind": report.blind,
        "pending": report.pending.iter().map(named).collect::<Vec<_>>(),
        "unapplied": report.unapplied.iter().map(|drift| one(drifted, drift)).collect::<Vec<_>>(),
        "not_compared": report.not_compared.iter().map(|one| json!({
            "owner": named(&one.owner),
            "reason": one.reason,
        })).collect::<Vec<_>>(),
    })
}

fn one(drifted: &Drifted<'_>, drift: &Drift) -> Value {
    json!({
        "class": drift.class,
        "rule": drift.rule,
        "words": drift.rule.words(),
        "remedy": drift.remedy,
        "account": drift.account,
        "owner": drift.owner.to_string(),
        "subject": drift.subject,
        "property": drift.property,
        "desired": drift.desired,
        "live": drift.live,
        "changes": drift.changes,
        "dates": drift.dates,
        "place": drifted.place(&drift.owner).and_then(|place| self::place(drifted.files, place)),
    })
}

fn place(files: Files<'_>, place: Place) -> Option<Value> {
    let name = files.path(&files.sources.get(place.file)?.name);
    let (line, column) = files.sources.line_column(place)?;
    Some(json!({ "file": name, "line": line, "column": column }))
}
