//! `--format sarif` against the schema of SARIF 2.1.0: over everything that is wrong in the tests' configurations, and
//! over what is right.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::desk::{Desk, root};
use crate::emulator::python::Python;
use crate::emulator::wanted;

fn schema() -> PathBuf {
    root().join("tests/oracles/sarif-schema-2.1.0.json")
}

fn wrong(files: &[PathBuf]) -> BTreeMap<String, Vec<String>> {
    let output =
        Python::oracles().run(Path::new("tests/oracles/follows_schema.py")).arg(schema()).args(files).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn what_is_written_as_sarif_follows_its_schema() {
    if !wanted() {
        return;
    }
    let desk = Desk::new();
    let mut files = Vec::new();
    let mut results = 0;
    for group in ["examples", "tests/configs/good", "tests/configs/bad", "tests/configs/lint"] {
        for entry in root().join(group).read_dir().unwrap() {
            let folder = entry.unwrap().path();
            // Some of the linter's library are documents by themselves.
            if !folder.is_dir() || (group.ends_with("lint") && !folder.join("landfall.yaml").exists()) {
                continue;
            }
            let ran = desk.run(&["validate", folder.to_str().unwrap(), "--format", "sarif"]);
            assert!([0, 64].contains(&ran.code), "{}", ran.both());
            let log = ran.json();
            results += log["runs"][0]["results"].as_array().unwrap().len();
            let file = desk.path().join(format!("{}.sarif", files.len()));
            std::fs::write(&file, ran.out).unwrap();
            files.push(file);
        }
    }
    assert!(files.len() > 150 && results > 300, "{} logs with {results} results", files.len());
    let wrong = wrong(&files);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_schema_refuses_what_is_no_sarif() {
    if !wanted() {
        return;
    }
    let desk = Desk::new();
    let log = |results: Value| json!({ "version": "2.1.0", "runs": [{ "tool": { "driver": { "name": "landfall" } }, "results": results }] });
    let bad = [
        log(json!([{ "ruleId": "LF0301" }])),
        log(json!([{ "message": { "text": "x" }, "level": "fatal" }])),
        log(json!([{ "message": { "text": "x" }, "locations": [{ "physicalLocation": { "line": 1 } }] }])),
    ];
    for (at, bad) in bad.into_iter().enumerate() {
        let file = desk.path().join(format!("{at}.sarif"));
        std::fs::write(&file, bad.to_string()).unwrap();
        assert_eq!(wrong(std::slice::from_ref(&file)).len(), 1, "{bad}");
    }
}
