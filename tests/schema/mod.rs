//! The JSON Schema of the configuration against the reader, which is the truth: what one takes the other takes, key by
//! key and word by word. The comparison is made by a script, with a validator that others wrote.

use std::path::Path;
use std::process::Command;

use crate::desk::{Desk, root};
use crate::emulator::python::Python;
use crate::emulator::wanted;

fn compare(desk: &Desk, schema: &str, account: &str, team: &str) -> (bool, String) {
    desk.write("configuration.json", schema);
    desk.write("account.json", account);
    desk.write("team.json", team);
    let mut script: Command = Python::ready().run(Path::new("tests/schema/compare.py"));
    let output = script
        .arg(env!("CARGO_BIN_EXE_landfall"))
        .args(["configuration.json", "account.json", "team.json"].map(|name| desk.path().join(name)))
        .args(
            ["tests/configs/good", "tests/configs/lint/accepted-for-a-time", "examples"].map(|path| root().join(path)),
        )
        .output()
        .unwrap();
    let said = [String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr)].concat();
    (output.status.success(), said)
}

#[test]
fn the_schema_takes_what_the_reader_takes_and_nothing_else() {
    if !wanted() {
        return;
    }
    let desk = Desk::new();
    let schema = desk.run(&["schema"]);
    let team = desk.run(&["schema", "team"]);
    let account = desk.run(&["schema", "account"]);
    assert_eq!((schema.code, account.code, team.code), (0, 0, 0));
    let (same, said) = compare(&desk, &schema.out, &account.out, &team.out);
    assert!(same, "{said}");
    // The check can fail: a key less, a word less, a key too many.
    for (from, to) in [
        ("\"mfa_max_age\": {", "\"mfa_age\": {"),
        ("\"deny-root-user\",", ""),
        ("\"enable_spot_fleet_role\": {", "\"unheard_of\": { \"type\": \"boolean\" },\n \"enable_spot_fleet_role\": {"),
    ] {
        assert!(schema.out.contains(from), "{from}");
        let (same, said) = compare(&desk, &schema.out.replacen(from, to, 1), &account.out, &team.out);
        assert!(!same, "{from} → {to} went unnoticed\n{said}");
    }
}
