//! What a reviewer sees of a plan: in a comment on GitHub, however large the organization is.

use std::fmt::Write as _;

use crate::desk::{Desk, Ran, root};

/// GitHub refuses a longer comment.
const COMMENT: usize = 65_536;

/// An organization of many accounts with a boundary, a reader and a team in each.
fn organization(accounts: usize) -> Desk {
    let desk = Desk::new();
    let mut text = String::from(
        "version: 1\norganization:\n  name: globex\n  home_region: eu-west-1\n  management_account: management\n  \
         units: [workloads]\naccounts:\n  management: { id: \"111111111111\", email: aws@globex.example }\n",
    );
    for number in 1..=accounts {
        let email = format!("aws+app-{number:03}@globex.example");
        writeln!(text, "  app-{number:03}: {{ email: {email}, unit: workloads }}").unwrap();
    }
    text.push_str(
        "boundaries:\n  workload: { services: [s3, logs, dynamodb] }\nbreak_glass:\n  home: app-001\n  \
         trusted_users: [alice]\n  accounts: [app-001]\n  tiers: { responder: { access: administrator } }\n\
         cross_account:\n  - name: reader\n    accounts: [\"unit:workloads\"]\n    boundary: workload\n    \
         trusted: [{ account: app-001 }]\n    access:\n      - s3: { bucket: globex-lake, prefix: curated, mode: read }\n",
    );
    desk.write("it/landfall.yaml", &text);
    desk.write(
        "it/teams/etl.yaml",
        "team: etl\naccounts: [app-001, app-002]\nboundary: workload\njobs: [{ name: load }]\n",
    );
    let applied = desk.run(&["apply", "it", "--sandbox", "--yes", "--quiet", "--no-journal"]);
    assert_eq!(applied.code, 0, "{}", applied.both());
    desk
}

fn comment(desk: &Desk, more: &[&str]) -> String {
    let plan = desk.run(&[&["plan", "it", "--sandbox", "--format", "markdown"][..], more].concat());
    assert_eq!(plan.code, 2, "{}", plan.both());
    sound(&plan);
    plan.out
}

/// Whatever is left out, the Markdown is whole: folded parts and code are closed, tables have their columns.
fn sound(ran: &Ran) {
    let text = &ran.out;
    assert!(text.chars().count() < COMMENT, "{} characters", text.chars().count());
    assert_eq!(text.matches("<details>").count(), text.matches("</details>").count());
    let mut fenced = false;
    let mut columns = 0;
    for line in text.lines() {
        if line.starts_with("````") {
            fenced = !fenced;
        } else if !fenced && line.starts_with('|') {
            let bars = line.replace("\\|", "").matches('|').count();
            assert!(columns == 0 || columns == bars, "{line}");
            columns = bars;
            assert!(line.replace("\\`", "").matches('`').count().is_multiple_of(2), "{line}");
        } else {
            columns = 0;
        }
    }
    assert!(!fenced, "a code block is open at the end");
}

#[test]
fn one_change_in_200_accounts_reads_well() {
    let desk = organization(200);
    desk.replace(
        "it/landfall.yaml",
        "prefix: curated, mode: read }",
        "prefix: curated, mode: read }\n      - dynamodb: { table: \"orders-*\", mode: write }",
    );
    desk.replace(
        "it/landfall.yaml",
        "trusted: [{ account: app-001 }]",
        "trusted: [{ account: app-001 }, { account: app-002 }]",
    );
    desk.replace("it/teams/etl.yaml", "jobs:", "buckets: [globex-in]\njobs:");
    desk.write("it/teams/new.yaml", "team: new\naccounts: [app-007]\nboundary: workload\njobs: [{ name: load }]\n");
    let text = comment(&desk, &[]);
    assert_eq!(text, comment(&desk, &[]), "the same plan gives the same text");
    let path = root().join("tests/golden/markdown/200-accounts.md");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &text).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(text, committed, "{} is out of date; run with UPDATE_GOLDEN=1", path.display());

    let applied = desk.run(&["apply", "it", "--sandbox", "--yes", "--quiet", "--no-journal", "--format", "markdown"]);
    assert_eq!(applied.code, 0, "{}", applied.both());
    sound(&applied);
    assert!(applied.out.contains("**Blast radius:** 200 accounts"), "{}", applied.both());
    assert!(applied.out.contains("\n### steps: "), "and what came of it: {}", applied.both());
}

#[test]
fn a_comment_is_cut_honestly() {
    let desk = organization(2);
    // Three hundred roles that are all different: more than a comment can hold.
    let mut text = desk.read("it/landfall.yaml");
    for number in 0..300 {
        write!(
            text,
            "  - name: extra-{number:03}\n    accounts: [app-001]\n    boundary: workload\n    trusted: [{{ account: app-002 }}]\n    \
             access:\n      - s3: {{ bucket: globex-{number:03}, prefix: curated, mode: read }}\n"
        )
        .unwrap();
    }
    desk.write("it/landfall.yaml", &text);
    let text = comment(&desk, &[]);
    assert!(text.contains("300 roles added"), "{text}");
    assert!(text.contains("| … and ") && text.contains("see the job's log"), "{text}");
    assert!(text.contains("whose statements are not shown here"), "{text}");
    assert!(text.contains("\n300 steps: 300 to create"), "{text}");
    let detailed = comment(&desk, &["--detailed"]);
    assert!(
        detailed.contains("<summary>Every step</summary>") && detailed.contains(" more lines\n````\n"),
        "{detailed}"
    );
}

#[test]
fn a_team_that_goes_is_told_from_what_is_deployed() {
    let desk = organization(2);
    std::fs::remove_file(desk.path().join("it/teams/etl.yaml")).unwrap();
    let text = comment(&desk, &["--prune"]);
    assert!(text.contains("2 roles removed, 4 times"), "{text}");
    assert!(text.contains("| `-` role `etl-job-role` |  | assumed by `ecs-tasks.amazonaws.com`"), "{text}");
}
