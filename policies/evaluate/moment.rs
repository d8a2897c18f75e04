//! Points in time, as IAM's date operators read them.

/// Milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Moment(i64);

impl Moment {
    /// Reads a W3C profile of ISO 8601 (`2026`, `2026-11`, `2026-11-22`, with time and zone; without a zone UTC) or
    /// seconds since 1970. Four digits are a year. Source: IAM User Guide, "Date condition operators".
    pub(super) fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        if digits.len() != 4 && !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) {
            return text.parse::<i64>().ok()?.checked_mul(1000).map(Self);
        }
        let (date, time) = match text.split_once(['T', 't']) {
            Some((date, time)) => (date, Some(time)),
            None => (text, None),
        };
        let mut fields = date.split('-');
        let year = number(fields.next()?, 4)?;
        let month = fields.next().map_or(Some(1), |text| number(text, 2))?;
        let day = fields.next().map_or(Some(1), |text| number(text, 2))?;
        if fields.next().is_some() || !(1..=12).contains(&month) || day < 1 || day > days_of(year, month) {
            return None;
        }
        let millis = match time {
            Some(time) => clock(time)?,
            None => 0,
        };
        Some(Self(days_since_1970(year, month, day) * 86_400_000 + millis))
    }
}

fn number(text: &str, width: usize) -> Option<i64> {
    (text.len() == width && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

/// `hh:mm`, `hh:mm:ss` or `hh:mm:ss.fff` with `Z`, `±hh:mm` or nothing behind it, in milliseconds of UTC.
fn clock(text: &str) -> Option<i64> {
    let at = text.find(['Z', 'z', '+', '-']).unwrap_or(text.len());
    let (time, zone) = text.split_at_checked(at)?;
    let (whole, fraction) = time.split_once('.').map_or((time, None), |(whole, fraction)| (whole, Some(fraction)));
    let mut fields = whole.split(':');
    let hour = number(fields.next()?, 2)?;
    let minute = number(fields.next()?, 2)?;
    let second = fields.next().map_or(Some(0), |text| number(text, 2))?;
    if fields.next().is_some() || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let fraction = match fraction {
        None => 0,
        Some(digits) if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) => {
            digits.bytes().chain(*b"000").take(3).fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'))
        }
        Some(_) => return None,
    };
    let offset = match zone.split_at_checked(1) {
        None | Some(("Z" | "z", "")) => 0,
        Some((sign @ ("+" | "-"), offset)) => {
            let (hours, minutes) = offset.split_once(':').or_else(|| offset.split_at_checked(2))?;
            let minutes = number(hours, 2)? * 60 + number(minutes, 2)?;
            if sign == "+" { minutes } else { -minutes }
        }
        Some(_) => return None,
    };
    Some(((hour * 60 + minute - offset) * 60 + second) * 1000 + fraction)
}

fn days_of(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days of the proleptic Gregorian calendar, counted in eras of 400 years that begin in March.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(text: &str) -> Option<i64> {
        Moment::parse(text).map(|moment| moment.0.div_euclid(1000))
    }

    #[test]
    fn every_form_is_read() {
        for (text, wanted) in [
            ("1970-01-01T00:00:00Z", 0),
            ("1714521600", 1_714_521_600),
            ("-5", -5),
            ("2024-05-01", 1_714_521_600),
            ("2024-05-01T00:00Z", 1_714_521_600),
            ("2024-05-01T02:00:00+02:00", 1_714_521_600),
            ("2024-04-30T19:00:00-0500", 1_714_521_600),
            ("2024-05-01T00:00:00.250Z", 1_714_521_600),
            ("2024-05-01T00:00:00", 1_714_521_600),
            ("2024-05", 1_714_521_600),
            ("2024", 1_704_067_200),
            ("2000-02-29", 951_782_400),
            ("1969-12-31T23:59:59Z", -1),
        ] {
            assert_eq!(seconds(text), Some(wanted), "{text}");
        }
        assert!(Moment::parse("2024-05-01T00:00:00.001Z") > Moment::parse("2024-05-01T00:00:00Z"));
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            "-",
            "x",
            "2023-02-29",
            "1900-02-29",
            "2024-13",
            "2024-00-01",
            "2024-05-01T24:00Z",
            "2024-5-1",
            "2024-05-01T00:00:00Zx",
            "2024-05-01T00:00:00.Z",
            "2024-05-01-01",
            "2024-05-01T0000Z",
            "2024-05-01T",
        ] {
            assert_eq!(Moment::parse(text), None, "{text}");
        }
    }
}
