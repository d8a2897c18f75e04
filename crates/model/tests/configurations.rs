//! Whole configuration folders: the examples, and the libraries of good and bad ones.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its input has failed")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use landfall_model::{
    AccountName, Diagnostic, Grant, Loaded, Resolution, RoleIndex, Severity, Sources, Trusted, codes, load,
};

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn line(sources: &Sources, diagnostic: &Diagnostic) -> String {
    let at = diagnostic.place.and_then(|place| {
        let (line, column) = sources.line_column(place)?;
        Some(format!("{}:{line}:{column}", sources.get(place.file)?.name))
    });
    let severity = if diagnostic.severity == Severity::Warning { " warning:" } else { "" };
    let at = at.unwrap_or_else(|| "-".to_owned());
    format!("{at} {}{severity} {}", diagnostic.code.0, diagnostic.message)
}

fn render(loaded: &Loaded) -> String {
    let mut out = String::new();
    for diagnostic in loaded.diagnostics.sorted() {
        writeln!(out, "{}", line(&loaded.sources, diagnostic)).unwrap();
    }
    out
}

fn folders(path: &str) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = fs::read_dir(repository().join(path))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    all.sort();
    all
}

#[test]
fn acme_is_accepted_as_it_stands() {
    let loaded = load(&repository().join("examples/acme"));
    assert_eq!(render(&loaded), "");
    let foundation = loaded.foundation.unwrap();
    let units: Vec<&str> = foundation.organization.units.iter().map(|unit| unit.as_str()).collect();
    assert_eq!(units, ["security", "infrastructure", "workloads", "workloads/prod", "workloads/dev"]);
    assert_eq!(foundation.accounts.len(), 8);
    assert_eq!(foundation.teams.iter().map(|team| team.name.as_str()).collect::<Vec<_>>(), ["data-engineering", "ml"]);

    let reader = &foundation.cross_account[0];
    let Trusted::Role(trusted) = &reader.trusted[0] else { panic!("{:?}", reader.trusted) };
    assert_eq!(trusted.role.as_str(), "ml-training-job-role");
    let ml = &foundation.teams[1];
    let Grant::Assume { role } = &ml.jobs[0].access.grants[0].value else { panic!() };
    assert_eq!(role.role.as_str(), "acme-cross-account-data-lake-reader");

    let collector = &foundation.cross_account[1];
    let accounts: Vec<&str> = collector.accounts.iter().map(AccountName::as_str).collect();
    assert_eq!(accounts, ["app-prod", "data-dev", "data-prod", "ml-prod"]);
    let break_glass = foundation.break_glass.as_ref().unwrap();
    assert_eq!(break_glass.accounts.len(), 7);
    assert!(!break_glass.accounts.iter().any(|account| account.as_str() == "management"));
}

#[test]
fn roles_answer_to_short_and_full_names() {
    let foundation = load(&repository().join("examples/acme")).foundation.unwrap();
    let index = RoleIndex::of(&foundation);
    let role = |account: &str, name: &str| match index.resolve(&AccountName::new(account).unwrap(), name) {
        Resolution::Role(role) => role.as_str().to_owned(),
        other => format!("{other:?}"),
    };
    assert_eq!(role("ml-prod", "ml-training-job"), "ml-training-job-role");
    assert_eq!(role("ml-prod", "ml"), "Unknown");
    assert_eq!(role("ml-prod", "ml-training"), "ml-training-job-role");
    assert_eq!(role("data-prod", "data-engineering"), "data-engineering-job-role");
    assert_eq!(role("data-prod", "data-engineering-etl-orders"), "data-engineering-job-role");
    assert_eq!(
        role("data-prod", "data-engineering-purge-customer-data"),
        "data-engineering-purge-customer-data-job-role"
    );
    assert_eq!(role("app-prod", "api"), "acme-service-api-task");
    assert_eq!(role("app-prod", "api-execution"), "acme-service-api-execution");
    assert_eq!(role("ci", "terraform-hub"), "acme-ci-deployer-terraform-hub");
    assert_eq!(role("ml-prod", "metaflow-prod-batch-job-role"), "metaflow-prod-batch-job-role");
    assert_eq!(role("ml-prod", "METAFLOW-prod-batch-job-role"), "metaflow-prod-batch-job-role");
    assert_eq!(role("security", "responder"), "acme-break-glass-responder");
    assert_eq!(role("management", "acme-automation-apply"), "acme-automation-apply");
}

#[test]
fn good_configurations_have_no_diagnostics() {
    let mut all = folders("tests/configs/good");
    all.extend(folders("examples"));
    assert!(all.len() >= 6, "{all:?}");
    for folder in all {
        let loaded = load(&folder);
        assert_eq!(render(&loaded), "", "{}", folder.display());
        assert!(loaded.foundation.is_some(), "{}", folder.display());
    }
}

/// `UPDATE_EXPECT=1` writes what is found instead of comparing.
#[test]
fn bad_configurations_say_exactly_what_is_wrong() {
    let all = folders("tests/configs/bad");
    assert!(all.len() >= 30, "{}", all.len());
    for folder in all {
        let loaded = load(&folder);
        let found = render(&loaded);
        let path = folder.join("expected.txt");
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            fs::write(&path, &found).unwrap();
        }
        let expected = fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(found, expected, "{}", folder.display());
        assert!(!found.is_empty(), "{} is not bad", folder.display());
    }
}

/// The codes that no folder shows: they need files that nobody wants in a repository.
const SHOWN_ELSEWHERE: [&str; 2] = ["LF0001", "LF0103"];

#[test]
fn every_code_is_shown_by_a_bad_configuration() {
    let mut shown: BTreeSet<String> = SHOWN_ELSEWHERE.iter().map(|code| (*code).to_owned()).collect();
    for folder in folders("tests/configs/bad") {
        let expected = fs::read_to_string(folder.join("expected.txt")).unwrap_or_default();
        shown.extend(expected.lines().filter_map(|line| line.split(' ').nth(1)).map(str::to_owned));
    }
    let missing: Vec<&str> = codes::ALL.iter().map(|(code, _)| code.0).filter(|code| !shown.contains(*code)).collect();
    assert!(missing.is_empty(), "no bad configuration shows {missing:?}");
}
