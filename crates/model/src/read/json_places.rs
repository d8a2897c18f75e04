//! Where the values of a JSON text stand. The text is known to be JSON: `serde_json` has read it before.

/// A value with its stretch of bytes.
pub(crate) struct Spot {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) inner: Inner,
}

/// What stands inside of a value.
pub(crate) enum Inner {
    Scalar,
    List(Vec<Spot>),
    /// Keys with where they stand, quotes included.
    Map(Vec<(String, (usize, usize), Spot)>),
}

/// The places of a text; `None` where it is no JSON after all.
pub(crate) fn spots(text: &str) -> Option<Spot> {
    let mut scanner = Scanner { text, at: 0 };
    scanner.value()
}

struct Scanner<'t> {
    text: &'t str,
    at: usize,
}

impl Scanner<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while self.peek().is_some_and(|b| b.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    /// Whether the next token is this one; it is taken if so.
    fn takes(&mut self, token: u8) -> bool {
        self.space();
        let is = self.peek() == Some(token);
        self.at += usize::from(is);
        is
    }

    fn value(&mut self) -> Option<Spot> {
        self.space();
        let start = self.at;
        let inner = match self.peek()? {
            b'{' => self.map()?,
            b'[' => self.list()?,
            b'"' => {
                self.string()?;
                Inner::Scalar
            }
            _ => {
                while self.peek().is_some_and(|b| !b.is_ascii_whitespace() && !b",]}".contains(&b)) {
                    self.at += 1;
                }
                Inner::Scalar
            }
        };
        Some(Spot { start, end: self.at, inner })
    }

    /// Takes a string; its bytes with the quotes.
    fn string(&mut self) -> Option<(usize, usize)> {
        let start = self.at;
        self.at += 1;
        loop {
            match self.peek()? {
                b'\\' => self.at += 2,
                b'"' => break,
                _ => self.at += 1,
            }
        }
        self.at += 1;
        Some((start, self.at))
    }

    fn list(&mut self) -> Option<Inner> {
        self.at += 1;
        let mut items = Vec::new();
        if self.takes(b']') {
            return Some(Inner::List(items));
        }
        loop {
            items.push(self.value()?);
            if !self.takes(b',') {
                return self.takes(b']').then_some(Inner::List(items));
            }
        }
    }

    fn map(&mut self) -> Option<Inner> {
        self.at += 1;
        let mut entries = Vec::new();
        if self.takes(b'}') {
            return Some(Inner::Map(entries));
        }
        loop {
            self.space();
            let (start, end) = self.string()?;
            let key: String = serde_json::from_str(self.text.get(start..end)?).ok()?;
            if !self.takes(b':') {
                return None;
            }
            entries.push((key, (start, end), self.value()?));
            if !self.takes(b',') {
                return self.takes(b'}').then_some(Inner::Map(entries));
            }
        }
    }
}
