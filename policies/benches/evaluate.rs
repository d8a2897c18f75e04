//! How many questions a second the evaluator answers on one core. `cargo bench -p landfall-policies` prints a table; the
//! documents are those that Landfall writes for the example organization.

use std::hint::black_box;
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use landfall_model::load;
use landfall_policies::{
    AutomationRole, Caller, Compiled, Context, Document, Estate, Layers, MetaflowRole, Request, automation_role,
    boundary, cross_account_role, evaluate, metaflow_role,
};
use serde_json::{Value, json};

type Failure = Box<dyn std::error::Error>;

/// What the evaluator shall reach, in questions a second.
const WANTED: f64 = 100_000.0;

const HERE: &str = "arn:aws:iam::111122223333:role/acme/worker";

fn main() -> Result<(), Failure> {
    let documents = Documents::read()?;
    #[expect(clippy::disallowed_methods, reason = "a benchmark is run for what it prints")]
    let mut out = std::io::stdout().lock();
    writeln!(out, "| question | statements | one takes | a second |")?;
    writeln!(out, "|---|---:|---:|---:|")?;
    let mut slowest = f64::INFINITY;
    for scenario in documents.scenarios()? {
        let rate = scenario.rate();
        slowest = slowest.min(rate);
        let nanos = 1e9 / rate;
        writeln!(out, "| {} | {} | {nanos:.0} ns | {rate:.0} |", scenario.name, scenario.statements)?;
    }
    if slowest < WANTED && !cfg!(debug_assertions) {
        return Err(format!("{slowest:.0} questions a second are fewer than {WANTED:.0}").into());
    }
    Ok(())
}

/// Compiled documents.
struct Documents {
    job: Compiled,
    deployer: Compiled,
    boundary: Compiled,
    trust: Compiled,
    everything: Compiled,
    guardrail: Compiled,
    large: Compiled,
    statements: Statements,
}

/// How many statements each document has.
struct Statements {
    job: usize,
    deployer: usize,
    boundary: usize,
    trust: usize,
}

fn parsed(name: &str, statements: Value) -> Result<Compiled, Failure> {
    Ok(Compiled::plain(name, &Document::parse(&json!({ "Version": "2012-10-17", "Statement": statements }))?))
}

impl Documents {
    fn read() -> Result<Self, Failure> {
        let loaded = load(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/acme")));
        let foundation = loaded.foundation.ok_or("the example is whole")?;
        let organization = &foundation.organization.name;
        let estate = Estate::of(&foundation);
        let metaflow = foundation.metaflow.first().ok_or("the example has a Metaflow")?;
        let role = MetaflowRole::of(metaflow).into_iter().next().ok_or("a Metaflow has roles")?;
        let job = metaflow_role(organization, metaflow, role)?.inline.ok_or("a job has a policy")?;
        let automation = foundation.automation.as_ref().ok_or("the example has automation")?;
        let executor = automation_role(&foundation.organization, &estate, automation, AutomationRole::MEMBER[0])?;
        let deployer = executor.inline.ok_or("the executor has a policy")?;
        let bounds = boundary(&estate, foundation.boundaries.values().next().ok_or("the example has a boundary")?)?;
        let crossing = foundation.cross_account.first().ok_or("the example has a cross-account role")?;
        let trust = cross_account_role(organization, crossing)?.trust;
        let guardrail = json!([
            { "Sid": "Leave", "Effect": "Deny", "Action": "organizations:LeaveOrganization", "Resource": "*" },
            { "Sid": "Regions", "Effect": "Deny", "NotAction": ["iam:*", "sts:*", "organizations:*", "support:*"],
              "Resource": "*", "Condition": {
                "StringNotEquals": { "aws:RequestedRegion": ["eu-west-1", "eu-central-1"] },
                "ArnNotLike": { "aws:PrincipalArn": "arn:aws:iam::*:role/acme/acme-break-glass-*" } } },
            { "Sid": "Foundation", "Effect": "Deny", "Action": ["iam:*Role*", "iam:*Policy*"],
              "Resource": "arn:aws:iam::*:role/acme/*", "Condition": {
                "ArnNotLike": { "aws:PrincipalArn": "arn:aws:iam::*:role/acme/acme-automation-*" } } },
        ]);
        let large: Vec<Value> = (0..100)
            .map(|index| {
                json!({ "Effect": "Allow", "Action": ["s3:Get*", "s3:List*"],
                    "Resource": format!("arn:aws:s3:::data-{index}/${{aws:PrincipalTag/team}}/*/raw-??/*"),
                    "Condition": { "IpAddress": { "aws:SourceIp": ["10.0.0.0/8", "192.168.0.0/16"] },
                        "StringLike": { "aws:PrincipalTag/team": ["red-*", "blue-*"] } } })
            })
            .collect();
        Ok(Self {
            statements: Statements {
                job: job.statements.len(),
                deployer: deployer.statements.len(),
                boundary: bounds.statements.len(),
                trust: trust.statements.len(),
            },
            job: Compiled::plain("job", &job),
            deployer: Compiled::plain("deployer", &deployer),
            boundary: Compiled::plain("boundary", &bounds),
            trust: Compiled::plain("trust", &trust),
            everything: parsed("everything", json!({ "Effect": "Allow", "Action": "*", "Resource": "*" }))?,
            guardrail: parsed("guardrail", guardrail)?,
            large: parsed("large", Value::Array(large))?,
        })
    }

    fn scenarios(&self) -> Result<Vec<Scenario<'_>>, Failure> {
        let all = &self.everything;
        let guarded = vec![vec![all, &self.guardrail], vec![all], vec![all]];
        let full = |identity| Layers {
            identity: vec![identity],
            boundary: Some(&self.boundary),
            scps: guarded.clone(),
            rcps: vec![vec![&self.guardrail]],
            management: Some("999988887777"),
            ..Layers::default()
        };
        let trusted = Layers { resource: Some(&self.trust), ..full(all) };
        let levels = 7;
        let Statements { job, deployer, boundary, trust } = self.statements;
        let object = "arn:aws:s3:::acme-metaflow/flow/7/data";
        let bulk = "arn:aws:s3:::data-99/red-1/x/raw-01/y";
        let role = "arn:aws:iam::111122223333:role/acme/acme-break-glass-responder";
        Ok(vec![
            scenario("a job reads, its policy alone", job, own(&self.job), &[("s3:GetObject", object)])?,
            scenario(
                "a job, every layer",
                job + boundary + levels,
                full(&self.job),
                &[
                    ("s3:GetObject", object),
                    ("batch:SubmitJob", "*"),
                    ("iam:CreateRole", role),
                    ("ec2:RunInstances", "arn:aws:ec2:eu-west-1:111122223333:instance/*"),
                ],
            )?,
            scenario(
                "an administrator, every layer",
                1 + boundary + levels,
                full(all),
                &[
                    ("s3:GetObject", object),
                    ("iam:DeleteRolePermissionsBoundary", role),
                    ("kms:Decrypt", "arn:aws:kms:eu-west-1:111122223333:key/1"),
                ],
            )?,
            scenario(
                "the executor, every layer",
                deployer + boundary + levels,
                full(&self.deployer),
                &[
                    ("cloudformation:CreateChangeSet", "arn:aws:cloudformation:eu-west-1:111122223333:stack/acme-x/1"),
                    ("iam:PassRole", role),
                ],
            )?,
            scenario(
                "a role across accounts, every layer",
                1 + trust + boundary + levels,
                trusted,
                &[("sts:AssumeRole", "arn:aws:iam::444455556666:role/acme/auditor")],
            )?,
            scenario("a hundred statements of one service", 100, own(&self.large), &[("s3:GetObject", bulk)])?,
        ])
    }
}

fn own(policy: &Compiled) -> Layers<'_> {
    Layers { identity: vec![policy], ..Layers::default() }
}

/// Questions to the same layers.
struct Scenario<'a> {
    name: &'static str,
    statements: usize,
    layers: Layers<'a>,
    requests: Vec<Request>,
}

fn scenario<'a>(
    name: &'static str,
    statements: usize,
    layers: Layers<'a>,
    questions: &[(&str, &str)],
) -> Result<Scenario<'a>, Failure> {
    let context = Context::default()
        .with("aws:RequestedRegion", "eu-west-1")
        .with("aws:SourceIp", "10.1.2.3")
        .with("aws:SecureTransport", "true")
        .with("aws:PrincipalTag/team", "red-1")
        .with("aws:PrincipalOrgID", "o-a1b2c3d4e5")
        .with("aws:CurrentTime", "2026-11-22T12:00:00Z");
    let caller = Caller::parse(HERE)?.in_session("job");
    let request = |&(action, resource): &(&str, &str)| Request::new(caller.clone(), action, resource, context.clone());
    Ok(Scenario { name, statements, layers, requests: questions.iter().map(request).collect() })
}

impl Scenario<'_> {
    /// Questions a second, in the best of many short runs: what the code costs, not what else the machine does.
    fn rate(&self) -> f64 {
        let mut best = Duration::MAX;
        let rounds = 50_u32;
        for _ in 0..2_000 {
            let start = Instant::now();
            for _ in 0..rounds {
                for request in &self.requests {
                    black_box(evaluate(black_box(request), &self.layers));
                }
            }
            best = best.min(start.elapsed());
        }
        f64::from(rounds) * self.requests.len() as f64 / best.as_secs_f64()
    }
}
