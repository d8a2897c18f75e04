//! The linter on the command line: SARIF, `explain`, accepted findings.

use crate::desk::{Desk, root};

fn library(name: &str) -> String {
    root().join("tests/configs/lint").join(name).display().to_string()
}

#[test]
fn a_finding_refuses_the_configuration_where_it_stands() {
    let desk = Desk::new();
    let ran = desk.run(&["validate", &library("action-misspelled")]);
    assert_eq!(ran.code, 64, "{}", ran.both());
    assert!(ran.out.contains("error[LF2001]: there is no action `s3:GetObjekt`"), "{}", ran.both());
    assert!(ran.out.contains("landfall.yaml:26:49"), "{}", ran.both());
    assert!(ran.out.contains("did you mean `s3:GetObject`?"), "{}", ran.both());
    let planned = desk.run(&["plan", "--sandbox", &library("action-misspelled")]);
    assert_eq!(planned.code, 64, "{}", planned.both());
}

#[test]
fn findings_are_written_as_sarif() {
    let desk = Desk::new();
    let ran = desk.run(&["validate", &library("boundary-with-a-typo"), "--format", "sarif"]);
    assert_eq!(ran.code, 64, "{}", ran.both());
    let log = ran.json();
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    assert_eq!(run["tool"]["driver"]["rules"][0]["id"], "LF2001");
    let result = &run["results"][0];
    assert_eq!((&result["ruleId"], &result["level"]), (&"LF2001".into(), &"error".into()));
    let place = &result["locations"][0]["physicalLocation"];
    assert!(place["artifactLocation"]["uri"].as_str().unwrap().ends_with("boundary-with-a-typo/own.json"), "{place}");
    assert_eq!(place["region"]["startLine"], 8);
    assert_eq!(desk.run(&["synth", &library("boundary-with-a-typo"), "--format", "sarif"]).code, 64);
}

#[test]
fn an_accepted_finding_is_a_note_and_no_failure() {
    let desk = Desk::started();
    desk.replace(
        "it/landfall.yaml",
        "version: 1",
        "version: 1\naccept:\n  - { code: LF2203, where: nobody, reason: gone, until: 2026-01-01 }",
    );
    let ran = desk.run(&["validate", "it", "--format", "json"]);
    assert_eq!(ran.code, 0, "{}", ran.both());
    assert_eq!(ran.json()["diagnostics"][0]["code"], "LF2401");
}

#[test]
fn codes_are_explained() {
    let desk = Desk::new();
    let ran = desk.run(&["explain", "lf2203"]);
    assert_eq!(ran.code, 0, "{}", ran.both());
    assert!(ran.out.starts_with("LF2203: Roles are passed to any service."), "{}", ran.both());
    assert!(ran.out.contains("iam:PassedToService"), "{}", ran.both());
    assert!(desk.run(&["explain"]).out.contains("LF2101  "));
    assert_eq!(desk.run(&["explain", "LF9999"]).code, 64);
}
