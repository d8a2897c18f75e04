//! The organization's own: units, places and tags of accounts, guardrails.

use landfall_model::{AccountName, GuardrailKind, UnitPath};
use landfall_stacks::{GuardrailKey, GuardrailPolicy, TAG_ORGANIZATION};
use serde_json::{Value, json};

use super::statement::changes;
use super::{Drift, Remedy, Rule, Subject, SubjectKind};
use crate::diff::{Presence, Presences, target_id, targets_by_id};
use crate::{Desired, DesiredAccount, GuardrailTarget, Observed, StepId, document};

/// The organization as it shall be, and as it is.
pub(crate) struct OrganizationDrift<'a> {
    pub(crate) desired: &'a Desired,
    pub(crate) observed: &'a Observed,
    pub(crate) presences: &'a Presences<'a>,
}

/// A drift of something that is AWS Organizations'.
fn drift(owner: StepId, subject: (SubjectKind, String), property: &str, rule: Rule, values: (Value, Value)) -> Drift {
    let (kind, name) = subject;
    let (desired, live) = values;
    Drift {
        account: owner.account().cloned(),
        owner,
        subject: Subject { kind, name },
        property: property.to_owned(),
        class: rule.class(),
        rule,
        remedy: if rule == Rule::Disowned { Remedy::Person } else { Remedy::Organization },
        desired,
        live,
        changes: Vec::new(),
        dates: None,
    }
}

impl OrganizationDrift<'_> {
    /// A unit that is gone.
    pub(crate) fn unit(&self, path: &UnitPath) -> Option<Drift> {
        let gone = self.observed.organization.is_some() && !self.observed.units.contains_key(path);
        let subject = (SubjectKind::Unit, path.to_string());
        gone.then(|| drift(StepId::Unit(path.clone()), subject, "", Rule::Missing, (json!(path), Value::Null)))
    }

    /// An account that stands in another unit. Out of the reach of a guardrail is as good as without it.
    pub(crate) fn placement(&self, name: &AccountName, account: &DesiredAccount) -> Option<Drift> {
        let Presence::Here(found) = self.presences.get(name) else { return None };
        if *name == self.desired.management || found.unit == account.unit {
            return None;
        }
        let escapes = self.desired.guardrails.values().flat_map(|guardrail| &guardrail.attach).any(|attachment| {
            let target = GuardrailTarget::from(attachment);
            target.holds(name, account.unit.as_ref()) && !target.holds(name, found.unit.as_ref())
        });
        let rule = if escapes { Rule::GuardrailOff } else { Rule::Elsewhere };
        let shown = |unit: &Option<UnitPath>| unit.as_ref().map_or_else(|| json!("the root"), |unit| json!(unit));
        let subject = (SubjectKind::Account, name.to_string());
        let values = (shown(&account.unit), shown(&found.unit));
        Some(drift(StepId::Placement(name.clone()), subject, "Unit", rule, values))
    }

    /// Tags of an account that are gone or different. Tags too many are somebody else's.
    pub(crate) fn tags(&self, name: &AccountName, account: &DesiredAccount) -> Vec<Drift> {
        let Presence::Here(found) = self.presences.get(name) else { return Vec::new() };
        let Some(live) = &found.tags else { return Vec::new() };
        let differing = account.tags.iter().filter(|(key, value)| live.get(*key) != Some(value));
        let tag = |(key, value): (&String, &String)| {
            let subject = (SubjectKind::Account, name.to_string());
            let values = (json!(value), json!(live.get(key)));
            let owner = StepId::AccountTags(name.clone());
            drift(owner, subject, &["Tags/", key].concat(), Rule::GrantsNothing, values)
        };
        differing.map(tag).collect()
    }

    /// A type of policy that is switched off: none of its policies is in force.
    pub(crate) fn policy_type(&self, kind: GuardrailKind) -> Option<Drift> {
        let off = !self.observed.organization.as_ref()?.policy_types.contains(&kind);
        let subject = (SubjectKind::PolicyType, kind.to_string());
        let values = (json!("enabled"), Value::Null);
        off.then(|| drift(StepId::PolicyType(kind), subject, "Status", Rule::GuardrailOff, values))
    }

    /// What a guardrail says, and where it is attached beside where it shall be.
    pub(crate) fn guardrail(&self, wanted: &GuardrailPolicy) -> Vec<Drift> {
        let Some(organization) = &self.observed.organization else { return Vec::new() };
        let key = &wanted.key;
        let owner = || StepId::Guardrail(key.clone());
        let of = |owner, property: &str, rule, values| {
            drift(owner, (SubjectKind::Guardrail, key.name.to_string()), property, rule, values)
        };
        let spec = self.desired.guardrail_spec(wanted);
        let text: Value = serde_json::from_str(&spec.text.of(&organization.id)).unwrap_or_default();
        let Some(live) = self.observed.guardrails.get(key) else {
            return vec![of(owner(), "", Rule::GuardrailOff, (text, Value::Null))];
        };
        if !live.is_ours(self.desired) {
            let values = (json!(self.desired.organization), json!(live.tags.get(TAG_ORGANIZATION)));
            return vec![of(owner(), &["Tags/", TAG_ORGANIZATION].concat(), Rule::Disowned, values)];
        }
        let mut out = Vec::new();
        if !document::same(&text, &live.content) {
            let mut changed = of(owner(), "Content", Rule::GuardrailChanged, (text.clone(), live.content.clone()));
            changed.changes = changes(&text, &live.content);
            out.push(changed);
        }
        if spec.description != live.description {
            let values = (json!(spec.description), json!(live.description));
            out.push(of(owner(), "Description", Rule::GrantsNothing, values));
        }
        for (tag, value) in spec.tags.iter().filter(|(tag, value)| live.tags.get(*tag) != Some(value)) {
            let values = (json!(value), json!(live.tags.get(tag)));
            out.push(of(owner(), &["Tags/", tag].concat(), Rule::GrantsNothing, values));
        }
        let by_id = targets_by_id(self.observed, self.presences);
        for id in &live.targets {
            let target = by_id.get(id.as_str()).cloned().unwrap_or_else(|| GuardrailTarget::Unknown(id.clone()));
            if !wanted.attach.iter().any(|attachment| GuardrailTarget::from(attachment) == target) {
                let values = (Value::Null, json!(target.to_string()));
                out.push(of(StepId::Attachment(key.clone(), target), "Attachment", Rule::Elsewhere, values));
            }
        }
        out
    }

    /// A guardrail that came off what it shall be attached to. One that is not there at all is told once.
    pub(crate) fn attachment(&self, key: &GuardrailKey, target: &GuardrailTarget) -> Option<Drift> {
        let live = self.observed.guardrails.get(key).filter(|live| live.is_ours(self.desired))?;
        let id = target_id(target, self.observed, self.presences)?;
        let subject = (SubjectKind::Guardrail, key.name.to_string());
        let owner = StepId::Attachment(key.clone(), target.clone());
        let values = (json!(target.to_string()), Value::Null);
        (!live.targets.contains(id)).then(|| drift(owner, subject, "Attachment", Rule::GuardrailOff, values))
    }
}
