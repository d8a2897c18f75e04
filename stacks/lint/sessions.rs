//! Sessions that last longer than they should, or that never last as long as they may.
//!
//! A session cannot be called back: what took its credentials has them until it ends, or until somebody denies everything
//! that is older than now.

use std::time::Duration;

use landfall_model::{Diagnostic, Foundation, Kind, Naming};
use landfall_policies::lint::codes;

use super::entrance::{Comes, Entrance, HOUR};
use super::finding::Finding;

/// People come back with a fresh sign-in after half a working day. A session of IAM Identity Center lasts an hour unless
/// somebody asks for more; this is what one may ask for without a reason.
const PEOPLE: Duration = Duration::from_secs(4 * 3_600);

/// Looks at every role that somebody from outside its account assumes.
pub(crate) fn check(foundation: &Foundation, entrances: &[Entrance<'_>]) -> Vec<Finding> {
    let mut out: Vec<Finding> = emergency(foundation).into_iter().collect();
    for one in entrances {
        let lasts = hours(one.max_session);
        if one.comes == Comes::FromRole && one.max_session > HOUR {
            let message = format!("sessions of role `{}` never last the {lasts} that they may", one.role);
            let diagnostic = Diagnostic::warning(codes::SESSION_NEVER, one.place, message).help(
                "only roles are trusted, and a session that a role's session begins ends after an hour: take `max_session` out",
            );
            out.push(Finding::new(diagnostic, one.subjects()));
        } else if one.people && one.max_session > PEOPLE {
            let message = format!("people are in role `{}` for up to {lasts} without signing in again", one.role);
            let diagnostic = Diagnostic::warning(codes::SESSION_LONG, one.place, message)
                .help("write `max_session: 4h` or less: a session cannot be called back");
            out.push(Finding::new(diagnostic, one.subjects()));
        }
    }
    out
}

/// An emergency is over, or somebody comes back with a fresh MFA.
fn emergency(foundation: &Foundation) -> Option<Finding> {
    let section = foundation.break_glass.as_ref()?;
    if section.max_session <= HOUR {
        return None;
    }
    let message = format!("emergency sessions last up to {}", hours(section.max_session));
    let diagnostic = Diagnostic::warning(codes::SESSION_LONG, section.place, message)
        .help("write `max_session: 1h`: whoever needs longer comes back with a fresh MFA");
    let naming = Naming::new(&foundation.organization.name);
    let roles = section.tiers.iter().filter_map(|tier| naming.role(Kind::BreakGlass, &[tier.name.as_str()]).ok());
    let roles = roles.map(|role| role.as_str().to_owned());
    Some(Finding::new(diagnostic, roles.chain(["break_glass".to_owned()])))
}

/// `90 minutes`, `2 hours`
fn hours(duration: Duration) -> String {
    match duration.as_secs() {
        seconds if seconds % 3_600 == 0 => format!("{} hours", seconds / 3_600),
        seconds => format!("{} minutes", seconds / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_said_in_words() {
        assert_eq!(hours(Duration::from_secs(5_400)), "90 minutes");
        assert_eq!(hours(Duration::from_secs(43_200)), "12 hours");
    }
}
