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
    /// Keys of which one is needed, with what is said when none is there.
    missing: Vec<(Vec<&'static str>, Diagnostic)>,
}

impl<'n> Fields<'n> {
    /// Reads a node as a mapping, or says that it is none.
    pub(crate) fn of(cx: &mut Context<'_>, node: &'n Node, what: &'static str) -> Option<Self> {
        let entries = entries(cx, node)?;
        Some(Self { what, place: node.place, entries, asked: Vec::new(), missing: Vec::new() })
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
    pub(crate) fn required(&mut self, key: &'static str, help: &str) -> Option<&'n Node> {
        let value = self.optional(key);
        if value.is_none() {
            let message = format!("{} needs `{key}`", self.what);
            let diagnostic = Diagnostic::error(codes::MISSING_KEY, self.place, message)
                .label(format!("`{key}` is missing here"))
                .help(help);
            self.missing.push((vec![key], diagnostic));
        }
        value
    }

    /// The one of several keys that stands there, or `None` where it is not exactly one.
    pub(crate) fn exactly_one(
        &mut self,
        cx: &mut Context<'_>,
        keys: &[&'static str],
    ) -> Option<(&'static str, &'n Node)> {
        let found: Vec<(&'static str, &'n Entry)> =
            keys.iter().filter_map(|key| self.entry(key).map(|entry| (*key, entry))).collect();
        let all = one_of(keys.iter().copied());
        match found.as_slice() {
            [(key, entry)] => Some((*key, &entry.value)),
            [] => {
                let message = format!("{} needs {all}", self.what);
                let diagnostic = Diagnostic::error(codes::EXACTLY_ONE, self.place, message)
                    .label("none of them is here")
                    .help("write exactly one of them");
                self.missing.push((keys.to_vec(), diagnostic));
                None
            }
            [(_, first), (key, second), ..] => {
                let message = format!("{} takes exactly one of {all}", self.what);
                cx.report(
                    Diagnostic::error(codes::EXACTLY_ONE, second.key_place, message)
                        .label(format!("`{key}` is one too many"))
                        .related(first.key_place, "beside this one")
                        .help("take one of them out"),
                );
                None
            }
        }
    }

    /// Reports the keys that nobody asked for, and those that were missed. A missing key that only is misspelled is
    /// reported once, as unknown with the right spelling.
    pub(crate) fn finish(self, cx: &mut Context<'_>) {
        let mut meant: Vec<&str> = Vec::new();
        for entry in self.entries {
            if !self.asked.contains(&entry.key.as_str()) {
                let word = closest(&entry.key, self.asked.iter().copied());
                meant.extend(word);
                cx.report(unknown_key(entry, self.what, word, &self.asked));
            }
        }
        for (keys, diagnostic) in self.missing {
            if !keys.iter().any(|key| meant.contains(key)) {
                cx.report(diagnostic);
            }
        }
    }
}

fn unknown_key(entry: &Entry, what: &str, meant: Option<&str>, asked: &[&'static str]) -> Diagnostic {
    let diagnostic =
        Diagnostic::error(codes::UNKNOWN_KEY, entry.key_place, format!("`{}` is no key of {what}", clip(&entry.key)));
    match meant {
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
