//! Killed at any point and run again, it ends in the same state.

use std::process::Stdio;
use std::time::Duration;

use landfall_sandbox::{Sandbox, View};

use crate::desk::{Desk, root};

fn stands(desk: &Desk) -> View {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let _inside = runtime.enter();
    Sandbox::open_existing(desk.path().join(".landfall/acme.json")).unwrap().view().unwrap()
}

/// Everything that does not depend on which request came first; ids and the statuses of what was made twice do.
fn shape(view: &View) -> Vec<String> {
    let mut accounts: Vec<String> = view
        .accounts
        .iter()
        .map(|account| {
            let mut lines: Vec<String> = account.stacks.iter().map(|stack| stack.name.to_string()).collect();
            lines.extend(account.roles.iter().map(|role| {
                let bounded = role.boundary.as_deref().and_then(|arn| arn.rsplit('/').next());
                // The account's own policies have its id in their ARNs.
                let attached: Vec<_> = role.attached.iter().filter_map(|arn| arn.split_once(":policy/")).collect();
                let attached: Vec<&str> = attached.into_iter().map(|(_, name)| name).collect();
                format!("{} {bounded:?} {} {attached:?} {}", role.name, role.inline, role.stack.is_some())
            }));
            lines.sort();
            format!("{} in {:?} with {:?}: {lines:#?}", account.name, account.unit, account.tags)
        })
        .collect();
    accounts.sort();
    accounts
}

#[test]
fn killed_at_any_point_it_ends_in_the_same_state() {
    let example = root().join("examples/acme");
    let arguments = ["apply", example.to_str().unwrap(), "--sandbox", "--yes"];
    let undisturbed = Desk::new();
    assert_eq!(undisturbed.run(&arguments).code, 0);
    let wanted = shape(&stands(&undisturbed));
    assert_eq!(wanted.len(), 8);

    for after in [40, 160, 280, 400, 550, 700, 900] {
        let desk = Desk::new();
        let mut child = desk.command(&arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(after));
        // On a fast machine the run may be over; it is then run twice, which must change nothing either.
        let _ = child.kill();
        child.wait().unwrap();
        let again = desk.run(&arguments);
        assert_eq!(again.code, 0, "killed after {after} ms: {}", again.both());
        assert_eq!(desk.run(&["plan", arguments[1], "--sandbox"]).code, 0, "killed after {after} ms");
        assert_eq!(shape(&stands(&desk)), wanted, "killed after {after} ms");
    }
}
