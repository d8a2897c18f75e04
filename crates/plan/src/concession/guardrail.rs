//! Guardrails: what the user's own say, the Regions of `allowed-regions`, and what they are attached to.

use landfall_model::{Guardrail, GuardrailContent, ItemName, Part, Writing, value_at};
use landfall_policies::guardrail_name;
use landfall_stacks::GuardrailKey;
use serde_json::{Value, json};

use super::atom;
use super::boundary::document;
use super::ground::{Ground, texts};
use super::proposal::Proposal;
use super::refusal::Unsayable;
use super::restatement::restated;
use crate::{Drift, GuardrailTarget, same_document};

fn item<'f>(ground: &Ground<'f>, key: &GuardrailKey) -> Result<&'f Guardrail, Unsayable> {
    let organization = &ground.foundation().organization.name;
    let named = |name: &ItemName| guardrail_name(organization, name).is_ok_and(|name| name == key.name);
    let found = ground.foundation().guardrails.iter().find(|one| one.kind == key.kind && named(&one.name));
    found.ok_or_else(|| Unsayable::inexact("the configuration does not want the guardrail any more"))
}

/// How a guardrail that says something else would be said.
pub(super) fn guardrail(ground: &Ground<'_>, key: &GuardrailKey, drift: &Drift) -> Result<Proposal, Unsayable> {
    match drift.property.as_str() {
        "Content" => {}
        "" => return Err(Unsayable::inexact("it is gone: take its entry out of `guardrails:`")),
        "Description" => return Err(Unsayable::NoWords("every guardrail has the same description")),
        _ => {
            return Err(Unsayable::NoWords(
                "a guardrail has `organization.tags`, and the tag by which Landfall knows it",
            ));
        }
    }
    let item = item(ground, key)?;
    let spec = ground.folder.desired.guardrails.get(key).map(|wanted| ground.folder.desired.guardrail_spec(wanted));
    let wanted = spec.zip(ground.organization()).map(|(spec, organization)| spec.text.of(organization));
    let wanted: Value = serde_json::from_str(&wanted.unwrap_or_default()).unwrap_or_default();
    if same_document(&wanted, &drift.live) {
        return Ok(Proposal::Said);
    }
    if !same_document(&wanted, &drift.desired) {
        return Err(Unsayable::Changed);
    }
    match &item.content {
        GuardrailContent::Policy(text) => {
            let file = value_at(&ground.folder.sources, item.place, &["policy"]);
            let file = file.as_ref().and_then(Value::as_str);
            let file = file.ok_or_else(|| Unsayable::inexact("its file has no name"))?;
            let raws = atom::statements(&text.json);
            let live = atom::statements(&drift.live);
            let new = restated(&atom::Atoms::new(), &raws.iter().collect::<Vec<_>>(), &live);
            document(file, &text.json, new.into_iter().map(|one| one.says).collect())
        }
        GuardrailContent::AllowedRegions(_) => {
            let regions =
                regions(&drift.live).ok_or(Unsayable::NoWords("of this preset only the Regions have a word"))?;
            let written = value_at(&ground.folder.sources, item.place, &["regions"]).unwrap_or_default();
            let written = texts(&written);
            let home = ground.foundation().organization.home_region.as_str();
            // The home Region is allowed in any case.
            let new = regions.iter().map(String::as_str).filter(|one| *one != home || written.contains(one));
            let parts = vec![Part::set("regions", json!(new.collect::<Vec<_>>()))];
            Ok(Proposal::write(Writing::Item { item: item.place, parts }))
        }
        GuardrailContent::ProtectFoundation
        | GuardrailContent::DenyLeaveOrganization
        | GuardrailContent::RequireImdsv2
        | GuardrailContent::DenyRootUser
        | GuardrailContent::ConfusedDeputy => {
            Err(Unsayable::NoWords("a preset says what it says: write a guardrail of your own with `policy: FILE`"))
        }
    }
}

fn regions(document: &Value) -> Option<Vec<String>> {
    let statements = atom::statements(document);
    let [statement] = statements.as_slice() else { return None };
    let value = statement.get("Condition")?.get("StringNotEquals")?.get("aws:RequestedRegion")?;
    Some(texts(value).into_iter().map(str::to_owned).collect())
}

/// How a guardrail that is attached elsewhere would be said.
pub(super) fn attachment(
    ground: &Ground<'_>,
    key: &GuardrailKey,
    target: &GuardrailTarget,
    drift: &Drift,
) -> Result<Proposal, Unsayable> {
    let item = item(ground, key)?;
    let word = match target {
        GuardrailTarget::Root => "root".to_owned(),
        GuardrailTarget::Unit(path) => ["unit:", path.as_str()].concat(),
        GuardrailTarget::Account(name) => name.to_string(),
        GuardrailTarget::Unknown(_) => {
            return Err(Unsayable::inexact("the configuration does not know what it is attached to"));
        }
    };
    let mut targets = match value_at(&ground.folder.sources, item.place, &["attach"]) {
        Some(Value::Array(targets)) => targets,
        _ => return Err(Unsayable::inexact("`attach:` is written in a way that cannot be edited")),
    };
    let at = targets.iter().position(|one| *one == json!(word));
    match (at, drift.live.is_null()) {
        (Some(_), false) | (None, true) => return Ok(Proposal::Said),
        (None, false) => targets.push(json!(word)),
        (Some(at), true) => drop(targets.remove(at)),
    }
    if targets.is_empty() {
        return Err(Unsayable::inexact("it is attached nowhere: take its entry out of `guardrails:`"));
    }
    Ok(Proposal::write(Writing::Item { item: item.place, parts: vec![Part::set("attach", Value::Array(targets))] }))
}
