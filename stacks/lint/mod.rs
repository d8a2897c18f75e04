//! What is wrong with what the user wrote, though AWS would take it: the checks of `policies`, on every role and
//! document of an organization, told where the user wrote what causes it.

mod acceptance;
mod chain;
mod entrance;
mod finding;
mod guarded;
mod managed;
mod never;
mod roles;
mod sessions;
mod texts;
mod windows;

pub use finding::Written;

use landfall_model::{Code, Day, Diagnostic, Foundation};
use landfall_policies::lint::codes;

use crate::Stack;

/// What tells that something ends, or has ended: it comes with time, and not with a change of the configuration.
pub const ENDING: [Code; 3] = [codes::WINDOW_OVER, codes::WINDOW_ENDS, codes::ACCEPTANCE_ENDS];

/// Everything that the linter finds, accepted findings as notes. `today` decides whether an acceptance still holds,
/// and what ends soon.
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
    let entrances = entrance::entrances(foundation);
    findings.extend(never::check(&entrances));
    findings.extend(sessions::check(foundation, &entrances));
    findings.extend(windows::check(&entrances, today));
    acceptance::apply(findings, &foundation.accept, written.sources, today)
}
