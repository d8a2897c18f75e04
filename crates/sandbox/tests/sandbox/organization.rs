//! Organizations and the way into accounts.

use std::collections::BTreeMap;

use landfall_engine::FaultKind;
use landfall_engine::port::{Access, Cloud, CreationState};
use landfall_model::OrganizationId;
use landfall_sandbox::{Sandbox, Seed, Settings};

use crate::world::{MANAGEMENT, enter, id, member, new_account, role, sandbox, seconds, service_trust, settings};

#[tokio::test(start_paused = true)]
async fn there_is_no_organization_until_it_is_made() {
    let sandbox = sandbox();
    assert_eq!(sandbox.caller().await.unwrap().account, id(MANAGEMENT));
    let organizations = sandbox.organizations();
    assert_eq!(organizations.describe().await.unwrap(), None);
    let fault = organizations.accounts().await.unwrap_err();
    assert_eq!(fault.code.as_deref(), Some("AWSOrganizationsNotInUseException"));
    let made = organizations.create().await.unwrap();
    assert!(OrganizationId::new(made.id.as_str()).is_ok() && made.root.starts_with("r-") && made.all_features);
    assert_eq!(organizations.describe().await.unwrap(), Some(made));
    assert_eq!(organizations.accounts().await.unwrap().len(), 1);
    let again = organizations.create().await.unwrap_err();
    assert_eq!((again.kind, again.code.as_deref()), (FaultKind::AlreadyExists, Some("AlreadyInOrganizationException")));
}

#[tokio::test(start_paused = true)]
async fn ids_depend_on_nothing_but_the_calls() {
    let ids = async || {
        let sandbox = sandbox();
        let account = member(&sandbox).await;
        let root = sandbox.organizations().describe().await.unwrap().unwrap().root;
        let unit = sandbox.organizations().create_unit(&root, "prod", &BTreeMap::new()).await.unwrap();
        (account, root, unit)
    };
    let first = ids().await;
    assert!(first.2.starts_with("ou-"));
    assert_eq!(first, ids().await);
}

#[tokio::test(start_paused = true)]
async fn units_are_unique_below_a_parent_and_five_deep() {
    let sandbox = sandbox();
    let organizations = sandbox.organizations();
    let mut parent = organizations.create().await.unwrap().root;
    let none = BTreeMap::new();
    for depth in 0..5 {
        let unit = organizations.create_unit(&parent, "deeper", &none).await.unwrap();
        assert_eq!(organizations.units(&parent).await.unwrap(), [(unit.clone(), "deeper".to_owned())], "{depth}");
        let twin = organizations.create_unit(&parent, "deeper", &none).await.unwrap_err();
        assert_eq!(twin.code.as_deref(), Some("DuplicateOrganizationalUnitException"));
        parent = unit;
    }
    let deep = organizations.create_unit(&parent, "deeper", &none).await.unwrap_err();
    assert_eq!(deep.kind, FaultKind::LimitExceeded);
    let nowhere = organizations.units("ou-none-00000000").await.unwrap_err();
    assert_eq!(nowhere.code.as_deref(), Some("ParentNotFoundException"));
}

#[tokio::test(start_paused = true)]
async fn an_account_takes_its_time() {
    let sandbox = sandbox();
    let organizations = sandbox.organizations();
    let root = organizations.create().await.unwrap().root;
    let creation = organizations.create_account(&new_account("data")).await.unwrap();
    assert_eq!(creation.state, CreationState::InProgress);
    let pending = organizations.pending().await.unwrap();
    assert_eq!((pending[0].request.as_str(), pending[0].name.as_str()), (creation.request.as_str(), "data"));
    assert_eq!(organizations.accounts().await.unwrap().len(), 1);
    seconds(60).await;
    let done = organizations.creation(&creation.request).await.unwrap();
    let account = pending[0].id.clone().unwrap();
    assert_eq!(done.state, CreationState::Succeeded(account.clone()));
    assert!(organizations.pending().await.unwrap().is_empty());
    assert_eq!(organizations.parent_of(&account).await.unwrap(), root);
    assert_eq!(organizations.tags(account.as_str()).await.unwrap()["env"], "prod");

    let access = Access::Assume { account: account.clone(), role: role("Access") };
    let early = sandbox.enter(&access).await.map(drop).unwrap_err();
    assert_eq!((early.kind, early.code.as_deref()), (FaultKind::AccessDenied, Some("AccessDenied")));
    assert!(early.message.contains("is not authorized to perform: sts:AssumeRole on resource"), "{early}");
    seconds(10).await;
    sandbox.enter(&access).await.map(drop).unwrap();
    sandbox.enter(&access).await.map(drop).unwrap();
    assert_eq!(sandbox.calls()["sts:AssumeRole"], 2);
}

#[tokio::test(start_paused = true)]
async fn a_taken_address_fails_and_five_at_a_time_are_enough() {
    let sandbox = sandbox();
    let organizations = sandbox.organizations();
    organizations.create().await.unwrap();
    let mut requests = Vec::new();
    for name in ["a", "a", "b", "c", "d"] {
        requests.push(organizations.create_account(&new_account(name)).await.unwrap().request);
    }
    let sixth = organizations.create_account(&new_account("e")).await.unwrap_err();
    assert_eq!((sixth.kind, sixth.code.as_deref()), (FaultKind::Conflict, Some("ConcurrentModificationException")));
    seconds(60).await;
    assert!(matches!(organizations.creation(&requests[0]).await.unwrap().state, CreationState::Succeeded(_)));
    let second = organizations.creation(&requests[1]).await.unwrap().state;
    assert_eq!(second, CreationState::Failed("EMAIL_ALREADY_EXISTS".to_owned()));
    organizations.create_account(&new_account("e")).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn the_account_quota_holds() {
    let sandbox = Sandbox::in_memory(Settings { account_quota: 2, ..settings() });
    let organizations = sandbox.organizations();
    organizations.create().await.unwrap();
    organizations.create_account(&new_account("a")).await.unwrap();
    let fault = organizations.create_account(&new_account("b")).await.unwrap_err();
    assert_eq!((fault.kind, fault.code.as_deref()), (FaultKind::LimitExceeded, Some("ConstraintViolationException")));
}

#[tokio::test(start_paused = true)]
async fn accounts_move_from_where_they_are() {
    let sandbox = sandbox();
    let account = member(&sandbox).await;
    let organizations = sandbox.organizations();
    let root = organizations.describe().await.unwrap().unwrap().root;
    let unit = organizations.create_unit(&root, "prod", &BTreeMap::new()).await.unwrap();
    let wrong = organizations.move_account(&account, &unit, &root).await.unwrap_err();
    assert_eq!(wrong.code.as_deref(), Some("SourceParentNotFoundException"));
    let nowhere = organizations.move_account(&account, &root, "ou-none-00000000").await.unwrap_err();
    assert_eq!(nowhere.code.as_deref(), Some("DestinationParentNotFoundException"));
    organizations.move_account(&account, &root, &unit).await.unwrap();
    assert_eq!(organizations.accounts_in(&unit).await.unwrap(), std::slice::from_ref(&account));
    assert_eq!(organizations.parent_of(&account).await.unwrap(), unit);
    organizations.tag(&unit, &BTreeMap::from([("a".to_owned(), "1".to_owned())])).await.unwrap();
    organizations.tag(&unit, &BTreeMap::from([("b".to_owned(), "2".to_owned())])).await.unwrap();
    assert_eq!(organizations.tags(&unit).await.unwrap().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn only_a_role_that_trusts_the_management_account_lets_in() {
    let sandbox = sandbox();
    let account = member(&sandbox).await;
    let missing = Access::Assume { account: account.clone(), role: role("Nobody") };
    assert_eq!(sandbox.enter(&missing).await.map(drop).unwrap_err().kind, FaultKind::AccessDenied);
    sandbox.hand().put_trust(&account, &role("Access"), &service_trust()).unwrap();
    let untrusting = Access::Assume { account: account.clone(), role: role("Access") };
    assert_eq!(sandbox.enter(&untrusting).await.map(drop).unwrap_err().kind, FaultKind::AccessDenied);
    sandbox.enter(&Access::Own).await.map(drop).unwrap();

    let seed = Seed {
        id: Some(id("222222222222")),
        name: "invited".to_owned(),
        email: new_account("invited").email,
        access_role: None,
    };
    let invited = sandbox.hand().adopt(&seed).unwrap();
    assert!(sandbox.hand().adopt(&seed).is_err());
    let access = Access::Assume { account: invited, role: role("Access") };
    assert_eq!(sandbox.enter(&access).await.map(drop).unwrap_err().kind, FaultKind::AccessDenied);
}

#[tokio::test(start_paused = true)]
async fn calls_are_counted_by_their_real_names() {
    let sandbox = sandbox();
    let account = member(&sandbox).await;
    let session = enter(&sandbox, &account).await;
    session.identities().role(&role("Access")).await.unwrap();
    let calls = sandbox.calls();
    for operation in [
        "organizations:CreateOrganization",
        "organizations:ListRoots",
        "organizations:CreateAccount",
        "organizations:DescribeCreateAccountStatus",
        "sts:AssumeRole",
        "iam:GetRole",
        "iam:ListAttachedRolePolicies",
    ] {
        assert_eq!(calls.get(operation), Some(&1), "{operation}");
    }
}
