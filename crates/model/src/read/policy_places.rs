//! Notes where the parts of a policy stand.

use crate::read::context::Context;
use crate::read::json_places::{Inner, Spot};
use crate::read::node::{Node, Value};
use crate::{FileId, Place};

/// What two kinds of tree have in common.
trait Tree {
    fn place(&self, file: FileId) -> Place;
    fn items(&self) -> Option<&[Self]>
    where
        Self: Sized;
    fn entries(&self, file: FileId) -> Option<Vec<(&str, Place, &Self)>>;
}

impl Tree for Node {
    fn place(&self, _: FileId) -> Place {
        self.place
    }

    fn items(&self) -> Option<&[Self]> {
        if let Value::List(items) = &self.value { Some(items) } else { None }
    }

    fn entries(&self, _: FileId) -> Option<Vec<(&str, Place, &Self)>> {
        let Value::Map(entries) = &self.value else { return None };
        Some(entries.iter().map(|entry| (entry.key.as_str(), entry.key_place, &entry.value)).collect())
    }
}

fn stretch(file: FileId, start: usize, end: usize) -> Place {
    let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Place { file, start: offset(start), end: offset(end) }
}

impl Tree for Spot {
    fn place(&self, file: FileId) -> Place {
        stretch(file, self.start, self.end)
    }

    fn items(&self) -> Option<&[Self]> {
        if let Inner::List(items) = &self.inner { Some(items) } else { None }
    }

    fn entries(&self, file: FileId) -> Option<Vec<(&str, Place, &Self)>> {
        let Inner::Map(entries) = &self.inner else { return None };
        let entry = |(key, (start, end), value)| -> (&str, Place, &Self) {
            let key: &String = key;
            let (start, end): (&usize, &usize) = (start, end);
            (key.as_str(), stretch(file, *start, *end), value)
        };
        Some(entries.iter().map(|(key, (start, end), value)| entry((key, (start, end), value))).collect())
    }
}

/// Notes the parts of a raw statement of a section.
pub(crate) fn statement(cx: &mut Context<'_>, node: &Node) {
    parts(cx, node, node.place, node.place.file, "Statement[0]");
}

/// Notes the parts of a document that stands in a file of its own and is referred to at `text`.
pub(crate) fn document(cx: &mut Context<'_>, root: &Spot, text: Place, file: FileId) {
    for (key, _, value) in root.entries(file).unwrap_or_default() {
        if !key.eq_ignore_ascii_case("Statement") {
            continue;
        }
        match value.items() {
            Some(items) => {
                for (index, item) in items.iter().enumerate() {
                    parts(cx, item, text, file, &format!("Statement[{index}]"));
                }
            }
            None => parts(cx, value, text, file, "Statement[0]"),
        }
    }
}

fn parts<T: Tree>(cx: &mut Context<'_>, tree: &T, text: Place, file: FileId, path: &str) {
    let mut place = tree.place(file);
    if let Some(entries) = tree.entries(file) {
        // Of a mapping over many lines its first line is enough.
        place = entries.first().map_or(place, |(_, key, _)| Place { start: place.start.min(key.start), ..*key });
        for (key, key_place, value) in entries {
            let below = [path, key].join(".");
            parts(cx, value, text, file, &below);
            if value.entries(file).is_none() && path.contains(".Condition.") {
                cx.texts.insert(text, &below, key_place);
            }
        }
    } else if let Some(items) = tree.items() {
        for (index, item) in items.iter().enumerate() {
            parts(cx, item, text, file, &format!("{path}[{index}]"));
        }
    } else {
        cx.texts.insert(text, &format!("{path}[0]"), place);
    }
    cx.texts.insert(text, path, place);
}
