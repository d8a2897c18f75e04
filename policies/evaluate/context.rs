//! What is known about a request: its condition keys.

use super::key::Key;

/// The value of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Values {
    /// A key of one value.
    One(Box<str>),
    /// A key that may have many, such as `aws:TagKeys`: only `ForAnyValue:` and `ForAllValues:` look into it.
    Many(Box<[Box<str>]>),
}

impl Values {
    /// The value of a key of one.
    pub(super) fn single(&self) -> Option<&str> {
        match self {
            Self::One(value) => Some(value),
            Self::Many(_) => None,
        }
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        let (one, many) = match self {
            Self::One(value) => (Some(&**value), [].as_slice()),
            Self::Many(values) => (None, &**values),
        };
        one.into_iter().chain(many.iter().map(|value| &**value))
    }
}

/// The condition keys of a request. Keys are compared without regard to case, values are not touched.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Context(Vec<(Key, Values)>);

impl Context {
    /// With a key of one value, in place of an earlier one.
    #[must_use]
    pub fn with(mut self, key: &str, value: &str) -> Self {
        self.put(key, Values::One(value.into()));
        self
    }

    /// With a key of many values. None at all is the same as no key.
    #[must_use]
    pub fn with_many<'a>(mut self, key: &str, values: impl IntoIterator<Item = &'a str>) -> Self {
        self.put(key, Values::Many(values.into_iter().map(Box::from).collect()));
        self
    }

    /// With a key of one value unless it is there.
    pub(super) fn fill(&mut self, key: &str, value: &str) {
        if self.get(&Key::new(key)).is_none() {
            self.put(key, Values::One(value.into()));
        }
    }

    fn put(&mut self, key: &str, values: Values) {
        let key = Key::new(key);
        let found = self.0.binary_search_by(|(other, _)| other.as_str().cmp(key.as_str()));
        let empty = values.iter().next().is_none();
        match (found, empty) {
            (Ok(at), false) => {
                if let Some(entry) = self.0.get_mut(at) {
                    entry.1 = values;
                }
            }
            (Ok(at), true) => {
                self.0.remove(at);
            }
            (Err(at), false) => self.0.insert(at, (key, values)),
            (Err(_), true) => {}
        }
    }

    /// Whether it has a key.
    pub fn has(&self, key: &str) -> bool {
        self.get(&Key::new(key)).is_some()
    }

    /// The values of a key.
    pub(super) fn get(&self, key: &Key) -> Option<&Values> {
        self.0.iter().find(|(other, _)| other == key).map(|(_, values)| values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_no_case_and_the_last_value_counts() {
        let context = Context::default().with("aws:SourceIp", "a").with("AWS:sourceip", "B").with("z", "1");
        assert_eq!(context.get(&Key::new("aws:sourceip")), Some(&Values::One("B".into())));
        assert_eq!(context.clone().with_many("Z", []).get(&Key::new("z")), None, "no value is no key");
        let mut filled = context;
        filled.fill("Z", "2");
        filled.fill("y", "3");
        assert_eq!(filled.get(&Key::new("z")).and_then(Values::single), Some("1"));
        assert_eq!(filled.get(&Key::new("y")).and_then(Values::single), Some("3"));
        assert_eq!(filled.with_many("k", ["a", "b"]).get(&Key::new("k")).map(|v| v.iter().count()), Some(2));
    }
}
