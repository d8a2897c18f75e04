//! A newcomer's path on ministack: the scenario of the sandbox through the real SDK, with a hand that is not ours.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

use super::proxy::{Providers, Proxy, Script};
use super::python::Python;
use super::readback::{self, Organization};
use super::server::Server;
use super::{ministack, wanted};

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
        let (key, secret) = ministack::CREDENTIALS;
        let mut command = Command::new(env!("CARGO_BIN_EXE_landfall"));
        command
            .args(arguments)
            .current_dir(self.room.path())
            .env_clear()
            .env("AWS_ENDPOINT_URL", self.proxy.url())
            .env("AWS_ACCESS_KEY_ID", key)
            .env("AWS_SECRET_ACCESS_KEY", secret)
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("NO_PROXY", "127.0.0.1");
        let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        let said = both(&output);
        assert_eq!(output.status.code(), Some(code), "landfall {arguments:?}\n{said}");
        said
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
    let team = ["--accounts=orders-prod,orders-dev", "--buckets=globex-orders", "--jobs=load"];
    newcomer.says(&[&["onboard", "team", "orders", "it"][..], &team].concat(), 0).await;
    newcomer.says(&["apply", "it", "--yes"], 0).await;

    newcomer.hand("orders-prod", "orders-job-role", &["add-inline"]);
    // ministack does not detect the drift of a topic's policy, and that is said: the exit code is 3 with or without drift.
    let drift = newcomer.says(&["drift", "it"], 3).await;
    assert!(drift.contains("orders-job-role") && drift.contains("by-hand"), "{drift}");
    newcomer.says(&["apply", "it", "--drift", "--yes"], 0).await;
    newcomer.says(&["plan", "it", "--drift"], 0).await;

    newcomer.says(&["offboard", "team", "orders", "it", "--yes"], 0).await;
    let plan = newcomer.says(&["plan", "it", "--prune", "--target", "team:orders", "--format", "markdown"], 2).await;
    assert!(plan.contains("2 roles removed, 4 times"), "the deployed template says what goes: {plan}");
    newcomer.says(&["apply", "it", "--prune", "--target", "team:orders", "--yes"], 0).await;
    newcomer.says(&["plan", "it", "--prune"], 0).await;

    newcomer.says(&["init", "found", "--from-organization", "--name", "globex"], 0).await;
    newcomer.says(&["plan", "found"], 0).await;
}
