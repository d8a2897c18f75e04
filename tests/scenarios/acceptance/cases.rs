//! What is changed by hand, and what comes of it.

use serde_json::{Value, json};

use super::hand::Hand;

/// One thing that is changed.
pub(super) struct Case {
    pub(super) name: &'static str,
    pub(super) tamper: fn(&Hand),
    pub(super) end: End,
}

/// What comes of it.
pub(super) enum End {
    /// It is written into a file, and nothing else: a text in place of another, one after the other.
    Written(&'static str, &'static [(&'static str, &'static str)]),
    /// It is refused, with these words.
    Refused(&'static str),
}

const MAIN: &str = "landfall.yaml";
const READER: &str = "acme-cross-account-reader";
const VENDOR: &str = "acme-cross-account-vendor";
const TERRAFORM: &str = "acme-ci-deployer-terraform";
const MOBILE: &str = "acme-federation-mobile";
const AUDIT: &str = "arn:aws:iam::aws:policy/SecurityAudit";
const VIEW: &str = "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess";
const GITHUB: &str = "token.actions.githubusercontent.com";

fn list() -> Value {
    json!({ "Sid": "Lists", "Effect": "Allow", "Action": ["sqs:ListQueues"], "Resource": "*" })
}

fn at<'s>(statements: &'s mut [Value], sid: &str) -> &'s mut Value {
    statements.iter_mut().find(|one| one["Sid"] == sid).unwrap()
}

const fn written(
    name: &'static str,
    tamper: fn(&Hand),
    file: &'static str,
    changes: &'static [(&'static str, &'static str)],
) -> Case {
    Case { name, tamper, end: End::Written(file, changes) }
}

const fn refused(name: &'static str, tamper: fn(&Hand), why: &'static str) -> Case {
    Case { name, tamper, end: End::Refused(why) }
}

pub(super) const CASES: &[Case] = &[
    // Sessions and managed policies.
    written(
        "a session of a cross-account role",
        |hand| hand.session("data", READER, 5_400),
        MAIN,
        &[("max_session: 2h # long", "max_session: 90m # long")],
    ),
    written(
        "a session of a federated role",
        |hand| hand.session("app", MOBILE, 7_200),
        MAIN,
        &[(
            "prefix: mobile, mode: read } }]\n    boundary: workload\n",
            "prefix: mobile, mode: read } }]\n    boundary: workload\n    max_session: 2h\n",
        )],
    ),
    written(
        "a session of an emergency role",
        |hand| hand.session("data", "acme-break-glass-responder", 7_200),
        MAIN,
        &[("max_session: 1h", "max_session: 2h")],
    ),
    refused(
        "a session of a deployer",
        |hand| hand.session("app", TERRAFORM, 7_200),
        "`max_session:` is a key of cross-account, federated and emergency roles",
    ),
    written(
        "a managed policy of a deployer",
        |hand| hand.attach("app", TERRAFORM, AUDIT),
        MAIN,
        &[(
            "bucket: acme-state, mode: write } }]\n",
            "bucket: acme-state, mode: write } }]\n    managed_policies: [arn:aws:iam::aws:policy/SecurityAudit]\n",
        )],
    ),
    written(
        "a managed policy of a service",
        |hand| hand.attach("app", "acme-service-web", AUDIT),
        MAIN,
        &[(
            "prefix: web, mode: read } }] }",
            "prefix: web, mode: read } }], managed_policies: [arn:aws:iam::aws:policy/SecurityAudit] }",
        )],
    ),
    written(
        "a managed policy of a job",
        |hand| hand.attach("data", "etl-load-job-role", AUDIT),
        "teams/etl.yaml",
        &[(
            "- name: load # nightly\n",
            "- name: load # nightly\n    managed_policies: [arn:aws:iam::aws:policy/SecurityAudit]\n",
        )],
    ),
    written(
        "a managed policy of Metaflow's jobs",
        |hand| hand.attach("data", "flow-batch-job-role", AUDIT),
        MAIN,
        &[(
            "tags: { project: flow }\n",
            "tags: { project: flow }\n    additional_job_policy_arns: [arn:aws:iam::aws:policy/SecurityAudit]\n",
        )],
    ),
    written(
        "a managed policy taken off, another put on",
        |hand| {
            hand.detach("app", VENDOR, VIEW);
            hand.attach("app", VENDOR, AUDIT);
        },
        MAIN,
        &[(
            "source_ips: [203.0.113.0/24] }\n    boundary: workload\n    managed_policies: [arn:aws:iam::aws:policy/job-function/ViewOnlyAccess]",
            "source_ips: [203.0.113.0/24] }\n    boundary: workload\n    managed_policies: [arn:aws:iam::aws:policy/SecurityAudit]",
        )],
    ),
    refused(
        "a managed policy that every such role has",
        |hand| {
            hand.detach(
                "data",
                "etl-load-execution-role",
                "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy",
            )
        },
        "follow from what it is for",
    ),
    // Inline policies.
    written(
        "a statement more",
        |hand| hand.own("data", READER, |all| all.push(list())),
        MAIN,
        &[(
            "Resource: \"arn:aws:sqs:*:*:events\"\n",
            "Resource: \"arn:aws:sqs:*:*:events\"\n      - Sid: Lists\n        Effect: Allow\n        Action: [sqs:ListQueues]\n        Resource: \"*\"\n",
        )],
    ),
    written(
        "a statement changed",
        |hand| {
            hand.own("data", READER, |all| {
                at(all, "Queue")["Action"] = json!(["sqs:ReceiveMessage", "sqs:SendMessage"]);
            });
        },
        MAIN,
        &[("[sqs:SendMessage]", "[sqs:SendMessage, sqs:ReceiveMessage]")],
    ),
    written(
        "a statement less",
        |hand| hand.own("data", READER, |all| all.retain(|one| one["Sid"] != "Queue")),
        MAIN,
        &[(
            "    statements:\n      - Sid: Queue # sends\n        Effect: Allow\n        Action: [sqs:SendMessage]\n        Resource: \"arn:aws:sqs:*:*:events\"\n",
            "",
        )],
    ),
    written(
        "a grant taken away whole",
        |hand| hand.own("data", READER, |all| all.retain(|one| !one["Sid"].as_str().unwrap().starts_with("Sqs"))),
        MAIN,
        &[("      - sqs: { queue: jobs, mode: read } # looks\n", "")],
    ),
    written(
        "a part of a grant taken away",
        |hand| {
            hand.own("data", READER, |all| {
                let one = all.iter_mut().find(|one| one["Sid"].as_str().unwrap().starts_with("Sqs")).unwrap();
                one["Action"] = json!(["sqs:ReceiveMessage"]);
            });
        },
        MAIN,
        &[
            ("      - sqs: { queue: jobs, mode: read } # looks\n", ""),
            (
                "Resource: \"arn:aws:sqs:*:*:events\"\n",
                "Resource: \"arn:aws:sqs:*:*:events\"\n      - Sid: SqsReceive\n        Effect: Allow\n        Action: [sqs:ReceiveMessage]\n        Resource: \"arn:aws:sqs:*:DATA:jobs\"\n",
            ),
        ],
    ),
    written(
        "a policy of somebody else",
        |hand| hand.inline("app", TERRAFORM, "by-hand", &[list()]),
        MAIN,
        &[(
            "bucket: acme-state, mode: write } }]\n",
            "bucket: acme-state, mode: write } }]\n    statements:\n      - { Sid: Lists, Effect: Allow, Action: [sqs:ListQueues], Resource: \"*\" }\n",
        )],
    ),
    written(
        "a policy of somebody else beside a changed one",
        |hand| {
            hand.own("data", READER, |all| at(all, "Queue")["Action"] = json!("sqs:GetQueueUrl"));
            hand.inline("data", READER, "by-hand", &[list()]);
        },
        MAIN,
        &[
            ("Action: [sqs:SendMessage]", "Action: sqs:GetQueueUrl"),
            (
                "Resource: \"arn:aws:sqs:*:*:events\"\n",
                "Resource: \"arn:aws:sqs:*:*:events\"\n      - Sid: Lists\n        Effect: Allow\n        Action: [sqs:ListQueues]\n        Resource: \"*\"\n",
            ),
        ],
    ),
    written(
        "a statement of a job",
        |hand| hand.own("data", "etl-load-job-role", |all| all.push(list())),
        "teams/etl.yaml",
        &[(
            "- name: load # nightly\n",
            "- name: load # nightly\n    statements:\n      - { Sid: Lists, Effect: Allow, Action: [sqs:ListQueues], Resource: \"*\" }\n",
        )],
    ),
    written(
        "a statement of a team, in the roles of all its jobs",
        |hand| {
            for role in ["etl-load-job-role", "etl-purge-job-role"] {
                hand.own("data", role, |all| {
                    at(all, "Look")["Action"] = json!(["cloudwatch:ListMetrics", "cloudwatch:GetMetricData"]);
                });
            }
        },
        "teams/etl.yaml",
        &[("[\"cloudwatch:ListMetrics\"]", "[\"cloudwatch:ListMetrics\", \"cloudwatch:GetMetricData\"]")],
    ),
    refused(
        "a statement of a team, in the role of one job",
        |hand| hand.own("data", "etl-load-job-role", |all| all.retain(|one| one["Sid"] != "Look")),
        "role etl-purge-job-role in data; write an entry of its own for what drifted",
    ),
    written(
        "a statement of Metaflow's jobs",
        |hand| {
            hand.own("data", "flow-batch-job-role", |all| {
                at(all, "Secrets")["Resource"] =
                    json!(["arn:aws:secretsmanager:*:*:secret:flow/*", "arn:aws:secretsmanager:*:*:secret:more/*"]);
            });
        },
        MAIN,
        &[(
            "[\"arn:aws:secretsmanager:*:*:secret:flow/*\"]",
            "[\"arn:aws:secretsmanager:*:*:secret:flow/*\", \"arn:aws:secretsmanager:*:*:secret:more/*\"]",
        )],
    ),
    written(
        "a statement more of Metaflow's jobs",
        |hand| hand.own("data", "flow-batch-job-role", |all| all.push(list())),
        MAIN,
        &[(
            "resources: [\"arn:aws:secretsmanager:*:*:secret:flow/*\"]\n",
            "resources: [\"arn:aws:secretsmanager:*:*:secret:flow/*\"]\n      lists: { sid: Lists, effect: Allow, actions: [sqs:ListQueues], resources: [\"*\"] }\n",
        )],
    ),
    refused(
        "a statement of a role without statements",
        |hand| hand.inline("data", "etl-load-execution-role", "by-hand", &[list()]),
        "the role has no `statements:`",
    ),
    refused(
        "what every such role may do taken away",
        |hand| hand.no_inline("data", "flow-batch-job-role"),
        "it takes away what every such role may do",
    ),
    refused(
        "what Landfall put there on its way",
        |hand| {
            let hold = json!({ "Effect": "Deny", "Action": "*", "Resource": "*" });
            hand.inline("data", READER, "landfall-hold", &[hold]);
        },
        "`landfall remediate --apply` was cut off",
    ),
    refused(
        "a statement that the configuration would not take",
        |hand| {
            let wild = json!({ "Effect": "Allow", "Action": "nosuchservice:Do", "Resource": "*" });
            hand.inline("data", READER, "by-hand", &[wild]);
        },
        "the configuration would be refused with it: LF",
    ),
    // Trust.
    written(
        "another account of the organization let in",
        |hand| {
            let root = hand.arn("security", "root");
            hand.trust("data", READER, |all| {
                let mut more = all[0].clone();
                more["Sid"] = json!("More");
                more["Principal"]["AWS"] = json!(root);
                all.push(more);
            });
        },
        MAIN,
        &[(
            "- { account: app } # the app reads\n",
            "- { account: app } # the app reads\n      - { account: security }\n",
        )],
    ),
    written(
        "an account outside let in by its external id",
        |hand| {
            hand.trust("data", READER, |all| {
                all.push(json!({ "Effect": "Allow", "Action": "sts:AssumeRole",
                    "Principal": { "AWS": "arn:aws:iam::888877776666:root" },
                    "Condition": { "StringEquals": { "sts:ExternalId": "other-1" } } }));
            });
        },
        MAIN,
        &[(
            "- { account: app } # the app reads\n",
            "- { account: app } # the app reads\n      - { external_account: \"888877776666\", external_id: other-1 }\n",
        )],
    ),
    written(
        "a role of Landfall's let in instead of its account",
        |hand| {
            let role = hand.arn("app", "role/acme/acme-service-web");
            hand.trust("data", READER, |all| {
                all[0]["Condition"] = json!({ "ArnEquals": { "aws:PrincipalArn": role } });
            });
        },
        MAIN,
        &[("- { account: app } # the app reads", "- { role: app/acme-service-web } # the app reads")],
    ),
    written(
        "another external id",
        |hand| {
            hand.trust("app", VENDOR, |all| {
                all[0]["Condition"]["StringEquals"]["sts:ExternalId"] = json!("acme-2");
            });
        },
        MAIN,
        &[("external_id: acme-1", "external_id: acme-2")],
    ),
    written(
        "conditions more, and other values",
        |hand| {
            hand.trust("app", VENDOR, |all| {
                all[0]["Condition"]["IpAddress"]["aws:SourceIp"] = json!(["198.51.100.0/24", "203.0.113.0/24"]);
                all[0]["Condition"]["Bool"] = json!({ "aws:MultiFactorAuthPresent": "true" });
                all[0]["Condition"]["StringEquals"]["aws:PrincipalAccount"] = json!("999988887777");
            });
        },
        MAIN,
        &[(
            "source_ips: [203.0.113.0/24] }",
            "source_ips: [203.0.113.0/24, 198.51.100.0/24], source_account: \"999988887777\", mfa: true }",
        )],
    ),
    written(
        "conditions taken off",
        |hand| {
            hand.trust("app", VENDOR, |all| {
                all[0]["Condition"].as_object_mut().unwrap().remove("IpAddress");
            });
        },
        MAIN,
        &[("    conditions: { source_ips: [203.0.113.0/24] }\n", "")],
    ),
    refused(
        "an account outside let in without an external id",
        |hand| {
            hand.trust("data", READER, |all| {
                all.push(json!({ "Effect": "Allow", "Action": "sts:AssumeRole",
                    "Principal": { "AWS": "arn:aws:iam::888877776666:root" } }));
            });
        },
        "is let in without an external id",
    ),
    refused(
        "everybody let in",
        |hand| {
            hand.trust("data", READER, |all| {
                all.push(json!({ "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": "*" }));
            });
        },
        "the configuration cannot say just this: everybody",
    ),
    refused(
        "everybody denied",
        |hand| {
            hand.trust("data", READER, |all| {
                all.push(json!({ "Effect": "Deny", "Action": "sts:AssumeRole", "Principal": { "AWS": "*" } }));
            });
        },
        "a trust policy of Landfall's denies nothing",
    ),
    refused(
        "a test that has no word",
        |hand| {
            hand.trust("app", VENDOR, |all| {
                all[0]["Condition"]["StringLike"] = json!({ "aws:PrincipalTag/team": "x*" });
            });
        },
        "`conditions:` has no word for the test `stringlike` on `aws:principaltag/team`",
    ),
    refused(
        "two external ids",
        |hand| {
            hand.trust("data", READER, |all| {
                all[0]["Condition"]["StringEquals"]["sts:ExternalId"] = json!(["one", "two"]);
            });
        },
        "`conditions:` has no word for the test `stringequals` on `sts:externalid`",
    ),
    refused(
        "an account under other conditions than the rest",
        |hand| {
            hand.trust("app", VENDOR, |all| {
                all.push(json!({ "Effect": "Allow", "Action": "sts:AssumeRole",
                    "Principal": { "AWS": "arn:aws:iam::888877776666:root" },
                    "Condition": { "StringEquals": { "sts:ExternalId": "other-1" } } }));
            });
        },
        "its statements stand under different conditions",
    ),
    refused(
        "another service that assumes a role",
        |hand| {
            hand.trust("app", "acme-service-web", |all| all[0]["Principal"]["Service"] = json!("lambda.amazonaws.com"))
        },
        "who assumes such a role follows from what it is for",
    ),
    written(
        "another environment of a repository",
        |hand| {
            hand.trust("app", TERRAFORM, |all| {
                all[0]["Condition"]["StringEquals"][format!("{GITHUB}:sub")] =
                    json!("repo:acme/infra:environment:staging");
            });
        },
        MAIN,
        &[("environment: production } # protected", "environment: staging } # protected")],
    ),
    written(
        "a branch of another repository with its id",
        |hand| {
            hand.trust("app", TERRAFORM, |all| {
                let tests = &mut all[0]["Condition"]["StringEquals"];
                tests[format!("{GITHUB}:sub")] = json!("repo:acme/platform:ref:refs/heads/main");
                tests[format!("{GITHUB}:repository_id")] = json!("77");
            });
        },
        MAIN,
        &[(
            "{ repository: acme/infra, environment: production } # protected",
            "{ repository: acme/platform, branch: main, repository_id: \"77\" } # protected",
        )],
    ),
    written(
        "a tag of a repository, in a hub",
        |hand| {
            hand.trust("security", "acme-ci-deployer-pipeline-hub", |all| {
                all[0]["Condition"]["StringEquals"][format!("{GITHUB}:sub")] =
                    json!("repo:acme/pipeline:ref:refs/tags/v1");
            });
        },
        MAIN,
        &[("acme/pipeline, branch: main }", "acme/pipeline, tag: v1 }")],
    ),
    written(
        "a condition of a deployer behind a hub",
        |hand| {
            hand.trust("app", "acme-ci-deployer-pipeline", |all| {
                all[0]["Condition"]["DateLessThan"] = json!({ "aws:CurrentTime": "2099-01-01T00:00:00Z" });
            });
        },
        MAIN,
        &[(
            "bucket: acme-state, mode: read } }]\n",
            "bucket: acme-state, mode: read } }]\n    conditions: { valid: { until: \"2099-01-01T00:00:00Z\" } }\n",
        )],
    ),
    refused(
        "a condition of a hub",
        |hand| {
            hand.trust("security", "acme-ci-deployer-pipeline-hub", |all| {
                all[0]["Condition"]["IpAddress"] = json!({ "aws:SourceIp": "203.0.113.0/24" });
            });
        },
        "`conditions:` of a deployer stand on the deployer itself",
    ),
    refused(
        "two environments",
        |hand| {
            hand.trust("app", TERRAFORM, |all| {
                all[0]["Condition"]["StringEquals"][format!("{GITHUB}:sub")] =
                    json!(["repo:acme/infra:environment:production", "repo:acme/infra:environment:staging"]);
            });
        },
        "write a deployer for each",
    ),
    refused(
        "a pattern of subjects",
        |hand| {
            hand.trust("app", TERRAFORM, |all| {
                let tests = &mut all[0]["Condition"];
                tests["StringEquals"].as_object_mut().unwrap().remove(&format!("{GITHUB}:sub"));
                tests["StringLike"] = json!({ format!("{GITHUB}:sub"): "repo:acme/infra:*" });
            });
        },
        "subjects are compared as patterns",
    ),
    written(
        "subjects of a federated role",
        |hand| {
            hand.trust("app", MOBILE, |all| {
                all[0]["Condition"]["StringEquals"]["login.acme.example:sub"] = json!(["one", "two"]);
            });
        },
        MAIN,
        &[("audience: web }", "audience: web, subjects: [one, two] }")],
    ),
    written(
        "another audience, of the role and of its provider",
        |hand| {
            hand.audience("app", "login.acme.example", Some("web"), Some("mobile"));
            hand.trust("app", MOBILE, |all| {
                all[0]["Condition"]["StringEquals"]["login.acme.example:aud"] = json!("mobile");
            });
        },
        MAIN,
        &[("audience: web }", "audience: mobile }")],
    ),
    refused(
        "another audience of the role alone",
        |hand| {
            hand.trust("app", MOBILE, |all| {
                all[0]["Condition"]["StringEquals"]["login.acme.example:aud"] = json!("mobile");
            });
        },
        "identity provider",
    ),
    refused(
        "an audience more of a provider",
        |hand| hand.audience("app", "login.acme.example", None, Some("more")),
        "write a role of `federation:` with the new one",
    ),
    written(
        "a condition of a SAML role",
        |hand| {
            hand.trust("data", "acme-federation-analyst", |all| {
                all[0]["Condition"]["IpAddress"] = json!({ "aws:SourceIp": "203.0.113.0/24" });
            });
        },
        MAIN,
        &[(
            "access: [{ s3: { bucket: acme-lake, mode: read } }]\n    boundary: narrow\n",
            "access: [{ s3: { bucket: acme-lake, mode: read } }]\n    boundary: narrow\n    conditions: { source_ips: [203.0.113.0/24] }\n",
        )],
    ),
    written(
        "the metadata of a SAML provider",
        |hand| {
            let text =
                hand.file("federation/idp.xml").replace("https://idp.acme.example/sso", "https://idp.acme.example/new");
            hand.metadata("data", "idp", &text);
        },
        "federation/idp.xml",
        &[("https://idp.acme.example/sso", "https://idp.acme.example/new")],
    ),
    written(
        "another user on duty",
        |hand| {
            let user = hand.arn("security", "user/bob");
            hand.trust("data", "acme-break-glass-responder", |all| {
                let users = &mut all[0]["Condition"]["ArnEquals"]["aws:PrincipalArn"];
                *users = json!([users.clone(), user]);
                all[0]["Condition"]["NumericLessThan"]["aws:MultiFactorAuthAge"] = json!("600");
            });
        },
        MAIN,
        &[("trusted_users: [alice]", "trusted_users: [alice, bob]"), ("mfa_max_age: 15m", "mfa_max_age: 10m")],
    ),
    refused(
        "emergency access without MFA",
        |hand| {
            hand.trust("data", "acme-break-glass-responder", |all| {
                all[0]["Condition"].as_object_mut().unwrap().remove("Bool");
            });
        },
        "by a fresh MFA and nothing less",
    ),
    // Boundaries.
    written(
        "another boundary of a role",
        |hand| hand.boundary("app", VENDOR, "narrow"),
        MAIN,
        &[(
            "conditions: { source_ips: [203.0.113.0/24] }\n    boundary: workload",
            "conditions: { source_ips: [203.0.113.0/24] }\n    boundary: narrow",
        )],
    ),
    written(
        "a boundary's own document",
        |hand| {
            hand.bound("app", "own", |all| {
                at(all, "Some")["Action"] = json!(["s3:*", "logs:*", "sqs:*"]);
                all.insert(1, json!({ "Sid": "No", "Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*" }));
            });
        },
        "boundaries/own.json",
        &[(
            "[\"s3:*\", \"logs:*\"], \"Resource\": \"*\" }\n",
            "[\"s3:*\", \"logs:*\", \"sqs:*\"], \"Resource\": \"*\" },\n    { \"Sid\": \"No\", \"Effect\": \"Deny\", \"Action\": \"s3:DeleteBucket\", \"Resource\": \"*\" }\n",
        )],
    ),
    refused(
        "services of a boundary in one of two accounts",
        |hand| hand.bound("app", "narrow", |all| at(all, "Services")["Action"] = json!(["s3:*", "sqs:*", "sns:*"])),
        "policy acme-boundary-narrow in data",
    ),
    written(
        "services of a boundary in both accounts",
        |hand| {
            for account in ["app", "data"] {
                hand.bound(account, "narrow", |all| at(all, "Services")["Action"] = json!(["s3:*", "sns:*"]));
            }
        },
        MAIN,
        &[("services: [s3, sqs]", "services: [s3, sns]")],
    ),
    refused(
        "single actions in a boundary of services",
        |hand| hand.bound("app", "narrow", |all| at(all, "Services")["Action"] = json!(["s3:Get*", "sqs:*"])),
        "`services:` lets services through as a whole",
    ),
    refused(
        "Landfall's part of a boundary",
        |hand| hand.bound("app", "own", |all| all.retain(|one| one["Sid"] != "LandfallOwned")),
        "Landfall's own part of every boundary",
    ),
    // What is no policy.
    refused("a description", |hand| hand.describe("data", READER, "other"), "a description follows from the entry"),
    refused(
        "a tag of the organization",
        |hand| hand.tag("data", READER, "owner", "me"),
        "go to everything that Landfall makes",
    ),
    refused(
        "a tag of one of Metaflow's roles",
        |hand| hand.tag("data", "flow-batch-job-role", "project", "other"),
        "saying it would change more than what drifted",
    ),
    written(
        "a tag of all of Metaflow's roles",
        |hand| {
            for role in hand.roles("data", "flow-") {
                hand.tag("data", &role, "project", "other");
            }
        },
        MAIN,
        &[("{ project: flow }", "{ project: other }")],
    ),
    // The organization.
    written(
        "an account in another unit",
        |hand| hand.place("app", "spare"),
        MAIN,
        &[("unit: workloads/prod, tags: { env: prod }", "unit: spare, tags: { env: prod }")],
    ),
    written("an account in the root", |hand| hand.place("data", ""), MAIN, &[(", unit: workloads/dev", "")]),
    written(
        "a tag of an account",
        |hand| hand.tag_account("app", "env", "live"),
        MAIN,
        &[("{ env: prod }", "{ env: live }")],
    ),
    written(
        "the place and a tag of an account that has a file",
        |hand| {
            hand.tag_account("extra", "env", "test");
            hand.place("extra", "spare");
        },
        "accounts/extra.yaml",
        &[("unit: workloads/dev # for", "unit: spare # for"), ("env: none # yet", "env: test # yet")],
    ),
    written(
        "a tag of the organization on one account",
        |hand| hand.tag_account("security", "owner", "secops"),
        MAIN,
        &[("unit: security }", "unit: security, tags: { owner: secops } }")],
    ),
    written(
        "what a guardrail of the user's says",
        |hand| {
            hand.guard("acme-no-keys", |all| {
                at(all, "NoKeys")["Action"] = json!(["iam:CreateAccessKey", "iam:CreateLoginProfile"]);
                all.remove(1);
            });
        },
        "guardrails/no-keys.json",
        &[
            ("[\"iam:CreateAccessKey\"]", "[\"iam:CreateAccessKey\", \"iam:CreateLoginProfile\"]"),
            (
                ",\n    { \"Sid\": \"NoUsers\", \"Effect\": \"Deny\", \"Action\": [\"iam:CreateUser\"], \"Resource\": \"*\" }",
                "",
            ),
        ],
    ),
    written(
        "Regions of a preset",
        |hand| {
            hand.guard("acme-allowed-regions", |all| {
                all[0]["Condition"]["StringNotEquals"]["aws:RequestedRegion"] =
                    json!(["eu-central-1", "eu-west-1", "us-east-1"]);
            });
        },
        MAIN,
        &[("regions: [us-east-1]", "regions: [us-east-1, eu-central-1]")],
    ),
    refused(
        "what a preset says",
        |hand| hand.guard("acme-allowed-regions", |all| all[0]["NotAction"] = json!(["iam:*"])),
        "its words would stay as they are",
    ),
    written(
        "a guardrail attached to more",
        |hand| hand.attach_guardrail("acme-no-keys", "spare"),
        MAIN,
        &[("attach: [\"unit:workloads/prod\"] } # keys", "attach: [\"unit:workloads/prod\", \"unit:spare\"] } # keys")],
    ),
    refused(
        "a guardrail attached nowhere",
        |hand| hand.detach_guardrail("acme-no-keys", "workloads/prod"),
        "take its entry out of `guardrails:`",
    ),
];
