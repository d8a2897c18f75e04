//! Texts, lists and mappings as YAML writes them on one line.

use crate::read::{Meaning, plain_meaning};

/// A text as a YAML scalar: plain where that reads back as the same text anywhere in a flow, in double quotes elsewhere.
pub fn scalar(text: &str) -> String {
    let first = text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '/');
    let plain = first
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_./@+=-".contains(&b))
        && plain_meaning(text) == Meaning::Text
        // Other readers of the same file take these for booleans, or for a date.
        && !["yes", "no", "on", "off", "y", "n"].contains(&text.to_ascii_lowercase().as_str())
        && !text.starts_with(|c: char| c.is_ascii_digit());
    if plain {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() || c == '\u{2028}' || c == '\u{2029}' || c == '\u{feff}' => {
                out.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// `[a, "b c"]`
pub fn flow_list<T: AsRef<str>>(items: impl IntoIterator<Item = T>) -> String {
    let items: Vec<String> = items.into_iter().map(|item| scalar(item.as_ref())).collect();
    ["[", &items.join(", "), "]"].concat()
}

/// `{ env: prod, owner: platform }`
pub fn flow_map<K: AsRef<str>, V: AsRef<str>>(entries: impl IntoIterator<Item = (K, V)>) -> String {
    let entries: Vec<String> =
        entries.into_iter().map(|(key, value)| [scalar(key.as_ref()), scalar(value.as_ref())].join(": ")).collect();
    if entries.is_empty() { "{}".to_owned() } else { ["{ ", &entries.join(", "), " }"].concat() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::read::tests::trial::replaced;

    #[test]
    fn plain_texts_stay_plain_and_others_are_quoted() {
        for text in ["etl-orders", "/batch-jobs/ml", "aws+x@acme.example", "workloads/prod", "a=b"] {
            assert_eq!(scalar(text), text);
        }
        for (text, written) in [
            ("", r#""""#),
            ("12", r#""12""#),
            ("true", r#""true""#),
            ("NO", r#""NO""#),
            ("unit:prod", r#""unit:prod""#),
            ("!app", r#""!app""#),
            ("a b", r#""a b""#),
            ("a, b", r#""a, b""#),
            ("a\"\\\n\u{7}", r#""a\"\\\n\u0007""#),
        ] {
            assert_eq!(scalar(text), written);
        }
    }

    proptest! {
        /// Whatever a tag's value is, it reads back as it was.
        #[test]
        fn a_written_text_reads_back(value in "[^\\x00-\\x1f\\x7f-\\x9f]{0,40}") {
            let tags = ["tags: ", &flow_map([("env", &value)])].concat();
            let loaded = replaced("tags: { env: prod }", &tags);
            let foundation = loaded.foundation.unwrap();
            let account = foundation.accounts.values().find(|account| account.name.as_str() == "app");
            // A value that AWS would refuse is dropped with its account's diagnostic; what is read must be the same.
            if let Some(read) = account.and_then(|account| account.tags.values().next()) {
                prop_assert_eq!(read, &value);
            } else {
                prop_assert!(loaded.diagnostics.has_errors());
            }
        }
    }
}
