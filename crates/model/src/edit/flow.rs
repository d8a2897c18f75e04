//! Values as they are written on one line.

use serde_json::Value;

use crate::read::{Meaning, plain_meaning};
use crate::write::scalar;

/// In which language something is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    Yaml,
    Json,
}

impl Language {
    /// A value on one line.
    pub(super) fn value(self, value: &Value) -> String {
        match value {
            Value::String(text) => self.text(text),
            Value::Array(items) => {
                let items: Vec<String> = items.iter().map(|item| self.value(item)).collect();
                ["[", &items.join(", "), "]"].concat()
            }
            Value::Object(fields) if fields.is_empty() => "{}".to_owned(),
            Value::Object(fields) => {
                let fields: Vec<String> = fields.iter().map(|(key, value)| self.entry(key, value)).collect();
                ["{ ", &fields.join(", "), " }"].concat()
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => value.to_string(),
        }
    }

    /// A key with its value, on one line.
    pub(super) fn entry(self, key: &str, value: &Value) -> String {
        [&self.text(key), ": ", &self.value(value)].concat()
    }

    fn text(self, text: &str) -> String {
        match self {
            Self::Json => Value::String(text.to_owned()).to_string(),
            // A `:` in front of something else than a blank is no mark: actions and ARNs need no quotes.
            Self::Yaml if is_plain(text) || is_duration(text) || is_block(text) => text.to_owned(),
            Self::Yaml => scalar(text),
        }
    }
}

fn is_plain(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.ends_with(|c: char| c.is_ascii_alphanumeric())
        && text.contains(':')
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_./@+=-:".contains(&b))
        && plain_meaning(text) == Meaning::Text
}

/// `12h`, as durations are written everywhere.
fn is_duration(text: &str) -> bool {
    let digits = text.strip_suffix(['h', 'm', 's']).unwrap_or_default();
    !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
}

/// `203.0.113.0/24`, as blocks of addresses are.
fn is_block(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let parts = text.split_once('/').map(|(address, length)| (address.split('.').all(digits), digits(length)));
    parts == Some((true, true))
}
