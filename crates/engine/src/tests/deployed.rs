//! The templates that stacks were deployed with.

use std::collections::BTreeMap;
use std::sync::Arc;

use landfall_plan::StackStatus;
use landfall_stacks::{Protection, StackKey};

use crate::port::{Access, StackRequest};
use crate::{FaultKind, ObserveOptions, WantedTemplate, deployed_templates};

use super::build::name;
use super::fake::{Fake, Strike, id, region};

fn wanted(stack: &str) -> WantedTemplate {
    let key = StackKey { account: name("home"), region: region(), name: stack.parse().unwrap() };
    WantedTemplate { key, account: id(1), ways: vec![Access::Own], stack: stack.to_owned() }
}

#[tokio::test(start_paused = true)]
async fn each_template_is_one_call_and_what_is_missing_stops_nothing() {
    let fake = Fake::new();
    {
        let mut world = fake.world();
        world.put_stack(1, "acme-a", StackStatus::CreateComplete, &[]);
        let stacks = world.stacks.values_mut().flat_map(BTreeMap::values_mut).flatten();
        for stack in stacks {
            stack.request = Some(StackRequest {
                stack: "acme-a".parse().unwrap(),
                template: Arc::from("{}"),
                parameters: BTreeMap::new(),
                tags: BTreeMap::new(),
                protection: Protection::Off,
                token: "t".to_owned(),
            });
        }
    }
    fake.script("cloudformation:GetTemplate", FaultKind::Throttled, "Rate exceeded", Strike::Before, 1);
    let all = [wanted("acme-a"), wanted("acme-b")];
    let found = deployed_templates(fake.cloud().as_ref(), &all, ObserveOptions::default()).await;
    assert_eq!(found[&all[0].key], Ok("{}".to_owned()));
    assert_eq!(found[&all[1].key], Err("the stack is gone".to_owned()));
    assert_eq!(fake.count("cloudformation:GetTemplate"), 3, "one of them was throttled once");

    fake.script("cloudformation:GetTemplate", FaultKind::AccessDenied, "not allowed", Strike::Before, 1);
    let found = deployed_templates(fake.cloud().as_ref(), &all[..1], ObserveOptions::default()).await;
    assert!(found[&all[0].key].as_ref().unwrap_err().contains("not allowed"), "{found:?}");
}
