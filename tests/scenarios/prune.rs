//! What is not wanted any more goes only when that is asked for, and emergency access only when it is asked for by name.

use crate::desk::Desk;

#[test]
fn what_is_not_wanted_stays_until_it_is_pruned() {
    let desk = Desk::started();
    desk.write(
        "it/teams/etl.yaml",
        "team: etl\naccounts: [all, \"!management\"]\nboundary: workload\nbuckets: [etl-data]\njobs: [{ name: load }]\n",
    );
    let applied = desk.run(&["apply", "it", "--sandbox", "--yes"]);
    assert_eq!(applied.code, 0, "{}", applied.both());
    std::fs::remove_file(desk.path().join("it/teams/etl.yaml")).unwrap();

    let kept = desk.run(&["plan", "it", "--sandbox"]);
    assert_eq!(kept.code, 0, "what is not wanted is no change: {}", kept.both());
    assert!(kept.out.contains("batch-team-etl"), "but it is seen: {}", kept.both());

    let pruned = desk.run(&["plan", "it", "--sandbox", "--prune"]);
    assert_eq!(pruned.code, 2, "{}", pruned.both());
    let applied = desk.run(&["apply", "it", "--sandbox", "--prune", "--yes"]);
    assert_eq!(applied.code, 0, "{}", applied.both());
    let after = desk.run(&["plan", "it", "--sandbox", "--prune"]);
    assert_eq!(after.code, 0, "{}", after.both());
    assert!(!after.out.contains("batch-team-etl"), "{}", after.both());
}

#[test]
fn emergency_access_goes_only_when_it_is_asked_for() {
    let desk = Desk::started();
    assert_eq!(desk.run(&["apply", "it", "--sandbox", "--yes"]).code, 0);
    let refused = desk.run(&["destroy", "it", "--sandbox", "--yes", "--confirm", "example"]);
    assert_eq!(refused.code, 64, "{}", refused.both());
    assert_eq!(desk.run(&["plan", "it", "--sandbox"]).code, 0, "nothing was touched");
    let destroyed = desk.run(&["destroy", "it", "--sandbox", "--yes", "--confirm", "example", "--emergency-access"]);
    assert_eq!(destroyed.code, 0, "{}", destroyed.both());
    let sandbox = desk.run(&["sandbox", "show", "it", "--format", "json"]);
    assert_eq!(sandbox.code, 0, "{}", sandbox.both());
    assert!(!sandbox.out.contains("break-glass"), "{}", sandbox.both());
}

#[test]
fn a_team_that_was_let_go_is_pruned_alone() {
    let desk = Desk::started();
    for (file, name) in [("it/teams/etl.yaml", "etl"), ("it/teams/other.yaml", "other")] {
        let text = format!("team: {name}\naccounts: [app-dev]\nboundary: workload\njobs: [{{ name: load }}]\n");
        desk.write(file, &text);
    }
    assert_eq!(desk.run(&["apply", "it", "--sandbox", "--yes"]).code, 0);
    assert_eq!(desk.run(&["offboard", "team", "etl", "it", "--yes"]).code, 0);
    std::fs::remove_file(desk.path().join("it/teams/other.yaml")).unwrap();

    let targeted = ["it", "--sandbox", "--prune", "--target", "team:etl"];
    let plan = desk.run(&[&["plan"][..], &targeted, &["--format", "json"]].concat()).json();
    let steps: Vec<String> = plan["steps"].as_array().unwrap().iter().map(|step| step["action"].to_string()).collect();
    assert_eq!(steps, ["\"delete-stack\""], "{plan:#}");
    let applied = desk.run(&[&["apply"][..], &targeted, &["--yes"]].concat());
    assert_eq!(applied.code, 0, "{}", applied.both());
    let after = desk.run(&["plan", "it", "--sandbox"]);
    assert_eq!(after.code, 0, "{}", after.both());
    assert!(!after.out.contains("batch-team-etl") && after.out.contains("batch-team-other"), "{}", after.both());
    let again = desk.run(&[&["plan"][..], &targeted].concat());
    assert_eq!(again.code, 64, "nothing of the team is left to aim at: {}", again.both());
}

#[test]
fn emergency_access_is_pruned_only_by_name_and_last() {
    let desk = Desk::started();
    assert_eq!(desk.run(&["apply", "it", "--sandbox", "--yes"]).code, 0);
    let folder = desk.read("it/landfall.yaml");
    let start = folder.find("break_glass:").unwrap();
    let rest = &folder[start..];
    let end = rest
        .match_indices('\n')
        .map(|(at, _)| at + 1)
        .find(|at| rest[*at..].chars().next().is_some_and(|first| first.is_ascii_alphabetic()));
    let end = end.map_or(folder.len(), |at| start + at);
    desk.write("it/landfall.yaml", &[&folder[..start], &folder[end..]].concat());

    let alone = desk.run(&["plan", "it", "--sandbox", "--prune-break-glass"]);
    assert_eq!(alone.code, 64, "it goes with --prune only: {}", alone.both());
    let pruned = desk.run(&["apply", "it", "--sandbox", "--prune", "--yes"]);
    assert_eq!(pruned.code, 0, "{}", pruned.both());
    assert!(pruned.out.contains("--prune-break-glass"), "it is said how: {}", pruned.both());
    let sandbox = desk.run(&["sandbox", "show", "it", "--format", "json"]);
    assert!(sandbox.out.contains("break-glass"), "{}", sandbox.both());
    let by_name = desk.run(&["apply", "it", "--sandbox", "--prune", "--prune-break-glass", "--yes"]);
    assert_eq!(by_name.code, 0, "{}", by_name.both());
    let sandbox = desk.run(&["sandbox", "show", "it", "--format", "json"]);
    assert!(!sandbox.out.contains("break-glass"), "{}", sandbox.both());
}

#[test]
fn a_boundary_in_use_is_not_taken_down_by_itself() {
    let desk = Desk::started();
    assert_eq!(desk.run(&["apply", "it", "--sandbox", "--yes"]).code, 0);
    let destroy = |more: &[&str]| {
        desk.run(
            &[&["destroy", "it", "--sandbox", "--yes", "--confirm", "example", "--target", "kind:boundary"], more]
                .concat(),
        )
    };
    let kept = destroy(&[]);
    assert_eq!(kept.code, 3, "{}", kept.both());
    assert!(kept.both().contains("stays: roles of"), "{}", kept.both());
    assert_eq!(desk.run(&["plan", "it", "--sandbox"]).code, 0, "nothing was touched");
}

#[test]
fn parts_of_a_split_team_go_back_into_one_stack() {
    let desk = Desk::started();
    let team = |jobs: usize| {
        let jobs: String = (0..jobs).map(|number| format!("  - name: job-{number}\n")).collect();
        format!(
            "team: etl\naccounts: [app-prod]\nboundary: workload\nroles: per-job\nbuckets: [etl-data]\n\
             secrets: /batch-jobs/etl\njobs:\n{jobs}"
        )
    };
    let stacks = || {
        let shown = desk.run(&["sandbox", "show", "it", "--format", "json"]);
        shown.out.matches("\"example-batch-team-etl").count()
    };
    desk.write("it/teams/etl.yaml", &team(40));
    let split = desk.run(&["apply", "it", "--sandbox", "--yes"]);
    assert_eq!(split.code, 0, "{}", split.both());
    assert!(stacks() > 10, "{}", stacks());
    desk.write("it/teams/etl.yaml", &team(10));
    let merged = desk.run(&["apply", "it", "--sandbox", "--yes"]);
    assert_eq!(merged.code, 0, "{}", merged.both());
    assert_eq!(stacks(), 1);
    let after = desk.run(&["plan", "it", "--sandbox", "--drift"]);
    assert_eq!(after.code, 0, "{}", after.both());
}
