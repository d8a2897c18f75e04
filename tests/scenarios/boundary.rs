//! Roles move from one boundary to another, and back.

use crate::desk::Desk;

const ITEM: &str = "\ncross_account:\n  - name: visitors\n    accounts: [management]\n    trusted: [{ account: security }]\n    \
                    boundary: narrow\n    access: [{ s3: { bucket: acme-data, mode: read } }]\n";

fn changes(desk: &Desk, more: &[&str]) -> Vec<String> {
    let plan = desk.run(&[&["plan", "it", "--sandbox", "--format", "json"], more].concat()).json();
    let changes = plan["changes"].as_array().unwrap().iter();
    changes.map(|one| format!("{} {}", one["verb"].as_str().unwrap(), one["subject"].as_str().unwrap())).collect()
}

fn apply(desk: &Desk, more: &[&str]) {
    let applied = desk.run(&[&["apply", "it", "--sandbox", "--yes"], more].concat());
    assert_eq!(applied.code, 0, "{}", applied.both());
}

/// A boundary that its last role leaves goes after that, so that it can come again.
#[test]
fn a_boundary_that_nobody_carries_any_more_goes_after_the_roles_that_left_it() {
    let desk = Desk::started();
    let text = desk.read("it/landfall.yaml").replacen("\ncross_account:\n", ITEM, 1);
    let text = text.replacen("\nboundaries:", "\nboundaries:\n  narrow:\n    services: [s3]", 1);
    desk.write("it/landfall.yaml", &text);
    apply(&desk, &[]);

    desk.replace("it/landfall.yaml", "boundary: narrow", "boundary: workload");
    assert_eq!(
        changes(&desk, &["--prune"]),
        [
            "create stack example-boundary-workload (boundary)",
            "update stack example-cross-account-visitors (cross-account)",
            "delete stack example-boundary-narrow (boundary)"
        ]
    );
    apply(&desk, &["--prune"]);
    assert_eq!(changes(&desk, &["--prune"]), [""; 0]);

    desk.replace(
        "it/landfall.yaml",
        "boundary: workload\n    access: [{ s3: { bucket: acme-data",
        "boundary: narrow\n    access: [{ s3: { bucket: acme-data",
    );
    assert_eq!(
        changes(&desk, &[]),
        [
            "create stack example-boundary-narrow (boundary)",
            "update stack example-cross-account-visitors (cross-account)"
        ]
    );
    apply(&desk, &[]);
    assert_eq!(changes(&desk, &["--prune"]), ["delete stack example-boundary-workload (boundary)"]);
}
