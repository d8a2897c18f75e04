//! A team or an account that is taken on, and one that goes: the file, what it touches, and what is refused.

use std::fs;

use crate::desk::{Desk, root};

fn acme() -> Desk {
    let desk = Desk::new();
    copy(&root().join("examples/acme"), &desk.path().join("it"));
    desk
}

fn copy(from: &std::path::Path, to: &std::path::Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn a_team_is_taken_on_with_one_file_and_touches_nothing_else() {
    let desk = acme();
    let made = desk.run(&[
        "onboard",
        "team",
        "payments",
        "it",
        "--accounts",
        "app-prod, data-dev",
        "--buckets",
        "acme-payments",
        "--jobs",
        "settle, refund",
    ]);
    assert_eq!(made.code, 0, "{}", made.both());
    assert!(made.out.contains("adds 2 roles in 2 accounts, touches nothing else\n"), "{}", made.both());
    assert!(made.out.contains("next: landfall plan it --target team:payments\n"), "{}", made.both());
    assert!(made.err.contains("roles: per-team, because "), "{}", made.both());
    let text = desk.read("it/teams/payments.yaml");
    assert!(text.starts_with("# ") && text.contains("secrets: /batch-jobs/payments "), "{text}");
    let valid = desk.run(&["validate", "it"]);
    assert_eq!((valid.code, valid.err.as_str()), (0, ""), "{}", valid.both());

    let plan = desk.run(&["plan", "it", "--sandbox", "--target", "team:payments", "--format", "json"]);
    assert_eq!(plan.code, 2, "{}", plan.both());
    let plan = plan.json();
    let teams: Vec<&str> = plan["changes"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|change| change["subject"].as_str())
        .filter(|subject| subject.contains("batch-team"))
        .collect();
    assert_eq!(teams, ["stack acme-batch-team-payments (batch-team)"]);
}

#[test]
fn strict_rules_give_each_job_its_own_roles() {
    let desk = acme();
    let arguments =
        ["onboard", "team", "cards", "it", "--accounts", "app-prod", "--jobs", "a,b", "--compliance", "strict"];
    let made = desk.run(&[&arguments[..], &["--dry-run", "--format", "json"]].concat());
    assert_eq!(made.code, 0, "{}", made.both());
    let value = made.json();
    assert_eq!(value["fate"], "not-written");
    assert!(value["text"].as_str().unwrap().contains("roles: per-job"), "{value:#}");
    assert_eq!(value["radius"]["summary"], "adds 4 roles in 1 account, touches nothing else");
    assert_eq!(value["radius"]["only_adds"], true);
    assert!(!desk.path().join("it/teams/cards.yaml").exists(), "a dry run wrote a file");
}

#[test]
fn what_is_missing_is_told_at_once_where_nobody_can_be_asked() {
    let desk = acme();
    let team = desk.run(&["onboard", "team"]);
    assert_eq!(team.code, 64, "{}", team.both());
    let team = desk.run(&["onboard", "team", "payments", "it"]);
    assert_eq!(team.code, 64, "{}", team.both());
    assert!(team.err.contains("missing: --accounts; nothing was written"), "{}", team.both());
    let account = desk.run(&["onboard", "account", "ml-dev", "it"]);
    assert_eq!(account.code, 64, "{}", account.both());
    assert!(account.err.contains("missing: --email, --unit; nothing was written"), "{}", account.both());
}

#[test]
fn nothing_is_written_that_would_not_be_valid() {
    let desk = acme();
    for (arguments, said) in [
        (vec!["team", "payments", "it", "--accounts", "nowhere"], "there is no account `nowhere`"),
        (vec!["team", "payments", "it", "--accounts", "ci", "--boundary", "none"], "none"),
        (vec!["team", "payments", "it", "--accounts", "ci", "--secrets", "no path"], "no path"),
        (vec!["team", "ML", "it", "--accounts", "ci"], "the name `ml` is taken"),
        (
            vec!["account", "ml-dev", "it", "--email", "AWS+ml-prod@acme.example", "--unit", "/"],
            "it/landfall.yaml:22:28",
        ),
        (vec!["account", "ci", "it", "--email", "a@b.example", "--unit", "/"], "the name `ci` is taken"),
        (vec!["account", "x", "it", "--email", "a@b.example", "--unit", "workload"], "did you mean `workloads`?"),
        (vec!["account", "no good", "it", "--email", "a@b.example", "--unit", "/"], "account name"),
    ] {
        let refused = desk.run(&[&["onboard"][..], &arguments].concat());
        assert_eq!(refused.code, 64, "{arguments:?}: {}", refused.both());
        assert!(refused.err.contains(said), "{arguments:?}: {}", refused.both());
    }
    assert!(!desk.path().join("it/accounts").exists());
    assert_eq!(fs::read_dir(desk.path().join("it/teams")).unwrap().count(), 2);
    desk.write("it/teams/mine.yml", "team: mine\naccounts: [ci]\nboundary: workload\n");
    let refused = desk.run(&["onboard", "team", "mine", "it", "--accounts", "ci"]);
    assert_eq!(refused.code, 64, "{}", refused.both());
    assert!(refused.err.contains("is there already"), "{}", refused.both());
}

#[test]
fn an_account_is_taken_on_with_all_that_every_account_gets() {
    let desk = acme();
    let made = desk.run(&[
        "onboard",
        "account",
        "ml-dev",
        "it",
        "--email",
        "aws+ml-dev@acme.example",
        "--unit",
        "workloads/dev",
        "--tags",
        "env=dev,owner=ml",
    ]);
    assert_eq!(made.code, 0, "{}", made.both());
    assert!(made.out.contains("adds 1 account, "), "{}", made.both());
    assert!(made.out.contains("+ role acme-break-glass-responder in ml-dev"), "{}", made.both());
    assert!(made.out.contains(", touches nothing else\n"), "{}", made.both());
    let text = desk.read("it/accounts/ml-dev.yaml");
    assert!(text.contains("unit: workloads/dev\ntags: { env: dev, owner: ml }\n"), "{text}");
    let valid = desk.run(&["validate", "it"]);
    assert!(valid.out.starts_with("acme is valid: 9 accounts"), "{}", valid.both());
}

#[test]
fn a_team_whose_roles_others_name_does_not_go() {
    let desk = acme();
    let refused = desk.run(&["offboard", "team", "ml", "it", "--yes"]);
    assert_eq!(refused.code, 64, "{}", refused.both());
    assert!(refused.err.contains("it/landfall.yaml:61:23"), "{}", refused.both());
    assert!(desk.path().join("it/teams/ml.yaml").exists());
    let unknown = desk.run(&["offboard", "team", "mll", "it", "--yes"]);
    assert_eq!(unknown.code, 64, "{}", unknown.both());
    assert!(unknown.err.contains("there are: data-engineering, ml"), "{}", unknown.both());
}

#[test]
fn a_team_goes_only_when_that_is_confirmed() {
    let desk = acme();
    let unconfirmed = desk.run(&["offboard", "team", "data-engineering", "it"]);
    assert_eq!(unconfirmed.code, 64, "{}", unconfirmed.both());
    let dry = desk.run(&["offboard", "team", "data-engineering", "it", "--dry-run"]);
    assert_eq!(dry.code, 0, "{}", dry.both());
    assert!(dry.out.contains("removes 4 roles in 2 accounts, touches nothing else"), "{}", dry.both());
    assert!(desk.path().join("it/teams/data-engineering.yaml").exists());
    let gone = desk.run(&["offboard", "team", "data-engineering", "it", "--yes", "--format", "markdown"]);
    assert_eq!(gone.code, 0, "{}", gone.both());
    assert!(gone.out.contains("`landfall apply it --prune --target team:data-engineering`"), "{}", gone.both());
    assert!(!desk.path().join("it/teams/data-engineering.yaml").exists());
}
