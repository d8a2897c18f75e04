//! What `plan` says below the steps: the form of policies, and their sizes against quotas.

use crate::desk::{Desk, root};

fn plan(desk: &Desk, folder: &str, format: &str) -> crate::desk::Ran {
    let plan = desk.run(&["plan", folder, "--sandbox", "--format", format]);
    assert_eq!(plan.code, 2, "{}", plan.both());
    plan
}

#[test]
fn the_form_of_policies_is_shown_in_every_format() {
    let example = root().join("examples/acme");
    let example = example.to_str().unwrap();
    let desk = Desk::new();
    let human = plan(&desk, example, "human").out;
    let line = human.lines().find(|line| line.starts_with("roles share, as managed policies")).unwrap();
    for part in ["lambda-vpc by 1 role in 1 account (", "step-functions-logs by 2 roles in 2 accounts ("] {
        assert!(line.contains(part), "{line}");
    }
    assert!(plan(&desk, example, "markdown").out.contains(line), "the same line in Markdown");
    assert!(!human.contains("% of a quota"), "nothing of the example is near a limit");

    let footnotes = plan(&desk, example, "json").json()["footnotes"].clone();
    let shared = footnotes["shared_policies"].as_array().unwrap();
    assert_eq!(shared.len(), 6, "{footnotes:#}");
    let logs = shared.iter().find(|one| one["shares"] == "step-functions-logs").unwrap();
    assert_eq!(logs["policy"], "acme-shared-policy-step-functions-logs");
    assert_eq!((&logs["roles"], &logs["limit"]), (&2.into(), &6144.into()));
    assert_eq!(logs["accounts"], serde_json::json!(["app-prod", "ml-prod"]));
    assert_eq!(footnotes["near_limit"], serde_json::json!([]));
    assert!(footnotes["quotas"].as_array().unwrap().len() > 50);
}

#[test]
fn what_is_near_a_quota_is_named() {
    let desk = Desk::started();
    let arns = (0..17).map(|number| format!("arn:aws:iam::111111111111:policy/own-{number}")).collect::<Vec<_>>();
    let item = format!(
        "\ncross_account:\n  - name: crowded\n    accounts: [management]\n    trusted: [{{ account: security }}]\n    boundary: workload\n    managed_policies: [{}]\n",
        arns.join(", ")
    );
    let text = desk.read("it/landfall.yaml");
    desk.write("it/landfall.yaml", &text.replacen("\ncross_account:\n", &item, 1));
    let human = plan(&desk, "it", "human").out;
    assert!(
        human.contains("over 80 % of a quota: attached policies 17 of 20 (example-cross-account-crowded)"),
        "{human}"
    );
    let near = plan(&desk, "it", "json").json()["footnotes"]["near_limit"].clone();
    assert_eq!(
        near,
        serde_json::json!([{
            "stack": "example-cross-account-crowded", "name": "example-cross-account-crowded",
            "quota": "attached policies", "percent": 85,
        }])
    );
}

#[test]
fn what_ends_is_told_with_its_place_in_every_format() {
    let desk = Desk::started();
    let text = desk.read("it/landfall.yaml");
    let item = "\ncross_account:\n  - name: visitors\n    accounts: [management]\n    trusted: [{ account: security }]\n    \
                boundary: workload\n    conditions: { valid: { until: 2020-02-29T12:00:00Z } }\n    \
                access: [{ s3: { bucket: acme-data, mode: read } }]\n";
    desk.write("it/landfall.yaml", &text.replacen("\ncross_account:\n", item, 1));
    let line = desk.read("it/landfall.yaml").lines().position(|line| line.contains("2020-02-29")).unwrap() + 1;
    let told =
        "nobody can assume role `example-cross-account-visitors` any more: its window ended at 2020-02-29T12:00:00Z";
    for format in ["human", "markdown"] {
        let plan = plan(&desk, "it", format);
        assert!(plan.out.contains(&format!("landfall.yaml:{line}: {told}\n")), "{}", plan.both());
        assert!(plan.err.contains(told), "{}", plan.both());
    }
    assert_eq!(
        plan(&desk, "it", "json").json()["footnotes"]["ending"],
        serde_json::json!([{ "code": "LF2501", "message": told, "file": "landfall.yaml", "line": line }])
    );
    let validated = desk.run(&["validate", "it", "--format", "json"]);
    assert_eq!(validated.code, 0, "{}", validated.both());
    assert_eq!(validated.json()["diagnostics"][0]["code"], "LF2501");
}
