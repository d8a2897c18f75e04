use landfall_model::{
    AccessMode, AccountName, BoundaryName, FileId, Grant, ItemName, Job, Place, Reads, RoleAccess, RoleStrategy, Team,
};

use super::*;

const PLACE: Place = Place { file: FileId(0), start: 0, end: 0 };

fn grants(list: &[Grant]) -> RoleAccess {
    let grants = list.iter().map(|grant| Reads { value: grant.clone(), place: PLACE }).collect();
    RoleAccess { grants, ..RoleAccess::default() }
}

fn s3(bucket: &str, mode: AccessMode) -> Grant {
    Grant::S3 { bucket: bucket.to_owned(), prefix: None, mode }
}

fn team(name: &str, jobs: &[(&str, Vec<Grant>)]) -> Team {
    let job = |(name, access): &(&str, Vec<Grant>)| Job {
        name: ItemName::new(*name).unwrap(),
        own_roles: false,
        reason: None,
        access: grants(access),
        place: PLACE,
    };
    Team {
        name: ItemName::new(name).unwrap(),
        accounts: ["a", "b"].map(|name| AccountName::new(name).unwrap()).into_iter().collect(),
        boundary: BoundaryName::new("workload").unwrap(),
        roles: RoleStrategy::PerJob,
        buckets: Vec::new(),
        secrets: None,
        jobs: jobs.iter().map(job).collect(),
        access: RoleAccess::default(),
        place: PLACE,
    }
}

fn plain(name: &str, jobs: usize) -> Team {
    let names: Vec<String> = (0..jobs).map(|index| format!("job-{index}")).collect();
    let jobs: Vec<(&str, Vec<Grant>)> = names.iter().map(|name| (name.as_str(), Vec::new())).collect();
    team(name, &jobs)
}

#[test]
fn counts_are_those_of_the_requirement() {
    // Three teams with fifteen jobs: 6 roles or 30.
    let teams = [plain("data-engineering", 7), plain("ml", 5), plain("analytics", 3)];
    let counts = role_counts(&teams);
    assert_eq!((counts.per_team, counts.per_job, counts.hybrid), (6, 30, 6));
    assert_eq!((counts.configured, counts.standing), (30, 60));
    // A growing company: 5 teams and 50 jobs.
    let counts = role_counts(&[0, 1, 2, 3, 4].map(|index| plain(&format!("team-{index}"), 10)));
    assert_eq!((counts.per_team, counts.per_job), (10, 100));
}

#[test]
fn a_configured_hybrid_is_counted_as_it_is_made() {
    let mut mixed = plain("mixed", 4);
    mixed.roles = RoleStrategy::PerTeam;
    mixed.jobs[0].own_roles = true;
    let counts = role_counts([&mixed]);
    assert_eq!((counts.configured, counts.hybrid, counts.standing), (4, 4, 8));
    mixed.roles = RoleStrategy::Both;
    assert_eq!(role_counts([&mixed]).configured, 10);
}

#[test]
fn similarity_is_what_each_job_has_of_all() {
    assert_eq!(similarity(&plain("none", 3)), 100);
    let (one, two) = (s3("one", AccessMode::Read), s3("two", AccessMode::Read));
    assert_eq!(similarity(&team("apart", &[("a", vec![one.clone()]), ("b", vec![two.clone()])])), 50);
    let third = Grant::Sns { topic: "t".into() };
    let apart = team("apart", &[("a", vec![one.clone()]), ("b", vec![two]), ("c", vec![third])]);
    assert_eq!(similarity(&apart), 33);
    let same = team("same", &[("a", vec![one.clone()]), ("b", vec![one])]);
    assert_eq!(similarity(&same), 100);
    // What the team gives to all counts for each.
    assert_eq!(similarity(&Team { buckets: vec!["x".into(), "y".into(), "z".into()], ..apart }), 66);
}

#[test]
fn jobs_share_unless_something_speaks_against_it() {
    assert_eq!(decide(&plain("few", 3), Compliance::Standard).advice, Advice::PerTeam);
    let many = decide(&plain("many", 30), Compliance::Standard);
    assert_eq!(many.advice, Advice::PerTeam);
    assert_eq!(many.evidence, [Evidence::ManyJobs(30), Evidence::Alike(100)]);
    assert_eq!(
        decide(&plain("audited", 30), Compliance::Strict),
        Decision { advice: Advice::PerJob, evidence: vec![Evidence::Strict] }
    );
    let different = team(
        "different",
        &[
            ("a", vec![s3("one", AccessMode::Read)]),
            ("b", vec![Grant::Sns { topic: "t".into() }]),
            ("c", vec![Grant::Lambda { function: "f".into() }]),
        ],
    );
    assert_eq!(
        decide(&different, Compliance::Standard),
        Decision { advice: Advice::PerJob, evidence: vec![Evidence::Different(33)] }
    );
}

#[test]
fn what_deletes_is_set_apart() {
    let read = s3("lake", AccessMode::Read);
    let mixed = team(
        "mixed",
        &[("a", vec![read.clone()]), ("b", vec![read.clone()]), ("purge", vec![s3("lake", AccessMode::Delete)])],
    );
    let decision = decide(&mixed, Compliance::Standard);
    let purge = ItemName::new("purge").unwrap();
    assert_eq!(decision.advice, Advice::Hybrid(vec![purge.clone()]));
    assert_eq!(decision.evidence[0], Evidence::Deletes(purge));
    assert_eq!(role_counts([&mixed]).hybrid, 4);
    // Where all delete there is nothing to set apart.
    let all = team("all", &[("a", vec![s3("lake", AccessMode::Delete)]), ("b", vec![s3("lake", AccessMode::Delete)])]);
    assert_eq!(decide(&all, Compliance::Standard).advice, Advice::PerTeam);
}

#[test]
fn the_matrix_answers_each_question() {
    let matrix = advise(&[plain("one", 12), plain("two", 20)], Compliance::Standard, Structure::Teams);
    assert!(matrix.rows.iter().all(|row| row.leaning == Leaning::PerTeam), "{:?}", matrix.rows);
    let few = advise(&[plain("one", 2)], Compliance::Strict, Structure::Projects);
    let leanings: Vec<_> = few.rows.iter().map(|row| row.leaning).collect();
    assert_eq!(leanings, [Leaning::PerTeam, Leaning::Either, Leaning::PerTeam, Leaning::PerJob, Leaning::PerJob]);
    assert_eq!(few.teams[0].1.advice, Advice::PerJob);
    let projects = advise(&[plain("one", 2)], Compliance::Standard, Structure::Projects);
    assert_eq!(projects.teams[0].1.evidence, [Evidence::Projects]);
}

#[test]
fn roles_go_only_after_the_job_definitions_have_moved() {
    let read = s3("lake", AccessMode::Read);
    let per_job =
        team("etl", &[("load", vec![read.clone()]), ("sum", vec![]), ("purge", vec![s3("lake", AccessMode::Delete)])]);
    let way = migration(&per_job).unwrap().unwrap();
    let names = |roles: &[landfall_model::RoleName]| roles.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(names(&way.make), ["etl-execution-role", "etl-job-role"]);
    assert_eq!(way.stay, [ItemName::new("purge").unwrap()]);
    let moves: Vec<String> =
        way.moves.iter().map(|one| format!("{}: {} -> {}", one.job, one.role.0, one.role.1)).collect();
    assert_eq!(moves, ["load: etl-load-job-role -> etl-job-role", "sum: etl-sum-job-role -> etl-job-role"]);
    assert_eq!(way.moves.iter().map(|one| one.access_to_move_up).collect::<Vec<_>>(), [true, false]);
    assert_eq!(
        names(&way.prune),
        ["etl-load-execution-role", "etl-load-job-role", "etl-sum-execution-role", "etl-sum-job-role"]
    );
    // What stands on the way holds all of them at once.
    let both = Team { roles: RoleStrategy::Both, ..per_job };
    assert!(both.has_shared_roles());
    assert_eq!(both.jobs_with_own_roles().count(), 3);
    assert_eq!(migration(&both).unwrap().unwrap().moves, way.moves);
    assert_eq!(migration(&Team { roles: RoleStrategy::PerTeam, ..both }).unwrap(), None);
}
