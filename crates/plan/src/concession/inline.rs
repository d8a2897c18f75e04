//! Inline policies: what of them stands in `statements:`, and what in `access:`.

use std::collections::{BTreeMap, BTreeSet};

use landfall_model::{Part, Place, PolicyName, Writing, value_at};
use landfall_policies::{Render, Scope, Text, grant};
use serde_json::{Map, Value, json};

use super::atom::{self, Atoms};
use super::proposal::{Note, Proposal};
use super::refusal::Unsayable;
use super::restatement::{Stated, restated};
use super::role_ground::RoleGround;
use super::words::{Statements, Vocabulary};
use crate::Drift;
use crate::document::decoded;

/// How a drift of an inline policy would be said. IAM takes all policies of a role together: a policy of somebody else is
/// said by its statements in Landfall's own, and what is accepted of one role is said at once.
pub(super) fn inline(
    here: &RoleGround<'_>,
    policy: &str,
    drift: &Drift,
    all: &[&Drift],
) -> Result<Proposal, Unsayable> {
    if here.words.statements.is_empty() {
        return Err(Unsayable::NoWords("the role has no `statements:`, what it may do follows from what it is for"));
    }
    if !stands(here, policy, drift)? {
        return Ok(Proposal::Said);
    }
    let wanted: Vec<Value> = here.inline.values().flat_map(atom::statements).collect();
    let mut target = Vec::new();
    let mut notes = Vec::new();
    let mut replaced = BTreeSet::new();
    let siblings = all.iter().filter(|one| one.owner == drift.owner && one.subject == drift.subject);
    for one in siblings {
        let Some(name) = one.property.strip_prefix("Policies/") else { continue };
        // What cannot be said, or is said, is told for itself.
        if !stands(here, name, one).unwrap_or(false) {
            continue;
        }
        target.extend(atom::statements(&one.live));
        replaced.insert(name);
        if one.desired.is_null() {
            notes.push(Note::Absorbed {
                account: here.stack.key.account.clone(),
                role: drift.subject.name.clone(),
                policy: name.to_owned(),
            });
        }
    }
    let kept = here.inline.iter().filter(|(name, _)| !replaced.contains(name.as_str()));
    target.splice(0..0, kept.flat_map(|(_, document)| atom::statements(document)));
    let mut parts: BTreeMap<Place, Vec<Part>> = BTreeMap::new();
    let raws: usize = here.words.statements.iter().map(|list| list.texts.len()).sum();
    let fixed = wanted.get(..wanted.len().saturating_sub(raws)).unwrap_or_default();
    let mut fixed = atom::of_all(fixed);
    let whole = atom::of_all(&target);
    if !fixed.is_subset(&whole) {
        fixed = without_grants(here, drift, &fixed, &whole, &mut parts, &mut notes)?;
    }
    let texts: Vec<&Value> =
        here.words.statements.iter().flat_map(|list| &list.texts).map(|(_, text)| &text.json).collect();
    let stated = restated(&fixed, &texts, &target);
    let mut first = 0;
    let last = here.words.statements.len().saturating_sub(1);
    for (number, list) in here.words.statements.iter().enumerate() {
        let range = first..first + list.texts.len();
        first = range.end;
        let of_list = |one: &&Stated| one.origin.map_or(number == last, |origin| range.contains(&origin));
        let mine: Vec<(Option<usize>, &Stated)> =
            stated.iter().filter(of_list).map(|one| (one.origin.map(|origin| origin - range.start), one)).collect();
        let part = match list.vocabulary {
            Vocabulary::Iam => Part::filled("statements", mine.into_iter().map(|(_, one)| one.says.clone()).collect()),
            Vocabulary::Module => Part::filled("custom_job_policy_statements", module(here, list, &mine)?),
        };
        parts.entry(list.item).or_default().push(part);
    }
    let writings: Vec<Writing> = parts.into_iter().map(|(item, parts)| Writing::Item { item, parts }).collect();
    Ok(Proposal::Write(writings, notes))
}

/// Whether what stands under a name is something that the folder does not say.
fn stands(here: &RoleGround<'_>, policy: &str, drift: &Drift) -> Result<bool, Unsayable> {
    current(&drift.live)?;
    let live = atom::of_document(&drift.live);
    let own = here.inline.iter().find(|(name, _)| name.as_str() == policy).map(|(_, document)| document);
    match own {
        Some(own) => {
            let alone = atom::of_document(own) == live;
            if alone && crate::same_document(own, &drift.desired) {
                return Err(Unsayable::NoWords("only names of statements differ, which mean nothing"));
            }
            // What somebody else's policy says may be a part of it by now.
            let everything = here.live().as_ref().map(said) == Some(said(&here.inline));
            Ok(!here.document(drift, own, alone || everything)?)
        }
        // Landfall's own policy has another name: what stands under this one stands beside it.
        None if drift.desired.is_null() => Ok(!live.is_subset(&said(&here.inline))),
        None => Err(Unsayable::Changed),
    }
}

/// What inline policies say together.
fn said(inline: &BTreeMap<PolicyName, Value>) -> Atoms {
    inline.values().flat_map(atom::of_document).collect()
}

/// Before 2012-10-17 a `${…}` was no variable.
fn current(document: &Value) -> Result<(), Unsayable> {
    let document = decoded(document);
    let old = !document.is_null() && document.get("Version").and_then(Value::as_str) != Some("2012-10-17");
    if old && document.to_string().contains("${") {
        return Err(Unsayable::inexact("the policy has an old `Version`, in which `${…}` is no variable"));
    }
    Ok(())
}

/// What a role is given anyway when those grants go of which something is taken away.
fn without_grants(
    here: &RoleGround<'_>,
    drift: &Drift,
    fixed: &Atoms,
    all: &Atoms,
    parts: &mut BTreeMap<Place, Vec<Part>>,
    notes: &mut Vec<Note>,
) -> Result<Atoms, Unsayable> {
    let taken = || Unsayable::Fixed("what every such role may do");
    let scope = here.ground.scope(here.stack).ok_or_else(taken)?;
    let organization = &here.ground.foundation().organization.name;
    let mut given = Atoms::new();
    let mut kept = Atoms::new();
    for (item, grants) in &here.words.grants {
        let written = match value_at(&here.ground.folder.sources, *item, &["access"]) {
            Some(Value::Array(written)) if written.len() == grants.len() => written,
            _ if grants.is_empty() => continue,
            _ => return Err(Unsayable::inexact("`access:` is written in a way that cannot be edited")),
        };
        let mut stays = Vec::new();
        for (one, text) in grants.iter().zip(written) {
            let rendered: Vec<Value> =
                grant(organization, &one.value).iter().map(|statement| statement.render(&Here(&scope))).collect();
            let atoms = atom::of_all(&rendered);
            given.extend(atoms.iter().cloned());
            if atoms.is_subset(all) {
                kept.extend(atoms);
                stays.push(text);
                continue;
            }
            if !atoms.is_disjoint(all) {
                notes.push(Note::Spelled {
                    account: here.stack.key.account.clone(),
                    role: drift.subject.name.clone(),
                    grant: one.value.keyword().to_owned(),
                });
            }
        }
        if stays.len() < grants.len() {
            parts.entry(*item).or_default().push(Part::filled("access", Value::Array(stays)));
        }
    }
    // What no grant of the user's gives belongs to the kind of role.
    let left: Atoms = fixed.iter().filter(|atom| !given.contains(atom)).cloned().chain(kept).collect();
    if left.is_subset(all) { Ok(left) } else { Err(taken()) }
}

/// Fills the holes of a policy with what is known.
struct Here<'s>(&'s Scope);

impl Render for Here<'_> {
    fn text(&self, text: &Text) -> Value {
        self.0.resolve(text).map_or(Value::Null, Value::String)
    }
}

/// Statements in the words of the Terraform module, by name.
fn module(
    here: &RoleGround<'_>,
    list: &Statements<'_>,
    stated: &[(Option<usize>, &Stated)],
) -> Result<Value, Unsayable> {
    let written = value_at(&here.ground.folder.sources, list.item, &["custom_job_policy_statements"]);
    let mut out = Map::new();
    for (origin, one) in stated {
        let known = origin.and_then(|origin| list.texts.get(origin));
        let as_it_is = known
            .filter(|(_, text)| text.json == one.says)
            .and_then(|(key, _)| written.as_ref()?.get((*key)?).map(|written| ((*key).unwrap_or_default(), written)));
        if let Some((key, written)) = as_it_is {
            out.insert(key.to_owned(), written.clone());
            continue;
        }
        let key = match known.and_then(|(key, _)| *key) {
            Some(key) => key.to_owned(),
            None => free(&out, list, one.says.get("Sid").and_then(Value::as_str)),
        };
        let mut statement = module_statement(&one.says)?;
        // `Allow` needs no word, and keeps having none.
        let silent =
            written.as_ref().and_then(|written| written.get(&key)).is_some_and(|old| old.get("effect").is_none());
        if let (true, Value::Object(fields)) = (silent && statement["effect"] == "Allow", &mut statement) {
            fields.shift_remove("effect");
        }
        out.insert(key, statement);
    }
    Ok(Value::Object(out))
}

fn free(taken: &Map<String, Value>, list: &Statements<'_>, sid: Option<&str>) -> String {
    let wanted = sid.filter(|sid| !sid.is_empty()).unwrap_or("accepted").to_ascii_lowercase();
    let is_taken =
        |name: &str| taken.contains_key(name) || list.texts.iter().any(|(key, _)| key.is_some_and(|key| key == name));
    let mut name = wanted.clone();
    let mut number = 1_u32;
    while is_taken(&name) {
        number += 1;
        name = format!("{wanted}_{number}");
    }
    name
}

fn module_statement(statement: &Value) -> Result<Value, Unsayable> {
    let foreign = || Unsayable::inexact("a statement has an element that `custom_job_policy_statements:` lacks");
    let fields = statement.as_object().ok_or_else(foreign)?;
    let many = |value: &Value| json!(crate::document::list(Some(value)));
    let mut out = Map::new();
    for (key, value) in fields {
        let (key, value) = match key.as_str() {
            "Sid" if value.as_str() == Some("") => continue,
            "Sid" => ("sid", value.clone()),
            "Effect" => ("effect", value.clone()),
            "Action" => ("actions", many(value)),
            "NotAction" => ("not_actions", many(value)),
            "Resource" => ("resources", many(value)),
            "NotResource" => ("not_resources", many(value)),
            "Condition" => ("condition", conditions(value).ok_or_else(foreign)?),
            _ => return Err(foreign()),
        };
        out.insert(key.to_owned(), value);
    }
    Ok(Value::Object(out))
}

fn conditions(value: &Value) -> Option<Value> {
    let mut out = Vec::new();
    for (test, keys) in value.as_object()? {
        for (variable, values) in keys.as_object()? {
            // All values are texts there.
            let values: Vec<String> = crate::document::list(Some(values))
                .iter()
                .map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
                .collect();
            out.push(json!({ "test": test, "variable": variable, "values": values }));
        }
    }
    Some(Value::Array(out))
}
