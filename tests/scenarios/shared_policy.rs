//! A role that had all of its statements to itself comes to share some of them, and lets go of them again.

use crate::desk::Desk;

/// The network interfaces of a function, as a role carries them by itself.
const BY_ITSELF: &str = r#"
  - name: resize
    service: lambda
    accounts: [app-prod]
    boundary: workload
    statements:
      - Sid: NetworkInterfaces
        Effect: Allow
        Action: [ec2:CreateNetworkInterface, ec2:DeleteNetworkInterface, ec2:DescribeNetworkInterfaces]
        Resource: "*"
"#;

const SHARED: &str = r"
  - name: resize
    service: lambda
    accounts: [app-prod]
    boundary: workload
    vpc: true
";

/// A configuration with one more service.
fn with(text: &str, service: &str) -> String {
    text.replacen("\nservices:\n", &["\nservices:", service].concat(), 1)
}

/// What the role attaches, by name, and how many inline policies it has.
fn carries(desk: &Desk, name: &str) -> (Vec<String>, u64) {
    let shown = desk.run(&["sandbox", "show", "it", "--format", "json"]);
    assert_eq!(shown.code, 0, "{}", shown.both());
    let accounts = shown.json()["accounts"].as_array().unwrap().clone();
    let mut roles = accounts.iter().flat_map(|account| account["roles"].as_array().unwrap());
    let role = roles.find(|role| role["name"].as_str().unwrap().ends_with(name)).unwrap();
    let attached = role["attached"].as_array().unwrap().iter();
    let names = attached.map(|arn| arn.as_str().unwrap().rsplit('/').next().unwrap().to_owned());
    (names.collect(), role["inline"].as_u64().unwrap())
}

fn steps(desk: &Desk, more: &[&str]) -> Vec<String> {
    let plan = desk.run(&[&["plan", "it", "--sandbox", "--format", "json"], more].concat());
    let json = plan.json();
    let changes = json["changes"].as_array().unwrap().iter();
    changes.map(|one| format!("{} {}", one["verb"].as_str().unwrap(), one["subject"].as_str().unwrap())).collect()
}

fn apply(desk: &Desk, more: &[&str]) {
    let applied = desk.run(&[&["apply", "it", "--sandbox", "--yes"], more].concat());
    assert_eq!(applied.code, 0, "{}", applied.both());
    let again = desk.run(&[&["plan", "it", "--sandbox"], more].concat());
    assert_eq!(again.code, 0, "{}", again.both());
}

#[test]
fn a_deployed_role_comes_to_share_what_it_had_to_itself_and_lets_go_of_it() {
    let desk = Desk::started();
    let before = desk.read("it/landfall.yaml");
    desk.write("it/landfall.yaml", &with(&before, BY_ITSELF));
    apply(&desk, &[]);
    let (nothing, policy) = (Vec::<String>::new(), "example-shared-policy-lambda-vpc".to_owned());
    assert_eq!(carries(&desk, "service-resize"), (nothing.clone(), 1));

    desk.write("it/landfall.yaml", &with(&before, SHARED));
    assert_eq!(
        steps(&desk, &[]),
        [
            "create stack example-shared-policy-lambda-vpc (shared-policy)",
            "update stack example-service-resize (service)"
        ]
    );
    apply(&desk, &[]);
    assert_eq!(carries(&desk, "service-resize"), (vec![policy], 1));

    // Not in a network any more: the policy is left over, and goes when it is asked for, after the role let go of it.
    desk.write("it/landfall.yaml", &with(&before, &SHARED.replace("    vpc: true\n", "")));
    assert_eq!(
        steps(&desk, &["--prune"]),
        [
            "update stack example-service-resize (service)",
            "delete stack example-shared-policy-lambda-vpc (shared-policy)"
        ]
    );
    apply(&desk, &["--prune"]);
    assert_eq!(carries(&desk, "service-resize"), (nothing, 1));
}
