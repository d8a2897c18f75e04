//! The catalogue of drift: everything that `landfall sandbox tamper` does to the deployed example is found, classified as
//! it is written here, put right, and gone on the second look.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::desk::{Desk, Ran, complaints, root};

/// How a case ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// It is put right, and nothing is left.
    Gone,
    /// Somebody has to decide: it is shown, with what to do, and left alone.
    Left,
    /// It is nothing of Landfall's: it is seen and no drift.
    Seen,
    /// It is nothing of Landfall's, and nobody has to see it.
    Nothing,
}

/// A manipulation, the gravest class that it is expected to have, and how it ends.
pub(crate) struct Case {
    pub(crate) how: &'static str,
    pub(crate) class: &'static str,
    pub(super) end: End,
}

const fn case(how: &'static str, class: &'static str, end: End) -> Case {
    Case { how, class, end }
}

/// Each class stands beside its manipulation and is held against what `landfall drift` reports. A guard that is gone or
/// weaker, emergency access and its alarm touched in whatever way, and somebody more who comes in are dangerous; what
/// grants nothing is benign.
pub(crate) const CASES: [Case; 52] = [
    case("widen-trust", "dangerous", End::Gone),
    case("remove-condition", "dangerous", End::Gone),
    case("narrow-trust", "repairable", End::Gone),
    case("touch-break-glass", "dangerous", End::Gone),
    case("remove-boundary", "dangerous", End::Gone),
    case("change-boundary", "dangerous", End::Gone),
    case("add-inline", "repairable", End::Gone),
    case("change-inline", "repairable", End::Gone),
    case("narrow-inline", "repairable", End::Gone),
    case("delete-inline", "repairable", End::Gone),
    case("attach-policy", "repairable", End::Gone),
    case("detach-policy", "repairable", End::Gone),
    case("lengthen-session", "repairable", End::Gone),
    case("change-description", "benign", End::Gone),
    case("disown-role", "benign", End::Gone),
    case("change-role-tag", "benign", End::Gone),
    case("foreign-tag", "none", End::Nothing),
    case("delete-role", "repairable", End::Gone),
    case("move-role", "repairable", End::Left),
    case("empty-profile", "repairable", End::Gone),
    case("swap-profile", "repairable", End::Gone),
    case("delete-profile", "repairable", End::Gone),
    case("add-audience", "dangerous", End::Gone),
    case("remove-audience", "repairable", End::Gone),
    case("delete-oidc", "repairable", End::Gone),
    case("change-metadata", "dangerous", End::Gone),
    case("delete-saml", "repairable", End::Gone),
    case("widen-boundary-policy", "dangerous", End::Gone),
    case("narrow-boundary-policy", "repairable", End::Gone),
    case("delete-boundary-policy", "dangerous", End::Gone),
    case("revert-policy-version", "dangerous", End::Gone),
    case("widen-shared-policy", "repairable", End::Gone),
    // The first one that roles share is that of functions in a VPC, and it denies something.
    case("delete-shared-policy", "dangerous", End::Gone),
    case("clear-setting", "repairable", End::Gone),
    case("change-setting", "repairable", End::Gone),
    case("disable-alarm", "dangerous", End::Gone),
    case("delete-alarm", "dangerous", End::Gone),
    case("open-topic", "dangerous", End::Gone),
    case("change-guardrail", "dangerous", End::Gone),
    case("detach-guardrail", "dangerous", End::Gone),
    case("attach-guardrail", "repairable", End::Gone),
    case("delete-guardrail", "dangerous", End::Gone),
    case("disable-policy-type", "dangerous", End::Gone),
    case("move-account", "dangerous", End::Gone),
    case("change-account-tag", "benign", End::Gone),
    case("delete-stack", "repairable", End::Gone),
    case("fail-stack", "repairable", End::Gone),
    case("unprotect-stack", "repairable", End::Gone),
    case("foreign-assumer", "none", End::Seen),
    case("foreign-passer", "none", End::Seen),
    case("foreign-unbounded", "none", End::Seen),
    case("foreign-outsider", "none", End::Seen),
];

pub(super) fn example() -> String {
    root().join("examples/acme").to_str().unwrap().to_owned()
}

/// The deployed example, once for all cases that are made from it.
pub(super) struct Deployed {
    desk: Desk,
}

impl Deployed {
    pub(super) fn new() -> Self {
        let desk = Desk::new();
        let applied = desk.run(&["apply", &example(), "--sandbox", "--yes", "--no-journal"]);
        assert_eq!(applied.code, 0, "{}", applied.both());
        Self { desk }
    }

    fn file(&self) -> PathBuf {
        self.desk.path().join(".landfall/acme.json")
    }

    /// A desk of its own with the same organization.
    pub(super) fn copy(&self) -> Desk {
        let desk = Desk::new();
        std::fs::create_dir_all(desk.path().join(".landfall")).unwrap();
        std::fs::copy(self.file(), desk.path().join(".landfall/acme.json")).unwrap();
        desk
    }
}

pub(super) fn drift(desk: &Desk) -> Ran {
    desk.run(&["drift", &example(), "--sandbox", "-q", "--format", "json"])
}

pub(super) fn remediate(desk: &Desk, more: &[&str]) -> Ran {
    let example = example();
    desk.run(&[&["remediate", &example, "--sandbox", "-q", "--apply", "--yes", "--no-journal"], more].concat())
}

pub(super) fn tamper(desk: &Desk, how: &str) {
    let done = desk.run(&["sandbox", "tamper", how, &example()]);
    assert_eq!(done.code, 0, "{how}: {}", done.both());
}

/// The gravest class in a report.
fn worst(report: &serde_json::Value) -> &'static str {
    let count = |class: &str| report["summary"][class].as_u64().unwrap();
    ["dangerous", "repairable", "benign"].into_iter().find(|class| count(class) > 0).unwrap_or("none")
}

/// What is wrong with a case, in words.
fn complaint(deployed: &Deployed, case: &Case) -> Option<String> {
    let desk = deployed.copy();
    tamper(&desk, case.how);
    let found = drift(&desk);
    let report = found.json();
    if worst(&report) != case.class {
        let rules: Vec<_> = report["drifts"].as_array().unwrap().iter().map(|one| one["rule"].clone()).collect();
        return Some(format!("{} is {}, not {}: {rules:?}", case.how, worst(&report), case.class));
    }
    let nothing = matches!(case.end, End::Seen | End::Nothing);
    if found.code != if nothing { 0 } else { 2 } {
        return Some(format!("{}: drift ended with {}", case.how, found.both()));
    }
    if nothing {
        let seen = report["sightings"].as_array().unwrap();
        let by_hand = seen.iter().any(|one| one["role"].as_str().unwrap().contains("by-hand"));
        return (by_hand != (case.end == End::Seen) || case.end == End::Nothing && !seen.is_empty())
            .then(|| format!("{}: what is seen beside it: {seen:?}", case.how));
    }
    let put_right = remediate(&desk, &[]);
    let (code, again) = if case.end == End::Gone { (0, 0) } else { (3, 2) };
    if put_right.code != code {
        return Some(format!("{}: remediate ended with {}", case.how, put_right.both()));
    }
    let second = drift(&desk);
    (second.code != again).then(|| format!("{}: the second look ended with {}", case.how, second.both()))
}

#[test]
fn every_manipulation_is_found_classified_put_right_and_gone() {
    let deployed = Deployed::new();
    let untouched = drift(&deployed.desk);
    assert_eq!(untouched.code, 0, "nothing is reported of what nobody touched: {}", untouched.both());
    let complaints = complaints(&CASES, |case| complaint(&deployed, case));
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn the_catalogue_has_everything_that_can_be_done() {
    let listed = Desk::new().run(&["sandbox", "tamper", "list"]);
    assert_eq!(listed.code, 0, "{}", listed.both());
    let can: BTreeSet<&str> = listed.out.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let cases: BTreeSet<&str> = CASES.iter().map(|case| case.how).collect();
    assert_eq!(can, cases);
    assert!(cases.len() >= 40, "{}", cases.len());
}
