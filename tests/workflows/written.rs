//! What is written, when it is written anew, and what a check says.

use super::acme;

const PLAN: &str = ".github/workflows/landfall-plan.yml";

#[test]
fn files_are_written_and_only_then_written_anew_when_nothing_is_lost() {
    let desk = acme();
    let standings = || {
        let ran = desk.run(&["workflow", "check", "it", "--format", "json"]);
        let files = ran.json()["files"].as_array().unwrap().clone();
        let word = |file: &serde_json::Value| file["standing"].as_str().unwrap().to_owned();
        (ran.code, files.iter().map(word).collect::<Vec<_>>())
    };
    assert_eq!(standings(), (2, vec!["new".to_owned(); 5]));
    assert!(!desk.path().join(".github").exists(), "a check wrote something");
    let first = desk.run(&["workflow", "it"]);
    assert_eq!(first.code, 0, "{}", first.both());
    assert_eq!(standings(), (0, vec!["same".to_owned(); 5]));
    let again = desk.run(&["workflow", "it"]);
    assert!(again.code == 0 && !again.err.contains("wrote"), "{}", again.both());

    // Another configuration: the files are ours, and nobody is asked.
    desk.replace("it/landfall.yaml", "environment: landing-zone }", "environment: landing-zone }\n  branch: trunk");
    let (code, words) = standings();
    assert_eq!(code, 2);
    assert_eq!(words.iter().filter(|word| *word == "changed").count(), 2, "plan and apply name the branch: {words:?}");
    assert_eq!(desk.run(&["workflow", "it"]).code, 0);
    assert!(desk.read(PLAN).contains("      - trunk\n"));

    // A change by hand is not overwritten unasked, and then nothing at all is written.
    desk.replace(PLAN, "retention-days: 14", "retention-days: 90");
    desk.replace("it/landfall.yaml", "branch: trunk", "branch: stem");
    let refused = desk.run(&["workflow", "it"]);
    assert_eq!(refused.code, 64, "{}", refused.both());
    assert!(refused.err.contains("changed by hand") && refused.err.contains(PLAN), "{}", refused.both());
    assert!(desk.read(".github/workflows/landfall-apply.yml").contains("      - trunk\n"));
    assert!(desk.read(PLAN).contains("retention-days: 90"));
    desk.write(".github/workflows/landfall-drift.yml", "name: mine\n");
    let (_, words) = standings();
    assert_eq!((words[1].as_str(), words[3].as_str()), ("edited by hand", "not Landfall's"));
    assert_eq!(desk.run(&["workflow", "it", "--yes"]).code, 0);
    assert_eq!(standings(), (0, vec!["same".to_owned(); 5]));
}

#[test]
fn a_configuration_without_automation_or_elsewhere_is_refused() {
    let desk = acme();
    desk.replace("it/landfall.yaml", "automation:", "# automation:");
    desk.replace("it/landfall.yaml", "  github: { repository: acme/landing-zone", "  # github: {");
    let ran = desk.run(&["workflow", "it"]);
    assert_eq!(ran.code, 64, "{}", ran.both());
    assert!(ran.err.contains("has no `automation:`"), "{}", ran.both());
    let desk = acme();
    let outside = acme();
    let ran = desk.run(&["workflow", outside.path().join("it").to_str().unwrap()]);
    assert_eq!(ran.code, 64, "{}", ran.both());
    let inside = desk.path().canonicalize().unwrap().join("it");
    let ran = desk.run(&["workflow", inside.to_str().unwrap()]);
    assert_eq!(ran.code, 0, "{}", ran.both());
    assert!(desk.read(PLAN).contains("LANDFALL_FOLDER: it\n"));
}

#[test]
fn a_check_sees_what_is_deployed() {
    let desk = acme();
    assert_eq!(desk.run(&["workflow", "it"]).code, 0);
    let check = || {
        let ran = desk.run(&["workflow", "check", "it", "--sandbox", "--format", "json"]);
        let missing = ran.json()["roles"]["missing"].as_array().unwrap().clone();
        (ran.code, missing.iter().map(|line| line.as_str().unwrap().to_owned()).collect::<Vec<_>>())
    };
    let (code, missing) = check();
    assert_eq!(code, 2);
    assert!(missing.iter().any(|line| line.starts_with("create stack acme-automation (automation) in management, ")));
    assert_eq!(desk.run(&["apply", "it", "--sandbox", "--yes", "--target", "kind:automation"]).code, 0);
    assert_eq!(check(), (0, Vec::new()));
    // Another environment in the configuration: the roles trust the old one.
    desk.replace("it/landfall.yaml", "environment: landing-zone }", "environment: production }");
    assert_eq!(check(), (2, vec!["update stack acme-automation (automation) in management".to_owned()]));
    desk.replace("it/landfall.yaml", "environment: production }", "environment: landing-zone }");
    // Somebody changes what the role trusts by hand.
    let tampered = desk.run(&[
        "sandbox",
        "tamper",
        "widen-trust",
        "--account",
        "management",
        "--role",
        "acme-automation-apply",
        "it",
    ]);
    assert_eq!(tampered.code, 0, "{}", tampered.both());
    let (code, missing) = check();
    assert_eq!((code, missing.len()), (2, 1), "{missing:?}");
    assert!(missing[0].starts_with("repair identities in management (role acme-automation-apply"), "{missing:?}");
    // What GitHub must be told is said either way, in text and in markdown.
    for format in ["human", "markdown"] {
        let ran = desk.run(&["workflow", "check", "it", "--format", format]);
        assert_eq!(ran.code, 0, "{}", ran.both());
        for needed in
            ["repos/acme/landing-zone/environments/landing-zone", "can_approve_pull_request_reviews", "rulesets"]
        {
            assert!(ran.out.contains(needed), "{needed}: {}", ran.both());
        }
    }
}
