//! Help texts are committed; `UPDATE_GOLDEN=1` writes them anew.

use crate::desk::{Desk, root};

const COMMANDS: [&str; 17] = [
    "init",
    "validate",
    "explain",
    "graph",
    "synth",
    "plan",
    "apply",
    "drift",
    "destroy",
    "sandbox",
    "onboard",
    "offboard",
    "schema",
    "workflow",
    "access",
    "remediate",
    "adopt",
];

fn check(name: &str, text: &str) {
    let path = root().join("tests/golden/help").join(name).with_extension("txt");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(text, committed, "{} is out of date; run with UPDATE_GOLDEN=1", path.display());
}

#[test]
fn help_is_as_committed() {
    let desk = Desk::new();
    let top = desk.run(&["--help"]);
    assert_eq!((top.code, top.err.as_str()), (0, ""));
    check("landfall", &top.out);
    for command in COMMANDS {
        let help = desk.run(&[command, "--help"]);
        assert_eq!((help.code, help.err.as_str()), (0, ""), "{command}");
        check(command, &help.out);
        assert!(top.out.contains(&format!("  {command} ")), "{command} is not in the list of commands");
    }
}

#[test]
fn the_version_is_the_packages() {
    let version = Desk::new().run(&["--version"]);
    assert_eq!(version.code, 0);
    assert_eq!(version.out.trim(), format!("landfall {}", env!("CARGO_PKG_VERSION")));
}
