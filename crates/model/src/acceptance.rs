//! Findings that the user knows of and lives with for a time.

use crate::Place;

/// An entry of `accept:`: a finding of the linter that is no error until a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acceptance {
    /// `code:`, such as `LF2203`. Only what the linter finds can be accepted.
    pub code: String,
    /// `where:`, the name of a role, of an item, boundary or guardrail, or the path of a file in the folder.
    pub subject: String,
    /// `reason:`
    pub reason: String,
    /// `until:`, the last day on which it is accepted.
    pub until: Day,
    /// Where it is defined.
    pub place: Place,
}

/// A day of the calendar, `2027-03-31`. Days compare as they follow each other.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(String);

impl Day {
    /// Parses a day; `None` where the calendar has no such one.
    pub fn new(text: &str) -> Option<Self> {
        let shape = text.len() == 10
            && text.bytes().zip(b"dddd-dd-dd").all(|(have, want)| match want {
                b'd' => have.is_ascii_digit(),
                other => have == *other,
            });
        if !shape {
            return None;
        }
        let number = |range: std::ops::Range<usize>| text.get(range).and_then(|part| part.parse::<u32>().ok());
        let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
        let days = match month {
            2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => 0,
        };
        (1..=days).contains(&day).then(|| Self(text.to_owned()))
    }

    /// A day after all others, on which nothing is accepted any more.
    pub fn last() -> Self {
        Self("9999-12-31".to_owned())
    }

    /// `2027-03-31`
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_exist_in_the_calendar() {
        for day in ["2026-11-22", "2028-02-29", "2000-02-29", "2026-12-31"] {
            assert_eq!(Day::new(day).map(|day| day.to_string()).as_deref(), Some(day));
        }
        for other in ["2026-02-29", "1900-02-29", "2026-13-01", "2026-00-01", "2026-01-00", "2026-1-1", "tomorrow", ""]
        {
            assert_eq!(Day::new(other), None, "{other}");
        }
    }

    #[test]
    fn days_follow_each_other() {
        let day = |text| Day::new(text).unwrap();
        assert!(day("2026-09-30") < day("2026-10-01"));
        assert!(day("2026-12-31") < day("2027-01-01"));
    }
}
