//! A YAML document as a tree that knows where everything stands.

use crate::Place;

/// A value with its place.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    /// A scalar with its quotes; of a mapping or list the part on its first line.
    pub(crate) place: Place,
    pub(crate) value: Value,
}

#[derive(Debug, Clone)]
pub(crate) enum Value {
    Scalar(Scalar),
    List(Vec<Node>),
    Map(Vec<Entry>),
    /// Already reported, so that whoever meets it says nothing more.
    Broken,
}

#[derive(Debug, Clone)]
pub(crate) struct Scalar {
    pub(crate) text: String,
    pub(crate) style: Style,
}

/// Whether YAML gives a scalar's text a meaning of its own (`true`, `12`, `~`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    Plain,
    Quoted,
}

/// A key with its value.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) key_place: Place,
    pub(crate) value: Node,
}

/// What a scalar means. Source: YAML 1.2.2, 10.3 "Core Schema".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meaning {
    Nothing,
    Boolean(bool),
    Number,
    Text,
}

impl Scalar {
    pub(crate) fn meaning(&self) -> Meaning {
        if self.style == Style::Quoted {
            return Meaning::Text;
        }
        plain_meaning(&self.text)
    }
}

/// What a text means where it stands without quotes.
pub(crate) fn plain_meaning(text: &str) -> Meaning {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Meaning::Nothing,
        "true" | "True" | "TRUE" => Meaning::Boolean(true),
        "false" | "False" | "FALSE" => Meaning::Boolean(false),
        text if is_number(text) => Meaning::Number,
        _ => Meaning::Text,
    }
}

impl Node {
    /// Whether nothing is written, as in `services:` with everything below it commented out.
    pub(crate) fn is_nothing(&self) -> bool {
        matches!(&self.value, Value::Scalar(scalar) if scalar.meaning() == Meaning::Nothing)
    }

    /// The text of a key of this mapping, without any diagnostic.
    pub(crate) fn peek(&self, key: &str) -> Option<&str> {
        let Value::Map(entries) = &self.value else { return None };
        entries.iter().find(|entry| entry.key == key).and_then(|entry| match &entry.value.value {
            Value::Scalar(scalar) => Some(scalar.text.as_str()),
            _ => None,
        })
    }

    /// What it is, as a noun with its article.
    pub(crate) fn kind(&self) -> &'static str {
        match &self.value {
            Value::Scalar(scalar) => match scalar.meaning() {
                Meaning::Nothing => "nothing",
                Meaning::Boolean(_) => "true or false",
                Meaning::Number => "a number",
                Meaning::Text => "a text",
            },
            Value::List(_) => "a list",
            Value::Map(_) => "a mapping",
            Value::Broken => "something unreadable",
        }
    }
}

fn is_number(text: &str) -> bool {
    if let Some(digits) = text.strip_prefix("0x") {
        return !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_hexdigit());
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return !digits.is_empty() && digits.bytes().all(|b| (b'0'..=b'7').contains(&b));
    }
    if matches!(text, ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") {
        return true;
    }
    // `f64` alone would also take `inf`, `nan` and `infinity`.
    unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && unsigned.bytes().any(|b| b.is_ascii_digit())
        && unsigned.bytes().all(|b| b.is_ascii_digit() || b".eE+-".contains(&b))
        && unsigned.parse::<f64>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meaning(text: &str) -> Meaning {
        Scalar { text: text.to_owned(), style: Style::Plain }.meaning()
    }

    #[test]
    fn the_core_schema_decides() {
        for number in ["0", "12", "-3", "+4.5", "1e3", ".5", "0x1F", "0o17", ".inf", "-.Inf", ".nan", "012345678901"] {
            assert_eq!(meaning(number), Meaning::Number, "{number}");
        }
        for text in ["inf", "nan", "1h", "1.2.3.4", "0xyz", "-", ".", "yes", "2012-10-17", "1e"] {
            assert_eq!(meaning(text), Meaning::Text, "{text}");
        }
        assert_eq!(meaning("~"), Meaning::Nothing);
        assert_eq!(meaning("true"), Meaning::Boolean(true));
        assert_eq!(Scalar { text: "12".to_owned(), style: Style::Quoted }.meaning(), Meaning::Text);
    }
}
