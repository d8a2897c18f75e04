//! A written value and what it shall say: the smallest patches from the one to the other.

use serde_json::{Map, Value};

use crate::edit::error::EditError;
use crate::edit::flow::Language;
use crate::edit::patch::Patch;
use crate::edit::tree::{Entry, Form, Tree};

/// Finds patches.
pub(super) struct Reconcile<'t> {
    text: &'t str,
    language: Language,
    /// How the file ends its lines.
    newline: &'static str,
    pub(super) patches: Vec<Patch>,
}

/// An entry of a collection: its stretch, and whether it stays.
struct Slot {
    start: usize,
    end: usize,
    stays: bool,
}

impl<'t> Reconcile<'t> {
    pub(super) fn of(text: &'t str, language: Language) -> Self {
        let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
        Self { text, language, newline, patches: Vec::new() }
    }

    /// Brings a written value to what it shall say.
    pub(super) fn value(&mut self, tree: &Tree, new: &Value) -> Result<(), EditError> {
        let old = tree.json().ok_or_else(|| EditError::Form("*".to_owned()))?;
        match (&tree.form, new) {
            _ if old == *new => Ok(()),
            (Form::Map(entries), Value::Object(fields)) if !entries.is_empty() && !fields.is_empty() => {
                self.map(tree, entries, fields)
            }
            (Form::List(items), Value::Array(values)) if !items.is_empty() && !values.is_empty() => {
                self.list(tree, items, values)
            }
            _ => {
                self.replace(tree, new);
                Ok(())
            }
        }
    }

    fn replace(&mut self, tree: &Tree, new: &Value) {
        let mut text = self.language.value(new);
        // A key without a value has no blank behind its colon.
        if tree.start == tree.end && self.text.get(..tree.start).is_some_and(|before| before.ends_with(':')) {
            text.insert(0, ' ');
        }
        self.patches.push(Patch::replace(tree.start, tree.end, text));
    }

    fn map(&mut self, tree: &Tree, entries: &[Entry], fields: &Map<String, Value>) -> Result<(), EditError> {
        let mut slots = Vec::with_capacity(entries.len());
        for entry in entries {
            let wanted = fields.get(&entry.key);
            slots.push(Slot { start: entry.start, end: entry.end(), stays: wanted.is_some() });
            if let Some(wanted) = wanted {
                self.entry(entry, wanted)?;
            }
        }
        let mut added: Vec<(&String, &Value)> =
            fields.iter().filter(|(key, _)| !entries.iter().any(|entry| entry.key == **key)).collect();
        if let (false, Some(entry), Some(slot)) =
            (slots.iter().any(|slot| slot.stays), entries.first(), slots.first_mut())
        {
            // Nothing stays: the first entry gives its place, with its comment, to the first new one.
            let (key, value) = added.remove(0);
            self.patches.push(Patch::replace(entry.start, entry.end(), self.language.entry(key, value)));
            slot.stays = true;
        }
        let last = slots.iter().rposition(|slot| slot.stays).unwrap_or_default();
        if tree.is_flow(self.text) {
            self.remove_flow(&slots);
            let added: Vec<String> = added.iter().map(|(key, value)| self.language.entry(key, value)).collect();
            self.insert_flow(tree, &slots, last, &added);
            return Ok(());
        }
        self.remove_keys(&slots);
        let indent = entries.first().map_or(0, |first| self.column(first.start));
        let lines: Vec<String> = added.iter().map(|(key, value)| self.block_entry(key, value, indent)).collect();
        self.insert_lines(slots.get(last).map_or(tree.end, |slot| slot.end), &lines);
        Ok(())
    }

    fn entry(&mut self, entry: &Entry, wanted: &Value) -> Result<(), EditError> {
        let nothing = matches!(entry.value.form, Form::Scalar(Value::Null)) && entry.value.start == entry.value.end;
        if !nothing {
            let named = |error| {
                if error == EditError::Form("*".to_owned()) { EditError::Form(entry.key.clone()) } else { error }
            };
            return self.value(&entry.value, wanted).map_err(named);
        }
        if !wanted.is_null() {
            let colon = self.text.get(entry.key_end..).and_then(|rest| rest.find(':'));
            let at = entry.key_end + colon.ok_or_else(|| EditError::Form(entry.key.clone()))? + 1;
            self.patches.push(Patch::insert(at, [" ", &self.language.value(wanted)].concat()));
        }
        Ok(())
    }

    fn list(&mut self, tree: &Tree, items: &[Tree], values: &[Value]) -> Result<(), EditError> {
        let old: Vec<Value> =
            items.iter().map(Tree::json).collect::<Option<_>>().ok_or_else(|| EditError::Form("*".to_owned()))?;
        let pairs = pair(&old, values);
        let mut slots: Vec<Slot> =
            items.iter().map(|item| Slot { start: item.start, end: item.end, stays: false }).collect();
        let mut added = Vec::new();
        for (value, partner) in values.iter().zip(pairs) {
            match partner.and_then(|at| Some((items.get(at)?, slots.get_mut(at)?))) {
                Some((item, slot)) => {
                    slot.stays = true;
                    self.value(item, value)?;
                }
                None => added.push(value),
            }
        }
        if let (false, Some(item), Some(slot)) = (slots.iter().any(|slot| slot.stays), items.first(), slots.first_mut())
        {
            self.replace(item, added.remove(0));
            slot.stays = true;
        }
        let last = slots.iter().rposition(|slot| slot.stays).unwrap_or_default();
        if tree.is_flow(self.text) {
            self.remove_flow(&slots);
            let added: Vec<String> = added.into_iter().map(|value| self.like(items, value)).collect();
            self.insert_flow(tree, &slots, last, &added);
            return Ok(());
        }
        let dashes: Vec<usize> = items
            .iter()
            .map(|item| self.dash(item.start))
            .collect::<Option<_>>()
            .ok_or_else(|| EditError::Form("- -".to_owned()))?;
        for (slot, dash) in slots.iter().zip(&dashes).filter(|(slot, _)| !slot.stays) {
            self.patches.push(Patch::remove(self.line_start(*dash), self.next_line(slot.end)));
        }
        let indent = dashes.first().map_or(0, |dash| self.column(*dash));
        let neighbour = items.get(last);
        let block = neighbour.is_some_and(|item| matches!(item.form, Form::Map(_)) && !item.is_flow(self.text));
        let line = |value: &Value| match value {
            Value::String(_) => [&" ".repeat(indent), "- ", &self.like(items, value)].concat(),
            value => self.block_item(value, indent, block),
        };
        let lines: Vec<String> = added.into_iter().map(line).collect();
        self.insert_lines(neighbour.map_or(tree.end, |item| item.end), &lines);
        Ok(())
    }

    /// A value on one line; a text in quotes if its neighbours in a list are.
    fn like(&self, items: &[Tree], value: &Value) -> String {
        let quoted = |item: &Tree| self.text.get(item.start..).is_some_and(|text| text.starts_with('"'));
        let language = match value {
            Value::String(_) if items.iter().any(quoted) => Language::Json,
            _ => self.language,
        };
        language.value(value)
    }

    /// A key with its value on lines of its own; a list of mappings gets a line for each.
    fn block_entry(&self, key: &str, value: &Value, indent: usize) -> String {
        let blanks = " ".repeat(indent);
        match value {
            Value::Array(items)
                if self.language == Language::Yaml && !items.is_empty() && items.iter().all(Value::is_object) =>
            {
                let mut out = [&blanks, key, ":"].concat();
                for item in items {
                    out.push_str(self.newline);
                    out.push_str(&self.block_item(item, indent + 2, false));
                }
                out
            }
            _ => [blanks, self.language.entry(key, value)].concat(),
        }
    }

    /// An entry of a list on lines of its own, written as its neighbour is.
    fn block_item(&self, value: &Value, indent: usize, block: bool) -> String {
        let blanks = " ".repeat(indent);
        match value {
            Value::Object(fields) if block && !fields.is_empty() => {
                let entries: Vec<String> = fields.iter().map(|(key, value)| self.language.entry(key, value)).collect();
                [&blanks, "- ", &entries.join(&[self.newline, &blanks, "  "].concat())].concat()
            }
            _ => [&blanks, "- ", &self.language.value(value)].concat(),
        }
    }

    /// Puts lines behind the one on which something ends.
    fn insert_lines(&mut self, end: usize, lines: &[String]) {
        if !lines.is_empty() {
            let text: String = lines.iter().map(|line| [self.newline, line].concat()).collect();
            self.patches.push(Patch::insert(self.line_end(end), text));
        }
    }

    /// Takes keys of a block away; the first may stand behind a dash.
    fn remove_keys(&mut self, slots: &[Slot]) {
        for (at, slot) in slots.iter().enumerate().filter(|(_, slot)| !slot.stays) {
            let alone =
                self.text.get(self.line_start(slot.start)..slot.start).is_some_and(|line| line.trim().is_empty());
            let next = slots.get(at + 1).map(|next| next.start);
            self.patches.push(match next {
                Some(next) if !alone => Patch::remove(slot.start, next),
                _ => Patch::remove(self.line_start(slot.start), self.next_line(slot.end)),
            });
        }
    }

    /// Takes entries out of brackets, each run of them with the commas that would be left.
    fn remove_flow(&mut self, slots: &[Slot]) {
        let mut at = 0;
        while let Some(slot) = slots.get(at) {
            if slot.stays {
                at += 1;
                continue;
            }
            let from = at;
            while slots.get(at).is_some_and(|slot| !slot.stays) {
                at += 1;
            }
            let before = from.checked_sub(1).and_then(|before| slots.get(before));
            let end = slots.get(at - 1).map_or(slot.end, |last| last.end);
            // Its own comma goes with it; the one in front of it may end the list.
            let rest = self.text.get(end..).unwrap_or_default();
            let blanks = rest.len() - rest.trim_start_matches(' ').len();
            let comma = if rest[blanks..].starts_with(',') { blanks + 1 } else { 0 };
            let next = slots.get(at).map_or(end + comma, |next| next.start);
            // A comment in between is about what stays.
            let comment = |before: &Slot| self.text.get(before.end..slot.start).is_some_and(|text| text.contains('#'));
            self.patches.push(match before {
                Some(before) if !comment(before) => Patch::remove(before.end, end),
                _ => Patch::remove(slot.start, next),
            });
        }
    }

    /// Puts entries into brackets, behind the last one that stays, each on a line of its own where the others are.
    fn insert_flow(&mut self, tree: &Tree, slots: &[Slot], last: usize, added: &[String]) {
        let (Some(slot), false) = (slots.get(last), added.is_empty()) else { return };
        let first = slots.first().map_or(tree.start, |first| first.start);
        let own_lines = self.text.get(tree.start..first).is_some_and(|between| between.contains('\n'));
        if !own_lines {
            self.patches.push(Patch::insert(slot.end, added.iter().flat_map(|one| [", ", one]).collect()));
            return;
        }
        let line_start = self.line_start(slot.start);
        let line = self.text.get(line_start..slot.start).unwrap_or_default();
        let blanks = &line[..line.len() - line.trim_start().len()];
        let separator = [",", self.newline, blanks].concat();
        let line_end = self.line_end(slot.end);
        let rest = self.text.get(slot.end..line_end).unwrap_or_default();
        let (comma, comment) = match rest.trim_start().strip_prefix(',') {
            Some(rest) => (true, rest.trim_start()),
            None => (false, rest.trim_start()),
        };
        if last + 1 == slots.len() && comment.starts_with('#') {
            if !comma {
                self.patches.push(Patch::insert(slot.end, ",".to_owned()));
            }
            let text = [self.newline, blanks, &added.join(&separator)].concat();
            self.patches.push(Patch::insert(line_end, text));
        } else {
            let text = added.iter().flat_map(|one| [separator.as_str(), one]).collect();
            self.patches.push(Patch::insert(slot.end, text));
        }
    }

    /// The dash in front of an entry of a block list.
    fn dash(&self, start: usize) -> Option<usize> {
        let mut end = start;
        loop {
            let line_start = self.line_start(end);
            let line = self.text.get(line_start..end)?;
            let inner = line.trim_start();
            let at = line_start + line.len() - inner.len();
            match inner.strip_prefix('-') {
                // A second dash, or another value in front of it, is a form of its own.
                Some(rest) => {
                    let rest = rest.trim();
                    return (rest.is_empty() || (end < start && rest.starts_with('#'))).then_some(at);
                }
                None if inner.is_empty() || inner.starts_with('#') => end = line_start.checked_sub(1)?,
                None => return None,
            }
        }
    }

    /// How many characters stand before an offset on its line.
    fn column(&self, at: usize) -> usize {
        self.text.get(self.line_start(at)..at).unwrap_or_default().chars().count()
    }

    fn line_start(&self, at: usize) -> usize {
        self.text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1)
    }

    /// The end of the line on which something ends, its comment included.
    fn line_end(&self, at: usize) -> usize {
        let rest = self.text.get(at..).unwrap_or_default();
        let end = at + rest.find('\n').unwrap_or(rest.len());
        if self.text.get(..end).is_some_and(|before| before.ends_with('\r')) { end - 1 } else { end }
    }

    /// Where the line begins that follows the one on which something ends.
    fn next_line(&self, at: usize) -> usize {
        let rest = self.text.get(at..).unwrap_or_default();
        rest.find('\n').map_or(self.text.len(), |newline| at + newline + 1)
    }
}

/// For each new value the old one that it comes from: the same, or a mapping of which half stays.
fn pair(old: &[Value], new: &[Value]) -> Vec<Option<usize>> {
    let mut pairs: Vec<Option<usize>> = Vec::with_capacity(new.len());
    let mut taken: Vec<usize> = Vec::new();
    for value in new {
        let same = old.iter().enumerate().find(|(at, one)| *one == value && !taken.contains(at)).map(|(at, _)| at);
        taken.extend(same);
        pairs.push(same);
    }
    for (value, partner) in new.iter().zip(&mut pairs).filter(|(_, partner)| partner.is_none()) {
        let likest = old
            .iter()
            .enumerate()
            .filter(|(at, _)| !taken.contains(at))
            .map(|(at, one)| (likeness(one, value), at))
            .filter(|(likeness, _)| *likeness > 0)
            .max_by_key(|(likeness, at)| (*likeness, usize::MAX - at));
        if let Some((_, at)) = likest {
            taken.push(at);
            *partner = Some(at);
        }
    }
    pairs
}

/// How much of a mapping stays: nothing unless it is half of it, or its `Sid`.
fn likeness(old: &Value, new: &Value) -> usize {
    let (Value::Object(old), Value::Object(new)) = (old, new) else { return 0 };
    let same = old.iter().filter(|(key, value)| new.get(*key) == Some(value)).count();
    let named = old.get("Sid").is_some_and(|sid| new.get("Sid") == Some(sid));
    match (named, same * 2 >= old.len()) {
        (true, _) => same + old.len(),
        (false, true) => same,
        (false, false) => 0,
    }
}
