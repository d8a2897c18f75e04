//! A boundary's own part: `services:`, or the document of the user's.

use landfall_model::{BoundaryContent, Part, PolicyName, Writing, value_at};
use landfall_stacks::Stack;
use serde_json::{Value, json};

use super::atom::{self, Atoms};
use super::ground::Ground;
use super::proposal::Proposal;
use super::refusal::Unsayable;
use super::restatement::restated;
use crate::{Drift, same_document};

/// How another document of a boundary would be said. Landfall's own part of it must stand.
pub(super) fn boundary(ground: &Ground<'_>, stack: &Stack, drift: &Drift) -> Result<Proposal, Unsayable> {
    if drift.property != "PolicyDocument" {
        return Err(Unsayable::NoWords("everything of Landfall's stands under the organization's own path"));
    }
    let gone = || Unsayable::inexact("the configuration does not want the boundary any more");
    let item = stack.item.as_deref().unwrap_or_default();
    let found = ground.foundation().boundaries.values().find(|one| one.name.as_str() == item).ok_or_else(gone)?;
    let policy = PolicyName::new(drift.subject.name.as_str()).map_err(|_| gone())?;
    let wanted = ground.wanted(stack)?.policies.remove(&policy).ok_or_else(gone)?.document.json();
    let live = atom::statements(&drift.live);
    let all = atom::of_all(&live);
    if atom::of_document(&wanted) == all {
        return if same_document(&wanted, &drift.desired) {
            Err(Unsayable::NoWords("only names of statements differ, which mean nothing"))
        } else {
            Ok(Proposal::Said)
        };
    }
    if !same_document(&wanted, &drift.desired) {
        return Err(Unsayable::Changed);
    }
    let statements = atom::statements(&wanted);
    let own = match &found.content {
        BoundaryContent::Services(_) => 1,
        BoundaryContent::Policy(text) => atom::statements(&text.json).len(),
    };
    let fixed = atom::of_all(statements.get(own..).unwrap_or_default());
    if !fixed.is_subset(&all) {
        return Err(Unsayable::Fixed("what Landfall's own part of every boundary holds"));
    }
    match &found.content {
        BoundaryContent::Services(services) => {
            let services = listed(services, &fixed, &all)?;
            let parts = vec![Part::set("services", json!(services))];
            Ok(Proposal::write(Writing::Item { item: found.place, parts }))
        }
        BoundaryContent::Policy(text) => {
            let file = value_at(&ground.folder.sources, found.place, &["policy"]);
            let file = file.as_ref().and_then(Value::as_str).ok_or_else(gone)?;
            let raws = atom::statements(&text.json);
            let new = restated(&fixed, &raws.iter().collect::<Vec<_>>(), &live);
            document(file, &text.json, new.into_iter().map(|one| one.says).collect())
        }
    }
}

/// The document of a file with other statements.
pub(super) fn document(file: &str, old: &Value, mut statements: Vec<Value>) -> Result<Proposal, Unsayable> {
    if statements.is_empty() {
        return Err(Unsayable::inexact("nothing of the user's document is left"));
    }
    // One statement needs no brackets, and keeps having none.
    let value = match (old.get("Statement"), statements.len()) {
        (Some(Value::Object(_)), 1) => statements.remove(0),
        _ => Value::Array(statements),
    };
    Ok(Proposal::write(Writing::Document { file: file.to_owned(), parts: vec![Part::set("Statement", value)] }))
}

/// `services:` for what a boundary lets through beside Landfall's part.
fn listed(old: &[String], fixed: &Atoms, all: &Atoms) -> Result<Vec<String>, Unsayable> {
    let whole = || {
        Unsayable::inexact(
            "`services:` lets services through as a whole: write a document, `policy: FILE`, for single actions or conditions",
        )
    };
    let mut found = Vec::new();
    for atom in all.difference(fixed) {
        let service = atom.one("Action").and_then(|action| action.strip_suffix(":*")).ok_or_else(whole)?;
        let plain = atom.one("Effect") == Some("Allow") && atom.one("Resource") == Some("*");
        if !plain || atom.elements().count() != 3 {
            return Err(whole());
        }
        found.push(service.to_owned());
    }
    // What comes along with a service is not written.
    let companion =
        |service: &str| matches!(service, "ec2messages" | "ssmmessages") && found.iter().any(|one| one == "ssm");
    let kept = old.iter().filter(|service| found.contains(service)).cloned();
    let new = found.iter().filter(|service| !old.contains(service) && !companion(service)).cloned();
    let out: Vec<String> = kept.chain(new).collect();
    if out.is_empty() { Err(whole()) } else { Ok(out) }
}
