//! What holds for every template of every configuration.

use std::collections::{BTreeMap, BTreeSet};

use landfall_model::{Code, Foundation, ItemName, Job, Kind, RoleAccess, RoleStrategy, Severity, Team};
use proptest::prelude::*;
use serde_json::Value;

use super::{golden, sample};
use crate::{Need, Provides, Stack, Synthesis, TEMPLATE_BYTES, codes, synthesize};

fn team(name: &str, roles: RoleStrategy, jobs: &[(String, bool)]) -> Team {
    let job = |(name, own_roles): &(String, bool)| Job {
        name: ItemName::new(name.as_str()).unwrap(),
        own_roles: *own_roles,
        reason: None,
        access: RoleAccess::default(),
        place: sample::PLACE,
    };
    Team {
        name: ItemName::new(name).unwrap(),
        accounts: sample::accounts(["data"]),
        boundary: landfall_model::BoundaryName::new("workload").unwrap(),
        roles,
        buckets: vec!["acme-data".to_owned(), "acme-more".to_owned()],
        secrets: Some(format!("/batch-jobs/{name}")),
        jobs: jobs.iter().map(job).collect(),
        access: RoleAccess::default(),
        place: sample::PLACE,
    }
}

fn with_team(roles: RoleStrategy, jobs: &[(String, bool)]) -> Foundation {
    let mut foundation = sample::foundation(&["management", "data"], &[]);
    foundation.break_glass = Some(sample::break_glass("management", sample::accounts(["data"])));
    foundation.teams.push(team("etl", roles, jobs));
    foundation
}

fn resources(stack: &Stack) -> Vec<(String, Value)> {
    let template: Value = serde_json::from_str(&stack.body.json).unwrap();
    template["Resources"].as_object().unwrap().iter().map(|(id, value)| (id.clone(), value.clone())).collect()
}

/// Every string of a value.
fn strings<'a>(value: &'a Value, out: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => out.push(text),
        Value::Array(list) => list.iter().for_each(|value| strings(value, out)),
        Value::Object(object) => object.values().for_each(|value| strings(value, out)),
        _ => {}
    }
}

fn check(synthesis: &Synthesis) {
    for stack in &synthesis.stacks {
        assert!(stack.body.json.len() <= TEMPLATE_BYTES, "{}: {} bytes", stack.key, stack.body.json.len());
        assert_eq!(stack.body.digest, crate::Digest::of(stack.body.json.as_bytes()));
        let mut roles = 0;
        for (id, resource) in resources(stack) {
            assert!(id.bytes().all(|b| b.is_ascii_alphanumeric()), "{id}");
            let properties = &resource["Properties"];
            match resource["Type"].as_str().unwrap() {
                "AWS::IAM::Role" => {
                    roles += 1;
                    let boundary = properties["PermissionsBoundary"]["Fn::Sub"].as_str().unwrap();
                    assert!(boundary.contains(":policy/"), "{}: {id}: {boundary}", stack.key);
                    assert!(properties["Policies"].is_array() && properties["ManagedPolicyArns"].is_array());
                }
                "AWS::IAM::ManagedPolicy" => assert_eq!(properties["Description"], Value::Null, "create-only"),
                _ => {}
            }
        }
        assert_eq!(roles, stack.roles, "{}", stack.key);
        let boundaries = stack.needs.iter().filter(|need| matches!(need, Need::Boundary(_))).count();
        let own = stack.body.json.contains("AWS::IAM::ManagedPolicy");
        assert!(roles == 0 || boundaries > 0 || own, "{} has roles without a boundary to wait for", stack.key);
    }
    needs_are_met(&synthesis.stacks);
}

/// Whatever a stack waits for, some stack provides.
fn needs_are_met(stacks: &[Stack]) {
    let provided: BTreeSet<_> = stacks
        .iter()
        .flat_map(|stack| stack.provides.iter().map(|provides| (stack.key.account.clone(), provides.clone())))
        .collect();
    let names: BTreeSet<_> = stacks.iter().map(|stack| (&stack.key.account, &stack.key.name)).collect();
    for stack in stacks {
        let own = &stack.key.account;
        for need in &stack.needs {
            let met = match need {
                Need::Boundary(name) => provided.contains(&(own.clone(), Provides::Boundary(name.clone()))),
                Need::SharedPolicy(policy) => provided.contains(&(own.clone(), Provides::SharedPolicy(*policy))),
                Need::Provider(name) => provided.contains(&(own.clone(), Provides::Provider(name.clone()))),
                Need::TrustedRole { account, role, .. } | Need::Hub { account, role } => {
                    provided.contains(&(account.clone(), Provides::Role(role.clone())))
                }
                Need::OwnRole(role) => provided.contains(&(own.clone(), Provides::Role(role.clone()))),
                Need::Whole(name) => names.contains(&(own, name)),
                Need::AccountId(_) => true,
            };
            assert!(met, "{} waits for {need:?}", stack.key);
        }
    }
}

#[test]
fn the_example_keeps_every_rule() {
    check(&synthesize(&golden::acme()));
}

#[test]
fn every_good_configuration_keeps_every_rule() {
    for (name, foundation) in golden::good() {
        let synthesis = synthesize(&foundation);
        let errors = synthesis.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
        let codes: BTreeSet<_> = errors.map(|diagnostic| diagnostic.code).collect();
        // One role of `every-key` is under every condition that there is, which is more than a trust policy can say.
        let allowed: &[Code] = if name.ends_with("every-key") { &[codes::QUOTA, codes::PARTITION] } else { &[] };
        assert!(codes.iter().all(|code| allowed.contains(code)), "{name}: {codes:?}");
        check(&synthesis);
    }
}

#[test]
fn no_arn_of_ours_has_a_partition_of_its_own() {
    let mut foundation = golden::acme();
    // What the user wrote stays as it is written.
    foundation.metaflow.iter_mut().for_each(|item| {
        item.additional_job_policy_arns.clear();
        item.custom_job_policy_statements.clear();
        item.kms_key = None;
    });
    foundation.cross_account.iter_mut().for_each(|item| item.access = RoleAccess::default());
    foundation.ci_deployers.iter_mut().for_each(|item| item.access = RoleAccess::default());
    foundation.federation.iter_mut().for_each(|item| item.access = RoleAccess::default());
    for stack in synthesize(&foundation).stacks {
        let template: Value = serde_json::from_str(&stack.body.json).unwrap();
        let mut found = Vec::new();
        strings(&template, &mut found);
        let hard: Vec<_> = found.iter().filter(|text| text.contains("arn:aws")).collect();
        assert!(hard.is_empty(), "{}: {hard:?}", stack.key);
    }
}

#[test]
fn two_runs_give_the_same_bytes() {
    let shown = |synthesis: Synthesis| -> Vec<String> {
        synthesis.stacks.iter().map(|stack| format!("{} {} {:?}", stack.key, stack.body.json, stack.needs)).collect()
    };
    assert_eq!(shown(synthesize(&golden::acme())), shown(synthesize(&golden::acme())));
}

#[test]
fn the_role_strategies_make_the_roles_that_they_promise() {
    let jobs: Vec<(String, bool)> = ["a", "b", "c"].map(|name| (name.to_owned(), name == "c")).into();
    let shared: Vec<_> = jobs.iter().map(|(name, _)| (name.clone(), false)).collect();
    for (roles, jobs, count) in
        [(RoleStrategy::PerTeam, &shared, 2), (RoleStrategy::PerJob, &shared, 6), (RoleStrategy::PerTeam, &jobs, 4)]
    {
        let synthesis = synthesize(&with_team(roles, jobs));
        check(&synthesis);
        let of_team = synthesis.stacks.iter().filter(|stack| stack.kind == Kind::BatchTeam);
        assert_eq!(of_team.map(|stack| stack.roles).sum::<usize>(), count, "{roles:?}");
    }
}

#[test]
fn a_thousand_accounts_share_their_templates() {
    let names: Vec<String> = (0..1_000).map(|index| format!("account-{index}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut foundation = sample::foundation(&names[..1], &names[1..]);
    let all = || sample::accounts(names.iter().copied());
    foundation.break_glass = Some(sample::break_glass("account-0", all()));
    for index in 0..4 {
        foundation.cross_account.push(sample::cross_account(&format!("role-{index}"), all(), "account-0"));
    }
    let synthesis = synthesize(&foundation);
    assert_eq!(synthesis.stacks.len(), 6 * 1_000 + 2);
    let bodies: BTreeSet<_> = synthesis.stacks.iter().map(|stack| stack.body.json.as_ptr()).collect();
    assert!(bodies.len() <= 8, "{} templates for 6 stacks an account and the alarm", bodies.len());
}

fn where_jobs_stand(synthesis: &Synthesis) -> BTreeMap<String, String> {
    let of_team = synthesis.stacks.iter().filter(|stack| stack.kind == Kind::BatchTeam);
    let roles = of_team.flat_map(|stack| {
        stack.provides.iter().filter_map(|provides| match provides {
            Provides::Role(role) => Some((role.to_string(), stack.key.name.to_string())),
            _ => None,
        })
    });
    roles.collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, ..ProptestConfig::default() })]

    #[test]
    fn a_team_of_many_jobs_is_split_and_stays_where_it_is(
        jobs in proptest::collection::btree_set("[a-z]{3,10}", 1..80),
        shares in any::<bool>(),
        extra in "[A-Z]{5}",
    ) {
        let roles = if shares { RoleStrategy::PerTeam } else { RoleStrategy::PerJob };
        let mut jobs: Vec<(String, bool)> = jobs.into_iter().map(|name| (name, true)).collect();
        if shares {
            jobs.push(("shared".to_owned(), false));
        }
        let before = synthesize(&with_team(roles, &jobs));
        check(&before);
        prop_assert!(before.diagnostics.is_empty(), "{:?}", before.diagnostics);
        jobs.push((extra, true));
        let after = synthesize(&with_team(roles, &jobs));
        check(&after);
        if before.stacks.len() == after.stacks.len() {
            let after = where_jobs_stand(&after);
            for (role, stack) in where_jobs_stand(&before) {
                prop_assert_eq!(after.get(&role), Some(&stack), "{}", role);
            }
        }
    }
}
