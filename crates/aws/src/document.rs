//! Policy documents as IAM hands them out.

use landfall_stacks::PolicyDocument;
use serde_json::Value;

/// Reads a policy document. IAM percent-encodes it (RFC 3986); emulators do so or not. A text that is no JSON comes back as an
/// opaque string: it differs from every document, which is what a comparison must show.
pub(crate) fn document(text: &str) -> PolicyDocument {
    let parsed = if text.trim_start().starts_with(['{', '"']) { serde_json::from_str(text).ok() } else { None };
    let json: Value = parsed.unwrap_or_else(|| {
        let decoded = percent_decoded(text);
        serde_json::from_str(&decoded).unwrap_or(Value::String(decoded))
    });
    json.into()
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let escaped = match (first, tail) {
            (b'%', [high, low, ..]) => hex(*high).zip(hex(*low)).map(|(high, low)| high << 4 | low),
            _ => None,
        };
        bytes.push(escaped.unwrap_or(first));
        rest = if escaped.is_some() { tail.get(2..).unwrap_or_default() } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_encoded_document_is_decoded() {
        let text = "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%5D%7D";
        assert_eq!(document(text).json(), json!({ "Version": "2012-10-17", "Statement": [] }));
    }

    #[test]
    fn a_plus_sign_stays_and_letters_outside_ascii_survive() {
        assert_eq!(document("%7B%22a+b%22%3A%22%C3%A4%22%7D").json(), json!({ "a+b": "ä" }));
    }

    #[test]
    fn a_plain_document_is_read_as_it_stands() {
        assert_eq!(document(r#"{"Condition":"100%25 sure"}"#).json(), json!({ "Condition": "100%25 sure" }));
    }

    #[test]
    fn what_is_no_json_is_opaque_and_equal_to_no_document() {
        let text = "{'Version': '2012-10-17', 'Statement': []}";
        assert_eq!(document(text).json(), Value::String(text.to_owned()));
        assert_eq!(document("%7B%27a%27%7D").json(), Value::String("{'a'}".to_owned()));
    }

    #[test]
    fn a_broken_escape_is_kept() {
        assert_eq!(document("50%").json(), Value::String("50%".to_owned()));
        assert_eq!(document("%zz%4").json(), Value::String("%zz%4".to_owned()));
        assert_eq!(document("").json(), Value::String(String::new()));
    }
}
