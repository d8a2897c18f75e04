//! The README's tour: each command is run, and what is shown below it is what comes out.

use std::fs;

use crate::desk::{Desk, root};

/// Ids and times differ from run to run.
fn settled(line: &str) -> String {
    let mut out = String::new();
    for word in line.trim().split_inclusive(|c: char| !c.is_ascii_alphanumeric() && c != '.') {
        let digits = word.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
        let account = digits.len() == 12 && digits.bytes().all(|byte| byte.is_ascii_digit());
        let time = digits.ends_with('s') && digits.trim_end_matches('s').parse::<f64>().is_ok();
        out.push_str(if account {
            "ID "
        } else if time {
            "TIME "
        } else {
            word
        });
    }
    out
}

#[test]
fn the_tour_shows_what_comes_out() {
    let desk = Desk::new();
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let mut commands = 0;
    let mut missing = Vec::new();
    for block in readme.split("```console\n").skip(1).map(|rest| rest.split("```").next().unwrap()) {
        for part in block.split("$ landfall ").skip(1) {
            let (command, shown) = part.split_once('\n').unwrap();
            // The mistake in the folder is not made here.
            if command.starts_with("validate") {
                continue;
            }
            commands += 1;
            let ran = desk.run(&command.split_whitespace().collect::<Vec<_>>());
            let came: Vec<String> = ran.both().lines().map(settled).collect();
            let wanted = shown.lines().filter(|line| !line.trim().is_empty() && line.trim() != "…").map(settled);
            missing.extend(wanted.filter(|line| !came.contains(line)).map(|line| format!("{command}: {line}")));
        }
    }
    assert!(commands >= 10, "{commands}");
    assert!(missing.is_empty(), "the README shows what did not come out:\n{}", missing.join("\n"));
}
