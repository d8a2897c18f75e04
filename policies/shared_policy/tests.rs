use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::*;
use crate::specimen::{acme, plain, roles};
use crate::{Actions, Caller, Compiled, Context, Effect, Layers, Plain, Render, Request, Resources, evaluate};

fn organization() -> OrganizationName {
    OrganizationName::new("acme").unwrap()
}

/// The example's roles that share something, each document in one piece.
fn whole() -> BTreeMap<String, Document> {
    let json: BTreeMap<String, Value> = serde_json::from_str(include_str!("whole.json")).unwrap();
    json.into_iter().map(|(name, json)| (name, Document::parse(&json).unwrap())).collect()
}

/// A role's own document and those that it shares.
fn divided(name: &str) -> Vec<Document> {
    let (_, role) = roles(&acme()).into_iter().find(|(known, _)| known == name).unwrap();
    let shared = role.shared.iter().map(|shared| shared.document(&organization()));
    role.inline.into_iter().chain(shared).collect()
}

/// What documents say, statement by statement taken apart into one action, one resource and the conditions.
fn said(documents: &[Document]) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    for statement in documents.iter().flat_map(|document| &document.statements) {
        let (Actions::Only(actions), Resources::Only(resources)) = (&statement.actions, &statement.resources) else {
            panic!("{:?}", statement.sid)
        };
        for action in actions {
            for resource in resources {
                let resource = Plain.text(resource);
                let conditions = plain(&Document::new([statement.clone()]))["Statement"][0]["Condition"].clone();
                out.insert(format!("{:?} {} {resource} {conditions}", statement.effect, action.as_str()));
            }
        }
    }
    out
}

/// Every action on every resource that documents name, a neighbour of each, and contexts in which each condition holds
/// and in which it does not.
fn questions(documents: &[Document]) -> Vec<Request> {
    let mut actions = BTreeSet::from(["iam:PutRolePolicy".to_owned(), "ec2:RunInstances".to_owned()]);
    let mut resources = BTreeSet::from(["*".to_owned(), "arn:aws:s3:::somebody-else/x".to_owned()]);
    let mut contexts = vec![Context::default()];
    for statement in documents.iter().flat_map(|document| &document.statements) {
        if let Actions::Only(list) = &statement.actions {
            actions.extend(list.iter().map(|action| action.as_str().replace('*', "GetObject")));
        }
        if let Resources::Only(list) = &statement.resources {
            for text in list {
                let pattern = Plain.text(text).as_str().unwrap().to_owned();
                resources.extend([pattern.replace('*', "x"), pattern.replace("111122223333", "999999999999")]);
            }
        }
        for condition in &statement.conditions {
            for value in condition.values.iter().map(|value| Plain.text(value).as_str().unwrap().replace('*', "x")) {
                contexts.push(Context::default().with(&condition.key.0, &value));
                contexts.push(Context::default().with(&condition.key.0, &format!("other-{value}")));
            }
        }
    }
    let caller = Caller::parse("arn:aws:iam::111122223333:role/acme/me").unwrap().in_session("s");
    let mut out = Vec::new();
    for action in &actions {
        for resource in &resources {
            out.extend(contexts.iter().map(|context| Request::new(caller.clone(), action, resource, context.clone())));
        }
    }
    out
}

#[test]
fn a_divided_role_may_do_exactly_what_it_may_in_one_piece() {
    let (mut asked, mut allowed) = (0, 0);
    for (name, whole) in whole() {
        let divided = divided(&name);
        assert!(divided.len() > 1 || name.contains("inference"), "{name} shares nothing");
        let one = Compiled::plain("whole", &whole);
        let many: Vec<Compiled> = divided.iter().map(|document| Compiled::plain("part", document)).collect();
        let before = Layers { identity: vec![&one], ..Layers::default() };
        let after = Layers { identity: many.iter().collect(), ..Layers::default() };
        let every: Vec<Document> = divided.iter().cloned().chain([whole.clone()]).collect();
        for request in questions(&every) {
            let (was, is) = (evaluate(&request, &before), evaluate(&request, &after));
            let told = format!("{name}: {} on {}: {was} / {is}", request.action(), request.resource());
            assert_eq!(was.is_allowed(), is.is_allowed(), "{told}");
            assert_eq!(was.is_explicit_deny(), is.is_explicit_deny(), "{told}");
            asked += 1;
            allowed += usize::from(is.is_allowed());
        }
        assert_eq!(said(&divided), said(&[whole]), "{name}");
    }
    assert!(asked > 10_000 && allowed > 300, "{allowed} of {asked} questions");
}

#[test]
fn the_comparison_sees_a_statement_that_is_missing() {
    let whole = whole().remove("service-photo-processor-Only").unwrap();
    let mut less = divided("service-photo-processor-Only");
    less.last_mut().unwrap().statements.pop();
    assert_ne!(said(&less), said(&[whole]));
}

#[test]
fn a_shared_policy_names_nothing_that_a_user_wrote() {
    let mut other = acme();
    other.organization.name = OrganizationName::new("umbrella").unwrap();
    for shared in SharedPolicy::ALL {
        let document = shared.document(&organization());
        assert_eq!(document, shared.document(&other.organization.name), "{shared:?}");
        let json = plain(&document).to_string();
        for word in ["acme", "pettracker", "metaflow-prod"] {
            assert!(!json.contains(word), "{shared:?} has {word}: {json}");
        }
    }
}

#[test]
fn every_shared_policy_is_shared_by_some_role_and_fits() {
    let mut foundation = acme();
    // The example's state machine submits no jobs, and its Metaflow has no database to migrate.
    foundation.metaflow[0].metadata_service = true;
    let used: BTreeSet<SharedPolicy> = roles(&foundation).into_iter().flat_map(|(_, role)| role.shared).collect();
    assert_eq!(used.into_iter().collect::<Vec<_>>(), SharedPolicy::ALL);
    for shared in SharedPolicy::ALL {
        let used = crate::managed_policy_use(&shared.document(&organization()));
        assert!(used.used > 0 && used.fits(), "{shared:?}: {used:?}");
    }
}

#[test]
fn what_is_denied_stands_with_what_is_allowed() {
    for shared in SharedPolicy::ALL {
        let document = shared.document(&organization());
        assert!(document.statements.iter().any(|statement| statement.effect == Effect::Allow), "{shared:?}");
    }
    let network = SharedPolicy::LambdaVpc.document(&organization());
    assert!(network.statements.iter().any(|statement| statement.effect == Effect::Deny));
}

#[test]
fn an_arn_is_made_of_the_name_and_no_boundary_is_called_like_it() {
    let boundaries = Plain.text(&crate::Estate::of(&acme()).all_boundaries());
    for shared in SharedPolicy::ALL {
        let arn = Plain.text(&shared.arn(&organization()));
        let (arn, name) = (arn.as_str().unwrap(), shared.name(&organization()).unwrap());
        assert_eq!(arn, format!("arn:aws:iam::111122223333:policy/acme/{name}"));
        assert!(!crate::specimen::matches(boundaries.as_str().unwrap(), arn), "{arn}");
    }
    for own in ["acme-boundary-workload", "acme-break-glass-boundary", "acme-automation-boundary"] {
        let arn = format!("arn:aws:iam::111122223333:policy/acme/{own}");
        assert!(crate::specimen::matches(boundaries.as_str().unwrap(), &arn), "{arn}");
    }
}
