//! Ctrl-C: once starts nothing more, twice leaves at once, and the next run goes on from what is there.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use landfall_model::AccountId;
use landfall_sandbox::{Sandbox, Settings};

use crate::desk::Desk;

/// A desk whose sandbox takes its time over stacks.
fn slow() -> Desk {
    let desk = Desk::started();
    let settings = Settings { stack_seconds: 1.5, ..Settings::of(AccountId::new("111111111111").unwrap()) };
    std::fs::create_dir(desk.path().join(".landfall")).unwrap();
    drop(Sandbox::open(desk.path().join(".landfall/example.json"), settings).unwrap());
    desk
}

fn press(child: &Child) {
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
}

/// Applies, interrupts as often as is said once a stack is under way, and waits for the end.
fn interrupted(desk: &Desk, times: usize) -> (Option<i32>, String) {
    let mut command = desk.command(&["apply", "it", "--sandbox", "--yes"]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut said = String::new();
    let mut pressed = 0;
    for line in BufReader::new(child.stderr.take().unwrap()).lines() {
        let line = line.unwrap();
        let under_way = line.contains("start   stack") && pressed == 0;
        if under_way || (line.contains("interrupt again") && pressed < times) {
            press(&child);
            pressed += 1;
        }
        said.push_str(&line);
        said.push('\n');
    }
    (child.wait().unwrap().code(), said)
}

#[test]
fn once_finishes_what_runs() {
    let desk = slow();
    let (code, said) = interrupted(&desk, 1);
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("not started") && !said.contains("the next run finds it"), "{said}");
    assert_eq!(desk.run(&["apply", "it", "--sandbox", "--yes"]).code, 0);
    assert_eq!(desk.run(&["plan", "it", "--sandbox"]).code, 0);
}

#[test]
fn twice_leaves_at_once_and_the_next_run_goes_on() {
    let desk = slow();
    let (code, said) = interrupted(&desk, 2);
    assert_eq!(code, Some(130), "{said}");
    assert!(said.contains("under way in AWS; the next run finds it"), "{said}");
    let again = desk.run(&["apply", "it", "--sandbox", "--yes"]);
    assert_eq!(again.code, 0, "{}", again.both());
    assert_eq!(desk.run(&["plan", "it", "--sandbox"]).code, 0);
}
