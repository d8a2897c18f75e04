//! A reader that goes away is no failure.

use std::process::Stdio;

use crate::desk::Desk;

#[test]
fn a_closed_pipe_changes_neither_the_run_nor_its_exit_code() {
    let desk = Desk::started();
    let mut command = desk.command(&["apply", "it", "--sandbox", "--yes", "--format", "json"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{err}");
    assert!(!err.contains("panicked"), "{err}");
    assert_eq!(desk.run(&["plan", "it", "--sandbox"]).code, 0);
}
