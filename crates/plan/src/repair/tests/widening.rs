//! At no step of a repair may anybody do what neither was allowed before nor shall be, as the evaluator sees it.

use std::collections::{BTreeMap, BTreeSet};

use landfall_model::{PolicyName, RoleName};
use landfall_policies::{Caller, Compiled, Context, Document, Layers, Request, evaluate};
use landfall_stacks::{Identities, ManagedPolicy, PolicyDocument, Role};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::compare;
use crate::repair::{Repair, RepairCall, Spared};

const OURS: &str = "111122223333";
const ACTIONS: [&str; 4] = ["s3:GetObject", "sqs:SendMessage", "sns:Publish", "kms:Decrypt"];
const PEOPLE: [&str; 3] = ["222222222222", "333333333333", "444444444444"];
const ROLES: [&str; 2] = ["etl", "web"];
const POLICIES: [&str; 3] = ["bound-a", "bound-b", "shared"];

fn arn(policy: &str) -> String {
    format!("arn:aws:iam::{OURS}:policy/acme/{policy}")
}

/// Statements that allow and statements that deny, by number.
fn document() -> impl Strategy<Value = Value> {
    let allowed = prop::collection::btree_set(0..ACTIONS.len(), 1..3);
    let denied = prop::collection::btree_set(0..ACTIONS.len(), 0..2);
    (allowed, denied).prop_map(|(allowed, denied)| {
        let statement =
            |effect: &str, number: usize| json!({ "Effect": effect, "Action": ACTIONS[number], "Resource": "*" });
        let mut statements: Vec<Value> = allowed.into_iter().map(|number| statement("Allow", number)).collect();
        statements.extend(denied.into_iter().map(|number| statement("Deny", number)));
        json!({ "Version": "2012-10-17", "Statement": statements })
    })
}

/// Everybody whom a trust policy lets in. The first one always: what has nothing in common at all is changed at once,
/// and several of that at the same time are what the rules cannot keep apart.
fn trust() -> impl Strategy<Value = Value> {
    prop::collection::btree_set(1..PEOPLE.len(), 0..3).prop_map(|people| {
        let statements: Vec<Value> = std::iter::once(0)
            .chain(people)
            .map(|number| {
                let who = format!("arn:aws:iam::{}:root", PEOPLE[number]);
                json!({ "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "AWS": who } })
            })
            .collect();
        json!({ "Version": "2012-10-17", "Statement": statements })
    })
}

/// A document of a managed policy; the second action is always allowed.
fn shared_document() -> impl Strategy<Value = Value> {
    document().prop_map(|mut document| {
        let common = json!({ "Effect": "Allow", "Action": ACTIONS[1], "Resource": "*" });
        let statements = document["Statement"].as_array_mut().unwrap();
        if !statements.contains(&common) {
            statements.push(common);
        }
        document
    })
}

fn role(name: &'static str, bounded: bool) -> impl Strategy<Value = Role> {
    let inline = prop::collection::btree_map(prop::sample::select(vec!["one", "two", "three"]), document(), 0..3);
    let boundary = if bounded {
        prop::sample::select(vec![Some(0), Some(1)])
    } else {
        prop::sample::select(vec![None, Some(0), Some(1)])
    };
    (trust(), inline, any::<bool>(), boundary).prop_map(move |(trust, inline, shared, boundary)| Role {
        name: RoleName::new(name).unwrap(),
        path: "/acme/".to_owned(),
        trust: trust.into(),
        inline: inline.into_iter().map(|(name, json)| (PolicyName::new(name).unwrap(), json.into())).collect(),
        attached: if shared { BTreeSet::from([arn("shared")]) } else { BTreeSet::new() },
        boundary: boundary.map(|number| arn(POLICIES[number])),
        max_session: 3600,
        description: String::new(),
        tags: BTreeMap::new(),
    })
}

fn identities(bounded: bool) -> impl Strategy<Value = Identities> {
    // What an attached policy says is not at hand when it is detached, so it is taken to allow.
    let allowing = shared_document().prop_map(|mut document| {
        document["Statement"].as_array_mut().unwrap().retain(|statement| statement["Effect"] == "Allow");
        document
    });
    let policies = (shared_document(), shared_document(), allowing).prop_map(|(a, b, shared)| [a, b, shared]);
    (role(ROLES[0], bounded), role(ROLES[1], bounded), policies).prop_map(|(one, two, documents)| Identities {
        roles: [one, two].into_iter().map(|role| (role.name.clone(), role)).collect(),
        policies: POLICIES
            .into_iter()
            .zip(documents)
            .map(|(name, document)| {
                let name = PolicyName::new(name).unwrap();
                (name.clone(), ManagedPolicy { name, path: "/acme/".to_owned(), document: document.into() })
            })
            .collect(),
        ..Identities::default()
    })
}

fn compiled(document: &PolicyDocument) -> Compiled {
    Compiled::plain("policy", &Document::parse(&document.json()).unwrap())
}

/// Who may do what, through which role.
fn access(world: &Identities) -> BTreeSet<(String, usize, usize)> {
    let policy =
        |arn: &str| world.policies.get(arn.rsplit('/').next().unwrap()).map(|policy| compiled(&policy.document));
    let everything = compiled(
        &json!({ "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Action": "*", "Resource": "*" }] })
        .into(),
    );
    let mut out = BTreeSet::new();
    for role in world.roles.values() {
        let trust = compiled(&role.trust);
        let own = format!("arn:aws:iam::{OURS}:role/acme/{}", role.name);
        let mut identity: Vec<Compiled> = role.inline.values().map(compiled).collect();
        identity.extend(role.attached.iter().filter_map(|arn| policy(arn)));
        let boundary = role.boundary.as_deref().and_then(policy);
        for (who, account) in PEOPLE.iter().enumerate() {
            let caller = Caller::parse(&format!("arn:aws:iam::{account}:role/them")).unwrap();
            let layers = Layers { identity: vec![&everything], resource: Some(&trust), ..Layers::default() };
            if !evaluate(&Request::new(caller, "sts:AssumeRole", &own, Context::default()), &layers).is_allowed() {
                continue;
            }
            for (what, action) in ACTIONS.iter().enumerate() {
                let caller = Caller::parse(&own).unwrap();
                let layers =
                    Layers { identity: identity.iter().collect(), boundary: boundary.as_ref(), ..Layers::default() };
                if evaluate(&Request::new(caller, action, "*", Context::default()), &layers).is_allowed() {
                    out.insert((role.name.to_string(), who, what));
                }
            }
        }
    }
    out
}

fn make(world: &mut Identities, call: &RepairCall) {
    let mut on = |role: &RoleName, change: &mut dyn FnMut(&mut Role)| change(world.roles.get_mut(role).unwrap());
    match call {
        RepairCall::PutBoundary { role, policy } => on(role, &mut |role| role.boundary = Some(policy.clone())),
        RepairCall::PutTrust { role, document } => on(role, &mut |role| role.trust = document.into()),
        RepairCall::PutInline { role, name, document } => on(role, &mut |role| {
            role.inline.insert(PolicyName::new(name.clone()).unwrap(), document.into());
        }),
        RepairCall::DeleteInline { role, name } => on(role, &mut |role| {
            role.inline.remove(name.as_str()).expect("what is deleted is there");
        }),
        RepairCall::Attach { role, policy } => on(role, &mut |role| {
            role.attached.insert(policy.clone());
        }),
        RepairCall::Detach { role, policy } => on(role, &mut |role| {
            role.attached.remove(policy);
        }),
        RepairCall::PutPolicy { name, document } => {
            world.policies.get_mut(name.as_str()).unwrap().document = document.into();
        }
        RepairCall::CreateRole { role } => {
            let bare = Role { inline: BTreeMap::new(), attached: BTreeSet::new(), ..(**role).clone() };
            assert!(world.roles.insert(role.name.clone(), bare).is_none());
        }
        other => panic!("not in this world: {other:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_ever_allowed_that_neither_was_nor_shall_be(
        desired in identities(true),
        mut live in identities(false),
        kept in prop::collection::vec(any::<bool>(), 8),
    ) {
        // Most of what could be changed was not.
        for (number, name) in ROLES.iter().enumerate() {
            let wanted = &desired.roles[*name];
            let role = live.roles.get_mut(*name).unwrap();
            if kept[number] { role.trust = wanted.trust.clone(); }
            if kept[2 + number] { role.boundary = wanted.boundary.clone(); }
        }
        for (number, name) in POLICIES.iter().enumerate() {
            if kept[4 + number] { live.policies.insert(PolicyName::new(*name).unwrap(), desired.policies[*name].clone()); }
        }
        if kept[7] && kept[0] { live.roles.remove("etl"); }

        let before = access(&live);
        let after = access(&desired);
        let repair = Repair::of(&compare(&desired, &live), &Spared::default());
        prop_assert!(repair.beyond.is_empty());
        let mut world = live.clone();
        for (number, call) in repair.calls.iter().enumerate() {
            make(&mut world, call);
            let now = access(&world);
            let too_much: Vec<_> = now.iter().filter(|one| !before.contains(*one) && !after.contains(*one)).collect();
            prop_assert!(too_much.is_empty(), "call {number} of {:#?} allows {too_much:?}", repair.calls);
        }
        prop_assert_eq!(compare(&desired, &world), vec![]);
    }
}
