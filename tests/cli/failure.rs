//! A failure stays where it is: what depends on it is skipped, the rest is done, and the first cause is told.

use landfall_model::AccountId;
use landfall_sandbox::{FaultRule, Sandbox, Settings, What, When};

use crate::desk::Desk;

fn with_fault(operation: &str, stack: &str, what: What) -> Desk {
    let desk = Desk::started();
    let rule = FaultRule {
        operation: operation.to_owned(),
        account: None,
        stack: Some(stack.to_owned()),
        when: When::Always,
        what,
    };
    let settings = Settings { faults: vec![rule], ..Settings::of(AccountId::new("111111111111").unwrap()) };
    std::fs::create_dir(desk.path().join(".landfall")).unwrap();
    drop(Sandbox::open(desk.path().join(".landfall/example.json"), settings).unwrap());
    desk
}

#[test]
fn the_first_cause_is_told_with_what_it_held_up() {
    let reason = "Maximum policy size of 10240 bytes exceeded";
    let what = What::ResourceFailure { resource: "*".to_owned(), reason: reason.to_owned() };
    let desk = with_fault("cloudformation:CreateStack", "example-boundary-workload", what);
    let partly = desk.run(&["apply", "it", "--sandbox", "--yes"]);
    assert_eq!(partly.code, 3, "{}", partly.both());
    for words in
        ["Not all is done", "What failed first", "example-boundary", reason, "skipped because of it: ", "next:"]
    {
        assert!(partly.out.contains(words), "`{words}` is not in {}", partly.both());
    }
    assert!(partly.err.contains("FAILED"), "{}", partly.both());

    // The cause is gone, and the same command goes on from what is there.
    let sandbox = Sandbox::open_existing(desk.path().join(".landfall/example.json")).unwrap();
    sandbox.configure(|settings| settings.faults.clear()).unwrap();
    drop(sandbox);
    let whole = desk.run(&["apply", "it", "--sandbox", "--yes"]);
    assert_eq!(whole.code, 0, "{}", whole.both());
    assert_eq!(desk.run(&["plan", "it", "--sandbox"]).code, 0);
}
