//! What is wrong with a command line or a configuration is told, and the exit code is 64.

use crate::desk::Desk;

#[test]
fn unknown_things_are_met_with_a_suggestion() {
    let desk = Desk::new();
    for (arguments, suggestion) in [
        (vec!["aply"], "apply"),
        (vec!["plan", "--formt", "json"], "--format"),
        (vec!["plan", "--format", "jsn"], "json"),
    ] {
        let ran = desk.run(&arguments);
        assert_eq!(ran.code, 64, "{arguments:?}: {}", ran.both());
        assert_eq!(ran.out, "", "complaints belong on stderr");
        assert!(ran.err.contains("similar") && ran.err.contains(suggestion), "{arguments:?}: {}", ran.both());
    }
    assert_eq!(desk.run(&[]).code, 64);
    assert_eq!(desk.run(&["plan", "--target", "nonsense"]).code, 64);
    assert_eq!(desk.run(&["plan", "--parallelism", "0"]).code, 64);
    assert_eq!(desk.run(&["plan", "-q", "-v"]).code, 64);
}

#[test]
fn a_missing_folder_is_a_wrong_configuration() {
    let ran = Desk::new().run(&["validate", "nowhere"]);
    assert_eq!(ran.code, 64, "{}", ran.both());
    assert!(ran.out.contains("nowhere") && ran.out.contains("landfall init"), "{}", ran.both());
}

#[test]
fn every_mistake_is_shown_where_it_stands() {
    let desk = Desk::started();
    desk.replace("it/landfall.yaml", "unit: workloads/dev,", "unit: workloads/dve,");
    desk.replace("it/landfall.yaml", "trusted: [{ account: security }]", "trusted: [{ account: secrity }]");
    let ran = desk.run(&["validate", "it"]);
    assert_eq!(ran.code, 64, "{}", ran.both());
    let lines: Vec<&str> = ran.out.lines().filter(|line| line.contains("error[") || line.contains("-->")).collect();
    assert!(lines.len() >= 4, "{}", ran.both());
    assert!(ran.out.contains("--> it/landfall.yaml:22:"), "{}", ran.both());
    assert!(ran.out.contains("workloads/dve") && ran.out.contains("secrity"), "{}", ran.both());
    assert!(ran.err.contains("the configuration in it has 2 errors"), "{}", ran.both());
    assert!(!ran.out.contains('\u{1b}'), "no colours without a terminal");

    let colours = desk.run(&["validate", "it", "--color", "always"]);
    assert!(colours.out.contains('\u{1b}'), "{}", colours.both());

    let json = desk.run(&["validate", "it", "--format", "json"]);
    assert_eq!(json.code, 64);
    let value = json.json();
    assert_eq!((&value["schema"], &value["errors"]), (&"landfall/diagnostics/1".into(), &2.into()));
    let first = &value["diagnostics"][0];
    assert_eq!((&first["file"], &first["line"]), (&"it/landfall.yaml".into(), &22.into()), "{first}");
    assert!(first["code"].as_str().unwrap().starts_with("LF"), "{first}");

    // A command that wants something else says it on stderr, and leaves stdout alone.
    let plan = desk.run(&["plan", "it", "--sandbox", "--format", "json"]);
    assert_eq!((plan.code, plan.out.as_str()), (64, ""), "{}", plan.both());
    assert!(plan.err.contains("workloads/dve"), "{}", plan.both());
}

#[test]
fn a_target_is_refused_where_it_would_mean_nothing() {
    let desk = Desk::started();
    for command in ["validate", "graph", "synth"] {
        let refused = desk.run(&[command, "it", "--target", "account:security"]);
        assert_eq!(refused.code, 64, "{command}: {}", refused.both());
        assert!(refused.err.contains("--target account:security: this command is always about all of the folder"));
        assert_eq!(refused.out, "", "{command}");
    }
    for command in [&["access", "picture", "it"][..], &["workflow", "it"]] {
        let refused = desk.run(&[command, &["--target", "account:security"]].concat());
        assert_eq!((refused.code, refused.out.as_str()), (64, ""), "{command:?}: {}", refused.both());
    }
}
