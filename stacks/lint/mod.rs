//! What is wrong with what the user wrote, though AWS would take it: the checks of `policies`, on every role and
//! document of an organization, told where the user wrote what causes it.

mod acceptance;
mod chain;
mod finding;
mod guarded;
mod managed;
mod roles;
mod texts;

pub use finding::Written;

use landfall_model::{Day, Diagnostic, Foundation};

use crate::Stack;

/// Everything that the linter finds, accepted findings as notes. `today` decides whether an acceptance still holds.
///
/// Each template is looked at once, in however many accounts it stands.
pub fn lint(foundation: &Foundation, stacks: &[Stack], written: Written<'_>, today: &Day) -> Vec<Diagnostic> {
    let items = crate::item::items(foundation);
    let estate = crate::estate::Estate::of(foundation, stacks);
    let mut findings = texts::check(foundation, &items, written);
    findings.extend(managed::check(&items));
    findings.extend(roles::check(foundation, &items, &estate));
    findings.extend(guarded::check(foundation, &items, &estate));
    findings.extend(chain::check(&items, &estate));
    acceptance::apply(findings, &foundation.accept, written.sources, today)
}
