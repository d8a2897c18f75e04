//! Every template through cfn-lint, which others wrote: errors and warnings both count.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::python::Python;
use super::wanted;

fn json_files(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            json_files(&path, out);
        } else if path.extension().is_some_and(|extension| extension == "json") && !path.ends_with("manifest.json") {
            out.push(path);
        }
    }
}

/// What cfn-lint says of templates; its exit code is not 0 when it says anything.
fn lint(templates: &[PathBuf]) -> (bool, String) {
    let output = Python::ready()
        .tool("cfn-lint")
        .args(["--format", "parseable", "--regions", "eu-west-1", "--"])
        .args(templates)
        .output()
        .unwrap();
    (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn every_template_is_clean_under_cfn_lint() {
    if !wanted() {
        return;
    }
    let room = tempfile::tempdir().unwrap();
    for example in ["acme", "minimal"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(example);
        let out = room.path().join(example);
        let synth =
            Command::new(env!("CARGO_BIN_EXE_landfall")).arg("synth").arg(folder).arg("--out").arg(&out).output();
        assert!(synth.unwrap().status.success());
        let mut all = Vec::new();
        json_files(&out, &mut all);
        assert!(all.len() >= 4, "{example}: {} templates", all.len());
        // The same template in many accounts is linted once.
        all.sort_by_cached_key(|path| std::fs::read(path).unwrap());
        all.dedup_by_key(|path| std::fs::read(&*path).unwrap());
        let (clean, said) = lint(&all);
        assert!(clean, "{example}:\n{said}");
    }
    // The check can fail: a session of 50,000 seconds is refused.
    let broken = room.path().join("broken.json");
    let template = serde_json::json!({ "Resources": { "R": { "Type": "AWS::IAM::Role", "Properties": {
        "MaxSessionDuration": 50_000, "AssumeRolePolicyDocument": { "Version": "2012-10-17", "Statement": [] } } } } });
    std::fs::write(&broken, template.to_string()).unwrap();
    assert!(!lint(&[broken]).0);
}
