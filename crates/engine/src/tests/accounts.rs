//! Accounts are never made twice.

use std::time::Duration;

use landfall_model::{AccountName, Email};
use landfall_plan::{AccountStatus, Action, StepId};

use crate::port::{AccountRecord, NewAccount};
use crate::{FaultKind, Outcome};

use super::build::{Build, name};
use super::fake::{Fake, Strike, id};

fn record(number: u32, account: &str) -> AccountRecord {
    let email = Email::new(format!("{account}@example.com")).unwrap();
    AccountRecord { id: id(number), name: account.to_owned(), email, status: AccountStatus::Active }
}

#[tokio::test(start_paused = true)]
async fn an_account_that_stands_is_taken() {
    let fake = Fake::new();
    let mut standing = record(40, "new");
    standing.email = Email::new("NEW@example.com").unwrap();
    fake.world().accounts.push(standing);
    let mut build = Build::new(0);
    let step = build.create_account("new");
    let run = build.run(&fake).await;
    assert_eq!(*run.outcome(&step), Outcome::Unchanged);
    assert_eq!(fake.count("organizations:CreateAccount"), 0);
}

#[tokio::test(start_paused = true)]
async fn a_creation_under_way_is_waited_for() {
    let fake = Fake::new();
    let new = NewAccount {
        name: AccountName::new("new").unwrap(),
        email: Email::new("new@example.com").unwrap(),
        access_role: landfall_model::RoleName::new("R").unwrap(),
        tags: Default::default(),
    };
    let at = tokio::time::Instant::now() + Duration::from_secs(30);
    fake.world().creations.insert("car-x".to_owned(), (new, at));
    let mut build = Build::new(0);
    let made = build.create_account("new");
    build.run(&fake).await.all_done();
    assert_eq!(fake.count("organizations:CreateAccount"), 0);
    // And where the plan knew of it.
    let mut build = Build::new(0);
    let (name, email) = (name("new"), Email::new("new@example.com").unwrap());
    let action = Action::AwaitAccount { name: name.clone(), request: "car-x".to_owned(), email };
    build.step(StepId::Account(name), action, &[]);
    let run = build.run(&fake).await;
    assert_eq!(*run.outcome(&made), Outcome::Done);
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_makes_no_second_account() {
    for strike in [Strike::Before, Strike::After] {
        let fake = Fake::new();
        fake.script("organizations:CreateAccount", FaultKind::Transient, "reset", strike, 1);
        let mut build = Build::new(0);
        build.create_account("new");
        build.run(&fake).await.all_done();
        assert_eq!(fake.world().creations.len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_taken_address_is_told_with_what_to_do() {
    let fake = Fake::new();
    // The listing lags: the address is taken, and nobody sees by whom.
    let mut build = Build::new(0);
    let step = build.create_account("new");
    fake.world().taken.insert("new@example.com".to_owned());
    let run = build.run(&fake).await;
    let (reason, _, hint) = run.failure(&step);
    assert!(reason.contains("EMAIL_ALREADY_EXISTS"), "{reason}");
    assert!(hint.contains("new@example.com") && hint.contains("invite"), "{hint}");
}

#[tokio::test(start_paused = true)]
async fn a_new_accounts_role_is_waited_for() {
    let fake = Fake::new();
    fake.script(
        "sts:AssumeRole",
        FaultKind::AccessDenied,
        "not authorized to perform sts:AssumeRole",
        Strike::Before,
        4,
    );
    let mut build = Build::new(0);
    build.create_account("new");
    let run = build.run(&fake).await;
    run.all_done();
    assert_eq!(run.retries(), 4);
    // Not for ever.
    let fake = Fake::new();
    fake.script("sts:AssumeRole", FaultKind::NotReady, "cannot be assumed", Strike::Before, usize::MAX);
    let mut build = Build::new(0);
    let step = build.create_account("new");
    let run = build.run(&fake).await;
    assert!(run.failure(&step).2.contains("access_role"));
    assert!(run.ended.summary.took < Duration::from_secs(150), "{:?}", run.ended.summary.took);
}

#[tokio::test(start_paused = true)]
async fn organizations_excludes_changes_from_each_other_and_that_is_waited_out() {
    let fake = Fake::new();
    fake.script("organizations:CreateAccount", FaultKind::Conflict, "ConcurrentModification", Strike::Before, 3);
    let mut build = Build::new(0);
    build.create_account("new");
    let run = build.run(&fake).await;
    run.all_done();
    assert_eq!(run.retries(), 3);
}

#[tokio::test(start_paused = true)]
async fn an_organization_is_adopted_or_made() {
    let fake = Fake::new();
    fake.world().organization = None;
    fake.script("organizations:CreateOrganization", FaultKind::Transient, "reset", Strike::After, 1);
    let mut build = Build::new(0);
    build.plan.organization_id = None;
    build.plan.unit_ids.clear();
    let organization = build.step(StepId::Organization, Action::CreateOrganization, &[]);
    let path = landfall_model::UnitPath::new("workloads").unwrap();
    let action = Action::CreateUnit { path: path.clone(), tags: Default::default() };
    build.step(StepId::Unit(path), action, &[organization]);
    build.run(&fake).await.all_done();
    assert_eq!(fake.count("organizations:CreateOrganization"), 1);
    let mut build = Build::new(0);
    let organization = build.step(StepId::Organization, Action::CreateOrganization, &[]);
    let run = build.run(&fake).await;
    assert_eq!(*run.outcome(&organization), Outcome::Unchanged);
}
