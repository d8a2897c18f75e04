//! What lasts while machines come and go: the repository, GitHub's side of it, artifacts, and the organization in the
//! sandbox. In the place of programs that reach out stand others: `gh`, `curl` and `cargo`; and `landfall`, as it is
//! installed, is the one that was built, pointed at the sandbox.

use std::cell::Cell;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::runner::{Event, Jobs, run};
use crate::desk::{Desk, root};
use crate::emulator::python::Python;

/// How the configuration has Landfall installed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Installed {
    Compiled,
    Released,
}

pub(super) struct Stage {
    /// The repository of the user, on its main branch, and everything else beside it.
    pub(super) desk: Desk,
    pub(super) repository: String,
    pub(super) region: String,
    rooms: Cell<usize>,
}

const STAND_INS: &str = "stand-ins";

impl Stage {
    /// A file with the exit code that a look for drift ends with, whatever it saw.
    pub(super) const DRIFT_ENDS_WITH: &str = "drift-ends-with";

    /// The example in the folder `infra` of a repository, with its pipelines; `more` is added to its `automation:`.
    pub(super) fn new(installed: Installed, more: &str) -> Self {
        let desk = Desk::new();
        desk.copy(&root().join("examples/acme"), "repository/infra");
        let stage =
            Self { desk, repository: "acme/landing-zone".into(), region: "eu-west-1".into(), rooms: Cell::new(0) };
        stage.put_stand_ins();
        let environment = "environment: landing-zone }";
        let install = match installed {
            Installed::Compiled => {
                "\n  install: { cargo: { commit: 08c6903cd8c0fde910a37f88322edcfb5dd907a8 } }".into()
            }
            Installed::Released => {
                format!("\n  install: {{ release: {{ version: 1.2.3, sha256: {} }} }}", stage.pack())
            }
        };
        stage.desk.replace("repository/infra/landfall.yaml", environment, &[environment, &install, more].concat());
        stage.git(&["init", "--quiet", "--initial-branch", "main"]);
        stage.write_pipelines();
        stage.commit("first");
        stage
    }

    fn write_pipelines(&self) {
        let output = Command::new(env!("CARGO_BIN_EXE_landfall"))
            .args(["workflow", "infra"])
            .current_dir(self.desk.path().join("repository"))
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    pub(super) fn workflow(&self, file: &str) -> String {
        self.desk.read(&format!("repository/.github/workflows/landfall-{file}.yml"))
    }

    /// Changes the configuration and commits it.
    pub(super) fn change(&self, from: &str, to: &str) {
        self.desk.replace("repository/infra/landfall.yaml", from, to);
        self.commit("change");
    }

    /// Takes a file out of the configuration and commits that.
    pub(super) fn remove(&self, file: &str) {
        fs::remove_file(self.desk.path().join("repository/infra").join(file)).unwrap();
        self.commit("remove");
    }

    fn commit(&self, message: &str) {
        self.git(&["add", "--all"]);
        self.git(&["-c", "user.name=u", "-c", "user.email=u@acme.example", "commit", "--quiet", "--message", message]);
    }

    /// Runs git in the user's repository, and gives what it prints.
    pub(super) fn git(&self, arguments: &[&str]) -> String {
        let repository = self.desk.path().join("repository");
        let output = Command::new("git").args(arguments).current_dir(repository).output().unwrap();
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs Landfall on the user's repository as the pipelines would, without a pipeline.
    pub(super) fn landfall(&self, arguments: &[&str]) -> crate::desk::Ran {
        let sandbox = self.sandbox();
        let folder = self.desk.path().join("repository/infra");
        let more = [folder.to_str().unwrap(), "--sandbox-file", sandbox.to_str().unwrap()];
        self.desk.run(&[arguments, &more].concat())
    }

    pub(super) fn sandbox(&self) -> PathBuf {
        self.desk.path().join("sandbox.json")
    }

    fn put_stand_ins(&self) {
        let at = |name: &str| self.desk.path().join(name).display().to_string();
        let python = Python::ready().programs().join("python").display().to_string();
        let script = root().join("tests/workflows/github.py").display().to_string();
        let jq = super::JQ;
        let binary = env!("CARGO_BIN_EXE_landfall");
        // What asks AWS needs credentials, and what writes needs the apply role.
        let landfall = format!(
            r#"case "$1" in
  plan | apply | drift | remediate) [ -n "$AWS_ACCESS_KEY_ID" ] || exit 97 ;;
esac
case "$1 $*" in
  apply* | remediate*--apply*) [[ "$STAND_IN_ROLE" == */acme-automation-apply || "$STAND_IN_ROLE" == */one-time ]] || exit 98 ;;
esac
if [ "$1" = drift ] && [ -e {ends} ]; then
  {binary} "$@" --sandbox-file {sandbox} || true
  exit "$(cat {ends})"
fi
exec {binary} "$@" --sandbox-file {sandbox}"#,
            ends = at(Self::DRIFT_ENDS_WITH),
            sandbox = at("sandbox.json"),
        );
        self.put("landfall", &landfall);
        self.put(
            &format!("{STAND_INS}/gh"),
            &format!("export STAND_IN_STATE={}\nexec {python} {script} \"$@\"", at("github.json")),
        );
        self.put(&format!("{STAND_INS}/jq"), &format!("exec {python} -c '{jq}' \"$@\""));
        // Only what the pipelines ask of them.
        self.put(
            &format!("{STAND_INS}/curl"),
            &format!(
                r#"[ "${{@: -1}}" = https://github.com/landfall-iam/landfall/releases/download/v1.2.3/landfall-1.2.3-x86_64-unknown-linux-musl.tar.gz ] || exit 22
while [ "$1" != --output ]; do shift; done
cp {} "$2""#,
                at("landfall.tar.gz")
            ),
        );
        self.put(
            &format!("{STAND_INS}/cargo"),
            &format!(
                r#"[ "$1 $2 $3" = "install --locked --root" ] || exit 101
[ "${{*:5}}" = "--git https://github.com/landfall-iam/landfall --rev 08c6903cd8c0fde910a37f88322edcfb5dd907a8 landfall" ] || exit 101
mkdir -p "$4/bin" && cp {} "$4/bin/landfall""#,
                at("landfall")
            ),
        );
        self.desk.write("github.json", r#"{ "comments": [], "issues": [], "labels": [], "pulls": [] }"#);
        self.desk.write("artifacts/kept", "");
    }

    fn put(&self, name: &str, script: &str) {
        self.desk.write(name, &format!("#!/usr/bin/env bash\n{script}\n"));
        let path = self.desk.path().join(name);
        assert!(Command::new("chmod").arg("+x").arg(path).status().unwrap().success());
    }

    /// Packs an archive as a release has it, and gives its checksum.
    fn pack(&self) -> String {
        let archive = self.desk.path().join("landfall.tar.gz");
        let packed =
            Command::new("tar").arg("-czf").arg(&archive).arg("-C").arg(self.desk.path()).arg("landfall").status();
        assert!(packed.unwrap().success());
        Sha256::digest(fs::read(archive).unwrap()).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Where scripts find programs; stand-ins first.
    pub(super) fn search_path(&self) -> Vec<PathBuf> {
        let system = std::env::var_os("PATH").unwrap();
        [self.desk.path().join(STAND_INS)].into_iter().chain(std::env::split_paths(&system)).collect()
    }

    pub(super) fn fresh_room(&self) -> PathBuf {
        self.rooms.set(self.rooms.get() + 1);
        let room = self.desk.path().join(format!("machines/{}", self.rooms.get()));
        for folder in ["workspace", "temporary"] {
            fs::create_dir_all(room.join(folder)).unwrap();
        }
        fs::remove_file(self.push_permission()).ok();
        room
    }

    /// A file that is there while a machine may push.
    pub(super) fn push_permission(&self) -> PathBuf {
        self.desk.path().join("push-permission")
    }

    /// A checkout with a remote that lets nobody push who did not set git up for it.
    pub(super) fn check_out(&self, workspace: &Path) {
        let repository = self.desk.path().join("repository");
        let status = Command::new("git").args(["clone", "--quiet"]).arg(&repository).arg(workspace).status();
        assert!(status.unwrap().success());
        let hook = format!("#!/bin/sh\n[ -e '{}' ]\n", self.push_permission().display());
        self.desk.write("repository/.git/hooks/pre-receive", &hook);
        let path = repository.join(".git/hooks/pre-receive");
        assert!(Command::new("chmod").arg("+x").arg(path).status().unwrap().success());
    }

    pub(super) fn artifact(&self, name: &str) -> PathBuf {
        self.desk.path().join("artifacts").join(name)
    }

    pub(super) fn keep(&self, name: &str, from: &Path) {
        fs::remove_dir_all(self.artifact(name)).ok();
        self.desk.copy(from, &format!("artifacts/{name}"));
    }

    /// Puts an artifact where it is wanted, if there is one.
    pub(super) fn fetch(&self, name: &str, to: &Path) -> bool {
        let from = self.artifact(name);
        if !from.exists() {
            return false;
        }
        let to = to.strip_prefix(self.desk.path()).unwrap();
        self.desk.copy(&from, to.to_str().unwrap());
        true
    }

    /// Whether a role lets a subject in: as the template says that stands for it in the management account.
    pub(super) fn trusts(&self, role: &str, subject: &str) -> bool {
        if role.ends_with(":role/one-time") {
            return subject == "repo:acme/landing-zone:environment:landing-zone";
        }
        let folder = self.desk.path().join("repository/infra");
        let out = self.desk.path().join("templates");
        let synth = self.desk.run(&["synth", folder.to_str().unwrap(), "--out", out.to_str().unwrap()]);
        assert_eq!(synth.code, 0, "{}", synth.both());
        let template = self.desk.read("templates/management/eu-west-1/acme-automation.json");
        let template: Value = serde_json::from_str(&template).unwrap();
        template["Resources"].as_object().unwrap().values().any(|resource| {
            let properties = &resource["Properties"];
            let Some(name) = properties["RoleName"].as_str() else { return false };
            let arn = format!("arn:aws:iam::111111111111:role{}{name}", properties["Path"].as_str().unwrap());
            let statement = &properties["AssumeRolePolicyDocument"]["Statement"][0];
            let subjects = &statement["Condition"]["StringEquals"]["token.actions.githubusercontent.com:sub"];
            let subjects = subjects.as_array().cloned().unwrap_or_else(|| vec![subjects.clone()]);
            arn == role && subjects.iter().any(|one| one == subject)
        })
    }

    /// Takes findings in, as code scanning does: their files must be files of the repository.
    pub(super) fn scanned(&self, workspace: &Path, sarif: &Value) {
        assert_eq!(sarif["version"], "2.1.0");
        for result in sarif["runs"][0]["results"].as_array().unwrap() {
            for location in result["locations"].as_array().unwrap() {
                let uri = location["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap();
                assert!(workspace.join(uri).is_file(), "{uri} is no file of the repository");
            }
        }
        self.desk.write("scanned.json", &sarif.to_string());
    }

    /// GitHub's side: comments, issues, labels, pull requests.
    pub(super) fn github(&self) -> Value {
        serde_json::from_str(&self.desk.read("github.json")).unwrap()
    }

    pub(super) fn pull_request(&self) -> Jobs {
        self.pull_request_from("acme/landing-zone")
    }

    pub(super) fn pull_request_from(&self, repository: &str) -> Jobs {
        let payload = serde_json::json!({ "pull_request": {
            "number": 7, "head": { "repo": { "full_name": repository }, "sha": "0123abc" },
        } });
        self.run("plan", "pull_request", "refs/pull/7/merge", payload, Value::Null)
    }

    pub(super) fn push(&self) -> Jobs {
        self.run("apply", "push", "refs/heads/main", Value::Null, Value::Null)
    }

    pub(super) fn nightly(&self) -> Jobs {
        self.run("drift", "schedule", "refs/heads/main", Value::Null, Value::Null)
    }

    pub(super) fn by_hand(&self, file: &str, inputs: Value) -> Jobs {
        self.run(file, "workflow_dispatch", "refs/heads/main", Value::Null, inputs)
    }

    fn run(&self, file: &str, name: &'static str, reference: &str, payload: Value, inputs: Value) -> Jobs {
        run(self, file, &Event { name, reference: reference.into(), payload, inputs }, |_| {})
    }

    /// As [`Self::push`], with something that happens after each job.
    pub(super) fn push_and(&self, between: impl FnMut(&str)) -> Jobs {
        let event =
            Event { name: "push", reference: "refs/heads/main".into(), payload: Value::Null, inputs: Value::Null };
        run(self, "apply", &event, between)
    }
}
