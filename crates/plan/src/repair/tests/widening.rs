//! At no step of a repair may anybody do what neither was allowed before nor shall be, as the evaluator sees it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use landfall_model::{AccountId, PolicyName, RoleName};
use landfall_stacks::{Identities, InstanceProfile, ManagedPolicy, PolicyDocument, Provider, Role};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::world::{ACTIONS, AUDIENCES, ISSUER, KEYS, OURS, PEOPLE, ROLES, Reach, TEAMS, World, iam, oidc, saml};
use crate::repair::narrow::{nobody, nothing_allowed};
use crate::repair::{Around, Leaned, Repair, RepairCall, Spared, Texts, Writer};
use crate::{Difference, compare};

const POLICIES: [&str; 4] = ["acme-boundary-a", "acme-boundary-b", "acme-shared-a", "acme-shared-b"];
const FOREIGN: [&str; 4] = ["theirs-a", "theirs-b", "theirs-c", "theirs-d"];

fn own(policy: &str) -> String {
    iam(&format!("policy/acme/{policy}"))
}

fn theirs(policy: &str) -> String {
    iam(&format!("policy/{policy}"))
}

/// Statements that allow and statements that deny, few enough that two documents often have nothing in common.
fn document() -> impl Strategy<Value = Value> {
    let statement = (prop::sample::select(vec!["Allow", "Allow", "Deny"]), 0..ACTIONS.len() + 2, 0..TEAMS.len() + 6);
    prop::collection::vec(statement, 1..4).prop_map(|statements| {
        let statements: Vec<Value> = statements
            .into_iter()
            .map(|(effect, action, team)| {
                let action = match ACTIONS.get(action) {
                    Some(action) => json!(action),
                    None if action == ACTIONS.len() => json!("sts:AssumeRole"),
                    None => json!([ACTIONS[0], ACTIONS[1]]),
                };
                let mut one = json!({ "Effect": effect, "Action": action, "Resource": "*" });
                if let Some(team) = TEAMS.get(team) {
                    one["Condition"] = json!({ "StringEquals": { "aws:PrincipalTag/team": team } });
                }
                one
            })
            .collect();
        json!({ "Version": "2012-10-17", "Statement": statements })
    })
}

/// People of other accounts, another role, a service, tokens for an audience, and people whom a SAML provider sends.
fn trust() -> impl Strategy<Value = Value> {
    let statement = (prop::sample::select(vec!["Allow", "Allow", "Allow", "Deny"]), 0..PEOPLE.len() + 6);
    prop::collection::vec(statement, 1..4).prop_map(|statements| {
        let statements: Vec<Value> = statements
            .into_iter()
            .map(|(effect, number)| {
                let more = number.saturating_sub(PEOPLE.len());
                let one = |action: &str, principal: Value| json!({ "Effect": effect, "Action": action, "Principal": principal });
                match PEOPLE.get(number) {
                    Some(account) => one("sts:AssumeRole", json!({ "AWS": format!("arn:aws:iam::{account}:root") })),
                    None if more < 2 => {
                        let mut one = one("sts:AssumeRoleWithWebIdentity", json!({ "Federated": oidc() }));
                        one["Condition"] = json!({ "StringEquals": { format!("{ISSUER}:aud"): AUDIENCES[more] } });
                        one
                    }
                    None if more == 2 => one("sts:AssumeRoleWithSAML", json!({ "Federated": saml() })),
                    None if more == 3 => one("sts:AssumeRole", json!({ "Service": "ec2.amazonaws.com" })),
                    None if more == 4 => one("sts:AssumeRole", json!({ "AWS": iam("role/acme/etl") })),
                    None => one("sts:AssumeRole", json!({ "AWS": PEOPLE.map(|account| format!("arn:aws:iam::{account}:root")) })),
                }
            })
            .collect();
        json!({ "Version": "2012-10-17", "Statement": statements })
    })
}

fn role(name: &'static str, live: bool) -> impl Strategy<Value = Role> {
    let inline = prop::collection::btree_map(prop::sample::select(vec!["one", "two", "three"]), document(), 0..3);
    let mut policies: Vec<String> = POLICIES[2..].iter().map(|name| own(name)).collect();
    policies.extend(FOREIGN.map(theirs));
    let attached = prop::sample::subsequence(policies, 0..3);
    let mut boundaries = vec![Some(own(POLICIES[0])), Some(own(POLICIES[1]))];
    if live {
        boundaries.extend([None, Some(theirs(FOREIGN[0])), Some(theirs(FOREIGN[1]))]);
    }
    (trust(), inline, attached, prop::sample::select(boundaries), prop::sample::select(TEAMS.to_vec())).prop_map(
        move |(trust, inline, attached, boundary, team)| Role {
            name: RoleName::new(name).unwrap(),
            path: "/acme/".to_owned(),
            trust: trust.into(),
            inline: inline.into_iter().map(|(name, json)| (PolicyName::new(name).unwrap(), json.into())).collect(),
            attached: attached.into_iter().collect(),
            boundary,
            max_session: 3600,
            description: String::new(),
            tags: BTreeMap::from([("team".to_owned(), team.to_owned())]),
        },
    )
}

fn identities(live: bool) -> impl Strategy<Value = Identities> {
    let policies = prop::array::uniform4(document());
    let audiences = prop::sample::subsequence(AUDIENCES.to_vec(), 0..=2);
    let member = prop::sample::select(ROLES.to_vec());
    let metadata = prop::sample::select(KEYS.to_vec());
    (role(ROLES[0], live), role(ROLES[1], live), policies, audiences, metadata, member).prop_map(
        |(one, two, documents, audiences, metadata, member)| Identities {
            roles: [one, two].into_iter().map(|role| (role.name.clone(), role)).collect(),
            policies: POLICIES
                .into_iter()
                .zip(documents)
                .map(|(name, document)| {
                    let name = PolicyName::new(name).unwrap();
                    (name.clone(), ManagedPolicy { name, path: "/acme/".to_owned(), document: document.into() })
                })
                .collect(),
            profiles: BTreeMap::from([(
                "web".to_owned(),
                InstanceProfile {
                    name: "web".to_owned(),
                    path: "/acme/".to_owned(),
                    roles: BTreeSet::from([RoleName::new(member).unwrap()]),
                },
            )]),
            providers: BTreeMap::from([
                (
                    oidc(),
                    Provider::Oidc {
                        url: ISSUER.to_owned(),
                        audiences: audiences.into_iter().map(str::to_owned).collect(),
                    },
                ),
                (saml(), Provider::Saml { name: "idp".to_owned(), metadata: metadata.to_owned() }),
            ]),
        },
    )
}

/// What shall stand, and the account as it stands.
#[derive(Clone)]
struct Case {
    desired: Identities,
    live: World,
    /// The foreign policies whose texts could be read.
    readable: Vec<bool>,
    writer: Writer,
}

/// Most of what could be changed was not: each flag keeps one thing as it shall be.
fn case() -> impl Strategy<Value = Case> {
    let foreign = prop::array::uniform4(document());
    let kept = prop::collection::vec(prop::bool::weighted(0.4), 28);
    let readable = prop::collection::vec(prop::bool::weighted(0.9), FOREIGN.len());
    let writer = prop::sample::select(vec![Writer::Anybody, Writer::Automation]);
    (identities(false), identities(true), foreign, kept, readable, writer).prop_map(
        |(desired, mut live, foreign, kept, readable, writer)| {
            let mut kept = kept.into_iter();
            let mut keep = || kept.next().unwrap();
            for name in ROLES {
                let wanted = &desired.roles[name];
                let role = live.roles.get_mut(name).unwrap();
                if keep() {
                    role.trust = wanted.trust.clone();
                }
                if keep() {
                    role.boundary = wanted.boundary.clone();
                }
                if keep() {
                    role.inline = wanted.inline.clone();
                }
                if keep() {
                    role.attached = wanted.attached.clone();
                }
                if keep() {
                    role.tags = wanted.tags.clone();
                }
            }
            for name in POLICIES {
                if keep() {
                    live.policies.insert(PolicyName::new(name).unwrap(), desired.policies[name].clone());
                }
            }
            for arn in [oidc(), saml()] {
                if keep() {
                    live.providers.insert(arn.clone(), desired.providers[&arn].clone());
                }
            }
            if keep() {
                live.profiles = desired.profiles.clone();
            }
            if !keep() && !keep() {
                live.providers.remove(&oidc());
            }
            if !keep() && !keep() {
                live.roles.remove("etl");
                live.profiles.values_mut().for_each(|profile| {
                    profile.roles.remove("etl");
                });
            }
            if !keep() && !keep() {
                live.profiles.clear();
            }
            // IAM deletes no policy that anybody carries.
            let carried = |name: &str| {
                let carries = |role: &Role| role.attached.contains(&own(name)) || role.boundary == Some(own(name));
                live.roles.values().any(carries)
            };
            for name in POLICIES.into_iter().filter(|name| !carried(name)) {
                if !keep() {
                    live.policies.remove(name);
                }
            }
            let foreign = FOREIGN.into_iter().map(theirs).zip(foreign).collect();
            let sessions = ROLES.into_iter().filter(|name| live.roles.contains_key(*name)).collect();
            Case { desired, live: World { ours: live, foreign, sessions }, readable, writer }
        },
    )
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Difference { name, property, desired, live, .. } in compare(&self.desired, &self.live.ours) {
            writeln!(f, "{name} {property}: {live} -> {desired}")?;
        }
        let known =
            FOREIGN.iter().zip(&self.readable).map(|(name, known)| (name, known, &self.live.foreign[&theirs(name)]));
        known.into_iter().try_for_each(|(name, known, text)| writeln!(f, "{name} (readable: {known}): {text}"))
    }
}

impl Case {
    fn repair(&self, live: &World, spared: &Spared) -> Repair {
        let differences = compare(&self.desired, &live.ours);
        let mut texts = Texts::default();
        for arn in Texts::wanted(&differences, &self.desired) {
            let known = match FOREIGN.iter().position(|name| theirs(name) == arn) {
                Some(place) => self.readable[place].then(|| live.foreign[&arn].clone()),
                None => live.ours.policies.get(arn.rsplit('/').next().unwrap()).map(|policy| policy.document.json()),
            };
            if let Some(document) = known {
                texts.insert(arn, document);
            }
        }
        let account = AccountId::new(OURS).unwrap();
        let around = Around { account: &account, expected: &self.desired, texts: &texts, spared, writer: self.writer };
        let repair = Repair::of(&differences, &around);
        assert!(repair.beyond.is_empty());
        repair
    }

    /// Whether a role stands under a boundary of others, so that Landfall's own roles cannot give it any policy. Then its
    /// boundary may have to come first, and those who are at work as it see their old policies below the new boundary.
    fn is_fettered(&self) -> bool {
        let foreign = |arn: &String| FOREIGN.iter().any(|name| theirs(name) == *arn);
        let mut boundaries = self.live.ours.roles.values().filter_map(|role| role.boundary.as_ref());
        self.writer == Writer::Automation && boundaries.any(foreign)
    }

    /// Whether those who write may make a call.
    fn permits(&self, world: &World, call: &RepairCall) -> bool {
        match call {
            RepairCall::PutInline { role, .. } | RepairCall::Attach { role, .. } => {
                let boundary = world.ours.roles[role].boundary.as_ref();
                self.writer == Writer::Anybody || boundary.is_some_and(|arn| arn.contains("/acme/acme-boundary-"))
            }
            _ => true,
        }
    }

    fn goal(&self) -> BTreeSet<Reach> {
        World { ours: self.desired.clone(), ..self.live.clone() }.reach()
    }

    /// Makes calls; tells of the first that lets somebody do what is not allowed.
    fn make(&self, world: &mut World, calls: &[RepairCall], allowed: &BTreeSet<Reach>) -> Result<(), TestCaseError> {
        let fettered = self.is_fettered();
        for (number, call) in calls.iter().enumerate() {
            prop_assert!(self.permits(world, call), "call {number} is refused: {calls:#?}");
            world.make(call);
            if fettered {
                continue;
            }
            let now = world.reach();
            let too_much: Vec<_> = now.difference(allowed).collect();
            prop_assert!(
                too_much.is_empty(),
                "call {number} allows {too_much:?} of\n{}",
                calls.iter().map(|call| format!("{call:?}\n")).collect::<String>()
            );
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, max_shrink_iters: 4_000, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_ever_allowed_that_neither_was_nor_shall_be(case in case(), cut in any::<prop::sample::Index>()) {
        let mut allowed = case.live.reach();
        allowed.extend(case.goal());
        let calls = case.repair(&case.live, &Spared::default()).calls;
        let mut world = case.live.clone();
        case.make(&mut world, &calls, &allowed)?;
        prop_assert_eq!(compare(&case.desired, &world.ours), vec![]);

        // Cut off anywhere, the next run goes on from there.
        let mut world = case.live.clone();
        case.make(&mut world, &calls[..cut.index(calls.len() + 1)], &allowed)?;
        let rest = case.repair(&world, &Spared::default()).calls;
        case.make(&mut world, &rest, &allowed)?;
        prop_assert_eq!(compare(&case.desired, &world.ours), vec![]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn emergency_access_never_goes_by_nothing_and_what_landfall_works_as_by_nothing_less(case in case()) {
        let one = |role: &str| Leaned { roles: BTreeSet::from([RoleName::new(role).unwrap()]), ..Leaned::default() };
        let spared = Spared { own: one("etl"), emergency: one("web") };
        let calls = case.repair(&case.live, &spared).calls;
        let mut world = case.live.clone();
        for call in &calls {
            match call {
                RepairCall::PutTrust { document, .. } => prop_assert_ne!(document, &nobody()),
                RepairCall::PutInline { role, name, document } => {
                    prop_assert_ne!(document, &nothing_allowed());
                    let whole = &case.desired.roles[role].inline;
                    let as_wanted = whole.get(name.as_str()).is_some_and(|one| *one == PolicyDocument::from(document));
                    prop_assert!(role.as_str() != "etl" || as_wanted, "{name} of Landfall's own role: {document}");
                }
                _ => {}
            }
            world.make(call);
        }
        prop_assert_eq!(compare(&case.desired, &world.ours), vec![]);
    }
}
