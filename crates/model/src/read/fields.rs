//! A mapping, read key by key. What nobody asked for is unknown.

use crate::read::context::Context;
use crate::read::node::{Entry, Node, Value};
use crate::read::suggest::{clip, closest, one_of};
use crate::{Diagnostic, Place, codes};

pub(crate) struct Fields<'n> {
    /// What the mapping is, as a noun with its article: "a cross-account role".
    what: &'static str,
    place: Place,
    entries: &'n [Entry],
    asked: Vec<&'static str>,
}

impl<'n> Fields<'n> {
    /// Reads a node as a mapping, or says that it is none.
    pub(crate) fn of(cx: &mut Context<'_>, node: &'n Node, what: &'static str) -> Option<Self> {
        let entries = entries(cx, node)?;
        Some(Self { what, place: node.place, entries, asked: Vec::new() })
    }

    /// Where the mapping begins.
    pub(crate) fn place(&self) -> Place {
        self.place
    }

    fn entry(&mut self, key: &'static str) -> Option<&'n Entry> {
        self.asked.push(key);
        self.entries.iter().find(|entry| entry.key == key)
    }

    /// The value of a key that may be left out.
    pub(crate) fn optional(&mut self, key: &'static str) -> Option<&'n Node> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// The value of a key that may be left out, or stand there with everything below it commented out.
    pub(crate) fn section(&mut self, key: &'static str) -> Option<&'n Node> {
        self.optional(key).filter(|node| !node.is_nothing())
    }

    /// Where a key stands, if it does.
    pub(crate) fn key_place(&mut self, key: &'static str) -> Option<Place> {
        self.entry(key).map(|entry| entry.key_place)
    }

    /// The value of a key that must stand there. `help` says what to write.
    pub(crate) fn required(&mut self, cx: &mut Context<'_>, key: &'static str, help: &str) -> Option<&'n Node> {
        let value = self.optional(key);
        if value.is_none() {
            // A misspelled key is reported as unknown, with the right spelling: once is enough.
            let misspelled = self.entries.iter().any(|entry| closest(&entry.key, [key]).is_some());
            if !misspelled {
                cx.report(
                    Diagnostic::error(codes::MISSING_KEY, self.place, format!("{} needs `{key}`", self.what))
                        .label(format!("`{key}` is missing here"))
                        .help(help),
                );
            }
        }
        value
    }

    /// The one of several keys that stands there, or `None` after saying that it is not exactly one.
    pub(crate) fn exactly_one(
        &mut self,
        cx: &mut Context<'_>,
        keys: &[&'static str],
    ) -> Option<(&'static str, &'n Node)> {
        let found: Vec<(&'static str, &'n Entry)> =
            keys.iter().filter_map(|key| self.entry(key).map(|entry| (*key, entry))).collect();
        match found.as_slice() {
            [(key, entry)] => Some((*key, &entry.value)),
            [] => {
                let misspelled = self.entries.iter().any(|entry| closest(&entry.key, keys.iter().copied()).is_some());
                if !misspelled {
                    cx.report(
                        Diagnostic::error(
                            codes::EXACTLY_ONE,
                            self.place,
                            format!("{} needs {}", self.what, one_of(keys.iter().copied())),
                        )
                        .label("none of them is here"),
                    );
                }
                None
            }
            [(_, first), (key, second), ..] => {
                cx.report(
                    Diagnostic::error(
                        codes::EXACTLY_ONE,
                        second.key_place,
                        format!("{} takes exactly one of {}", self.what, one_of(keys.iter().copied())),
                    )
                    .label(format!("`{key}` is one too many"))
                    .related(first.key_place, "beside this one"),
                );
                None
            }
        }
    }

    /// Reports the keys that nobody asked for.
    pub(crate) fn finish(self, cx: &mut Context<'_>) {
        for entry in self.entries {
            if !self.asked.contains(&entry.key.as_str()) {
                cx.report(unknown_key(entry, self.what, &self.asked));
            }
        }
    }
}

fn unknown_key(entry: &Entry, what: &str, asked: &[&'static str]) -> Diagnostic {
    let diagnostic =
        Diagnostic::error(codes::UNKNOWN_KEY, entry.key_place, format!("`{}` is no key of {what}", clip(&entry.key)));
    match closest(&entry.key, asked.iter().copied()) {
        Some(word) => diagnostic.label("unknown").help(format!("did you mean `{word}`?")),
        None => {
            let mut keys = asked.to_vec();
            keys.sort_unstable();
            keys.dedup();
            diagnostic.label("unknown").help(format!("the keys here are {}", one_of(keys).replace(" or ", " and ")))
        }
    }
}

/// The entries of a mapping whose keys are the user's own names.
pub(crate) fn entries<'n>(cx: &mut Context<'_>, node: &'n Node) -> Option<&'n [Entry]> {
    match &node.value {
        Value::Map(entries) => Some(entries),
        Value::Broken => None,
        _ => {
            cx.report(wrong_type(node, "a mapping").help("write `key: value`, one a line, indented below"));
            None
        }
    }
}

/// Says that a value is of another type.
pub(crate) fn wrong_type(node: &Node, wanted: &str) -> Diagnostic {
    let found = node.kind();
    Diagnostic::error(codes::WRONG_TYPE, node.place, format!("{wanted} is wanted here, and this is {found}"))
        .label(format!("{found}, not {wanted}"))
}
