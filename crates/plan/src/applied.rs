//! What was last applied to the organization, noted in AWS itself.
//!
//! A stack carries the digest of what was deployed; units, accounts and guardrails have nothing like it. So each guardrail
//! carries a tag with digests of what it said, how it was set and what it was attached to when it was last applied, and the
//! management account one with digests of the units and guardrails that stood and of where accounts stood. What stands
//! as it was applied, and not as the configuration wants it by now, is pending; what stands otherwise was changed by
//! somebody. What was noted is believed only where it speaks against the configuration: it tells drift from what is
//! pending, and never what is to be done.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;

use landfall_model::{AccountName, OrganizationName, UnitPath};
use landfall_policies::GuardrailText;
use landfall_stacks::{Digest, GuardrailKey, GuardrailPolicy};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::diff::{Presence, Presences, targets_by_id};
use crate::guardrail::ours;
use crate::seal::tags_as_sealed;
use crate::{
    Desired, Drift, GuardrailTarget, Observed, ObservedGuardrail, ObservedOrganization, Rule, StepId, document,
};

/// The key of the tag on guardrails.
pub const TAG_APPLIED: &str = "landfall:applied";

/// The key of the tag on the management account. A guardrail is one organization's of Landfall's, and an account may stand
/// in the folders of several.
pub fn tag_applied(organization: &OrganizationName) -> String {
    [TAG_APPLIED, organization.as_str()].join(":")
}

/// What a guardrail, or the organization, is apart from another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// Of a guardrail: what it says.
    Content,
    /// Of a guardrail: its description and tags.
    Settings,
    /// Of a guardrail: what it is attached to.
    Targets,
    /// Of the organization: which units there are.
    Units,
    /// Of the organization: which guardrails there are.
    Guardrails,
    /// Of the organization: where accounts stand.
    Places,
    /// Of the organization: the management account's own tags, which the seal of the other accounts' leaves out.
    Tags,
}

impl Part {
    fn position(self) -> usize {
        match self {
            Self::Content | Self::Units => 0,
            Self::Settings | Self::Guardrails => 1,
            Self::Targets | Self::Places => 2,
            Self::Tags => 3,
        }
    }
}

/// The value of the tag: digests, a part each, any of which may be open.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Applied(Vec<String>);

/// Characters of a digest in the tag: 160 bits. The value of a tag may have 256 characters (Organizations API reference,
/// `Tag`), and four whole digests have more.
const CHARACTERS: usize = 40;

impl fmt::Display for Applied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("."))
    }
}

impl Applied {
    /// What a tag says. Somebody else's words say nothing.
    pub(crate) fn noted(tag: Option<&String>) -> Self {
        Self(tag.into_iter().flat_map(|text| text.split('.')).map(str::to_owned).collect())
    }

    fn of<const N: usize>(parts: [&Digest; N]) -> Self {
        Self(parts.map(|digest| digest.as_str().chars().take(CHARACTERS).collect()).into())
    }

    fn part(&self, position: usize) -> &str {
        self.0.get(position).map(String::as_str).unwrap_or_default()
    }

    /// What is noted after a plan. What stands as the configuration wants it is noted as that. What does not is noted
    /// only if it stood as noted before: nothing that somebody else did is taken for applied.
    pub(crate) fn after(noted: &Self, stood: &Self, stands: &Self, wanted: &Self) -> Self {
        let part = |at: usize| {
            let [noted, stood, stands, wanted] = [noted, stood, stands, wanted].map(|all| all.part(at));
            if stands == wanted || (!noted.is_empty() && noted == stood) { stands } else { noted }
        };
        let parts: Vec<String> = (0..wanted.0.len()).map(|at| part(at).to_owned()).collect();
        if parts.iter().all(String::is_empty) { Self::default() } else { Self(parts) }
    }

    /// Whether a part stands as it was applied, and the configuration wants it otherwise by now.
    pub(crate) fn pending(noted: &Self, stands: &Self, wanted: &Self, part: Part) -> bool {
        let [noted, stands, wanted] = [noted, stands, wanted].map(|all| all.part(part.position()));
        !noted.is_empty() && noted == stands && noted != wanted
    }
}

/// What a guardrail shall be, and is.
#[derive(Debug, Clone)]
pub(crate) struct GuardrailState {
    /// What it says.
    pub(crate) content: Digest,
    /// Its description and tags.
    pub(crate) settings: Digest,
    /// What it is attached to.
    pub(crate) targets: BTreeSet<GuardrailTarget>,
}

impl GuardrailState {
    /// As the configuration wants it.
    pub(crate) fn wanted(guardrail: &GuardrailPolicy, desired: &Desired) -> Self {
        let spec = desired.guardrail_spec(guardrail);
        let text: Value = serde_json::from_str(guardrail.text.as_str()).unwrap_or_default();
        Self {
            content: document::digest(&text),
            settings: Digest::of(json!([spec.description, spec.tags]).to_string()),
            targets: guardrail.attach.iter().map(GuardrailTarget::from).collect(),
        }
    }

    /// As it stands. Tags that the configuration does not name are somebody else's.
    pub(crate) fn standing(
        live: &ObservedGuardrail,
        guardrail: &GuardrailPolicy,
        desired: &Desired,
        organization: &ObservedOrganization,
        by_id: &HashMap<&str, GuardrailTarget>,
    ) -> Self {
        let spec = desired.guardrail_spec(guardrail);
        let tags: BTreeMap<&String, &String> =
            live.tags.iter().filter(|(key, _)| spec.tags.contains_key(*key)).collect();
        let marked = GuardrailText::marked(&live.content.to_string(), &organization.id);
        let text: Value = marked.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        let target =
            |id: &String| by_id.get(id.as_str()).cloned().unwrap_or_else(|| GuardrailTarget::Unknown(id.clone()));
        Self {
            content: document::digest(&text),
            settings: Digest::of(json!([live.description, tags]).to_string()),
            targets: live.targets.iter().map(target).collect(),
        }
    }

    /// The same with what the configuration says.
    pub(crate) fn written(self, wanted: &Self) -> Self {
        Self { content: wanted.content.clone(), settings: wanted.settings.clone(), targets: self.targets }
    }

    /// As the tag has it.
    pub(crate) fn applied(&self) -> Applied {
        Applied::of([&self.content, &self.settings, &Digest::of(json!(self.targets).to_string())])
    }
}

/// What there is in an organization beside accounts' insides, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OrganizationState {
    pub(crate) units: BTreeSet<UnitPath>,
    pub(crate) guardrails: BTreeSet<GuardrailKey>,
    /// Every account but the management account, which no configuration places.
    pub(crate) places: BTreeMap<AccountName, Option<UnitPath>>,
    /// The management account's own tags.
    tags: BTreeMap<String, String>,
}

impl OrganizationState {
    /// As the configuration wants it.
    pub(crate) fn wanted(desired: &Desired) -> Self {
        let members = desired.accounts.iter().filter(|(name, _)| **name != desired.management);
        Self {
            units: desired.units.iter().cloned().collect(),
            guardrails: desired.guardrails.keys().cloned().collect(),
            places: members.map(|(name, account)| (name.clone(), account.unit.clone())).collect(),
            tags: desired.accounts.get(&desired.management).map(|account| account.tags.clone()).unwrap_or_default(),
        }
    }

    /// What of that stands. What the configuration does not know is nobody's here.
    pub(crate) fn standing(desired: &Desired, observed: &Observed, presences: &Presences<'_>) -> Self {
        let place = |(name, presence): (&AccountName, Presence<'_>)| match presence {
            Presence::Here(found) | Presence::Suspended(found) if *name != desired.management => {
                Some((name.clone(), found.unit.clone()))
            }
            _ => None,
        };
        let mut out = Self {
            units: desired.units.iter().filter(|path| observed.units.contains_key(*path)).cloned().collect(),
            guardrails: ours(desired, observed)
                .map(|(key, _)| key)
                .filter(|key| desired.guardrails.contains_key(*key))
                .cloned()
                .collect(),
            places: presences.iter().filter_map(place).collect(),
            tags: BTreeMap::new(),
        };
        if let Presence::Here(management) = presences.get(&desired.management) {
            out.tagged(management.tags.as_ref().unwrap_or(&BTreeMap::new()), desired);
        }
        out
    }

    /// The same with tags on the management account; those that the configuration does not name are somebody else's.
    pub(crate) fn tagged(&mut self, tags: &BTreeMap<String, String>, desired: &Desired) {
        let own = desired.accounts.get(&desired.management);
        let own = tags.iter().filter(|(key, _)| own.is_some_and(|account| account.tags.contains_key(*key)));
        self.tags.extend(own.map(|(key, value)| (key.clone(), value.clone())));
    }

    /// As the tag has it.
    pub(crate) fn applied(&self) -> Applied {
        let digest = |value: Value| Digest::of(value.to_string());
        let [units, guardrails] = [digest(json!(self.units)), digest(json!(self.guardrails))];
        Applied::of([&units, &guardrails, &digest(json!(self.places)), &digest(json!(self.tags))])
    }
}

/// What is noted on the management account; `None` where its tags were not read.
pub(crate) fn noted_on_organization(desired: &Desired, presences: &Presences<'_>) -> Option<Applied> {
    match presences.get(&desired.management) {
        Presence::Here(found) => {
            let tag = tag_applied(&desired.organization);
            found.tags.as_ref().map(|tags| Applied::noted(tags.get(&tag)))
        }
        Presence::Alone => Some(Applied::default()),
        Presence::Suspended(_) | Presence::UnderWay(_) | Presence::Absent => None,
    }
}

/// What a look for drift needs of all that: which parts of the organization are pending.
pub(crate) struct Pending<'a> {
    desired: &'a Desired,
    observed: &'a Observed,
    by_id: HashMap<&'a str, GuardrailTarget>,
    noted: Applied,
    stands: Applied,
    wanted: Applied,
    tags: bool,
}

impl<'a> Pending<'a> {
    /// Of what is observed.
    pub(crate) fn of(desired: &'a Desired, observed: &'a Observed, presences: &Presences<'a>) -> Self {
        Self {
            desired,
            observed,
            by_id: targets_by_id(observed, presences),
            noted: noted_on_organization(desired, presences).unwrap_or_default(),
            stands: OrganizationState::standing(desired, observed, presences).applied(),
            wanted: OrganizationState::wanted(desired).applied(),
            tags: tags_as_sealed(desired, presences),
        }
    }

    /// Whether what somebody may have changed is only what the configuration has changed since it was applied.
    pub(crate) fn has(&self, drift: &Drift) -> bool {
        let organization = |part| Applied::pending(&self.noted, &self.stands, &self.wanted, part);
        match &drift.owner {
            StepId::Unit(_) => organization(Part::Units),
            StepId::Placement(_) => organization(Part::Places),
            StepId::AccountTags(name) if *name == self.desired.management => organization(Part::Tags),
            StepId::AccountTags(_) => self.tags,
            StepId::PolicyType(kind) => {
                // Whoever switches a type off leaves its policies behind.
                !ours(self.desired, self.observed).any(|(key, _)| key.kind == *kind) && organization(Part::Guardrails)
            }
            StepId::Guardrail(_) if drift.rule == Rule::Disowned => false,
            StepId::Guardrail(_) if drift.live.is_null() => organization(Part::Guardrails),
            StepId::Guardrail(key) if drift.property == "Content" => self.guardrail(key, Part::Content),
            StepId::Guardrail(key) => self.guardrail(key, Part::Settings),
            StepId::Attachment(key, _) => self.guardrail(key, Part::Targets),
            StepId::Organization
            | StepId::Account(_)
            | StepId::Stack(_)
            | StepId::Identities(_)
            | StepId::Record(_) => false,
        }
    }

    fn guardrail(&self, key: &GuardrailKey, part: Part) -> bool {
        let (Some(wanted), Some(live), Some(organization)) =
            (self.desired.guardrails.get(key), self.observed.guardrails.get(key), &self.observed.organization)
        else {
            return false;
        };
        let noted = Applied::noted(live.tags.get(TAG_APPLIED));
        let stands = GuardrailState::standing(live, wanted, self.desired, organization, &self.by_id).applied();
        Applied::pending(&noted, &stands, &GuardrailState::wanted(wanted, self.desired).applied(), part)
    }
}
