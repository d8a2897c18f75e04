//! Whether an edited folder wants what the folder before wanted, but for what was accepted, and there just what stands.

use std::collections::{BTreeMap, BTreeSet};

use landfall_model::{AccountName, UnitPath};
use landfall_stacks::{Identities, Stack, StackKey};
use serde_json::{Value, json};

use super::atom::{self, Atoms};
use super::ground::Ground;
use crate::{
    Desired, DesiredAccount, Difference, Drift, GuardrailTarget, IdentityKind, StepId, SubjectKind, compare,
    same_document,
};

/// Where an edited folder says something else than what was accepted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Discord {
    /// Something changes that nobody accepted.
    Other {
        /// What.
        what: String,
        /// The stack, and the account, that it is in.
        stack: Option<StackKey>,
    },
    /// What was accepted does not come to what stands.
    Short {
        /// What.
        what: String,
    },
}

/// All that does not agree.
pub(super) fn discords(before: &Ground<'_>, after: &Ground<'_>, accepted: &[&Drift]) -> BTreeSet<Discord> {
    let mut hearing = Hearing { before, after, accepted, found: BTreeSet::new() };
    hearing.organization();
    hearing.guardrails();
    let (was, is) = (&before.folder.desired.stacks, &after.folder.desired.stacks);
    let keys: BTreeSet<&StackKey> = was.keys().chain(is.keys()).collect();
    for key in keys {
        match (was.get(key), is.get(key)) {
            (Some(was), Some(is)) => hearing.stack(was, is),
            (Some(_), None) => hearing.other(format!("stack {key} would go"), Some(key)),
            (None, _) => hearing.other(format!("stack {key} would come"), Some(key)),
        }
    }
    hearing.found
}

struct Hearing<'h> {
    before: &'h Ground<'h>,
    after: &'h Ground<'h>,
    accepted: &'h [&'h Drift],
    found: BTreeSet<Discord>,
}

impl Hearing<'_> {
    fn other(&mut self, what: String, stack: Option<&StackKey>) {
        self.found.insert(Discord::Other { what, stack: stack.cloned() });
    }

    fn short(&mut self, what: String) {
        self.found.insert(Discord::Short { what });
    }

    fn accepted(&self, owner: &StepId, property: &str) -> Option<&Drift> {
        self.accepted.iter().find(|drift| drift.owner == *owner && drift.property == property).copied()
    }

    fn desired(&self) -> (&Desired, &Desired) {
        (&self.before.folder.desired, &self.after.folder.desired)
    }

    fn organization(&mut self) {
        let (was, is) = self.desired();
        let rest = |desired: &Desired| {
            json!([desired.organization, desired.region, desired.management, desired.access_role, desired.tags])
        };
        if rest(was) != rest(is) {
            self.other("the organization".to_owned(), None);
        }
        let (was, is) = self.desired();
        let units = |desired: &Desired| desired.units.iter().cloned().collect::<BTreeSet<UnitPath>>();
        let (was_units, is_units) = (units(was), units(is));
        for path in was_units.symmetric_difference(&is_units) {
            let gone = self.accepted(&StepId::Unit(path.clone()), "").is_some() && !is_units.contains(path);
            if !gone {
                self.other(format!("unit {path}"), None);
            }
        }
        let (was, is) = self.desired();
        let names: BTreeSet<AccountName> = was.accounts.keys().chain(is.accounts.keys()).cloned().collect();
        for name in names {
            let (was, is) = self.desired();
            match (was.accounts.get(&name).cloned(), is.accounts.get(&name).cloned()) {
                (Some(was), Some(is)) => self.account(&name, &was, &is),
                _ => self.other(format!("account {name}"), None),
            }
        }
    }

    fn account(&mut self, name: &AccountName, was: &DesiredAccount, is: &DesiredAccount) {
        if (&was.id, &was.email) != (&is.id, &is.email) {
            self.other(format!("account {name}"), None);
        }
        let shown = |unit: &Option<UnitPath>| unit.as_ref().map_or_else(|| json!("the root"), |unit| json!(unit));
        match self.accepted(&StepId::Placement(name.clone()), "Unit").map(|drift| shown(&is.unit) == drift.live) {
            Some(true) => {}
            Some(false) => self.short(format!("the unit of account {name}")),
            None if was.unit != is.unit => self.other(format!("the unit of account {name}"), None),
            None => {}
        }
        let tags: BTreeSet<&String> = was.tags.keys().chain(is.tags.keys()).collect();
        for tag in tags {
            let property = ["Tags/", tag].concat();
            let accepted = self.accepted(&StepId::AccountTags(name.clone()), &property);
            match accepted.map(|drift| json!(is.tags.get(tag)) == drift.live) {
                Some(true) => {}
                Some(false) => self.short(format!("tag {tag} of account {name}")),
                None if was.tags.get(tag) != is.tags.get(tag) => {
                    self.other(format!("tag {tag} of account {name}"), None)
                }
                None => {}
            }
        }
    }

    fn guardrails(&mut self) {
        let (was, is) = self.desired();
        let keys: BTreeSet<_> = was.guardrails.keys().chain(is.guardrails.keys()).cloned().collect();
        for key in keys {
            let (was, is) = self.desired();
            let (Some(was), Some(is)) = (was.guardrails.get(&key), is.guardrails.get(&key)) else {
                self.other(format!("guardrail {key}"), None);
                continue;
            };
            let content: Value = self
                .after
                .organization()
                .and_then(|organization| serde_json::from_str(&is.text.of(organization)).ok())
                .unwrap_or_default();
            let accepted = self.accepted(&StepId::Guardrail(key.clone()), "Content");
            let (changed, agrees) = (was.text != is.text, accepted.map(|drift| same_document(&content, &drift.live)));
            let targets = |attach: &[landfall_model::Attachment]| -> BTreeSet<GuardrailTarget> {
                attach.iter().map(GuardrailTarget::from).collect()
            };
            let (was, is) = (targets(&was.attach), targets(&is.attach));
            match agrees {
                Some(true) => {}
                Some(false) => self.short(format!("guardrail {key}")),
                None if changed => self.other(format!("guardrail {key}"), None),
                None => {}
            }
            for target in was.union(&is) {
                let accepted = self.accepted(&StepId::Attachment(key.clone(), target.clone()), "Attachment");
                let (there, before) = (is.contains(target), was.contains(target));
                match accepted.map(|drift| there != drift.live.is_null()) {
                    Some(true) => {}
                    Some(false) => self.short(format!("guardrail {key} on {target}")),
                    None if there != before => self.other(format!("guardrail {key} on {target}"), None),
                    None => {}
                }
            }
        }
    }

    fn stack(&mut self, was: &Stack, is: &Stack) {
        let key = &is.key;
        let owner = StepId::Stack(key.clone());
        let mine: Vec<&Drift> = self.accepted.iter().filter(|drift| drift.owner == owner).copied().collect();
        if mine.is_empty() && was.digest() == is.digest() {
            return;
        }
        let tags: BTreeSet<&String> = was.tags.keys().chain(is.tags.keys()).collect();
        let tags = tags.into_iter().filter(|tag| was.tags.get(*tag) != is.tags.get(*tag));
        let unaccepted = |tag: &&String| {
            let property = ["Tags/", tag].concat();
            !mine.iter().any(|drift| drift.property == property && drift.live == json!(is.tags.get(*tag)))
        };
        if tags.filter(unaccepted).count() > 0 {
            self.other(format!("the tags of stack {key}"), Some(key));
        }
        if (was.protection, was.kind) != (is.protection, is.kind) || beyond_iam(was) != beyond_iam(is) {
            self.other(format!("stack {key}"), Some(key));
        }
        match (self.before.wanted(was), self.after.wanted(is)) {
            (Ok(was), Ok(is)) => self.identities(key, &mine, &was, &is),
            _ if was.body.digest != is.body.digest => self.other(format!("stack {key}"), Some(key)),
            _ => {}
        }
    }

    fn identities(&mut self, key: &StackKey, mine: &[&Drift], was: &Identities, is: &Identities) {
        let mut differences = compare(was, is);
        differences.extend(compare(is, was).into_iter().filter(|one| one.property.is_empty()));
        let accepted = |one: &Difference, property: &str| {
            mine.iter().copied().find(|drift| {
                drift.property == property
                    && drift.subject.kind == SubjectKind::from(one.kind)
                    && drift.subject.name == one.name
            })
        };
        for one in &differences {
            if one.kind == IdentityKind::Role && one.property.starts_with("Policies/") {
                continue;
            }
            let named = || format!("{} {} in {}", SubjectKind::from(one.kind), one.name, key.account);
            match accepted(one, &one.property) {
                Some(drift) if agrees(&one.property, &one.live, &drift.live) => {}
                Some(_) => self.short(named()),
                // The description names who comes in.
                None if one.property == "Description" && accepted(one, "AssumeRolePolicyDocument").is_some() => {}
                None => self.other(named(), Some(key)),
            }
        }
        // What was accepted and did not change must have been so.
        if let Some(live) = self.after.observed.identities.get(&key.account) {
            let left = compare(is, live);
            for drift in mine.iter().filter(|drift| !drift.property.starts_with("Policies/")) {
                let is_it = |one: &&Difference| {
                    drift.subject.kind == SubjectKind::from(one.kind)
                        && (drift.subject.name.as_str(), drift.property.as_str())
                            == (one.name.as_str(), one.property.as_str())
                };
                if left.iter().filter(is_it).any(|one| !agrees(&one.property, &one.desired, &drift.live)) {
                    self.short(format!("{} in {}", drift.subject, key.account));
                }
            }
        }
        self.inline(key, mine, was, is);
    }

    /// All inline policies of a role count together: IAM takes them so, and Landfall writes them as one.
    fn inline(&mut self, key: &StackKey, mine: &[&Drift], was: &Identities, is: &Identities) {
        for (name, role) in &is.roles {
            let before = was.roles.get(name).map(|role| &role.inline);
            let accepted: BTreeMap<&str, &Value> = mine
                .iter()
                .filter(|drift| drift.subject.kind == SubjectKind::Role && drift.subject.name == name.as_str())
                .filter_map(|drift| Some((drift.property.strip_prefix("Policies/")?, &drift.live)))
                .collect();
            let unchanged = accepted.is_empty() && before == Some(&role.inline);
            if unchanged {
                continue;
            }
            let kept = before.into_iter().flatten().filter(|(policy, _)| !accepted.contains_key(policy.as_str()));
            let kept = kept.map(|(_, document)| document.json());
            let wanted: Atoms =
                kept.chain(accepted.values().copied().cloned()).flat_map(|one| atom::of_document(&one)).collect();
            let found: Atoms = role.inline.values().flat_map(|one| atom::of_document(&one.json())).collect();
            if wanted != found {
                let what = format!("role {name} in {}", key.account);
                match accepted.is_empty() {
                    true => self.other(what, Some(key)),
                    false => self.short(what),
                }
            }
        }
    }
}

/// Whether two values of a property mean the same.
fn agrees(property: &str, said: &Value, live: &Value) -> bool {
    match property {
        "AssumeRolePolicyDocument" | "PolicyDocument" => atom::of_document(said) == atom::of_document(live),
        "SamlMetadataDocument" => match (said.as_str(), live.as_str()) {
            (Some(said), Some(live)) => said.split_whitespace().eq(live.split_whitespace()),
            _ => false,
        },
        _ => said == live,
    }
}

/// What a stack makes that IAM does not tell of.
fn beyond_iam(stack: &Stack) -> BTreeMap<String, Value> {
    let template: Value = serde_json::from_str(&stack.body.json).unwrap_or_default();
    let resources = template.get("Resources").and_then(Value::as_object).cloned().unwrap_or_default();
    let iam = |resource: &Value| {
        let sort = resource.get("Type").and_then(Value::as_str).unwrap_or_default();
        sort.starts_with("AWS::IAM::")
    };
    resources.into_iter().filter(|(_, resource)| !iam(resource)).collect()
}
