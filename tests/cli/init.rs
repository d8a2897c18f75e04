//! The starter folder.

use crate::desk::Desk;

#[test]
fn a_starter_folder_validates_without_a_warning() {
    let desk = Desk::started();
    let valid = desk.run(&["validate", "it"]);
    assert_eq!(valid.code, 0, "{}", valid.both());
    assert!(valid.out.starts_with("example is valid: 4 accounts, 4 units, "), "{}", valid.both());
    assert!(valid.out.contains("(no errors)"), "{}", valid.both());
}

#[test]
fn a_starter_folder_takes_what_it_is_told() {
    let desk = Desk::new();
    let made = desk.run(&[
        "init",
        "it",
        "--name",
        "globex",
        "--management-id",
        "210987654321",
        "--email",
        "root@globex.example",
        "--region",
        "us-east-1",
    ]);
    assert_eq!(made.code, 0, "{}", made.both());
    let text = desk.read("it/landfall.yaml");
    assert!(text.contains("name: globex") && text.contains("\"210987654321\"") && !text.contains("{{"), "{text}");
    assert!(text.contains("email: root+security@globex.example"), "{text}");
    let valid = desk.run(&["validate", "it"]);
    assert_eq!(valid.code, 0, "{}", valid.both());
    assert_eq!(desk.run(&["init", "other", "--name", "not a name"]).code, 64);
    assert!(!desk.path().join("other").exists());
}

#[test]
fn nothing_is_overwritten() {
    let desk = Desk::new();
    desk.write("it/teams/data.yaml", "mine");
    let refused = desk.run(&["init", "it"]);
    assert_eq!(refused.code, 64, "{}", refused.both());
    assert!(refused.err.contains("is there already"), "{}", refused.both());
    assert_eq!(desk.read("it/teams/data.yaml"), "mine");
    assert!(!desk.path().join("it/landfall.yaml").exists(), "a refused init wrote half of a folder");
}
