//! When a pipeline runs by itself.

use std::fmt;

/// Minutes, hours, days of the month, months and days of the week in UTC, in the form of POSIX cron that GitHub Actions
/// takes. Source: GitHub Docs, "Events that trigger workflows", `schedule`: no `@daily` and the like, at most every five
/// minutes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule(String);

/// Why a text is no schedule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// Not five fields.
    #[error("a schedule has five fields, and this has {0}")]
    Fields(usize),
    /// A field that is none.
    #[error("`{text}` is no {field}: {least} to {most}, with `*`, `,`, `-` and `/`")]
    Field {
        /// What was written.
        text: String,
        /// Which field.
        field: &'static str,
        /// The least number.
        least: u8,
        /// The greatest number.
        most: u8,
    },
    /// More often than GitHub runs anything.
    #[error("GitHub runs a schedule every five minutes at most")]
    TooOften,
}

/// A field: what it counts, its limits, and the names that stand for numbers.
struct Field {
    what: &'static str,
    least: u8,
    most: u8,
    names: &'static [&'static str],
}

const FIELDS: [Field; 5] = [
    Field { what: "minute", least: 0, most: 59, names: &[] },
    Field { what: "hour", least: 0, most: 23, names: &[] },
    Field { what: "day of the month", least: 1, most: 31, names: &[] },
    Field {
        what: "month",
        least: 1,
        most: 12,
        names: &["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"],
    },
    Field { what: "day of the week", least: 0, most: 6, names: &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"] },
];

impl Schedule {
    /// Every night, at a minute at which GitHub is not busy: runs of a full hour are delayed or dropped.
    pub fn nightly() -> Self {
        Self("17 4 * * *".to_owned())
    }

    /// Parses a schedule. Fields are put one blank apart.
    ///
    /// # Errors
    /// Another number of fields, a field outside its limits, or minutes less than five apart.
    pub fn new(text: &str) -> Result<Self, ScheduleError> {
        let fields: Vec<&str> = text.split_ascii_whitespace().collect();
        if fields.len() != FIELDS.len() {
            return Err(ScheduleError::Fields(fields.len()));
        }
        let mut minutes = Vec::new();
        for (index, (written, field)) in fields.iter().zip(&FIELDS).enumerate() {
            let values = field.values(written).ok_or_else(|| ScheduleError::Field {
                text: (*written).to_owned(),
                field: field.what,
                least: field.least,
                most: field.most,
            })?;
            if index == 0 {
                minutes = values;
            }
        }
        if minutes.windows(2).any(|pair| pair[1] - pair[0] < 5) {
            return Err(ScheduleError::TooOften);
        }
        Ok(Self(fields.join(" ")))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Field {
    /// The numbers that a field means, in order; nothing if it is none.
    fn values(&self, text: &str) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        for item in text.split(',') {
            let (range, step) = match item.split_once('/') {
                Some((range, step)) => (range, Some(number(step).filter(|step| *step > 0)?)),
                None => (item, None),
            };
            let (from, to) = match range.split_once('-') {
                _ if range == "*" => (self.least, self.most),
                Some((from, to)) => (self.value(from)?, self.value(to)?),
                None if step.is_some() => (self.value(range)?, self.most),
                None => (self.value(range)?, self.value(range)?),
            };
            if from > to {
                return None;
            }
            out.extend((from..=to).step_by(usize::from(step.unwrap_or(1))));
        }
        out.sort_unstable();
        out.dedup();
        Some(out)
    }

    fn value(&self, text: &str) -> Option<u8> {
        let named = self.names.iter().zip(self.least..).find(|(name, _)| name.eq_ignore_ascii_case(text));
        let value = named.map(|(_, value)| value).or_else(|| number(text))?;
        (self.least..=self.most).contains(&value).then_some(value)
    }
}

fn number(text: &str) -> Option<u8> {
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok())?
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_github_takes_is_taken() {
        for text in ["17 4 * * *", "*/5 * * * *", "0,30 1-5/2 1 JAN-mar MON,fri", "3/10 0 31 12 0", "0 22 * * 1-5"] {
            assert_eq!(Schedule::new(text).map(|it| it.as_str().to_owned()).as_deref(), Ok(text));
        }
        assert_eq!(Schedule::new("  17  4 * *\t* ").unwrap(), Schedule::nightly());
    }

    #[test]
    fn what_it_refuses_is_refused() {
        let refused = |text: &str| Schedule::new(text).unwrap_err().to_string();
        assert_eq!(refused("@daily"), "a schedule has five fields, and this has 1");
        assert_eq!(refused("60 4 * * *"), "`60` is no minute: 0 to 59, with `*`, `,`, `-` and `/`");
        for text in [
            "5 24 * * *",
            "5 4 0 * *",
            "5 4 * 13 *",
            "5 4 * * 7",
            "5 4 * * MONDAY",
            "5 5-4 * * *",
            "5 4/0 * * *",
            "5 , * * *",
            "5 -1 * * *",
            "5 ? * * *",
            "5 L * * *",
            "5 999 * * *",
            "٣ 4 * * *",
        ] {
            assert!(matches!(Schedule::new(text), Err(ScheduleError::Field { .. })), "{text}");
        }
        for text in ["* * * * *", "*/4 * * * *", "1,3 * * * *"] {
            assert_eq!(Schedule::new(text), Err(ScheduleError::TooOften), "{text}");
        }
    }
}
