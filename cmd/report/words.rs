//! Numbers, times and foreign text, as people read them.

use std::path::Path;
use std::time::Duration;

/// `1 change`, `2 changes`; thousands are set apart.
pub(crate) fn count(number: usize, noun: &str) -> String {
    let plural = match noun.strip_suffix('y') {
        _ if number == 1 => noun.to_owned(),
        Some(stem) if !stem.ends_with(['a', 'e', 'o', 'u']) => [stem, "ies"].concat(),
        _ if noun.ends_with('s') => [noun, "es"].concat(),
        _ => [noun, "s"].concat(),
    };
    [thousands(number), plural].join(" ")
}

fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// The folder of a configuration as an argument; nothing for the current one.
pub(crate) fn in_folder(folder: &Path) -> String {
    if folder == Path::new(".") { String::new() } else { format!(" {}", folder.display()) }
}

/// `0.4s`, `12s`, `3m04s`, `1h02m`.
pub(crate) fn elapsed(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..10 => format!("{}.{}s", seconds, time.subsec_millis() / 100),
        10..60 => format!("{seconds}s"),
        60..3600 => format!("{}m{:02}s", seconds / 60, seconds % 60),
        _ => format!("{}h{:02}m", seconds / 3600, seconds % 3600 / 60),
    }
}

/// Text from elsewhere on one line, without anything that a terminal would obey.
pub(crate) fn clean(text: &str) -> String {
    let words: Vec<&str> =
        text.split(|c: char| c.is_control() || c.is_whitespace()).filter(|w| !w.is_empty()).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nouns_agree_with_their_numbers() {
        assert_eq!(count(1, "change"), "1 change");
        assert_eq!(count(0, "change"), "0 changes");
        assert_eq!(count(2, "policy"), "2 policies");
        assert_eq!(count(2, "boundary"), "2 boundaries");
        assert_eq!(count(1_234_567, "key"), "1,234,567 keys");
    }

    #[test]
    fn times_have_the_precision_that_matters() {
        assert_eq!(elapsed(Duration::from_millis(450)), "0.4s");
        assert_eq!(elapsed(Duration::from_secs(59)), "59s");
        assert_eq!(elapsed(Duration::from_secs(184)), "3m04s");
        assert_eq!(elapsed(Duration::from_secs(3725)), "1h02m");
    }

    #[test]
    fn a_terminal_is_not_told_what_to_do_by_foreign_text() {
        assert_eq!(clean("Role \u{1b}[31mred\nis here"), "Role [31mred is here");
    }
}
