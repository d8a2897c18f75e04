//! What holds whatever is asked for, in whatever order.

use std::collections::BTreeMap;

use landfall_plan::StackStatus;
use landfall_sandbox::Sandbox;
use proptest::prelude::*;
use serde_json::{Map, Value};

use crate::world::{a_role, enter, member, region, request, sandbox, seconds, template, with};

#[derive(Debug, Clone)]
enum Step {
    Create(u8, Vec<u8>),
    Update(u8, Vec<u8>, bool),
    Delete(u8),
    Wait(u64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let roles = || prop::collection::vec(0..6_u8, 1..4);
    let step = prop_oneof![
        (0..4_u8, roles()).prop_map(|(stack, roles)| Step::Create(stack, roles)),
        (0..4_u8, roles(), any::<bool>()).prop_map(|(stack, roles, words)| Step::Update(stack, roles, words)),
        (0..4_u8).prop_map(Step::Delete),
        (1..25_u64).prop_map(Step::Wait),
    ];
    prop::collection::vec(step, 1..25)
}

fn resources(roles: &[u8], words: bool) -> Value {
    let role = |n: &u8| {
        let role = a_role(&format!("role-{n}"));
        (format!("R{n}"), if words { with(role, "Description", "words".into()) } else { role })
    };
    template(Value::Object(roles.iter().map(role).collect::<Map<String, Value>>()))
}

fn check(sandbox: &Sandbox) {
    let view = sandbox.view().unwrap();
    for account in &view.accounts {
        let mut owned: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for role in &account.roles {
            if let Some(stack) = &role.stack {
                owned.entry(stack.split('/').nth(1).unwrap()).or_default().push(&role.name);
            }
        }
        let mut claimed = 0;
        for stack in &account.stacks {
            if stack.status == StackStatus::RollbackComplete {
                assert_eq!(owned.get(stack.name.as_str()), None, "{stack:?}");
                assert!(stack.resources.is_empty());
            }
            let settled =
                [StackStatus::CreateComplete, StackStatus::UpdateComplete, StackStatus::UpdateRollbackComplete];
            if settled.contains(&stack.status) {
                let count = owned.get(stack.name.as_str()).map_or(0, Vec::len);
                assert_eq!(stack.resources.len(), count, "{stack:?} {owned:?}");
            }
            claimed += stack.resources.len();
        }
        assert!(claimed >= owned.values().map(Vec::len).sum::<usize>(), "a role of no stack: {owned:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_role_belongs_to_one_stack_and_rolled_back_stacks_have_none(steps in steps()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let sandbox = sandbox();
            let stacks = enter(&sandbox, &member(&sandbox).await).await.stacks(&region());
            for (index, step) in steps.into_iter().enumerate() {
                let token = format!("step-{index}");
                match step {
                    Step::Create(stack, roles) => {
                        let _ = stacks.create(&request(&format!("s{stack}"), &token, &resources(&roles, false))).await;
                    }
                    Step::Update(stack, roles, words) => {
                        let wanted = request(&format!("s{stack}"), &token, &resources(&roles, words));
                        if let Ok(id) = stacks.create_change_set(&wanted, &token).await {
                            seconds(2).await;
                            let _ = stacks.execute_change_set(&id, &token).await;
                        }
                    }
                    Step::Delete(stack) => {
                        let _ = stacks.delete(&format!("s{stack}"), &token).await;
                    }
                    Step::Wait(time) => seconds(time).await,
                }
                check(&sandbox);
            }
            seconds(1_000).await;
            check(&sandbox);
            assert!(stacks.list().await.unwrap().iter().all(|stack| !stack.status.in_progress()));
        });
    }
}
