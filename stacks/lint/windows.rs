//! Time windows that are over, and those that soon are.

use landfall_model::{Day, Diagnostic};
use landfall_policies::lint::codes;

use super::entrance::Entrance;
use super::finding::Finding;

/// How many days before something ends it is told. Whoever looks every month sees it once, whoever has a watch every night
/// has four weeks to ask those who use it.
pub(crate) const NOTICE: i64 = 30;

/// Looks at `valid:` of every role. That a window is over is no error: nobody comes in who should not, and everything else
/// must still be put right on that day.
pub(crate) fn check(entrances: &[Entrance<'_>], today: &Day) -> Vec<Finding> {
    entrances.iter().filter_map(|one| window(one, today)).collect()
}

fn window(one: &Entrance<'_>, today: &Day) -> Option<Finding> {
    let valid = one.conditions.valid.as_ref()?;
    let (until, last) = (valid.until.as_deref()?, valid.last_day()?);
    let role = &one.role;
    let diagnostic = if valid.is_over(today) {
        Diagnostic::warning(
            codes::WINDOW_OVER,
            valid.place,
            format!("nobody can assume role `{role}` any more: its window ended at {until}"),
        )
        .help("give it a later end, or take the role out")
    } else {
        let days = today.until(&last);
        if days > NOTICE {
            return None;
        }
        let message = format!("nobody can assume role `{role}` after {until}, which is {}", away(days));
        Diagnostic::warning(codes::WINDOW_ENDS, valid.place, message)
            .help("give it a later end, or tell those who use it")
    };
    Some(Finding::new(diagnostic, one.subjects()))
}

/// `today`, `tomorrow`, `in 12 days`
pub(crate) fn away(days: i64) -> String {
    match days {
        0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        days => format!("in {days} days"),
    }
}

#[cfg(test)]
mod tests {
    use landfall_model::{FileId, Place, Validity};

    use super::*;
    use crate::lint::entrance::entrances;
    use crate::tests::golden;

    /// What is told on 22 November 2026 of a role whose window ends at a moment.
    fn told(until: &str) -> Option<String> {
        let mut foundation = golden::acme();
        let place = Place { file: FileId(0), start: 3, end: 9 };
        let valid = Validity { from: None, until: Some(until.to_owned()), place };
        foundation.cross_account[0].conditions.valid = Some(valid);
        let found = check(&entrances(&foundation), &Day::new("2026-11-22").unwrap());
        assert!(found.len() <= 1);
        found.into_iter().next().map(|one| {
            assert_eq!(one.diagnostic.place, Some(place));
            assert_eq!(one.subjects, ["data-lake-reader", "acme-cross-account-data-lake-reader"]);
            one.diagnostic.code.0.to_owned() + " " + one.diagnostic.message.rsplit(' ').next().unwrap()
        })
    }

    #[test]
    fn the_end_is_told_from_thirty_days_before() {
        assert_eq!(told("2026-12-23T00:00:00Z"), None);
        assert_eq!(told("2026-12-22T23:59:59Z").as_deref(), Some("LF2502 days"));
        assert_eq!(told("2026-11-23T00:00:00Z").as_deref(), Some("LF2502 tomorrow"));
        assert_eq!(told("2026-11-22T00:00:01Z").as_deref(), Some("LF2502 today"));
        assert_eq!(told("2026-11-22T00:00:00Z").as_deref(), Some("LF2501 2026-11-22T00:00:00Z"));
        assert_eq!(told("2025-01-01T00:00:00Z").as_deref(), Some("LF2501 2025-01-01T00:00:00Z"));
    }
}
