//! A newcomer's path on ministack: the scenario of the sandbox through the real SDK, with a hand that is not ours.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

use super::proxy::{Providers, Proxy, Script};
use super::python::Python;
use super::readback::{self, Organization};
use super::server::Server;
use super::{ministack, wanted};
use crate::workflows::{JQ, yaml};

/// An empty room, an emulator, and a proxy between.
pub(super) struct Newcomer {
    server: Server,
    proxy: Proxy,
    room: TempDir,
}

impl Newcomer {
    /// With nothing in the room.
    pub(super) async fn arrives() -> Self {
        let server = ministack::start();
        let script = Script { providers: Providers::Proxy, ..Script::default() };
        let proxy = Proxy::start(server.address(), script).await;
        Self { server, proxy, room: tempfile::tempdir().unwrap() }
    }

    /// What the binary says, which ends with a code.
    pub(super) async fn says(&self, arguments: &[&str], code: i32) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_landfall"));
        command.args(arguments).current_dir(self.room.path()).env_clear().envs(self.environment());
        let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        let said = both(&output);
        assert_eq!(output.status.code(), Some(code), "landfall {arguments:?}\n{said}");
        said
    }

    fn environment(&self) -> [(&'static str, String); 5] {
        let (key, secret) = ministack::CREDENTIALS;
        [
            ("AWS_ENDPOINT_URL", self.proxy.url()),
            ("AWS_ACCESS_KEY_ID", key.to_owned()),
            ("AWS_SECRET_ACCESS_KEY", secret.to_owned()),
            ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
            ("NO_PROXY", "127.0.0.1".to_owned()),
        ]
    }

    /// Takes a team on, whose file is written.
    pub(super) async fn has_a_team(&self) {
        let team = ["--accounts=orders-prod,orders-dev", "--buckets=globex-orders", "--jobs=load"];
        self.says(&[&["onboard", "team", "orders", "it"][..], &team].concat(), 0).await;
    }

    /// Says in the configuration where its pipelines run, and writes them.
    async fn automates(&self) {
        let file = self.room().join("it/landfall.yaml");
        let automation = "
automation:
  github: { repository: globex/landing-zone, environment: landing-zone }
  drift: { remediate: repairable }
";
        fs::write(&file, [fs::read_to_string(&file).unwrap().as_str(), automation].concat()).unwrap();
        self.says(&["workflow", "it", "--out", "pipelines"], 0).await;
    }

    /// Runs the script of a step of the watch that was written, as a runner does; what it put out.
    async fn watches(&self, job: &str, step: &str, code: i32) -> String {
        let workflow = yaml::read(&fs::read_to_string(self.room().join("pipelines/landfall-drift.yml")).unwrap());
        let steps = workflow["jobs"][job]["steps"].as_array().unwrap();
        let script = steps.iter().find(|one| one["name"] == step).unwrap()["run"].as_str().unwrap().to_owned();
        let machine = tempfile::tempdir_in(self.room()).unwrap();
        let jq = format!("#!/bin/sh\nexec {} -c '{JQ}' \"$@\"\n", Python::ready().programs().join("python").display());
        for (name, text) in
            [("jq", jq), ("landfall", format!("#!/bin/sh\nexec {} \"$@\"\n", env!("CARGO_BIN_EXE_landfall")))]
        {
            let program = machine.path().join(name);
            fs::write(&program, text).unwrap();
            fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        }
        let output = machine.path().join("output");
        let path = [machine.path().as_os_str(), &std::env::var_os("PATH").unwrap()].join(OsStr::new(":"));
        let mut command = Command::new("bash");
        command
            .args(["-eo", "pipefail", "-c", &script])
            .current_dir(self.room())
            .env_clear()
            .envs(self.environment())
            .env("PATH", path)
            .env("LANDFALL_FOLDER", "it")
            .env("RUNNER_TEMP", machine.path())
            .env("GITHUB_OUTPUT", &output)
            .env("GITHUB_STEP_SUMMARY", machine.path().join("summary"));
        let ran = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        assert_eq!(ran.status.code(), Some(code), "{step}: {}", both(&ran));
        fs::read_to_string(output).unwrap_or_default()
    }

    /// Writes an organization with two accounts.
    pub(super) async fn settles(&self) {
        self.says(&["init", "it", "--name", "globex", "--email", "aws@globex.example"], 0).await;
        for (name, unit) in [("orders-prod", "workloads/prod"), ("orders-dev", "workloads/dev")] {
            let email = format!("--email=aws+{name}@globex.example");
            self.says(&["onboard", "account", name, "it", &email, "--unit", unit], 0).await;
        }
    }

    /// Somebody does something to a role by hand; how it stands then.
    pub(super) fn hand(&self, account: &str, role: &str, actions: &[&str]) -> Value {
        let (key, secret) = ministack::CREDENTIALS;
        let mut hand = Python::ready().script("hand.py");
        hand.args([&self.server.url(), key, secret, "OrganizationAccountAccessRole", account, role]).args(actions);
        let output = hand.output().unwrap();
        assert!(output.status.success(), "{}", both(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// What stands, asked of the emulator itself.
    pub(super) fn read(&self) -> Organization {
        readback::read(&self.server.url(), ministack::CREDENTIALS)
    }

    /// The folder that it works in.
    pub(super) fn room(&self) -> &Path {
        self.room.path()
    }
}

fn both(output: &Output) -> String {
    [String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr)].concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn from_nothing_to_a_team_that_comes_and_goes_on_ministack() {
    if !wanted() {
        return;
    }
    let newcomer = Newcomer::arrives().await;
    newcomer.settles().await;
    newcomer.has_a_team().await;
    newcomer.automates().await;
    newcomer.says(&["apply", "it", "--yes"], 0).await;

    newcomer.hand("orders-prod", "orders-job-role", &["add-inline"]);
    // ministack does not detect the drift of a topic's policy, and that is said: not all could be read.
    let found = newcomer.watches("look", "Look for drift", 0).await;
    assert_eq!(found, "state=unread\ndangerous=0\nrepairable=1\n");
    newcomer.watches("remediate", "Put right what is repairable", 3).await;
    let found = newcomer.watches("look", "Look for drift", 0).await;
    assert_eq!(found, "state=unread\ndangerous=0\nrepairable=0\n");
    let rest = newcomer.says(&["remediate", "it"], 3).await;
    assert!(rest.contains("not all could be read"), "{rest}");
    newcomer.says(&["plan", "it", "--drift"], 0).await;

    newcomer.says(&["offboard", "team", "orders", "it", "--yes"], 0).await;
    let plan = newcomer.says(&["plan", "it", "--prune", "--target", "team:orders", "--format", "markdown"], 2).await;
    assert!(plan.contains("2 roles removed, 4 times"), "the deployed template says what goes: {plan}");
    newcomer.says(&["apply", "it", "--prune", "--target", "team:orders", "--yes"], 0).await;
    newcomer.says(&["plan", "it", "--prune"], 0).await;

    newcomer.says(&["init", "found", "--from-organization", "--name", "globex"], 0).await;
    newcomer.says(&["plan", "found"], 0).await;
}
