//! Days of the calendar.

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

    /// How many days it is from this one to another: none on the same day, less than none to one before.
    pub fn until(&self, other: &Self) -> i64 {
        other.number() - self.number()
    }

    /// Days since 1 March of the year 0: a year that begins in March has its odd day at its end, and the months before
    /// one have the lengths 31, 30, 31, 30, 31 over and over.
    fn number(&self) -> i64 {
        let part = |range: std::ops::Range<usize>| -> i64 {
            self.0.get(range).and_then(|text| text.parse().ok()).unwrap_or_default()
        };
        let (year, month, day) = (part(0..4), part(5..7), part(8..10));
        let (year, month) = if month < 3 { (year - 1, month + 9) } else { (year, month - 3) };
        365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + (153 * month + 2) / 5 + day
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
    fn days_are_counted_over_months_and_leap_years() {
        let day = |text| Day::new(text).unwrap();
        for (from, to, days) in [
            ("2026-11-22", "2026-11-22", 0),
            ("2026-11-22", "2026-12-22", 30),
            ("2026-12-31", "2027-01-01", 1),
            ("2027-02-28", "2027-03-01", 1),
            ("2028-02-28", "2028-03-01", 2),
            ("2000-02-28", "2000-03-01", 2),
            ("2100-02-28", "2100-03-01", 1),
            ("1970-01-01", "2026-11-22", 20_779),
            ("2026-11-22", "2026-11-01", -21),
            ("0000-03-01", "0000-02-29", -1),
        ] {
            assert_eq!(day(from).until(&day(to)), days, "{from} to {to}");
        }
    }

    #[test]
    fn days_follow_each_other() {
        let day = |text| Day::new(text).unwrap();
        assert!(day("2026-09-30") < day("2026-10-01"));
        assert!(day("2026-12-31") < day("2027-01-01"));
    }
}
