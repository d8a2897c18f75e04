//! A large organization.

use std::time::{Duration, Instant};

use landfall_engine::port::Cloud;
use landfall_model::Email;
use landfall_plan::StackStatus;
use landfall_sandbox::{Sandbox, Seed};
use serde_json::json;

use crate::world::{a_policy, a_role, enter, region, request, role, seconds, settings, template, with};

const ACCOUNTS: usize = 200;
const STACKS: usize = 6;

#[tokio::test(start_paused = true)]
async fn many_accounts_are_quick_and_their_file_is_small() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sandbox.json");
    let sandbox = Sandbox::open(&path, settings()).unwrap();
    sandbox.organizations().create().await.unwrap();
    let started = Instant::now();
    for n in 0..ACCOUNTS {
        let seed = Seed {
            id: None,
            name: format!("account-{n}"),
            email: Email::new(format!("a{n}@acme.example")).unwrap(),
            access_role: Some(role("Access")),
        };
        let account = sandbox.hand().adopt(&seed).unwrap();
        let stacks = enter(&sandbox, &account).await.stacks(&region());
        for stack in 0..STACKS {
            let name = format!("acme-{stack}");
            let resources = json!({
                "Boundary": a_policy(&format!("b-{stack}")),
                "Role": with(a_role(&format!("r-{stack}")), "PermissionsBoundary", json!({ "Ref": "Boundary" })),
            });
            stacks.create(&request(&name, &name, &template(resources))).await.unwrap();
        }
    }
    seconds(20).await;
    let view = sandbox.view().unwrap();
    let complete = |status| status == StackStatus::CreateComplete;
    let stacks = view.accounts.iter().flat_map(|account| &account.stacks);
    assert_eq!(stacks.filter(|stack| complete(stack.status)).count(), ACCOUNTS * STACKS);
    let took = started.elapsed();
    assert!(took < Duration::from_secs(30), "{took:?}");
    drop(sandbox);
    Sandbox::open_existing(&path).unwrap();
    let bytes = std::fs::metadata(&path).unwrap().len();
    assert!(bytes < 6_000_000, "{bytes} bytes for {} stacks: templates are kept once", ACCOUNTS * STACKS);
}
