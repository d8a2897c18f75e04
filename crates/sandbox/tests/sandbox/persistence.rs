//! The state on disk.

use std::fs;
use std::io::Write;

use landfall_engine::port::Cloud;
use landfall_plan::StackStatus;
use landfall_sandbox::{Sandbox, SandboxError, Settings};
use serde_json::json;

use crate::world::{a_role, create, enter, id, member, observed, region, request, seconds, settings, status, template};

#[tokio::test(start_paused = true)]
async fn another_process_goes_on_where_one_was_cut_off() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sandbox.json");
    let first = Sandbox::open(&path, settings()).unwrap();
    let account = member(&first).await;
    let stacks = enter(&first, &account).await.stacks(&region());
    create(&stacks, "done", json!({ "A": a_role("a") })).await;
    let pending = stacks.create(&request("pending", "token", &template(json!({ "B": a_role("b") })))).await.unwrap();
    let shown = first.view().unwrap();
    // What a kill leaves: the file as it is, with the last line torn.
    let killed = folder.path().join("killed.json");
    fs::copy(&path, &killed).unwrap();
    fs::OpenOptions::new().append(true).open(&killed).unwrap().write_all(b"{\"now\":9999999,\"rows\":[[\"ro").unwrap();

    let second = Sandbox::open(&killed, settings()).unwrap();
    assert_eq!(second.view().unwrap(), shown);
    let stacks = enter(&second, &account).await.stacks(&region());
    assert_eq!(status(&stacks, &pending).await, StackStatus::CreateInProgress);
    seconds(10).await;
    assert_eq!(status(&stacks, &pending).await, StackStatus::CreateComplete);
    drop((second, stacks));
    let third = Sandbox::open_existing(&killed).unwrap();
    let stacks = enter(&third, &account).await.stacks(&region());
    assert_eq!(observed(&stacks, "done").await.status, StackStatus::CreateComplete);
    assert_eq!(observed(&stacks, "pending").await.id, pending);
}

#[tokio::test(start_paused = true)]
async fn only_one_process_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sandbox.json");
    assert!(matches!(Sandbox::open_existing(&path), Err(SandboxError::Absent { .. })));
    let first = Sandbox::open(&path, settings()).unwrap();
    assert!(matches!(Sandbox::open(&path, settings()), Err(SandboxError::InUse { .. })));
    drop(first);
    Sandbox::open(&path, settings()).unwrap();
}

#[tokio::test(start_paused = true)]
async fn settings_stay_and_another_organization_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deeper").join("sandbox.json");
    let first = Sandbox::open(&path, settings()).unwrap();
    first.configure(|settings| settings.latency = 0.5).unwrap();
    first.save().unwrap();
    drop(first);
    assert!((Sandbox::open(&path, settings()).unwrap().settings().latency - 0.5).abs() < f64::EPSILON);
    let other = Settings::of(id("999999999999"));
    let refused = Sandbox::open(&path, other).map(drop).unwrap_err();
    assert!(matches!(refused, SandboxError::OtherOrganization { .. }), "{refused}");
}

#[tokio::test(start_paused = true)]
async fn a_broken_file_is_named_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sandbox.json");
    drop(Sandbox::open(&path, settings()).unwrap());
    let mut text = fs::read_to_string(&path).unwrap();
    text.push_str("nonsense\n");
    fs::write(&path, text).unwrap();
    let refused = Sandbox::open(&path, settings()).map(drop).unwrap_err();
    assert!(matches!(refused, SandboxError::Corrupt { line: 5, .. }), "{refused}");
    fs::write(&path, "something else\n").unwrap();
    let refused = Sandbox::open(&path, settings()).map(drop).unwrap_err();
    assert!(matches!(refused, SandboxError::Corrupt { line: 1, .. }), "{refused}");
}

#[tokio::test(start_paused = true)]
async fn the_file_grows_with_what_is_there_and_not_with_what_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sandbox.json");
    let sandbox = Sandbox::open(&path, settings()).unwrap();
    let account = member(&sandbox).await;
    let mut largest = 0;
    for n in 0..6_000 {
        sandbox.hand().put_trust(&account, &crate::world::role("Access"), &crate::world::service_trust()).unwrap();
        if n % 500 == 0 {
            largest = largest.max(fs::metadata(&path).unwrap().len());
        }
    }
    assert!(largest < 2_000_000, "{largest}");
    let shown = sandbox.view().unwrap();
    drop(sandbox);
    assert_eq!(Sandbox::open_existing(&path).unwrap().view().unwrap(), shown);
}

#[tokio::test(start_paused = true)]
async fn saving_costs_what_changed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sandbox.json");
    let sandbox = Sandbox::open(&path, settings()).unwrap();
    let account = member(&sandbox).await;
    let stacks = enter(&sandbox, &account).await.stacks(&region());
    let mut steps = Vec::new();
    for n in 0..60 {
        let before = fs::metadata(&path).unwrap().len();
        let name = format!("stack-{n}");
        create(&stacks, &name, json!({ "A": a_role(&name) })).await;
        steps.push(fs::metadata(&path).unwrap().len() - before);
    }
    let (first, last) = (steps[1], steps[59]);
    assert!(last < first + 200, "{first} {last}");
    assert_eq!(sandbox.calls()["cloudformation:CreateStack"], 60);
}
