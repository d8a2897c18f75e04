//! A stand-in for GitHub's runners. It runs the jobs of a workflow one after the other, each on a fresh machine: a new
//! checkout, a new temporary folder, nothing but artifacts and outputs from one to the next. `run:` goes to a real bash;
//! the few actions that the pipelines use are played here, each with a check of what it was given.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Map, Value, json};

use super::expression::{Contexts, as_text};
use super::stage::Stage;
use super::yaml;

/// What started a run.
pub(super) struct Event {
    pub(super) name: &'static str,
    pub(super) reference: String,
    /// `github.event`.
    pub(super) payload: Value,
    pub(super) inputs: Value,
}

/// How a job ended.
#[derive(Debug, Default)]
pub(super) struct Job {
    /// `success`, `failure` or `skipped`.
    pub(super) result: String,
    pub(super) outputs: Map<String, Value>,
    pub(super) summary: String,
    /// What its steps wrote to stdout and stderr.
    pub(super) log: String,
    /// The role that it came in to AWS as.
    pub(super) role: Option<String>,
    /// The exit code of the step that failed.
    pub(super) code: Option<i32>,
}

/// How a run ended: its jobs by id.
pub(super) type Jobs = BTreeMap<String, Job>;

/// A machine on which one job runs.
struct Machine<'a> {
    stage: &'a Stage,
    workflow: &'a Value,
    job: &'a Value,
    event: &'a Event,
    needs: &'a Value,
    room: PathBuf,
    /// Set by actions and by `GITHUB_ENV`.
    environment: BTreeMap<String, String>,
    /// What `GITHUB_PATH` put before everything else, the last first.
    path: Vec<PathBuf>,
    steps: Map<String, Value>,
    ended: Job,
}

/// Runs a workflow. `between` is called after each job that ran, with its id.
pub(super) fn run(stage: &Stage, file: &str, event: &Event, mut between: impl FnMut(&str)) -> Jobs {
    let workflow = yaml::read(&stage.workflow(file));
    assert_eq!(workflow["permissions"], json!({}), "{file}: a workflow grants nothing, its jobs do");
    let mut jobs = Jobs::new();
    for (id, job) in workflow["jobs"].as_object().unwrap() {
        let needed = match &job["needs"] {
            Value::Null => Vec::new(),
            Value::String(one) => vec![one.clone()],
            many => many.as_array().unwrap().iter().map(as_text).collect(),
        };
        let needs: Map<String, Value> = needed
            .iter()
            .map(|id| (id.clone(), json!({ "result": jobs[id].result, "outputs": jobs[id].outputs })))
            .collect();
        let succeeded = needed.iter().all(|id| jobs[id].result == "success");
        let needs = Value::Object(needs);
        let mut machine = Machine::new(stage, &workflow, job, event, &needs);
        let ended = if machine.holds(succeeded) {
            machine.run();
            machine.ended
        } else {
            Job { result: "skipped".to_owned(), ..Job::default() }
        };
        let ran = ended.result != "skipped";
        jobs.insert(id.clone(), ended);
        if ran {
            between(id);
        }
    }
    jobs
}

impl<'a> Machine<'a> {
    fn new(stage: &'a Stage, workflow: &'a Value, job: &'a Value, event: &'a Event, needs: &'a Value) -> Self {
        let room = stage.fresh_room();
        Self {
            stage,
            workflow,
            job,
            event,
            needs,
            room,
            environment: BTreeMap::new(),
            path: Vec::new(),
            steps: Map::new(),
            ended: Job { result: "success".to_owned(), ..Job::default() },
        }
    }

    fn workspace(&self) -> PathBuf {
        self.room.join("workspace")
    }

    fn temporary(&self) -> PathBuf {
        self.room.join("temporary")
    }

    /// What an expression sees; `env` where a step is evaluated.
    fn contexts(&self, env: &BTreeMap<String, String>) -> Value {
        json!({
            "github": {
                "token": "stand-in-token",
                "repository": self.stage.repository,
                "server_url": "https://github.com",
                "run_id": "4711",
                "ref": self.event.reference,
                "event_name": self.event.name,
                "event": self.event.payload,
            },
            "runner": { "temp": self.temporary(), "os": "Linux" },
            "inputs": self.event.inputs,
            "needs": self.needs,
            "steps": self.steps,
            "env": env,
        })
    }

    fn holds(&self, succeeded: bool) -> bool {
        let values = self.contexts(&BTreeMap::new());
        Contexts { values: &values, succeeded }.holds(self.job.get("if"))
    }

    /// The environment of a step: the workflow's, what earlier steps set, the job's, its own.
    fn environment(&self, step: &Value) -> BTreeMap<String, String> {
        let mut env = self.environment.clone();
        for scope in [self.workflow, self.job, step] {
            for (name, value) in scope.get("env").and_then(Value::as_object).into_iter().flatten() {
                let values = self.contexts(&env);
                let contexts = Contexts { values: &values, succeeded: true };
                env.insert(name.clone(), contexts.text(&as_text(value)));
            }
        }
        env
    }

    fn run(&mut self) {
        assert!(self.job["timeout-minutes"].is_i64(), "a job without a limit");
        for step in self.job["steps"].as_array().unwrap() {
            let env = self.environment(step);
            let values = self.contexts(&env);
            let succeeded = self.ended.result == "success";
            if !(Contexts { values: &values, succeeded }).holds(step.get("if")) {
                self.recorded(step, "skipped", json!({}));
                continue;
            }
            self.ended.log.push_str(&format!("### {}\n", as_text(&step["name"])));
            let code = match step.get("run") {
                Some(script) => self.script(step, script.as_str().unwrap(), &env),
                None => {
                    let contexts = Contexts { values: &values, succeeded };
                    let with = step["with"].as_object().into_iter().flatten();
                    let with = with.map(|(name, value)| (name.as_str(), contexts.text(&as_text(value)))).collect();
                    self.action(step["uses"].as_str().unwrap(), &with)
                }
            };
            if code != 0 {
                self.ended.result = "failure".to_owned();
                self.ended.code.get_or_insert(code);
            }
        }
        let values = self.contexts(&BTreeMap::new());
        for (name, value) in self.job["outputs"].as_object().into_iter().flatten() {
            let text = Contexts { values: &values, succeeded: true }.text(value.as_str().unwrap());
            self.ended.outputs.insert(name.clone(), text.into());
        }
    }

    /// Runs a script as the runner does. Source: GitHub Docs, "Workflow syntax", `jobs.<job_id>.steps[*].shell`.
    fn script(&mut self, step: &Value, script: &str, env: &BTreeMap<String, String>) -> i32 {
        assert!(!script.contains("${{"), "an expression in a script: {script}");
        assert_eq!(self.workflow["defaults"]["run"]["shell"], "bash");
        let files = ["output", "path", "env", "summary"].map(|name| self.room.join(name));
        for file in &files {
            std::fs::write(file, "").unwrap();
        }
        let file = self.room.join("step.sh");
        std::fs::write(&file, script).unwrap();
        let search = self.path.iter().cloned().chain(self.stage.search_path());
        let mut command = Command::new("bash");
        command
            .args(["--noprofile", "--norc", "-eo", "pipefail"])
            .arg(&file)
            .current_dir(self.workspace())
            .env_clear()
            .env("PATH", std::env::join_paths(search).unwrap())
            .env("HOME", &self.room)
            .env("CI", "true")
            .env("GITHUB_ACTIONS", "true")
            .env("GITHUB_REPOSITORY", &self.stage.repository)
            .env("GITHUB_REF_NAME", self.event.reference.trim_start_matches("refs/heads/"))
            .env("RUNNER_TEMP", self.temporary())
            .env("RUNNER_OS", "Linux")
            .env("STAND_IN_PERMISSIONS", self.job["permissions"].to_string())
            .env("STAND_IN_PUSH", self.stage.push_permission())
            .envs(env);
        for (name, file) in ["GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_ENV", "GITHUB_STEP_SUMMARY"].iter().zip(&files) {
            command.env(name, file);
        }
        let output = command.output().unwrap();
        for stream in [&output.stdout, &output.stderr] {
            self.ended.log.push_str(&String::from_utf8_lossy(stream));
        }
        let [written, path, set, summary] = files.map(|file| std::fs::read_to_string(file).unwrap());
        let outcome = if output.status.success() { "success" } else { "failure" };
        self.recorded(step, outcome, json!(pairs(&written)));
        self.path.splice(0..0, path.lines().rev().map(PathBuf::from));
        self.environment.extend(pairs(&set));
        self.ended.summary.push_str(&summary);
        output.status.code().unwrap_or(-1)
    }

    /// What later steps see of one with an id.
    fn recorded(&mut self, step: &Value, outcome: &str, outputs: Value) {
        if let Some(id) = step["id"].as_str() {
            self.steps.insert(id.to_owned(), json!({ "outcome": outcome, "outputs": outputs }));
        }
    }

    /// Plays an action, and checks what it is given.
    fn action(&mut self, uses: &str, with: &BTreeMap<&str, String>) -> i32 {
        let permission = |name: &str| self.job["permissions"][name].as_str().unwrap_or("none").to_owned();
        match uses.split('@').next().unwrap() {
            "actions/checkout" => {
                assert_eq!(with["persist-credentials"], "false");
                assert_ne!(permission("contents"), "none");
                self.stage.check_out(&self.workspace());
                0
            }
            "actions/upload-artifact" => {
                let from = PathBuf::from(&with["path"]);
                if from.is_dir() {
                    self.stage.keep(&with["name"], &from);
                    return 0;
                }
                i32::from(with.get("if-no-files-found").is_some_and(|word| word == "error"))
            }
            "actions/download-artifact" => i32::from(!self.stage.fetch(&with["name"], Path::new(&with["path"]))),
            "aws-actions/configure-aws-credentials" => {
                assert_eq!(permission("id-token"), "write");
                assert_eq!(with["aws-region"], self.stage.region);
                let role = &with["role-to-assume"];
                let subject = self.subject();
                if !self.stage.trusts(role, &subject) {
                    self.ended.log.push_str(&format!("{role} does not trust {subject}\n"));
                    return 1;
                }
                self.ended.role = Some(role.clone());
                self.environment.insert("AWS_ACCESS_KEY_ID".to_owned(), "stand-in".to_owned());
                self.environment.insert("STAND_IN_ROLE".to_owned(), role.clone());
                0
            }
            "github/codeql-action/upload-sarif" => {
                assert_eq!(permission("security-events"), "write");
                let text = std::fs::read_to_string(&with["sarif_file"]).unwrap();
                self.stage.scanned(&self.workspace(), &serde_json::from_str(&text).unwrap());
                0
            }
            other => panic!("the stand-in does not know {other}"),
        }
    }

    /// The subject of the job's token. Source: GitHub Docs, "OpenID Connect reference": the environment first, then the
    /// pull request, then the reference.
    fn subject(&self) -> String {
        let repository = &self.stage.repository;
        match (self.job["environment"]["name"].as_str(), self.event.name) {
            (Some(environment), _) => format!("repo:{repository}:environment:{environment}"),
            (None, "pull_request") => format!("repo:{repository}:pull_request"),
            _ => format!("repo:{repository}:ref:{}", self.event.reference),
        }
    }
}

/// `NAME=VALUE` lines, as steps write them.
fn pairs(text: &str) -> BTreeMap<String, String> {
    let pair = |line: &str| {
        let (name, value) = line.split_once('=').unwrap_or_else(|| panic!("`{line}` sets nothing"));
        (name.to_owned(), value.to_owned())
    };
    text.lines().map(pair).collect()
}
