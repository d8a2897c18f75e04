//! The way back: what is asked for and nothing else, interrupted, throttled, by a change set, from a saved plan.

use std::process::Stdio;
use std::time::Duration;

use landfall_sandbox::{FaultRule, Sandbox, What, When};

use super::catalogue::{Deployed, drift, example, remediate, tamper};
use crate::desk::Desk;

fn report(desk: &Desk) -> serde_json::Value {
    drift(desk).json()["summary"].clone()
}

fn sandbox<T>(desk: &Desk, act: impl FnOnce(&Sandbox) -> T) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let _inside = runtime.enter();
    act(&Sandbox::open_existing(desk.path().join(".landfall/acme.json")).unwrap())
}

#[test]
fn nothing_is_changed_without_being_asked_for_and_a_part_stays_a_part() {
    let desk = Deployed::new().copy();
    for how in ["remove-boundary", "add-inline", "change-description"] {
        tamper(&desk, how);
    }
    let example = example();
    let shown = desk.run(&["remediate", &example, "--sandbox"]);
    assert_eq!(shown.code, 2, "{}", shown.both());
    assert!(shown.out.contains("! repair identities"), "{}", shown.both());
    let before = report(&desk);
    assert_eq!((before["dangerous"].as_u64(), before["benign"].as_u64()), (Some(1), Some(1)), "{before}");
    let refused = desk.run(&["remediate", &example, "--sandbox", "--apply"]);
    assert_eq!(refused.code, 64, "nobody said yes: {}", refused.both());
    assert_eq!(report(&desk), before);

    let some = remediate(&desk, &["--only", "dangerous"]);
    assert_eq!(some.code, 0, "{}", some.both());
    let after = report(&desk);
    assert_eq!(after["dangerous"], 0, "{after}");
    assert_eq!((&after["repairable"], &after["benign"]), (&before["repairable"], &before["benign"]));
    assert_eq!(remediate(&desk, &[]).code, 0);
    assert_eq!(drift(&desk).code, 0);
}

#[test]
fn a_saved_plan_is_carried_out_once() {
    let desk = Deployed::new().copy();
    tamper(&desk, "widen-trust");
    let example = example();
    let saved = desk.run(&["remediate", &example, "--sandbox", "--out", "back.json"]);
    assert_eq!(saved.code, 2, "{}", saved.both());
    let apply = ["apply", &example, "--sandbox", "--plan", "back.json", "--yes", "-q"];
    let applied = desk.run(&apply);
    assert_eq!(applied.code, 0, "{}", applied.both());
    assert_eq!(drift(&desk).code, 0);
    let stale = desk.run(&apply);
    assert_eq!(stale.code, 1, "{}", stale.both());
}

#[test]
fn a_change_set_reverts_what_drifted_and_nothing_else() {
    let desk = Deployed::new().copy();
    for how in ["add-inline", "change-inline", "delete-role"] {
        tamper(&desk, how);
        let shown = desk.run(&["remediate", &example(), "--sandbox", "--via", "cloudformation"]);
        assert_eq!(shown.code, 2, "{how}: {}", shown.both());
        assert!(shown.out.contains("! repair stack"), "{how}: {}", shown.both());
        let reverted = remediate(&desk, &["--via", "cloudformation"]);
        assert_eq!(reverted.code, 0, "{how}: {}", reverted.both());
        assert_eq!(drift(&desk).code, 0, "{how}");
    }
}

#[test]
fn interrupted_it_is_resumed_by_running_it_again() {
    let deployed = Deployed::new();
    for after in [60, 120, 200] {
        let desk = deployed.copy();
        for how in ["remove-boundary", "widen-trust", "delete-role", "delete-stack", "open-topic", "detach-guardrail"] {
            tamper(&desk, how);
        }
        sandbox(&desk, |sandbox| sandbox.configure(|settings| settings.latency = 0.01).unwrap());
        let example = example();
        let arguments = ["remediate", &example, "--sandbox", "--apply", "--yes", "-q", "--no-journal"];
        let mut child = desk.command(&arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(after));
        // On a fast machine the run may be over; it is then run twice, which must change nothing either.
        let _ = child.kill();
        child.wait().unwrap();
        let again = remediate(&desk, &[]);
        assert_eq!(again.code, 0, "killed after {after} ms: {}", again.both());
        assert_eq!(drift(&desk).code, 0, "killed after {after} ms");
    }
}

#[test]
fn throttled_it_ends_right() {
    let desk = Deployed::new().copy();
    for how in ["remove-boundary", "add-inline", "delete-role", "delete-stack", "detach-guardrail", "clear-setting"] {
        tamper(&desk, how);
    }
    let throttle = |operation: &str| FaultRule {
        operation: operation.to_owned(),
        account: None,
        stack: None,
        when: When::Probability(0.2),
        what: What::Throttled,
    };
    sandbox(&desk, |sandbox| {
        let faults = vec![throttle("iam:*"), throttle("cloudformation:*"), throttle("organizations:*")];
        sandbox.configure(|settings| settings.faults = faults).unwrap();
    });
    let ended = remediate(&desk, &[]);
    assert_eq!(ended.code, 0, "{}", ended.both());
    sandbox(&desk, |sandbox| sandbox.configure(|settings| settings.faults.clear()).unwrap());
    assert_eq!(drift(&desk).code, 0);
}

#[test]
fn what_could_not_be_read_is_said_by_the_exit_code_too() {
    let desk = Deployed::new().copy();
    tamper(&desk, "add-inline");
    let refused = FaultRule {
        operation: "cloudformation:DetectStackResourceDrift".to_owned(),
        account: None,
        stack: None,
        when: When::Always,
        what: What::AccessDenied,
    };
    sandbox(&desk, |sandbox| sandbox.configure(|settings| settings.faults = vec![refused]).unwrap());
    assert_eq!(drift(&desk).code, 3);
    let example = example();
    let shown = desk.run(&["remediate", &example, "--sandbox"]);
    assert_eq!(shown.code, 3, "{}", shown.both());
    assert!(shown.err.contains("not all could be read"), "{}", shown.both());
    let put_right = remediate(&desk, &[]);
    assert_eq!(put_right.code, 3, "{}", put_right.both());
    assert_eq!(report(&desk)["repairable"], 0, "the rest is put right");
    assert_eq!(remediate(&desk, &[]).code, 3, "nothing is left that anybody sees, and that is not all");
    sandbox(&desk, |sandbox| sandbox.configure(|settings| settings.faults.clear()).unwrap());
    assert_eq!((drift(&desk).code, remediate(&desk, &[]).code), (0, 0));
}

#[test]
fn what_stands_is_accepted_where_it_can_be_said() {
    let desk = Desk::started();
    desk.write(
        "it/teams/data.yaml",
        "team: data\naccounts: [app-prod]\nboundary: workload # held\nbuckets: [example-data]\njobs: [{ name: load }]\n",
    );
    assert_eq!(desk.run(&["apply", "it", "--sandbox", "--yes"]).code, 0);
    let role = ["--account", "app-prod", "--role", "data-job-role", "it"];
    let attach = ["sandbox", "tamper", "attach-policy", "--policy", "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"];
    assert_eq!(desk.run(&[attach.as_slice(), &role].concat()).code, 0);
    assert_eq!(desk.run(&[["sandbox", "tamper", "change-description"].as_slice(), &role].concat()).code, 0);
    let before: Vec<(String, String)> = files(&desk);
    let asked = desk.run(&["remediate", "it", "--sandbox", "--accept"]);
    assert_eq!(asked.code, 64, "nobody said yes: {}", asked.both());
    assert_eq!(files(&desk), before, "nothing is written");
    let accepted = desk.run(&["remediate", "it", "--sandbox", "--accept", "--yes"]);
    assert_eq!(accepted.code, 3, "a description cannot be said: {}", accepted.both());
    assert!(accepted.out.contains("+ ") && accepted.out.contains("AmazonS3ReadOnlyAccess"), "{}", accepted.both());
    assert!(accepted.out.contains("Description") && accepted.out.contains("cannot be accepted"), "{}", accepted.both());
    let after = files(&desk);
    let changed: Vec<_> = before.iter().zip(&after).filter(|(before, after)| before != after).collect();
    assert_eq!(changed.len(), 1, "one file was changed, and in it one line: {changed:?}");
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    let (old, new) = (lines(&changed[0].0.1), lines(&changed[0].1.1));
    assert!(old.iter().all(|line| new.contains(line)) && new.len() == old.len() + 1, "{new:#?}");
    assert_eq!(desk.run(&["apply", "it", "--sandbox", "--yes"]).code, 0);
    assert_eq!(remediate_it(&desk), 0);
    assert_eq!(desk.run(&["drift", "it", "--sandbox"]).code, 0);
}

#[test]
fn what_is_dangerous_is_not_accepted_by_the_way() {
    let desk = Desk::started();
    assert_eq!(desk.run(&["apply", "it", "--sandbox", "--yes"]).code, 0);
    assert_eq!(desk.run(&["sandbox", "tamper", "remove-boundary", "it"]).code, 0);
    let silent = desk.run(&["remediate", "it", "--sandbox", "--accept", "--yes"]);
    assert!(silent.code == 0 && silent.out.contains("nothing to accept"), "{}", silent.both());
    let named = desk.run(&["remediate", "it", "--sandbox", "--accept", "--only", "dangerous", "--yes"]);
    assert!(named.code == 2 && named.out.contains("no way to say it"), "{}", named.both());
}

#[test]
fn what_denies_holds_until_all_else_is_right() {
    let desk = Desk::started();
    desk.write(
        "it/teams/data.yaml",
        "team: data\naccounts: [app-prod]\nboundary: workload\nbuckets: [example-data]\njobs: [{ name: load }]\n",
    );
    assert_eq!(desk.run(&["apply", "it", "--sandbox", "--yes"]).code, 0);
    let role = ["--account", "app-prod", "--role", "data-job-role", "it"];
    let deny_all = ["attach-policy", "--policy", "arn:aws:iam::aws:policy/AWSDenyAll"];
    for how in [&["change-boundary"][..], &["change-inline"], &["widen-trust"], &deny_all] {
        let done = desk.run(&[&["sandbox", "tamper"][..], how, &role].concat());
        assert_eq!(done.code, 0, "{how:?}: {}", done.both());
    }
    let back = desk.run(&["remediate", "it", "--sandbox", "--apply", "--yes"]);
    assert_eq!(back.code, 0, "{}", back.both());
    let writes: Vec<&str> = back.err.lines().filter(|line| line.contains("data-job-role: ")).collect();
    assert!(writes.len() >= 4, "{}", back.both());
    assert!(writes.last().is_some_and(|line| line.contains("AWSDenyAll")), "{writes:#?}");
    assert_eq!(desk.run(&["drift", "it", "--sandbox"]).code, 0);
}

fn remediate_it(desk: &Desk) -> i32 {
    desk.run(&["remediate", "it", "--sandbox", "--apply", "--yes"]).code
}

/// The configuration, file by file.
fn files(desk: &Desk) -> Vec<(String, String)> {
    let mut out = vec![("it/landfall.yaml".to_owned(), desk.read("it/landfall.yaml"))];
    for entry in std::fs::read_dir(desk.path().join("it/teams")).unwrap() {
        let name = format!("it/teams/{}", entry.unwrap().file_name().to_string_lossy());
        out.push((name.clone(), desk.read(&name)));
    }
    out.sort();
    out
}
