//! The report of `landfall drift` against its schema, and its SARIF against that of SARIF 2.1.0, after one of everything
//! was done by hand.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::desk::{Desk, root};
use crate::emulator::python::Python;
use crate::emulator::wanted;

fn wrong(schema: &Path, files: &[PathBuf]) -> Value {
    let script = Path::new("tests/oracles/follows_schema.py");
    let output = Python::oracles().run(script).arg(schema).args(files).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn what_drifted_follows_its_schema() {
    if !wanted() {
        return;
    }
    let desk = Desk::new();
    let example = root().join("examples/acme");
    let folder = example.to_str().unwrap();
    let mut reports = Vec::new();
    let mut logs = Vec::new();
    for step in [&["apply", folder, "--yes", "--sandbox"][..], &["sandbox", "tamper", "all", folder, "--sandbox"]] {
        let ran = desk.run(step);
        assert_eq!(ran.code, 0, "{}", ran.both());
        for (format, files) in [("json", &mut reports), ("sarif", &mut logs)] {
            let ran = desk.run(&["drift", folder, "--sandbox", "--format", format]);
            let file = desk.path().join(format!("{}.{format}", files.len()));
            std::fs::write(&file, ran.out).unwrap();
            files.push(file);
        }
    }
    let last: Value = serde_json::from_slice(&std::fs::read(&reports[1]).unwrap()).unwrap();
    assert!(last["drifts"].as_array().unwrap().len() > 15, "{last:#}");
    let schema = root().join("docs/drift.schema.json");
    assert_eq!(wrong(&schema, &reports), serde_json::json!({}));
    assert_eq!(wrong(&root().join("tests/oracles/sarif-schema-2.1.0.json"), &logs), serde_json::json!({}));
    // The schema can say no.
    let mut other = last;
    other["drifts"][0]["class"] = "harmless".into();
    other["more"] = 1.into();
    let file = desk.path().join("other.json");
    std::fs::write(&file, other.to_string()).unwrap();
    assert_eq!(wrong(&schema, std::slice::from_ref(&file))[file.to_str().unwrap()].as_array().unwrap().len(), 2);
}
