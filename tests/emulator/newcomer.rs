//! A newcomer's path on ministack: the scenario of the sandbox through the real SDK, with a hand that is not ours.

use std::process::{Command, Output};

use tempfile::TempDir;

use super::proxy::{Providers, Proxy, Script};
use super::python::Python;
use super::server::Server;
use super::{ministack, wanted};

/// An empty room, an emulator, and a proxy between.
struct Newcomer {
    server: Server,
    proxy: Proxy,
    room: TempDir,
}

impl Newcomer {
    async fn arrives() -> Self {
        let server = ministack::start();
        let script = Script { providers: Providers::Proxy, ..Script::default() };
        let proxy = Proxy::start(server.address(), script).await;
        Self { server, proxy, room: tempfile::tempdir().unwrap() }
    }

    async fn says(&self, arguments: &[&str], code: i32) -> String {
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

    /// Somebody gives a role an inline policy that allows everything.
    fn tampers(&self, account: &str, role: &str) {
        let (key, secret) = ministack::CREDENTIALS;
        let mut hand = Python::ready().script("tamper.py");
        hand.args([&self.server.url(), key, secret, "OrganizationAccountAccessRole", account, role]);
        let output = hand.output().unwrap();
        assert!(output.status.success(), "{}", both(&output));
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
    newcomer.says(&["init", "it", "--name", "globex", "--email", "aws@globex.example"], 0).await;
    for (name, unit) in [("orders-prod", "workloads/prod"), ("orders-dev", "workloads/dev")] {
        let email = format!("--email=aws+{name}@globex.example");
        newcomer.says(&["onboard", "account", name, "it", &email, "--unit", unit], 0).await;
    }
    let team = ["--accounts=orders-prod,orders-dev", "--buckets=globex-orders", "--jobs=load"];
    newcomer.says(&[&["onboard", "team", "orders", "it"][..], &team].concat(), 0).await;
    newcomer.says(&["apply", "it", "--yes"], 0).await;

    newcomer.tampers("orders-prod", "orders-job-role");
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
