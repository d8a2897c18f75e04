//! Roles that stood before Landfall came are never overwritten, and come into a stack when that is asked for.

use landfall_engine::port::{Access, Cloud as _};
use landfall_model::{AccountId, RoleName};
use landfall_sandbox::Sandbox;
use landfall_stacks::Role;

use crate::desk::Desk;

const ROLES: [&str; 2] = ["data-job-role", "data-execution-role"];

fn inside<T>(desk: &Desk, act: impl AsyncFnOnce(&Sandbox, &AccountId) -> T) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let sandbox = Sandbox::open_existing(desk.path().join(".landfall/example.json")).unwrap();
        let view = sandbox.view().unwrap();
        let account = view.accounts.iter().find(|account| account.name == "app-prod").unwrap().id.clone();
        act(&sandbox, &account).await
    })
}

fn read(desk: &Desk, name: &str) -> Option<Role> {
    inside(desk, async |sandbox, account| {
        let role = RoleName::new("OrganizationAccountAccessRole").unwrap();
        let session = sandbox.enter(&Access::Assume { account: account.clone(), role }).await.unwrap();
        session.identities().role(&RoleName::new(name).unwrap()).await.unwrap()
    })
}

/// A desk where the roles of a team stand, changed by somebody, and no stack has them.
fn inherited() -> Desk {
    let desk = Desk::started();
    assert_eq!(desk.run(&["apply", "it", "--sandbox", "--yes"]).code, 0);
    let roles: Vec<Role> = ROLES.iter().map(|name| read(&desk, name).unwrap()).collect();
    let account = ["--account", "app-prod", "--role", ROLES[0]];
    let gone = desk.run(&[["sandbox", "tamper", "delete-stack", "it"].as_slice(), &account].concat());
    assert_eq!(gone.code, 0, "{}", gone.both());
    inside(&desk, async |sandbox, account| {
        for mut role in roles {
            role.boundary = None;
            role.max_session = 43_200;
            role.tags = [("mine".to_owned(), "yes".to_owned())].into();
            sandbox.hand().create_role(account, &role).unwrap();
        }
    });
    desk
}

#[test]
fn what_stands_already_is_left_alone_until_it_is_adopted() {
    let desk = inherited();
    let plan = desk.run(&["plan", "it", "--sandbox"]);
    assert!(plan.out.contains("landfall adopt"), "{}", plan.both());
    let applied = desk.run(&["apply", "it", "--sandbox", "--yes"]);
    assert_eq!(applied.code, 0, "{}", applied.both());
    let role = read(&desk, ROLES[0]).unwrap();
    assert_eq!((role.boundary, role.max_session), (None, 43_200), "nobody touched it");

    let shown = desk.run(&["adopt", "it", "--sandbox"]);
    assert_eq!(shown.code, 2, "{}", shown.both());
    for what in ["< adopt stack", ROLES[0], ROLES[1], "MaxSessionDuration", "PermissionsBoundary"] {
        assert!(shown.out.contains(what), "`{what}` is not in {}", shown.both());
    }
    let refused = desk.run(&["adopt", "it", "--sandbox", "--apply"]);
    assert_eq!(refused.code, 64, "nobody said yes: {}", refused.both());

    let adopted = desk.run(&["adopt", "it", "--sandbox", "--apply", "--yes"]);
    assert_eq!(adopted.code, 0, "{}", adopted.both());
    for name in ROLES {
        let role = read(&desk, name).unwrap();
        assert_eq!(role.tags.get("mine").map(String::as_str), Some("yes"), "{name} is the one that stood");
        assert!(role.boundary.is_some() && role.max_session < 43_200, "{name} is as it shall be: {role:?}");
    }
    for command in ["plan", "drift", "adopt"] {
        let after = desk.run(&[command, "it", "--sandbox"]);
        assert_eq!(after.code, 0, "{command}: {}", after.both());
    }
}

#[test]
fn an_adoption_that_was_cut_off_goes_on() {
    let desk = inherited();
    inside(&desk, async |sandbox, _| {
        let rule = landfall_sandbox::FaultRule {
            operation: "cloudformation:CreateChangeSet".to_owned(),
            account: None,
            stack: None,
            when: landfall_sandbox::When::Nth(2),
            what: landfall_sandbox::What::AccessDenied,
        };
        sandbox.configure(|settings| settings.faults.push(rule)).unwrap();
    });
    let failed = desk.run(&["adopt", "it", "--sandbox", "--apply", "--yes"]);
    assert_eq!(failed.code, 1, "the import is done, and the update is refused: {}", failed.both());
    inside(&desk, async |sandbox, _| sandbox.configure(|settings| settings.faults.clear()).unwrap());
    // An import brings no tags, and so nobody but the adoption can tell whose the stack is.
    let applied = desk.run(&["apply", "it", "--sandbox", "--drift", "--yes"]);
    assert!(applied.out.contains("landfall adopt"), "{}", applied.both());
    assert_eq!(read(&desk, ROLES[0]).unwrap().max_session, 43_200, "nobody touched it");
    let adopted = desk.run(&["adopt", "it", "--sandbox", "--apply", "--yes"]);
    assert_eq!(adopted.code, 0, "{}", adopted.both());
    let role = read(&desk, ROLES[0]).unwrap();
    assert_eq!(role.tags.get("mine").map(String::as_str), Some("yes"));
    assert_eq!(desk.run(&["drift", "it", "--sandbox"]).code, 0);
}
