//! This repository's own action and release, their scripts run on this machine.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::yaml;
use crate::desk::{Desk, Ran, root};

/// Runs a script as a runner does, in a folder, with stand-ins before everything else.
fn script(desk: &Desk, folder: &Path, step: &Value, environment: &[(&str, &str)]) -> Ran {
    let file = desk.path().join("step.sh");
    std::fs::write(&file, step["run"].as_str().unwrap()).unwrap();
    for name in ["output", "env"] {
        desk.write(name, "");
    }
    let path = std::env::var_os("PATH").unwrap();
    let path = [desk.path().join("bin")].into_iter().chain(std::env::split_paths(&path));
    let output = Command::new("bash")
        .args(["--noprofile", "--norc", "-eo", "pipefail"])
        .arg(&file)
        .current_dir(folder)
        .env("PATH", std::env::join_paths(path).unwrap())
        .env("RUNNER_TEMP", desk.path())
        .env("GITHUB_OUTPUT", desk.path().join("output"))
        .env("GITHUB_ENV", desk.path().join("env"))
        .envs(environment.iter().copied())
        .output()
        .unwrap();
    Ran::of(&output)
}

fn executable(desk: &Desk, name: &str, text: &str) {
    desk.write(name, text);
    assert!(Command::new("chmod").arg("+x").arg(desk.path().join(name)).status().unwrap().success());
}

#[test]
fn the_action_installs_what_has_the_checksum_and_runs_it() {
    let action = yaml::read(&std::fs::read_to_string(root().join("action.yml")).unwrap());
    let [install, run] = action["runs"]["steps"].as_array().unwrap()[..].to_vec().try_into().unwrap();
    let desk = Desk::new();
    executable(&desk, "packed/landfall", "#!/bin/sh\nprintf '<%s>' \"$@\"\nexit \"${CODE:-0}\"\n");
    let packed = desk.path().join("packed");
    let archive = desk.path().join("served.tar.gz");
    assert!(
        Command::new("tar").arg("-czf").arg(&archive).arg("-C").arg(packed).arg("landfall").status().unwrap().success()
    );
    let curl = format!(
        "#!/usr/bin/env bash\n[ \"${{@: -1}}\" = https://github.com/o/r/releases/download/v1.2.3/landfall-1.2.3-aarch64-unknown-linux-musl.tar.gz ] || exit 22\n\
         while [ \"$1\" != --output ]; do shift; done\ncp {} \"$2\"\n",
        archive.display()
    );
    executable(&desk, "bin/curl", &curl);
    let summed = Command::new("sha256sum").arg(&archive).output().unwrap();
    let sha256 = String::from_utf8(summed.stdout).unwrap()[..64].to_owned();
    let installed = |arch: &str, sha256: &str| {
        let environment = [
            ("RUNNER_OS", "Linux"),
            ("RUNNER_ARCH", arch),
            ("VERSION", "1.2.3"),
            ("SHA256", sha256),
            ("SOURCE", "https://github.com/o/r"),
        ];
        script(&desk, desk.path(), &install, &environment)
    };
    assert_eq!(installed("ARM", &sha256).code, 1, "there is no release for it");
    assert_eq!(installed("X64", &sha256).code, 22, "another archive is asked for");
    let wrong = installed("ARM64", &"0".repeat(64));
    assert!(wrong.code != 0 && !desk.path().join("landfall").exists(), "{}", wrong.both());
    let right = installed("ARM64", &sha256);
    assert_eq!(right.code, 0, "{}", right.both());
    let binary = desk.read("output").trim().strip_prefix("binary=").unwrap().to_owned();

    let ran = |code: &str, accept: &str| {
        let environment = [
            ("LANDFALL", binary.as_str()),
            ("ARGUMENTS", "plan\n\na folder; exit 7\n"),
            ("ACCEPT", accept),
            ("CODE", code),
        ];
        script(&desk, desk.path(), &run, &environment)
    };
    let one = ran("0", "0");
    assert_eq!((one.code, one.out.as_str()), (0, "<plan><a folder; exit 7>"));
    assert_eq!((ran("2", "0").code, ran("2", "0 2").code, ran("1", "0 2").code), (2, 0, 1));
    assert_eq!(desk.read("output"), "code=1\n");
}

#[test]
fn a_release_has_the_packages_version_and_a_checksum_an_archive() {
    let release = yaml::read(&std::fs::read_to_string(root().join(".github/workflows/release.yml")).unwrap());
    let step = |job: &str, name: &str| {
        let steps = release["jobs"][job]["steps"].as_array().unwrap();
        steps.iter().find(|step| step["name"] == name).unwrap().clone()
    };
    let desk = Desk::new();
    let compare = step("build", "Compare the tag with the package's version");
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(script(&desk, &root(), &compare, &[("GITHUB_REF_NAME", "v99.0.0")]).code, 1);
    let same = script(&desk, &root(), &compare, &[("GITHUB_REF_NAME", &format!("v{version}"))]);
    assert_eq!(same.code, 0, "{}", same.both());
    assert_eq!(desk.read("env"), format!("VERSION={version}\n"));

    // What is packed is what the pipelines and the action unpack.
    let target = "x86_64-unknown-linux-musl";
    desk.write("README.md", "");
    desk.write("CHANGELOG.md", "");
    desk.write(&format!("target/{target}/release/landfall"), "it");
    let pack = script(&desk, desk.path(), &step("build", "Pack"), &[("VERSION", version), ("TARGET", target)]);
    assert_eq!(pack.code, 0, "{}", pack.both());
    let archive = format!("landfall-{version}-{target}.tar.gz");
    let unpacked = Command::new("tar").args(["-xzOf", &archive, "landfall"]).current_dir(desk.path()).output().unwrap();
    assert_eq!(String::from_utf8(unpacked.stdout).unwrap(), "it");
    let sums = script(&desk, desk.path(), &step("publish", "Take their checksums"), &[]);
    assert_eq!(sums.code, 0, "{}", sums.both());
    let sums = desk.read("SHA256SUMS");
    assert!(sums.len() > 64 && sums.trim_end().ends_with(&format!("  {archive}")), "{sums}");

    // Every target that a configuration can name is built, under the name that it is fetched by.
    let built: Vec<String> = release["jobs"]["build"]["strategy"]["matrix"]["include"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["target"].as_str().unwrap().to_owned())
        .collect();
    for (name, _) in landfall_model::ReleaseTarget::ALL {
        assert!(built.contains(&name.to_owned()), "{name} is not built");
    }
}
