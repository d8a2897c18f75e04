//! zizmor and actionlint, with shellcheck over the steps' scripts, on what is written for several configurations and on
//! this repository's own workflows.

use std::path::PathBuf;

use super::{copied, yaml_files};
use crate::desk::{Desk, root};
use crate::emulator::python::Python;
use crate::emulator::wanted;

/// Desks whose workflows were written, each with the name of its configuration.
fn written() -> Vec<(&'static str, Desk)> {
    let release = "
  install: { release: { version: 1.2.3, sha256: 2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824 } }
  drift: { schedule: \"*/30 * * * *\", remediate: repairable }
";
    let private = "
  branch: release/1.0
  install: { cargo: { commit: 08c6903cd8c0fde910a37f88322edcfb5dd907a8, repository: acme/landfall } }
  code_scanning: false
";
    let environment = "environment: landing-zone }";
    let plain = copied("examples/acme");
    let released = copied("examples/acme");
    released.replace("it/landfall.yaml", environment, &[environment, release].concat());
    let committed = copied("examples/acme");
    committed.replace("it/landfall.yaml", environment, &[environment, private].concat());
    let strange = copied("examples/acme");
    let odd = "environment: \"the ${{ github.token }} zone\" }\n  branch: \"#1\"\n  runner: ubuntu-24.04-arm";
    strange.replace("it/landfall.yaml", environment, odd);
    let all = vec![
        ("acme", plain),
        ("acme, released and remediated", released),
        ("acme, compiled and private", committed),
        ("acme, strange names", strange),
        ("another partition", copied("tests/configs/good/block-style")),
    ];
    for (name, desk) in &all {
        let ran = desk.run(&["workflow", "it"]);
        assert_eq!(ran.code, 0, "{name}: {}", ran.both());
    }
    all
}

/// What a linter says of files; nothing, with an exit code of 0, if it has nothing to say.
fn said(tool: &str, arguments: &[&str], files: &[PathBuf]) -> Option<String> {
    let python = Python::ready();
    let mut command = python.tool(tool);
    // actionlint finds shellcheck there.
    let path = std::env::join_paths(
        [python.programs()].into_iter().chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())),
    );
    let output = command.args(arguments).args(files).env("PATH", path.unwrap()).current_dir(root()).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (!output.status.success()).then(|| String::from_utf8_lossy(&text).into_owned())
}

fn zizmor(files: &[PathBuf]) -> Option<String> {
    said("zizmor", &["--offline", "--no-progress", "--persona=pedantic", "--no-config", "--"], files)
}

fn actionlint(files: &[PathBuf]) -> Option<String> {
    said("actionlint", &["-no-color"], files)
}

#[test]
fn what_is_written_is_clean() {
    if !wanted() {
        return;
    }
    for (name, desk) in written() {
        let files = yaml_files(&desk.path().join(".github/workflows"));
        assert_eq!(files.len(), 5, "{name}");
        assert_eq!(zizmor(&files), None, "{name}");
        assert_eq!(actionlint(&files), None, "{name}");
    }
}

#[test]
fn the_sources_are_clean_as_they_stand() {
    if !wanted() {
        return;
    }
    let files = yaml_files(&root().join("workflows"));
    assert_eq!(files.len(), 5);
    assert_eq!(zizmor(&files), None);
    assert_eq!(actionlint(&files), None);
}

#[test]
fn this_repositorys_own_are_clean() {
    if !wanted() {
        return;
    }
    let own = yaml_files(&root().join(".github/workflows"));
    assert_eq!(own.len(), 2);
    assert_eq!(actionlint(&own), None);
    assert_eq!(zizmor(&[own, vec![root().join("action.yml")]].concat()), None);
}

#[test]
fn the_linters_can_find_something() {
    if !wanted() {
        return;
    }
    let desk = copied("examples/acme");
    assert_eq!(desk.run(&["workflow", "it"]).code, 0);
    let file = ".github/workflows/landfall-plan.yml";
    let path = [desk.path().join(file)];
    let sound = desk.read(file);
    for (from, to, by_zizmor, by_actionlint) in [
        ("persist-credentials: false", "fetch-depth: 1", true, false),
        ("@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1", "@v7", true, false),
        ("RUN: ${{ github", "RUN: ${{ gitub", false, true),
        ("cat \"$RUNNER_TEMP/plan.log\" >&2", "cat $RUNNER_TEMP/plan.log >&2", false, true),
        ("    needs: validate\n", "    needs: invalidate\n", false, true),
        ("printf '%s\\n' \"$marker\"", "printf '${{ github.head_ref }}'", true, true),
    ] {
        assert!(sound.contains(from), "{from}");
        desk.write(file, &sound.replacen(from, to, 1));
        assert_eq!(zizmor(&path).is_some(), by_zizmor, "zizmor, {to}");
        assert_eq!(actionlint(&path).is_some(), by_actionlint, "actionlint, {to}");
    }
}
