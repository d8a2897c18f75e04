//! A newcomer's path: a starter folder, two accounts and a team taken on, all of it deployed, a role that somebody changed
//! by hand found and put right, and the team let go.

use crate::desk::{Desk, Ran};

fn done(ran: &Ran) {
    assert_eq!(ran.code, 0, "{}", ran.both());
}

#[test]
fn from_nothing_to_an_organization_and_a_team_that_comes_and_goes() {
    let desk = Desk::new();
    done(&desk.run(&["init", "it", "--name", "globex", "--email", "aws@globex.example"]));
    done(&desk.run(&[
        "onboard",
        "account",
        "orders-prod",
        "it",
        "--email",
        "aws+orders-prod@globex.example",
        "--unit",
        "workloads/prod",
        "--tags",
        "env=prod",
    ]));
    done(&desk.run(&[
        "onboard",
        "account",
        "orders-dev",
        "it",
        "--email",
        "aws+orders-dev@globex.example",
        "--unit",
        "workloads/dev",
        "--tags",
        "env=dev",
    ]));
    let team = desk.run(&[
        "onboard",
        "team",
        "orders",
        "it",
        "--accounts",
        "orders-prod,orders-dev",
        "--buckets",
        "globex-orders",
        "--jobs",
        "load,report",
    ]);
    done(&team);
    assert!(team.out.contains("adds 2 roles in 2 accounts, touches nothing else"), "{}", team.both());
    done(&desk.run(&["validate", "it"]));

    desk.replace("it/landfall.yaml", "# automation:\n#   github:", "automation:\n  github:");
    let pipelines = desk.run(&["workflow", "it", "--out", ".github/workflows"]);
    done(&pipelines);
    assert!(desk.path().join(".github/workflows/landfall-drift.yml").exists(), "{}", pipelines.both());

    done(&desk.run(&["apply", "it", "--sandbox", "--yes", "--quiet"]));
    done(&desk.run(&["drift", "it", "--sandbox"]));

    let role = ["--account", "orders-prod", "--role", "orders-job-role"];
    done(&desk.run(&[&["sandbox", "tamper", "remove-boundary"][..], &role, &["it"]].concat()));
    let drift = desk.run(&["drift", "it", "--sandbox"]);
    assert_eq!(drift.code, 2, "{}", drift.both());
    assert!(drift.out.contains("orders-job-role"), "{}", drift.both());
    let found = desk.run(&["plan", "it", "--sandbox", "--drift", "--format", "markdown"]);
    assert_eq!(found.code, 2, "{}", found.both());
    assert!(found.out.contains("role orders-job-role: PermissionsBoundary"), "{}", found.both());
    done(&desk.run(&["remediate", "it", "--sandbox", "--apply", "--yes", "--quiet"]));
    done(&desk.run(&["drift", "it", "--sandbox"]));

    let gone = desk.run(&["offboard", "team", "orders", "it", "--yes"]);
    done(&gone);
    assert!(gone.out.contains("removes 2 roles in 2 accounts"), "{}", gone.both());
    done(&desk.run(&["apply", "it", "--sandbox", "--prune", "--target", "team:orders", "--yes", "--quiet"]));
    let after = desk.run(&["plan", "it", "--sandbox", "--prune", "--drift"]);
    assert!(!after.out.contains("orders-job-role") && !after.out.contains("batch-team-orders"), "{}", after.both());
}
