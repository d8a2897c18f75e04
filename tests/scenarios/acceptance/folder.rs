//! A folder with an entry of every sort, one account each as far as possible.

use crate::desk::{Desk, root};

/// Its files.
pub(super) const FILES: [(&str, &str); 6] = [
    ("landfall.yaml", MAIN),
    ("accounts/extra.yaml", EXTRA),
    ("teams/etl.yaml", TEAM),
    ("boundaries/own.json", BOUNDARY),
    ("guardrails/no-keys.json", GUARDRAIL),
    ("federation/idp.xml", ""),
];

const MAIN: &str = r#"# All that can be accepted.
version: 1
organization:
  name: acme
  home_region: eu-west-1
  management_account: management
  tags: { owner: platform }
  units: [security, workloads/prod, workloads/dev, spare]

accounts:
  management: { id: "111111111111", email: aws@acme.example }
  security: { email: aws+security@acme.example, unit: security }
  app: { email: aws+app@acme.example, unit: workloads/prod, tags: { env: prod } } # serves
  data: { email: aws+data@acme.example, unit: workloads/dev, tags: { env: dev } }

boundaries:
  workload:
    services: [s3, logs, sqs, cloudwatch, secretsmanager, ecr, ssm]
  narrow: { services: [s3, sqs] } # little
  own: { policy: boundaries/own.json }

guardrails:
  - { preset: allowed-regions, regions: [us-east-1], attach: ["unit:workloads"] }
  - { name: no-keys, policy: guardrails/no-keys.json, attach: ["unit:workloads/prod"] } # keys

break_glass:
  home: security
  trusted_users: [alice] # on duty
  accounts: [data]
  max_session: 1h
  mfa_max_age: 15m
  tiers: { responder: { access: administrator } }

cross_account:
  - name: reader
    accounts: [data]
    trusted:
      - { account: app } # the app reads
    boundary: workload
    max_session: 2h # long enough
    access:
      - s3: { bucket: acme-lake, mode: read }
      - sqs: { queue: jobs, mode: read } # looks
    statements:
      - Sid: Queue # sends
        Effect: Allow
        Action: [sqs:SendMessage]
        Resource: "arn:aws:sqs:*:*:events"
  - name: everywhere
    accounts: [app, data]
    trusted: [{ account: security }]
    boundary: workload
    managed_policies: [arn:aws:iam::aws:policy/job-function/ViewOnlyAccess]
  - name: vendor
    accounts: [app]
    trusted: [{ external_account: "999988887777", external_id: acme-1 }]
    conditions: { source_ips: [203.0.113.0/24] }
    boundary: workload
    managed_policies: [arn:aws:iam::aws:policy/job-function/ViewOnlyAccess]

ci_deployers:
  - name: terraform
    github: { repository: acme/infra, environment: production } # protected
    accounts: [app]
    boundary: narrow
    access: [{ s3: { bucket: acme-state, mode: write } }]

  - name: pipeline
    github: { repository: acme/pipeline, branch: main }
    hub: security
    accounts: [app]
    boundary: workload # through the hub
    access: [{ s3: { bucket: acme-state, mode: read } }]

federation:
  - name: analyst
    accounts: [data]
    saml: { provider: idp, metadata: federation/idp.xml }
    access: [{ s3: { bucket: acme-lake, mode: read } }]
    boundary: narrow
  - name: mobile
    accounts: [app]
    web_identity: { issuer: "https://login.acme.example", audience: web }
    access: [{ s3: { bucket: acme-lake, prefix: mobile, mode: read } }]
    boundary: workload

services:
  - { name: web, service: ec2, accounts: [app], boundary: own,
      access: [{ s3: { bucket: acme-lake, prefix: web, mode: read } }] }

metaflow:
  - name_prefix: flow
    accounts: [data]
    boundary: workload
    datastore: { bucket: acme-flow }
    custom_job_policy_statements:
      secrets:
        sid: Secrets # of the flow
        actions: [secretsmanager:GetSecretValue]
        resources: ["arn:aws:secretsmanager:*:*:secret:flow/*"]
    tags: { project: flow }
"#;

const TEAM: &str = "\
team: etl
accounts: [data]
boundary: workload # held
roles: per-job
buckets: [acme-lake]
statements: # of all jobs
  - { Sid: Look, Effect: Allow, Action: [\"cloudwatch:ListMetrics\"], Resource: \"*\" } # at figures
jobs:
  - name: load # nightly
  - name: purge
";

const EXTRA: &str = "\
# A spare one.
account: extra
email: aws+extra@acme.example
unit: workloads/dev # for now
tags:
  env: none # yet
";

const BOUNDARY: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    { "Sid": "Some", "Effect": "Allow", "Action": ["s3:*", "logs:*"], "Resource": "*" }
  ]
}
"#;

const GUARDRAIL: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    { "Sid": "NoKeys", "Effect": "Deny", "Action": ["iam:CreateAccessKey"], "Resource": "*" },
    { "Sid": "NoUsers", "Effect": "Deny", "Action": ["iam:CreateUser"], "Resource": "*" }
  ]
}
"#;

/// A desk with the folder deployed.
pub(super) fn started() -> Desk {
    let desk = Desk::new();
    for (name, text) in FILES {
        let text = match text {
            "" => std::fs::read_to_string(root().join("examples/acme/federation/corp-idp.xml")).unwrap(),
            text => text.to_owned(),
        };
        desk.write(&["it/", name].concat(), &text);
    }
    let applied = desk.run(&["apply", "it", "--sandbox", "--yes", "--no-journal"]);
    assert_eq!(applied.code, 0, "{}", applied.both());
    let found = desk.run(&["drift", "it", "--sandbox"]);
    assert_eq!(found.code, 0, "{}", found.both());
    desk
}

/// Another desk with the same folder and the same organization.
pub(super) fn copy(desk: &Desk) -> Desk {
    let copy = Desk::new();
    copy.copy(&desk.path().join("it"), "it");
    copy.copy(&desk.path().join(".landfall"), ".landfall");
    copy
}
