//! Moments as AWS tells them, in RFC 3339.

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;

/// A moment in UTC to the second; nothing if AWS tells one that no calendar has.
pub(crate) fn moment(time: &DateTime) -> Option<String> {
    DateTime::from_secs(time.secs()).fmt(Format::DateTime).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_told_to_the_second() {
        assert_eq!(moment(&DateTime::from_secs_f64(1_700_000_000.5)).as_deref(), Some("2023-11-14T22:13:20Z"));
        assert_eq!(moment(&DateTime::from_secs(i64::MAX)), None);
    }
}
