//! A large organization loads at once, sound or broken.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use crate::read::tests::trial::files;
use crate::{RoleIndex, Severity};

/// Some fifty times what a debug build needs here, because the machine may be busy; a lookup that grows with the square
/// of the input would need far longer still.
const PATIENCE: Duration = Duration::from_secs(40);

fn large(boundary: &str) -> String {
    let mut text = String::from(
        "version: 1\norganization:\n  name: acme\n  home_region: eu-west-1\n  management_account: a-x\n  units: [w/prod, w/dev]\nboundaries:\n  workload: { services: [s3] }\nbreak_glass: { home: a-x, trusted_users: [a], accounts: [all], tiers: { t: { access: read-only } } }\naccounts:\n  a-x: { id: \"111111111111\", email: aws@acme.example }\n",
    );
    for at in 0..1000 {
        let unit = if at % 2 == 0 { "w/prod" } else { "w/dev" };
        writeln!(text, "  a{at}-x: {{ email: aws+{at}@acme.example, unit: {unit}, tags: {{ n: \"{at}\" }} }}").unwrap();
    }
    text.push_str("cross_account:\n");
    for at in 0..300 {
        let other = (at + 1) % 300;
        writeln!(text, "  - {{ name: role-{at}, accounts: [\"unit:w/prod\", \"!a4-x\"], trusted: [{{ role: a0-x/role-{other} }}], boundary: {boundary} }}").unwrap();
    }
    text
}

#[test]
fn a_thousand_accounts_load_at_once() {
    let text = large("workload");
    let began = Instant::now();
    let loaded = files(&[("landfall.yaml", &text)]);
    let took = began.elapsed();
    assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics.iter().next());
    let foundation = loaded.foundation.unwrap();
    assert_eq!((foundation.accounts.len(), foundation.cross_account.len()), (1001, 300));
    assert_eq!(RoleIndex::of(&foundation).len(), 301);
    assert!(took < PATIENCE, "{took:?}");
}

#[test]
fn a_thousand_mistakes_are_found_at_once() {
    let text = large("worklaod").replace("role: a0-x/", "role: a1-y/").replace("unit: w/dev", "unit: w/dve");
    let began = Instant::now();
    let loaded = files(&[("landfall.yaml", &text)]);
    let took = began.elapsed();
    assert_eq!(loaded.diagnostics.count(Severity::Error), 1000 + 1);
    let last = loaded.diagnostics.iter().last().unwrap();
    assert_eq!(last.message, format!("{} more mistakes are not shown", 500 + 300 + 300 - 1000));
    assert!(took < PATIENCE, "{took:?}");
}

#[test]
fn a_large_file_of_anything_is_read_at_once() {
    for part in ["a: b\n", "[a,", "- a\n", "a ", "!x ", "*a ", "? a\n", "a:\n", "---\n", "'", "{", "é"] {
        let mut text = String::from("version: 1\n");
        text.push_str(&part.repeat(200_000 / part.len()));
        let began = Instant::now();
        let loaded = files(&[("landfall.yaml", &text)]);
        let took = began.elapsed();
        assert!(loaded.diagnostics.has_errors());
        assert!(loaded.diagnostics.iter().count() <= 1001);
        assert!(took < PATIENCE, "{part:?} {took:?}");
    }
}
