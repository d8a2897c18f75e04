//! What is observed, and with how many calls.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use landfall_model::{Email, OrganizationName, Region, RoleName, StackName, UnitPath};
use landfall_plan::{AccountStatus, Observed, Reach, ResourceState, StackStatus, TAG_SEAL};
use landfall_stacks::{Digest, Identities};

use crate::port::AccountRecord;
use crate::{
    FaultKind, Look, ObserveEvent, ObserveOptions, ObserveRequest, ReadTags, Wanted, WantedIdentities, WantedStack,
    observe,
};

use super::build::name;
use super::fake::{Fake, Strike, id, region};

fn wanted(account: &str) -> Wanted {
    let roles = BTreeSet::from([RoleName::new("acme-service-x").unwrap()]);
    Wanted {
        id: None,
        email: Email::new(format!("{account}@example.com")).unwrap(),
        tags: ReadTags::No,
        regions: BTreeSet::new(),
        identities: WantedIdentities { roles, ..WantedIdentities::default() },
        stacks: BTreeMap::new(),
    }
}

fn request(accounts: u32) -> ObserveRequest {
    let mut all: BTreeMap<_, _> =
        (1..=accounts).map(|n| format!("a{n}")).map(|account| (name(&account), wanted(&account))).collect();
    all.insert(name("home"), wanted("home"));
    ObserveRequest {
        guardrails: std::collections::BTreeSet::new(),
        organization: OrganizationName::new("acme").unwrap(),
        management: name("home"),
        access_role: RoleName::new("OrganizationAccountAccessRole").unwrap(),
        home: region(),
        accounts: all,
        seal: None,
        look: Look::Everywhere,
    }
}

fn organization(accounts: u32) -> Fake {
    let fake = Fake::new();
    {
        let mut world = fake.world();
        world.units.insert("r-1".to_owned(), vec![("ou-1".to_owned(), "workloads".to_owned())]);
        world.units.insert("ou-1".to_owned(), vec![("ou-2".to_owned(), "prod".to_owned())]);
        for number in 0..=accounts {
            let account = if number == 0 { "home".to_owned() } else { format!("a{number}") };
            let email = Email::new(format!("{account}@example.com")).unwrap();
            let id = id(number + 1);
            world.parents.insert(id.clone(), if number == 0 { "r-1" } else { "ou-2" }.to_owned());
            world.accounts.push(AccountRecord { id, name: account, email, status: AccountStatus::Active });
        }
    }
    fake
}

async fn look(fake: &Fake, request: &ObserveRequest) -> (Observed, Vec<ObserveEvent>) {
    let events: Arc<Mutex<Vec<ObserveEvent>>> = Arc::default();
    let taken = Arc::clone(&events);
    let sink = Arc::new(move |event| taken.lock().unwrap().push(event));
    let observed = observe(fake.cloud().as_ref(), request, ObserveOptions::default(), sink).await.unwrap();
    let events = events.lock().unwrap().clone();
    (observed, events)
}

#[tokio::test(start_paused = true)]
async fn three_calls_an_account_and_one_listing_a_unit() {
    let fake = organization(100);
    fake.world().latency = Duration::from_millis(100);
    let began = tokio::time::Instant::now();
    let (observed, events) = look(&fake, &request(100)).await;
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
    let calls = fake.world().calls.clone();
    insta::assert_snapshot!(calls.iter().map(|(call, n)| format!("{call} {n}")).collect::<Vec<_>>().join("\n"), @"
    cloudformation:DescribeStacks 101
    iam:GetAccountAuthorizationDetails 101
    organizations:DescribeOrganization 1
    organizations:ListAccounts 1
    organizations:ListAccountsForParent 3
    organizations:ListCreateAccountStatus 1
    organizations:ListOrganizationalUnitsForParent 3
    sts:AssumeRole 100
    sts:GetCallerIdentity 1
    ");
    let prod = UnitPath::new("workloads/prod").unwrap();
    assert_eq!(observed.units[&prod].id, "ou-2");
    assert_eq!(observed.accounts[&id(2)].unit, Some(prod));
    assert_eq!(observed.accounts[&id(1)].unit, None);
    assert_eq!(observed.accounts[&id(2)].tags, None);
    assert!(observed.reach.values().all(|reach| *reach == Reach::Read));
    assert!(matches!(events.first(), Some(ObserveEvent::Organization { accounts: 101 })));
    assert!(matches!(events.last(), Some(ObserveEvent::Account { read: 101, of: 101, .. })));
}

#[tokio::test(start_paused = true)]
async fn only_what_matters_is_kept() {
    let fake = organization(1);
    let alarms = Region::new("us-east-1").unwrap();
    {
        let mut world = fake.world();
        world.put_stack(2, "acme-boundary", StackStatus::CreateComplete, &[]);
        world.put_stack(2, "somebody-elses", StackStatus::CreateComplete, &[]);
        world.tags.insert(id(2).to_string(), BTreeMap::from([("team".to_owned(), "ml".to_owned())]));
        let mut json = serde_json::json!({"acme-service-x": role("acme-service-x"), "other": role("other")});
        json["other"]["path"] = "/".into();
        let roles = serde_json::from_value(json).unwrap();
        world.identities.insert(id(2), Identities { roles, ..Identities::default() });
    }
    let mut request = request(1);
    let wanted = request.accounts.get_mut(&name("a1")).unwrap();
    wanted.tags = ReadTags::Yes;
    wanted.regions.insert(alarms);
    let (observed, _) = look(&fake, &request).await;
    let stacks: Vec<&str> = observed.stacks[&name("a1")].iter().map(|stack| stack.name.as_str()).collect();
    assert_eq!(stacks, ["acme-boundary"]);
    assert_eq!(observed.accounts[&id(2)].tags.as_ref().unwrap()["team"], "ml");
    assert_eq!(observed.identities[&name("a1")].roles.len(), 1);
    assert_eq!(fake.count("cloudformation:DescribeStacks"), 3);
    assert_eq!(fake.count("organizations:ListTagsForResource"), 1);
}

#[tokio::test(start_paused = true)]
async fn behind_landfalls_back_more_is_looked_at() {
    let fake = organization(1);
    {
        let mut world = fake.world();
        let ours = [("landfall:organization", "acme"), ("landfall:digest", "old")];
        world.put_stack(2, "acme-alarm", StackStatus::CreateComplete, &ours);
        world.put_stack(2, "acme-boundary", StackStatus::CreateComplete, &[]);
        let json = serde_json::json!({
            "acme-service-x": role("acme-service-x"), "acme-stray": role("acme-stray"), "other": role("other")
        });
        let mut roles: BTreeMap<RoleName, landfall_stacks::Role> = serde_json::from_value(json).unwrap();
        roles.get_mut(&RoleName::new("other").unwrap()).unwrap().path = "/".to_owned();
        world.identities.insert(id(2), Identities { roles, ..Identities::default() });
        let template = serde_json::json!({ "Resources": {
            "Role": { "Type": "AWS::IAM::Role" }, "Topic": { "Type": "AWS::SNS::Topic" } } });
        world.deployed = Some(template.to_string());
        world.drifted.insert("Topic".to_owned(), ResourceState::Deleted);
    }
    let mut request = request(1);
    request.look = Look::Behind;
    let wanted = request.accounts.get_mut(&name("a1")).unwrap();
    for stack in ["acme-alarm", "acme-boundary"] {
        let resources = BTreeMap::from([("Old".to_owned(), "AWS::SNS::Topic".to_owned())]);
        let stack = (region(), StackName::new(stack).unwrap());
        wanted.stacks.insert(stack, WantedStack { digest: Digest::of("new"), resources });
    }
    let (observed, _) = look(&fake, &request).await;
    let roles: Vec<&str> = observed.identities[&name("a1")].roles.keys().map(RoleName::as_str).collect();
    assert_eq!(roles, ["acme-service-x", "acme-stray"], "what stands under Landfall's path is looked at whole");
    let survey = &observed.surveys[&name("a1")];
    assert_eq!(survey.foreign.iter().map(|role| role.name.as_str()).collect::<Vec<_>>(), ["other"]);
    // Only what is Landfall's, and as it was deployed.
    let resources: Vec<_> = survey.resources.iter().map(|found| (found.logical_id.as_str(), &found.state)).collect();
    assert_eq!(resources, [("Topic", &ResourceState::Deleted)]);
    assert_eq!(survey.deployed.len(), 1);
    assert_eq!((survey.gaps.len(), &survey.blind), (0, &None));
    assert_eq!(fake.count("cloudformation:GetTemplate"), 1);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_read_behind_is_a_gap_with_awss_words() {
    let fake = organization(1);
    for operation in ["iam:GetAccountAuthorizationDetails", "iam:GetRole"] {
        fake.script(operation, FaultKind::AccessDenied, "is not authorized", Strike::Before, 99);
    }
    let mut request = request(1);
    request.look = Look::Behind;
    let (observed, _) = look(&fake, &request).await;
    let survey = &observed.surveys[&name("a1")];
    assert!(survey.blind.as_ref().unwrap().contains("is not authorized"), "{:?}", survey.blind);
    assert_eq!(survey.gaps.len(), 1);
    assert!(survey.gaps[0].what == "IAM" && survey.gaps[0].reason.contains("is not authorized"), "{:?}", survey.gaps);
    assert!(!observed.identities.contains_key(&name("a1")));
}

#[tokio::test(start_paused = true)]
async fn the_seal_saves_a_call_for_every_account() {
    let fake = organization(20);
    let mut request = request(20);
    for wanted in request.accounts.values_mut() {
        wanted.tags = ReadTags::Yes;
    }
    request.seal = Some("as-it-shall-be".to_owned());
    let (observed, _) = look(&fake, &request).await;
    assert_eq!(fake.count("organizations:ListTagsForResource"), 21, "without the seal every account is asked");
    assert!(observed.accounts.values().all(|account| account.tags.is_some()));

    let sealed = BTreeMap::from([(TAG_SEAL.to_owned(), "as-it-shall-be".to_owned())]);
    fake.world().tags.insert(id(1).to_string(), sealed);
    let (observed, _) = look(&fake, &request).await;
    assert_eq!(fake.count("organizations:ListTagsForResource"), 22, "with it only the management account is");
    assert_eq!(observed.accounts.values().filter(|account| account.tags.is_some()).count(), 1);
}

fn role(name: &str) -> serde_json::Value {
    serde_json::json!({"name": name, "path": "/acme/", "trust": {}, "inline": {}, "attached": [], "boundary": null,
        "max_session": 3600, "description": "", "tags": {}})
}

#[tokio::test(start_paused = true)]
async fn iam_is_read_where_a_stack_was_not_read_back() {
    let fake = organization(3);
    let ours: &[(&str, &str)] = &[(landfall_stacks::TAG_ORGANIZATION, "acme")];
    for account in 2..=4 {
        fake.world().put_stack(account, "acme-boundary", StackStatus::CreateComplete, ours);
        fake.world().put_stack(account, "acme-service-x", StackStatus::CreateComplete, ours);
    }
    let protect = |unproven: Option<u32>| {
        let mut world = fake.world();
        for ((account, _), stacks) in &mut world.stacks {
            let protected = unproven.is_none_or(|number| *account != id(number));
            stacks.values_mut().flatten().for_each(|stack| stack.protected = protected);
        }
    };
    let mut request = request(3);
    request.look = Look::WhereUnproven;
    protect(None);
    let (observed, _) = look(&fake, &request).await;
    assert_eq!((fake.count("iam:GetAccountAuthorizationDetails"), observed.identities.len()), (0, 0));

    protect(Some(3));
    let (observed, _) = look(&fake, &request).await;
    assert_eq!(observed.identities.keys().map(ToString::to_string).collect::<Vec<_>>(), ["a2"]);

    // What a stack that is missing would make may stand already, and be somebody else's.
    protect(None);
    let stack = (region(), StackName::new("acme-service-y").unwrap());
    let lacking = request.accounts.get_mut(&name("a3")).unwrap();
    lacking.stacks.insert(stack, WantedStack { digest: Digest::of("new"), resources: BTreeMap::new() });
    let (observed, _) = look(&fake, &request).await;
    assert_eq!(observed.identities.keys().map(ToString::to_string).collect::<Vec<_>>(), ["a3"]);

    request.look = Look::Everywhere;
    let (observed, _) = look(&fake, &request).await;
    assert_eq!(observed.identities.len(), 4);
}

#[tokio::test(start_paused = true)]
async fn accounts_that_cannot_be_entered_fail_nobody_else() {
    let fake = organization(3);
    fake.script(
        "sts:AssumeRole",
        FaultKind::AccessDenied,
        "not authorized to perform: sts:AssumeRole",
        Strike::Before,
        100,
    );
    fake.world().accounts[3].status = AccountStatus::Suspended;
    let mut request = request(3);
    request.accounts.insert(name("absent"), wanted("absent"));
    let (observed, _) = look(&fake, &request).await;
    let count = |f: &dyn Fn(&Reach) -> bool| observed.reach.values().filter(|reach| f(reach)).count();
    assert_eq!(count(&|reach| *reach == Reach::Read), 1);
    assert_eq!(count(&|reach| *reach == Reach::Absent), 1);
    assert_eq!(count(&|reach| matches!(reach, Reach::Refused { reason } if reason.contains("not authorized"))), 2);
    assert_eq!(count(&|reach| matches!(reach, Reach::Refused { reason } if reason.contains("suspended"))), 1);
    assert_eq!(fake.count("sts:AssumeRole"), 12, "a refusal is believed after some seconds");
}

#[tokio::test(start_paused = true)]
async fn throttling_is_waited_out_and_a_refused_listing_is_read_singly() {
    let fake = organization(1);
    fake.script("cloudformation:DescribeStacks", FaultKind::Throttled, "Rate exceeded", Strike::Before, 5);
    fake.script("iam:GetAccountAuthorizationDetails", FaultKind::AccessDenied, "no", Strike::Before, usize::MAX);
    let (observed, events) = look(&fake, &request(1)).await;
    assert!(observed.reach.values().all(|reach| *reach == Reach::Read));
    assert_eq!(observed.identities.len(), 2);
    assert_eq!(fake.count("iam:GetRole"), 2);
    assert_eq!(events.iter().filter(|event| matches!(event, ObserveEvent::Retrying { .. })).count(), 5);
}

#[tokio::test(start_paused = true)]
async fn without_an_organization_the_callers_account_is_the_management_account() {
    let fake = Fake::new();
    fake.world().organization = None;
    let (observed, _) = look(&fake, &request(1)).await;
    assert_eq!(observed.organization, None);
    assert_eq!(observed.reach[&name("home")], Reach::Read);
    assert_eq!(observed.reach[&name("a1")], Reach::Absent);
}
