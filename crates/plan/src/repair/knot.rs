//! Which of the things that differ bear on the same access, and so by which writes each is put right.
//!
//! Where every part has a form in between, all go there first and nothing is ever wider. A part that changes at once may do
//! so while all others are in between; two of those on the same access may not, and then the role is held for the while.

use std::collections::BTreeMap;

use landfall_model::RoleName;

use super::care::Care;
use super::narrow::nobody;
use super::stage::{Part, Stage, Switched, Through};
use super::{Around, RepairCall, hold};
use crate::{Difference, IdentityKind};

/// A part, and whose it is.
pub(super) struct Placed {
    pub(super) part: Part,
    pub(super) care: Care,
    /// The place of its difference among the differences.
    pub(super) difference: usize,
}

/// All parts of one account.
pub(super) struct Knots<'a> {
    differences: &'a [Difference],
    placed: &'a [Placed],
    roles: BTreeMap<&'a RoleName, Knot>,
    /// How many parts bear on access at all.
    all: usize,
    /// The one document that roles share and that changes at once.
    switch: Option<usize>,
    /// Whether one that roles share changes at once.
    shared_switch: bool,
}

/// What bears on the access of one role.
struct Knot {
    size: usize,
    /// How many of its parts change at once.
    switches: usize,
    /// The inline policy that holds it.
    hold: Option<Held>,
    /// Whether its trust policy names a provider that is gone.
    gone: bool,
    /// Whether who comes in hangs on what else changes at once: a provider's metadata, or other roles of the account.
    open: bool,
}

enum Held {
    /// It may do nothing, so that everything may change in one write.
    Whole,
    /// What policies deny that come or go stays denied.
    Denials(serde_json::Value),
}

impl<'a> Knots<'a> {
    pub(super) fn of(differences: &'a [Difference], placed: &'a [Placed], around: &'a Around<'a>) -> Self {
        let access = placed.iter().filter(|one| one.part.is_access());
        let shared = access.clone().filter(|one| one.part.role().is_none()).count();
        let mut own: BTreeMap<&RoleName, Vec<&Placed>> = BTreeMap::new();
        for one in access {
            if let Some(role) = one.part.role() {
                own.entry(role).or_default().push(one);
            }
        }
        let alone = own.len() < 2;
        let all = shared + own.values().map(Vec::len).sum::<usize>();
        let providers = Providers::of(differences);
        let knot = |(role, own): (&'a RoleName, Vec<&Placed>)| {
            (role, Knot::of(role, &own, shared, alone, &providers, differences, around))
        };
        let roles: BTreeMap<&RoleName, Knot> = own.into_iter().map(knot).collect();
        let hard = |care| {
            placed.iter().enumerate().filter(move |(_, one)| {
                one.care == care && matches!(one.part, Part::Both { role: None, through: Through::Nothing, .. })
            })
        };
        let free = providers.changed.is_empty() && roles.values().all(|knot| knot.switches == 0);
        let mut usual = hard(Care::Usual).map(|(place, _)| place);
        let switch = match (usual.next(), usual.next()) {
            (Some(one), None) if free => Some(one),
            _ => None,
        };
        let shared_switch = switch.is_some() || hard(Care::Emergency).next().is_some();
        Self { differences, placed, roles, all, switch, shared_switch }
    }

    /// The writes of all parts, and of what holds roles for the while.
    pub(super) fn writes(&self) -> Vec<(Stage, RepairCall)> {
        let mut out = Vec::new();
        for (place, one) in self.placed.iter().enumerate() {
            let knot = one.part.role().and_then(|role| self.roles.get(role));
            let left = self.differences.get(one.difference).is_some_and(|one| one.property == hold::property());
            if knot.is_some_and(|knot| knot.hold.is_some()) && left {
                continue;
            }
            out.extend(match knot {
                Some(knot) if one.care != Care::Own && knot.size > 1 => self.knotted(one, knot),
                None if one.care != Care::Own && self.all > 1 => self.shared(place, one),
                _ => vec![one.part.at_once()],
            });
        }
        for (role, knot) in &self.roles {
            let document = match &knot.hold {
                Some(Held::Whole) => hold::whole(),
                Some(Held::Denials(document)) => document.clone(),
                None => continue,
            };
            out.extend(hold::writes(role, document, hold::left(role, self.differences)));
        }
        out
    }

    fn shared(&self, place: usize, one: &Placed) -> Vec<(Stage, RepairCall)> {
        match &one.part {
            Part::Both { narrow, through, whole, after, .. } => {
                let nothing = *through == Through::Nothing;
                if nothing && (self.switch == Some(place) || one.care == Care::Emergency) {
                    return vec![one.part.at_once()];
                }
                vec![(Stage::Narrow, narrow.clone()), (*after, whole.clone())]
            }
            part => vec![part.at_once()],
        }
    }

    fn knotted(&self, one: &Placed, knot: &Knot) -> Vec<(Stage, RepairCall)> {
        let role = one.part.role();
        match &one.part {
            // A trust policy may be refused while a provider that it names is not there.
            Part::Plain { stage: Stage::Narrow, call: RepairCall::PutTrust { role, document }, .. } if knot.gone => {
                vec![
                    shut(role),
                    (Stage::Trust, RepairCall::PutTrust { role: role.clone(), document: document.clone() }),
                ]
            }
            part if matches!(knot.hold, Some(Held::Whole)) && !(part.is_trust() && (knot.open || knot.gone)) => {
                let (stage, call) = part.at_once();
                vec![(if stage == Stage::Release { Stage::Narrow } else { stage }, call)]
            }
            part @ Part::Both { narrow, through, whole, after, .. } => {
                if part.is_trust() {
                    if knot.gone {
                        return role.map(shut).into_iter().chain([(*after, whole.clone())]).collect();
                    }
                    if knot.switches == 0 && !knot.open && !self.shared_switch {
                        return vec![part.at_once()];
                    }
                }
                if *through == Through::Nothing && one.care == Care::Emergency {
                    // Who shall come in comes in first: a moment of what they had before does less harm than a moment
                    // of nobody, and others are shut out.
                    let stage = if part.is_trust() { Stage::Narrow } else { Stage::Switch };
                    return vec![(stage, whole.clone())];
                }
                vec![(Stage::Narrow, narrow.clone()), (*after, whole.clone())]
            }
            Part::Held { stage, call, .. } if knot.hold.is_some() => vec![(*stage, call.clone())],
            part => vec![part.at_once()],
        }
    }
}

fn shut(role: &RoleName) -> (Stage, RepairCall) {
    (Stage::Narrow, RepairCall::PutTrust { role: role.clone(), document: nobody() })
}

impl Knot {
    fn of(
        role: &RoleName,
        own: &[&Placed],
        shared: usize,
        alone: bool,
        providers: &Providers<'_>,
        differences: &[Difference],
        around: &Around<'_>,
    ) -> Self {
        let size = shared + own.len();
        let care = around.spared.of_role(role);
        let trust = trusts(role, differences, around);
        let names = |arns: &[&str]| arns.iter().any(|arn| trust.contains(arn));
        let gone = care == Care::Usual && names(&providers.gone);
        let near = trust.contains(around.account.as_str()) || trust.contains("\"*\"");
        let open = names(&providers.changed) || near && !alone;
        let switched = |what: &Switched| own.iter().filter(|one| one.part.switches(what)).count();
        let hard = own.iter().filter(|one| match &one.part {
            Part::Both { through: Through::Nothing, .. } => care == Care::Emergency && !one.part.is_trust(),
            _ => false,
        });
        let mut switches = switched(&Switched::Boundary)
            + switched(&Switched::Policy)
            + switched(&Switched::Tags).min(1)
            + usize::from(names(&providers.changed))
            + hard.count();
        if size < 2 || care == Care::Own {
            return Self { size, switches: 0, hold: None, gone, open };
        }
        let left = hold::left(role, differences);
        let denials: Vec<_> = own.iter().flat_map(|one| one.part.denials()).cloned().collect();
        let mut held = None;
        let mut over = !hold::fits(role, 0, differences, around.expected);
        if !denials.is_empty() {
            let document = hold::denying(denials, left);
            if hold::fits(role, super::narrow::size(&document), differences, around.expected) {
                held = Some(Held::Denials(document));
            } else {
                over = true;
                switches += own.iter().filter(|one| !one.part.denials().is_empty()).count();
            }
        }
        if care == Care::Usual && (switches > 1 || over) {
            held = Some(Held::Whole);
            switches = 0;
        }
        Self { size, switches, hold: held, gone, open }
    }
}

/// Identity providers that differ, by ARN.
struct Providers<'a> {
    /// Those that are gone.
    gone: Vec<&'a str>,
    /// Those with other metadata.
    changed: Vec<&'a str>,
}

impl<'a> Providers<'a> {
    fn of(differences: &'a [Difference]) -> Self {
        let of = |property: &str| {
            let all = differences.iter().filter(|one| one.kind == IdentityKind::Provider && one.property == property);
            all.map(|one| one.name.as_str()).collect()
        };
        Self { gone: of(""), changed: of("SamlMetadataDocument") }
    }
}

/// The trust policies of a role, what it has and what it shall have.
fn trusts(role: &RoleName, differences: &[Difference], around: &Around<'_>) -> String {
    let own = differences.iter().filter(|one| one.kind == IdentityKind::Role && one.name == role.as_str());
    let changed = own.filter(|one| one.property == "AssumeRolePolicyDocument");
    let changed = changed.flat_map(|one| [one.live.to_string(), one.desired.to_string()]);
    let wanted = around.expected.roles.get(role).map(|role| role.trust.text().to_owned());
    changed.chain(wanted).collect()
}
