//! Condition keys, made ready to be found.

/// A condition key in lower case with a digest of it: keys begin alike (`aws:…`), so that comparing digests first saves
/// most comparisons of texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key {
    digest: u64,
    text: Box<str>,
}

impl Key {
    /// From a key in any case.
    pub(super) fn new(text: &str) -> Self {
        let text: Box<str> = text.to_lowercase().into();
        // FNV-1a: short, the same everywhere, and a collision costs one comparison.
        let digest = text
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325, |sum: u64, byte| (sum ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
        Self { digest, text }
    }

    /// In lower case.
    pub(super) fn as_str(&self) -> &str {
        &self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_is_no_difference() {
        assert_eq!(Key::new("AWS:SourceIp"), Key::new("aws:sourceip"));
        assert_ne!(Key::new("aws:SourceIp"), Key::new("aws:SourceArn"));
        assert_eq!(Key::new("AWS:x").as_str(), "aws:x");
    }
}
