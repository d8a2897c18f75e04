//! Answers about the example, held against the evaluator asked directly with documents read straight from the templates.

use std::collections::BTreeMap;
use std::path::Path;

use landfall_model::{AccountId, AccountName, Attachment, Foundation, GuardrailKind, OrganizationId, RoleIndex, load};
use landfall_policies::{
    Caller, Compiled, Context, Document, Layers, Request, Statement, aws_policy_document, evaluate,
};

use crate::access::{OtherSide, Picture, Question, Reach, RoleId, Who, World, permissions};
use crate::{Identities, PolicyDocument, Synthesis, TemplateScope, expected, synthesize};

struct Example {
    foundation: Foundation,
    synthesis: Synthesis,
    world: World,
    index: RoleIndex,
}

fn example() -> Example {
    let loaded = load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/acme"));
    let foundation = loaded.foundation.unwrap();
    let synthesis = synthesize(&foundation);
    let world = World::configured(&foundation, &synthesis.stacks, &synthesis.guardrails);
    let index = RoleIndex::of(&foundation);
    Example { foundation, synthesis, world, index }
}

impl Example {
    fn role(&self, text: &str) -> RoleId {
        self.world.find(&self.index, text).unwrap()
    }

    fn id(&self, account: &AccountName) -> AccountId {
        let role = self.world.roles().find(|role| self.world.account(*role) == account).unwrap();
        AccountId::new(self.world.arn(role).split(':').nth(4).unwrap()).unwrap()
    }

    /// What the templates make, account by account.
    fn identities(&self) -> BTreeMap<AccountName, Identities> {
        let ids: BTreeMap<AccountName, AccountId> =
            self.foundation.accounts.keys().map(|name| (name.clone(), self.id(name))).collect();
        let organization = OrganizationId::new("o-a1b2c3d4e5").unwrap();
        let mut out: BTreeMap<AccountName, Identities> = BTreeMap::new();
        for stack in &self.synthesis.stacks {
            let scope = TemplateScope::of(stack, &ids, Some(&organization)).unwrap();
            let made = expected(&serde_json::from_str(&stack.body.json).unwrap(), &scope).unwrap();
            let all = out.entry(stack.key.account.clone()).or_default();
            all.roles.extend(made.roles);
            all.policies.extend(made.policies);
        }
        out
    }

    /// The service control policies above an account, level by level.
    fn scps(&self, account: &AccountName) -> Vec<Vec<Compiled>> {
        let organization = OrganizationId::new("o-a1b2c3d4e5").unwrap();
        let unit = self.foundation.accounts[account].unit.clone();
        let mut levels = vec![Attachment::Root];
        let mut path = String::new();
        for part in unit.iter().flat_map(|unit| unit.as_str().split('/')) {
            path = if path.is_empty() { part.to_owned() } else { format!("{path}/{part}") };
            levels.push(Attachment::Unit(landfall_model::UnitPath::new(path.clone()).unwrap()));
        }
        levels.push(Attachment::Account(account.clone()));
        let everything = Document::new([Statement::allow("Everything", ["*"]).on_all()]);
        let at = |level: &Attachment| {
            let guards = self.synthesis.guardrails.iter();
            let own = guards.filter(|one| one.key.kind == GuardrailKind::ServiceControl && one.attach.contains(level));
            let own = own.map(|one| {
                let json = serde_json::from_str(&one.text.of(&organization)).unwrap();
                Compiled::plain(one.key.name.as_str(), &Document::parse(&json).unwrap())
            });
            std::iter::once(Compiled::plain("FullAWSAccess", &everything)).chain(own).collect()
        };
        levels.iter().map(at).collect()
    }
}

fn compiled(document: &PolicyDocument) -> Compiled {
    Compiled::plain("p", &Document::parse(&document.json()).unwrap())
}

const QUESTIONS: [(&str, &str); 20] = [
    ("s3:GetObject", "arn:aws:s3:::acme-data-lake/curated/x"),
    ("s3:GetObject", "arn:aws:s3:::acme-data-lake/curated-evil/x"),
    ("s3:PutObject", "arn:aws:s3:::acme-data-lake/data-engineering/x"),
    ("s3:DeleteObject", "arn:aws:s3:::acme-data-lake/data-engineering/personal/x"),
    ("s3:ListBucket", "arn:aws:s3:::acme-models"),
    ("logs:PutLogEvents", "arn:aws:logs:eu-west-1:OWN:log-group:/aws/batch/job:log-stream:x"),
    ("logs:FilterLogEvents", "arn:aws:logs:eu-west-1:OWN:log-group:/aws/lambda/x"),
    ("ec2:RunInstances", "arn:aws:ec2:eu-west-1:OWN:instance/i-1"),
    ("ec2:DescribeInstances", "*"),
    ("ec2:DescribeInstances", "arn:aws:ec2:ap-south-1:OWN:instance/i-1"),
    ("iam:CreateUser", "arn:aws:iam::OWN:user/x"),
    ("iam:PassRole", "arn:aws:iam::OWN:role/acme/x"),
    ("iam:CreateServiceLinkedRole", "arn:aws:iam::OWN:role/aws-service-role/ecs.amazonaws.com/x"),
    ("organizations:DescribeOrganization", "*"),
    ("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:eu-west-1:OWN:secret:/batch-jobs/ml/x"),
    ("dynamodb:PutItem", "arn:aws:dynamodb:eu-west-1:OWN:table/PetTracker-Photos"),
    ("lambda:InvokeFunction", "arn:aws:lambda:eu-west-1:OWN:function:pettracker-x"),
    ("batch:SubmitJob", "arn:aws:batch:eu-west-1:OWN:job-queue/x"),
    ("cloudtrail:StopLogging", "arn:aws:cloudtrail:eu-west-1:OWN:trail/x"),
    ("sqs:SendMessage", "arn:aws:sqs:eu-west-1:999988887777:theirs"),
];

#[test]
fn answers_are_those_of_the_evaluator() {
    let example = example();
    let world = &example.world;
    let management = example.id(&example.foundation.organization.management_account);
    let (mut asked, mut allowed) = (0, 0);
    let all = example.identities();
    for (account, identities) in &all {
        let id = example.id(account);
        let scps = example.scps(account);
        for role in identities.roles.values() {
            let inline = role.inline.values().map(compiled);
            let attached = role.attached.iter().map(|arn| match aws_policy_document(arn) {
                Some(document) => Compiled::plain(arn, document),
                None => {
                    let name = arn.rsplit('/').next().unwrap();
                    let own = identities.policies.values().find(|policy| policy.name.as_str() == name).unwrap();
                    compiled(&own.document)
                }
            });
            let identity: Vec<Compiled> = inline.chain(attached).collect();
            let boundary = role.boundary.as_deref().and_then(|arn| {
                let name = arn.rsplit('/').next()?;
                identities.policies.iter().find(|(own, _)| own.as_str() == name).map(|(_, one)| compiled(&one.document))
            });
            assert!(boundary.is_some(), "{account}/{}", role.name);
            let here = world.role_in(account, role.name.as_str()).unwrap();
            let arn = ["arn:aws:iam::", id.as_str(), ":role", &role.path, role.name.as_str()].concat();
            assert_eq!(world.arn(here), arn);
            let targets =
                all.iter().flat_map(|(other, identities)| identities.roles.values().map(move |one| (other, one)));
            let assume = targets.map(|(other, one)| {
                let id = example.id(other);
                let arn = ["arn:aws:iam::", id.as_str(), ":role", &one.path, one.name.as_str()].concat();
                ("sts:AssumeRole", arn, Some(compiled(&one.trust)))
            });
            let questions =
                QUESTIONS.iter().map(|(action, resource)| (*action, resource.replace("OWN", id.as_str()), None));
            for (action, resource, trust) in questions.chain(assume) {
                let context = Context::default()
                    .with("aws:PrincipalOrgID", "o-a1b2c3d4e5")
                    .with("aws:ResourceOrgID", if resource.contains("9999") { "o-other00000" } else { "o-a1b2c3d4e5" })
                    .with(
                        "aws:RequestedRegion",
                        if resource.contains("ap-south-1") { "ap-south-1" } else { "eu-west-1" },
                    )
                    .with("aws:SecureTransport", "true");
                let caller = Caller::parse(&arn).unwrap().in_session("s");
                let request = Request::new(caller, action, &resource, context);
                let layers = Layers {
                    identity: identity.iter().collect(),
                    boundary: boundary.as_ref(),
                    scps: scps.iter().map(|level| level.iter().collect()).collect(),
                    resource: trust.as_ref(),
                    management: Some(management.as_str()),
                    ..Layers::default()
                };
                let direct = evaluate(&request, &layers);
                let answer = world.ask(&Question::of(here, action, &resource)).unwrap();
                assert_eq!(answer.allowed, direct.is_allowed(), "{arn}: {action} on {resource}: {direct} {answer:?}");
                asked += 1;
                allowed += usize::from(answer.allowed);
            }
        }
    }
    assert!(asked > 4_000 && allowed > 100, "{asked} questions, {allowed} allowed");
}

/// Who can assume a role, and whether that role may assume it, are two ways to ask the same.
#[test]
fn ways_in_are_what_the_other_end_may_do() {
    let example = example();
    let world = &example.world;
    let mut open = 0;
    for target in world.roles() {
        let ways = world.ways_in(target);
        for role in world.roles().filter(|role| *role != target) {
            let answer = world.ask(&Question::of(role, "sts:AssumeRole", &world.arn(target))).unwrap();
            let way = ways.iter().find(|way| way.who == Who::Role(role));
            if answer.allowed {
                let way = way.unwrap_or_else(|| panic!("{} -> {}", world.role_name(role), world.role_name(target)));
                assert!(matches!(way.other_side, OtherSide::Allows { .. }), "{way:?}");
                open += 1;
            } else if let Some(way) = way.filter(|way| way.is_open()) {
                assert!(!answer.if_instead.is_empty(), "{way:?}: {answer:?}");
            }
        }
    }
    assert!(open > 20, "{open}");
}

#[test]
fn roles_are_found_by_every_name() {
    let example = example();
    let world = &example.world;
    let wanted = example.role("data-prod/data-lake-reader");
    for text in [
        "data-prod/acme-cross-account-data-lake-reader",
        "acme-cross-account-data-lake-reader",
        "data-lake-reader",
        "arn:aws:iam::data-prod:role/acme/acme-cross-account-data-lake-reader",
    ] {
        assert_eq!(example.role(text), wanted, "{text}");
    }
    assert_eq!(world.role_name(example.role("ml-prod/ml-training-job")), "ml-prod/ml-training-job-role");
    let refused = |text: &str| {
        let error = world.find(&example.index, text).unwrap_err();
        format!("{error}: {}", error.candidates.join(" "))
    };
    insta::assert_snapshot!(
        [
            refused("data-prod/data-lake-raeder"),
            refused("data-prd/data-lake-reader"),
            refused("log-collector"),
            refused("app-prod/data-lake-reader"),
            refused("nobody"),
            refused("arn:aws:iam::111111111111:role/data-lake-reader"),
        ]
        .join("\n"),
        @r#"
    account `data-prod` has no role `data-lake-raeder`: data-prod/data-lake-reader
    there is no account `data-prd`: data-prod/data-lake-reader
    `log-collector` stands in 4 accounts: say in which: app-prod/acme-cross-account-log-collector data-dev/acme-cross-account-log-collector data-prod/acme-cross-account-log-collector ml-prod/acme-cross-account-log-collector
    account `app-prod` has no role `data-lake-reader`: data-prod/acme-cross-account-data-lake-reader
    no account has a role `nobody`: 
    no role here has the ARN `arn:aws:iam::111111111111:role/data-lake-reader`: data-prod/acme-cross-account-data-lake-reader
    "#
    );
}

#[test]
fn what_is_told_of_a_condition_turns_the_answer() {
    let example = example();
    let world = &example.world;
    let reader = example.role("data-prod/data-lake-reader");
    let list = Question::of(reader, "s3:ListBucket", "arn:aws:s3:::acme-data-lake");
    let answer = world.ask(&list).unwrap();
    assert!(!answer.allowed);
    assert_eq!(answer.if_instead, ["s3:prefix is like curated/*"]);
    let with = Context::default().with("s3:prefix", "curated/2027");
    let answer = world.ask(&Question { context: with, ..list.clone() }).unwrap();
    assert!(answer.allowed, "{answer:?}");
    assert_eq!(answer.if_instead, ["aws:RequestedRegion is none of eu-west-1 or us-east-1"]);
    // What was said stays as it is.
    let elsewhere = Context::default().with("s3:prefix", "other");
    let answer = world.ask(&Question { context: elsewhere, ..list }).unwrap();
    assert!(!answer.allowed && answer.if_instead.is_empty(), "{answer:?}");
}

#[test]
fn chains_lead_over_other_roles() {
    let example = example();
    let world = &example.world;
    let reach = Reach::new(world);
    let chains = reach.chains(example.role("data-prod/terraform"));
    let shown: Vec<(bool, Vec<String>)> = chains
        .iter()
        .map(|chain| {
            let via = chain.via.iter().map(|role| world.role_name(*role)).collect();
            (matches!(&chain.who, Who::Federated { subjects, .. } if subjects.len() == 2), via)
        })
        .collect();
    assert_eq!(shown, [(true, vec!["ci/acme-ci-deployer-terraform-hub".to_owned()])]);
}

#[test]
fn what_a_boundary_takes_is_no_permission() {
    let example = example();
    let all = permissions(&example.world, example.role("data-prod/corporate-analyst"));
    assert!(all.rows.iter().any(|row| row.service == "ec2" && row.actions.contains(&"DescribeInstances")));
    assert!(!all.rows.iter().any(|row| row.service == "glue"), "the boundary has no glue");
    let taken = all.losses.iter().find(|loss| loss.conditions.is_empty()).unwrap();
    assert_eq!(taken.policy, "acme-boundary-workload");
    assert!(taken.actions.iter().any(|action| action.starts_with("glue:")));
    // A role that a guardrail exempts by name loses nothing to it.
    let emergency = permissions(&example.world, example.role("data-prod/responder"));
    assert!(!emergency.losses.iter().any(|loss| loss.policy == "acme-allowed-regions"), "{:?}", emergency.losses);
    assert!(all.losses.iter().any(|loss| loss.policy == "acme-allowed-regions"));
}

#[test]
fn a_picture_has_every_step_once_and_only_known_nodes() {
    let example = example();
    let picture = Picture::of(&example.world);
    let drawn = picture.to_mermaid();
    assert_eq!(drawn, Picture::of(&example.world).to_mermaid(), "the same each time");
    let nodes = drawn.lines().filter(|line| line.starts_with("    n")).count();
    let steps: Vec<&str> = drawn.lines().filter(|line| line.contains(" -->")).collect();
    for step in &steps {
        for word in step.split_whitespace().filter(|word| word.starts_with('n')) {
            assert!(word[1..].parse::<usize>().unwrap() < nodes, "{step}");
        }
    }
    assert_eq!(steps.len(), picture.edges().len(), "no two accounts of the example are alike");
    assert_eq!(drawn.matches("subgraph").count(), drawn.lines().filter(|line| line.trim() == "end").count());
}

/// A role of `data-prod` with a trust that somebody wrote by hand, among the roles of the example.
fn with_trust(example: &Example, statements: serde_json::Value) -> (World, RoleId) {
    let name = "acme-cross-account-data-lake-reader";
    let account = AccountName::new("data-prod").unwrap();
    let mut live = example.identities().remove(&account).unwrap();
    for role in live.roles.values_mut().filter(|role| role.name.as_str() == name) {
        role.trust = serde_json::json!({ "Version": "2012-10-17", "Statement": statements }).into();
    }
    let member = |name: &AccountName| crate::access::Member { id: example.id(name), known: true, unit: None };
    let mut world = World::new(crate::access::Frame {
        organization: OrganizationId::new("o-a1b2c3d4e5").ok(),
        partition: landfall_model::Partition::Aws,
        home: example.foundation.organization.home_region.clone(),
        management: example.foundation.organization.management_account.clone(),
        accounts: example.foundation.accounts.keys().map(|name| (name.clone(), member(name))).collect(),
    });
    world.stand(&example.world, &account, &live);
    let role = world.role_in(&account, name).unwrap();
    (world, role)
}

#[test]
fn trusts_written_by_hand_are_understood() {
    let example = example();
    let security = example.id(&AccountName::new("security").unwrap());
    let root = ["arn:aws:iam::", security.as_str(), ":root"].concat();
    let assume = "sts:AssumeRole";
    let (world, role) = with_trust(
        &example,
        serde_json::json!([
            { "Effect": "Allow", "Action": assume, "Principal": { "AWS": "999900001111" },
              "Condition": { "StringEquals": { "sts:ExternalId": "x" } } },
            { "Effect": "Allow", "Action": assume, "Principal": { "AWS": "999900001111" } },
            { "Effect": "Allow", "Action": assume, "Principal": { "AWS": "AROAEXAMPLEID" } },
            { "Effect": "Allow", "Action": assume, "Principal": { "AWS": root },
              "Condition": { "ArnLike": { "aws:PrincipalArn": ["arn:aws:iam::*:role/acme/*", root.replace(":root", ":user/eve")] } } },
            { "Effect": "Allow", "Action": "sts:*", "Principal": { "Service": "ec2.amazonaws.com" } },
            { "Effect": "Deny", "Action": "*", "Principal": { "Service": "ec2.amazonaws.com" } },
            { "Effect": "Allow", "Action": "sts:TagSession", "Principal": "*" },
        ]),
    );
    let shown: Vec<String> = world
        .ways_in(role)
        .iter()
        .map(|way| format!("{:?} if {:?}: {:?} {:?}", way.who, way.conditions, way.other_side, way.place))
        .collect();
    insta::assert_snapshot!(shown.join("\n"), @r#"
    External("999900001111") if ["sts:ExternalId is x"]: Unknown None
    External("999900001111") if []: Unknown None
    Principal("AROAEXAMPLEID") if []: Unknown None
    Principal("arn:aws:iam::*:role/acme/*") if []: Unknown None
    User("security", "eve") if []: Unknown None
    Service("ec2.amazonaws.com") if []: Refuses("statement 5 of `trust policy` denies it") None
    "#);
}

/// A thousand accounts with six roles each: each template is read once, and no account is held against every other.
#[test]
fn a_thousand_accounts_are_a_picture_at_once() {
    let mut text = String::from(
        "version: 1\norganization: { name: acme, home_region: eu-west-1, management_account: management, units: [w] }\n\
         accounts:\n  management: { id: \"111111111111\", email: aws@acme.example }\n  hub: { email: hub@acme.example }\n",
    );
    for account in 0..1_000 {
        text.push_str(&format!("  app-{account}: {{ email: aws+{account}@acme.example, unit: w }}\n"));
    }
    text.push_str("boundaries:\n  workload: { services: [s3] }\nbreak_glass:\n  home: hub\n  trusted_users: [alice]\n");
    text.push_str("  accounts: [all]\n  tiers: { responder: { access: administrator } }\ncross_account:\n");
    for role in 0..6 {
        text.push_str(&format!(
            "  - {{ name: r{role}, accounts: [\"unit:w\"], trusted: [{{ account: hub }}], boundary: workload, \
             access: [{{ s3: {{ bucket: b, mode: read }} }}] }}\n"
        ));
    }
    let loaded = landfall_model::load_files(&[("landfall.yaml".to_owned(), text.into_bytes())].into());
    let foundation = loaded.foundation.unwrap_or_else(|| panic!("{:?}", loaded.diagnostics));
    let synthesis = synthesize(&foundation);
    let began = std::time::Instant::now();
    let world = World::configured(&foundation, &synthesis.stacks, &synthesis.guardrails);
    let picture = Picture::of(&world);
    let drawn = picture.to_mermaid();
    let took = began.elapsed();
    // Every role by its account as a whole and by the hub's emergency role, and every emergency role by its user.
    assert_eq!(picture.edges().len(), 6_000 * 2 + 1_002);
    assert!(drawn.lines().count() < 60, "alike accounts are one: {drawn}");
    assert!(took < std::time::Duration::from_secs(20), "without optimization it took {took:?}");
}
