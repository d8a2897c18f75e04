//! The whole example through the real binary, the real SDK and real HTTP, read back by somebody else.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use super::permission::{self, Estate, Run};
use super::proxy::{Fault, On, Providers, Proxy, Recorded, Script, When};
use super::readback::{self, Organization};
use super::server::Server;
use super::{expected, ministack, moto, wanted};

/// The example, an emulator, and a proxy between.
pub(super) struct Journey {
    credentials: (&'static str, &'static str),
    server: Server,
    proxy: Proxy,
    room: TempDir,
    estate: Estate,
}

impl Journey {
    pub(super) async fn ministack(script: Script) -> Self {
        Self::new(ministack::start(), ministack::CREDENTIALS, "111111111111", script).await
    }

    pub(super) async fn moto(script: Script) -> Self {
        let script = Script { unknown: &moto::UNKNOWN, ..script };
        Self::new(moto::start(), moto::CREDENTIALS, moto::MANAGEMENT, script).await
    }

    async fn new(server: Server, credentials: (&'static str, &'static str), management: &str, script: Script) -> Self {
        let room = tempfile::tempdir().unwrap();
        let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/acme");
        copy(&example, &room.path().join("acme"));
        let file = room.path().join("acme/landfall.yaml");
        let text = fs::read_to_string(&file).unwrap();
        fs::write(&file, text.replacen("111111111111", management, 1)).unwrap();
        let proxy = Proxy::start(server.address(), script).await;
        let estate = Estate::of(&room.path().join("acme"), management);
        Self { credentials, server, proxy, room, estate }
    }

    /// Runs the binary on the example, with the emulator's environment and nothing else.
    async fn landfall(&self, arguments: &[&str]) -> Output {
        self.landfall_as(self.own(), arguments).await
    }

    fn own(&self) -> [(String, String); 2] {
        let (key, secret) = self.credentials;
        let own = [("AWS_ACCESS_KEY_ID", key), ("AWS_SECRET_ACCESS_KEY", secret)];
        own.map(|(name, value)| (name.to_owned(), value.to_owned()))
    }

    /// Runs the binary with other credentials.
    async fn landfall_as(&self, credentials: impl IntoIterator<Item = (String, String)>, arguments: &[&str]) -> Output {
        let mut command = self.command(credentials, arguments);
        tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
    }

    fn command(&self, credentials: impl IntoIterator<Item = (String, String)>, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_landfall"));
        command
            .args(arguments)
            .arg("acme")
            .current_dir(self.room.path())
            .env_clear()
            .env("AWS_ENDPOINT_URL", self.proxy.url())
            .envs(credentials)
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("NO_PROXY", "127.0.0.1")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs the binary, which ends with a code; every call that it made, Landfall's own roles may make as well.
    async fn expect(&self, arguments: &[&str], code: i32) -> Output {
        let before = self.proxy.calls();
        let output = self.landfall(arguments).await;
        assert_eq!(output.status.code(), Some(code), "landfall {arguments:?}\n{}", said(&output));
        let refused = permission::refused(&self.estate, Run::of(arguments), &self.proxy.calls_since(before));
        assert!(refused.is_empty(), "landfall {arguments:?}: Landfall's own roles could not do it: {refused:#?}");
        output
    }

    /// The check of permissions can fail: without any one statement of the apply role and the executors, something that
    /// was done so far could not be done.
    fn assert_every_statement_is_needed(&mut self) {
        let calls = self.proxy.calls_since(0);
        for sid in [
            "AlarmRule",
            "AlarmSubscription",
            "AlarmTopic",
            "BoundRoles",
            "GatewayLogging",
            "Members",
            "OidcProviders",
            "Organization",
            "OrganizationLinkedRole",
            "PassRoles",
            "PoliciesProfiles",
            "Read",
            "ReadOrganization",
            "Roles",
            "SamlProviders",
            "Stacks",
        ] {
            self.estate.without = Some(sid);
            let refused = permission::refused(&self.estate, Run::Writing, &calls);
            assert!(!refused.is_empty(), "nothing is refused without {sid}");
        }
        self.estate.without = None;
    }

    /// Deploys the example.
    pub(super) async fn apply(&self) {
        self.expect(&["apply", "--yes"], 0).await;
    }

    /// What `landfall drift` says: its exit code and its report.
    pub(super) async fn drift(&self) -> (i32, serde_json::Value) {
        let output = self.landfall(&["drift", "--format", "json"]).await;
        let report = serde_json::from_slice(&output.stdout);
        (output.status.code().unwrap(), report.unwrap_or_else(|error| panic!("{error}\n{}", said(&output))))
    }

    /// Runs the binary with the credentials of a session: its exit code, and the ARNs of the roles that it assumed.
    pub(super) async fn assumed_by(
        &self,
        session: &BTreeMap<String, String>,
        arguments: &[&str],
    ) -> (i32, Vec<String>) {
        let before = self.proxy.calls();
        let output = self.landfall_as(session.clone(), arguments).await;
        let calls = self.proxy.calls_since(before);
        let assumed = calls.into_iter().filter(|call| call.operation == "sts:AssumeRole");
        let arns = assumed.filter_map(|mut call| call.parameters.remove("RoleArn")).collect();
        (output.status.code().unwrap(), arns)
    }

    /// The emulator itself, past the proxy, and who may come in.
    pub(super) fn reach(&self) -> (String, (&'static str, &'static str)) {
        (self.server.url(), self.credentials)
    }

    /// Puts right what drifted; what was said, and every call that was made. Something stays unread on every emulator,
    /// and that is the exit code. Landfall's own roles could have done it.
    pub(super) async fn remediate(&self, more: &[&str]) -> (String, Vec<Recorded>) {
        let before = self.proxy.calls();
        let arguments = [&["remediate", "--apply", "--yes"][..], more].concat();
        let output = self.expect(&arguments, 3).await;
        (said(&output), self.proxy.calls_since(before))
    }

    /// As [`Self::remediate`], killed when so many IAM writes have come through.
    pub(super) async fn remediate_killed(&self, writes: usize) -> Vec<Recorded> {
        let before = self.proxy.calls();
        let mut child = self.command(self.own(), &["remediate", "--apply", "--yes"]).spawn().unwrap();
        let written = |call: &Recorded| {
            let (service, operation) = call.operation.split_once(':').unwrap();
            service == "iam" && !operation.starts_with("Get") && !operation.starts_with("List")
        };
        while self.proxy.calls_since(before).into_iter().filter(written).count() < writes {
            assert!(child.try_wait().unwrap().is_none(), "it ended before {writes} writes");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        self.proxy.calls_since(before)
    }

    /// From now on the network and AWS misbehave like this.
    pub(super) fn weather(&self, faults: Vec<(On, When, Fault)>) {
        self.proxy.weather(faults);
    }

    /// The faults so far, by kind.
    pub(super) fn faults(&self) -> BTreeSet<Fault> {
        self.proxy.tally().faults.into_keys().map(|(_, fault)| fault).collect()
    }

    /// What stands, as it is printed.
    pub(super) fn read_all(&self) -> serde_json::Value {
        readback::all(&self.server.url(), self.credentials)
    }

    async fn templates(&self) -> PathBuf {
        let folder = self.room.path().join("templates");
        self.expect(&["synth", "--out", folder.to_str().unwrap()], 0).await;
        folder
    }

    /// What stands, asked of the emulator itself.
    fn read(&self) -> Organization {
        readback::read(&self.server.url(), self.credentials)
    }

    /// What stands is what the configuration says, in every account, and the accounts are the example's.
    async fn assert_all_stands(&self) {
        self.assert_all_stands_but(&[]).await;
    }

    /// As [`Self::assert_all_stands`], but for what this emulator cannot hold, by words of the difference.
    async fn assert_all_stands_but(&self, gaps: &[&str]) {
        let read = self.read();
        let accounts: BTreeSet<&str> = read.accounts.keys().map(String::as_str).collect();
        let wanted = ["app-prod", "ci", "data-dev", "data-prod", "log-archive", "management", "ml-prod", "security"];
        assert_eq!(accounts, BTreeSet::from(wanted));
        let folder = self.templates().await;
        let mut differences = expected::differences(&folder, &read);
        differences.extend(expected::guardrails(&self.room.path().join("acme"), &read));
        for gap in gaps {
            let before = differences.len();
            differences.retain(|difference| !difference.contains(gap));
            assert_ne!(differences.len(), before, "`{gap}` is no gap any more");
        }
        assert!(differences.is_empty(), "{}", differences.join("\n"));
        let prefixes = ["/acme/"];
        let ours = |account: &readback::Account| {
            account.roles.values().filter(|role| prefixes.contains(&role.path.as_str())).count()
        };
        assert_eq!(read.accounts.values().map(ours).sum::<usize>(), expected::roles(&folder));
    }
}

fn said(output: &Output) -> String {
    [String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr)].concat()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

pub(super) fn bridged() -> Script {
    Script { providers: Providers::Proxy, ..Script::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_example_stands_on_ministack() {
    if wanted() {
        let mut journey = Journey::ministack(bridged()).await;
        journey.expect(&["plan"], 2).await;
        assert_eq!(journey.proxy.tally().of("CreateAccount"), 0, "a plan writes nothing");
        journey.expect(&["apply", "--yes"], 0).await;
        journey.assert_all_stands().await;
        let applied = journey.proxy.tally();
        assert_eq!(applied.of("CreateAccount"), 7);
        assert_eq!(applied.without_capability, 0);
        journey.expect(&["plan"], 0).await;
        let planned = journey.proxy.tally();
        let inside = |name: &str| {
            let organization = [
                "DescribeOrg",
                "DescribePolicy",
                "GetCaller",
                "ListAccounts",
                "ListCreate",
                "ListOrg",
                "ListPolicies",
                "ListRoots",
                "ListTags",
                "ListTargets",
            ];
            !organization.iter().any(|call| name.starts_with(call))
        };
        let calls: u32 = planned
            .calls
            .iter()
            .filter(|(name, _)| inside(name))
            .map(|(name, count)| count - applied.calls.get(name).copied().unwrap_or_default())
            .sum();
        assert!(calls <= 3 * 8, "{calls} calls in 8 accounts: {:?} after {:?}", planned.calls, applied.calls);
        journey.expect(&["apply", "--yes"], 0).await;
        let again = journey.proxy.tally();
        let writes = |calls: &BTreeMap<String, u32>| -> u32 {
            let reads = ["Describe", "List", "Get", "Assume"];
            calls.iter().filter(|(name, _)| !reads.iter().any(|read| name.starts_with(read))).map(|call| call.1).sum()
        };
        assert_eq!(writes(&again.calls), writes(&applied.calls), "a second run writes nothing");
        journey.assert_every_statement_is_needed();
        let before = journey.proxy.calls();
        journey.expect(&["drift"], 3).await;
        assert_looks_seldom(&journey.proxy.calls_since(before));
        // The roles that pipelines come in by stand, and trust what the configuration says.
        journey.expect(&["workflow"], 0).await;
        journey.expect(&["workflow", "check", "--deployed"], 0).await;
    }
}

/// A look behind takes four calls an account: to come in, for its stacks, and two for its roles and policies. Beside them
/// it asks once for each identity provider and each resource that is not IAM's, and once more in each Region with an alarm.
fn assert_looks_seldom(calls: &[Recorded]) {
    let mut counts: BTreeMap<(Option<&str>, &str), u32> = BTreeMap::new();
    for call in calls {
        *counts.entry((call.member.as_deref(), &call.operation)).or_default() += 1;
    }
    let entered = calls.iter().filter(|call| call.operation == "sts:AssumeRole").count();
    assert_eq!(entered, 7, "once into each member account");
    let members: BTreeSet<&str> = calls.iter().filter_map(|call| call.member.as_deref()).collect();
    assert_eq!(members.len(), 7);
    for member in members {
        let of = |operation: &str| counts.get(&(Some(member), operation)).copied().unwrap_or_default();
        assert_eq!(of("iam:GetAccountAuthorizationDetails"), 1);
        assert_eq!(of("iam:ListRoles"), 1);
        let mut regions: Vec<&str> = calls
            .iter()
            .filter(|call| call.member.as_deref() == Some(member) && call.operation.ends_with(":DescribeStacks"))
            .map(|call| call.region.as_str())
            .collect();
        let listed = regions.len();
        regions.dedup();
        assert!(listed == regions.len() && (1..=2).contains(&listed), "{regions:?}");
    }
    let inside = calls.iter().filter(|call| call.member.is_some());
    for call in inside.clone() {
        let same = inside.clone().filter(|other| *other == call).count();
        assert_eq!(same, 1, "asked twice: {call:?}");
    }
    // ministack lists no boundaries, so each role is looked at; AWS lists them.
    let known = [
        "cloudformation:DescribeStacks",
        "cloudformation:DetectStackResourceDrift",
        "iam:GetAccountAuthorizationDetails",
        "iam:GetOpenIDConnectProvider",
        "iam:GetRole",
        "iam:GetSAMLProvider",
        "iam:ListRoles",
    ];
    let others: BTreeSet<&str> =
        inside.map(|call| call.operation.as_str()).filter(|operation| !known.contains(operation)).collect();
    assert!(others.is_empty(), "{others:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_example_stands_on_moto() {
    if wanted() {
        let journey = Journey::moto(bridged()).await;
        journey.expect(&["apply", "--yes"], 0).await;
        // moto answers UpdateTerminationProtection with 500, and leaves out two types of resource without a word.
        journey.assert_all_stands_but(&[": protection", "policy of topic", "gateway role is None"]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_example_stands_in_bad_weather() {
    if wanted() {
        let faults = vec![
            (On::Action("CreateAccount"), When::Nth(2), Fault::ResetAfter),
            (On::Action("CreateAccount"), When::Nth(4), Fault::ResetBefore),
            (On::Action("CreateStack"), When::Nth(3), Fault::ResetAfter),
            (On::Action("CreateStack"), When::Nth(9), Fault::Page),
            (On::Action("DescribeOrganization"), When::First(2), Fault::Throttle),
            (On::Action("CreateStack"), When::Rate(0.3), Fault::Throttle),
            (On::Action("DescribeStacks"), When::Rate(0.2), Fault::Throttle),
            (On::Action("AssumeRole"), When::Rate(0.3), Fault::Throttle),
            (On::Action("PutRolePermissionsBoundary"), When::Rate(0.3), Fault::Throttle),
            (On::Every, When::Rate(0.02), Fault::Throttle),
            (On::Every, When::Rate(0.01), Fault::Failure),
            (On::Every, When::Rate(0.02), Fault::Delay(Duration::from_millis(300))),
        ];
        let journey = Journey::ministack(Script { seed: 7, faults, polls_in_progress: 2, ..bridged() }).await;
        journey.expect(&["apply", "--yes"], 0).await;
        let tally = journey.proxy.tally();
        let kinds: BTreeSet<&Fault> = tally.faults.keys().map(|(_, fault)| fault).collect();
        assert!(kinds.len() >= 5, "{:?}", tally.faults);
        assert!(tally.most_in_flight > 4, "{}", tally.most_in_flight);
        // No account twice, though answers were lost.
        let read = journey.read();
        let emails: BTreeSet<&str> = read.accounts.values().map(|account| account.email.as_str()).collect();
        assert_eq!((read.accounts.len(), emails.len()), (8, 8));
        journey.assert_all_stands().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_emulator_refuses_stays_where_it_is() {
    if wanted() {
        let journey = Journey::ministack(Script::default()).await;
        let output = journey.expect(&["apply", "--yes"], 3).await;
        let text = said(&output);
        assert!(text.contains("Unrecognized resource types: [AWS::IAM::OIDCProvider]"), "{text}");
        let read = journey.read();
        // What needs no provider stands; what needs one was not begun.
        assert!(read.accounts["ml-prod"].roles.contains_key("ml-training-job-role"));
        assert!(!read.accounts["ci"].stacks.contains_key("acme-ci-deployer-image-build"));
    }
}
