//! A plan, for programs.

use landfall_plan::Plan;
use serde_json::{Map, Value, json};

use crate::error::CommandError;
use crate::report::change::{Verb, accounts, changes, headline, site, tally};
use crate::report::finding;

/// The plan as versioned JSON: what the saved form has, without templates, and the same summary that people get.
pub(crate) fn plan_json(plan: &Plan) -> Result<Value, CommandError> {
    let tally = tally(plan);
    let mut totals: Map<String, Value> = Verb::ALL
        .into_iter()
        .map(|verb| (verb.as_str().to_owned(), json!(tally.get(&verb).copied().unwrap_or_default())))
        .collect();
    totals.insert("keep".to_owned(), json!(plan.kept.len()));
    let changes: Vec<Value> = changes(plan)
        .iter()
        .map(|(change, ids)| {
            json!({
                "verb": change.verb.as_str(),
                "subject": change.subject,
                "causes": change.causes,
                "differences": change.differences,
                "in": ids.iter().map(|id| site(plan, id)).collect::<Vec<_>>(),
            })
        })
        .collect();
    let findings: Result<Vec<Value>, serde_json::Error> = plan
        .findings
        .iter()
        .map(|one| {
            let mut value = serde_json::to_value(one)?;
            let (what, next) = finding(one);
            value["text"] = json!(what);
            value["next"] = json!(next);
            Ok(value)
        })
        .collect();
    Ok(json!({
        "schema": "landfall/plan/1",
        "organization": plan.organization,
        "organization_id": plan.organization_id,
        "mode": plan.mode,
        "headline": headline(plan),
        "accounts": accounts(plan.steps.keys()).len(),
        "totals": totals,
        "changes": changes,
        "steps": plan.steps.values().collect::<Vec<_>>(),
        "kept": plan.kept,
        "findings": findings.map_err(CommandError::failed)?,
        "fingerprint": plan.fingerprint,
    }))
}
