//! A text that must not grow over a limit, and says honestly what it leaves out.

/// How much a comment on GitHub may have: 65,536 characters (GitHub answers "body is too long (maximum is 65536
/// characters)"). Bytes are counted here, which are never fewer, and room is left for what a pipeline writes around it.
pub(crate) const COMMENT: usize = 62_000;

/// A text that grows up to a limit.
#[derive(Debug)]
pub(crate) struct Budget {
    text: String,
    limit: usize,
    /// What later parts need in any case.
    reserved: usize,
}

impl Budget {
    /// An empty text with a limit in bytes, of which some are kept for [`Budget::must`].
    pub(crate) fn new(limit: usize, reserved: usize) -> Self {
        Self { text: String::new(), limit, reserved }
    }

    /// Adds what must be there, such as a heading or the end of a table.
    pub(crate) fn must(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Adds items until the next one does not fit; how many were left out comes back. `after` is what must still follow
    /// them, and `note` at most.
    pub(crate) fn items(&mut self, items: impl IntoIterator<Item = String>) -> usize {
        let mut left_out = 0;
        for item in items {
            if left_out > 0 || self.text.len() + item.len() + self.reserved > self.limit {
                left_out += 1;
            } else {
                self.text.push_str(&item);
            }
        }
        left_out
    }

    /// The text.
    pub(crate) fn finish(self) -> String {
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_counted() {
        let mut budget = Budget::new(30, 10);
        budget.must("head\n");
        assert_eq!(budget.items(["12345678\n".to_owned(), "12345678\n".to_owned(), "1\n".to_owned()]), 2);
        budget.must("tail\n");
        assert_eq!(budget.finish(), "head\n12345678\ntail\n");
    }
}
