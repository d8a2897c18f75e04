//! A YAML or JSON text as a tree in which every value has all of its stretch.

use saphyr_parser::{Event, Parser, ScalarStyle};
use serde_json::{Map, Number, Value};

use crate::read::{Inner, Meaning, Spot, plain_meaning, spots};

/// A value with its stretch of the text, in bytes.
pub(super) struct Tree {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) form: Form,
}

pub(super) enum Form {
    Scalar(Value),
    /// Another value by its name: the reader takes none, and no edit goes through it.
    Alias,
    List(Vec<Tree>),
    Map(Vec<Entry>),
}

pub(super) struct Entry {
    pub(super) key: String,
    /// Where the key begins.
    pub(super) start: usize,
    /// Where the key ends.
    pub(super) key_end: usize,
    pub(super) value: Tree,
}

impl Entry {
    /// Where the entry ends; a key without a value ends with itself.
    pub(super) fn end(&self) -> usize {
        self.value.end.max(self.key_end)
    }
}

impl Tree {
    /// The tree of a text; `None` where it is none.
    pub(super) fn read(text: &str) -> Option<Self> {
        let table: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        let byte = |characters: usize| table.get(characters).copied().unwrap_or(text.len());
        let mut stack: Vec<Open> = Vec::new();
        let mut root = None;
        for event in Parser::new_from_str(text) {
            let (event, span) = event.ok()?;
            let (start, end) = (byte(span.start.index()), byte(span.end.index()));
            let (name, tree) = match event {
                Event::Scalar(value, style, ..) => {
                    // The parser's mark of an end may lie behind the line break that follows.
                    let end = text.get(start..end).map_or(end, |own| start + own.trim_end().len());
                    let form = Form::Scalar(meaning(&value, style == ScalarStyle::Plain));
                    (value.into_owned(), Self { start, end, form })
                }
                Event::Alias(_) => (String::new(), Self { start, end, form: Form::Alias }),
                Event::SequenceStart(..) => {
                    stack.push(Open::List(start, Vec::new()));
                    continue;
                }
                Event::MappingStart(..) => {
                    stack.push(Open::Map(start, Vec::new(), None));
                    continue;
                }
                Event::SequenceEnd | Event::MappingEnd => {
                    let tree = stack.pop()?.closed();
                    // A block ends with its last entry. Of brackets the parser's mark may lie behind what follows them.
                    let end = if tree.is_flow(text) { bracket(text, tree.end)? } else { tree.end };
                    (String::new(), Self { end, ..tree })
                }
                _ => continue,
            };
            match stack.last_mut() {
                None => root = Some(tree),
                Some(Open::List(_, items)) => items.push(tree),
                Some(Open::Map(_, entries, key)) => match key.take() {
                    Some((key, start, key_end)) => entries.push(Entry { key, start, key_end, value: tree }),
                    None => *key = Some((name, tree.start, tree.end)),
                },
            }
        }
        root
    }

    /// The tree of a JSON text; `None` where it is none.
    pub(super) fn read_json(text: &str) -> Option<Self> {
        Self::of_spot(text, spots(text)?)
    }

    fn of_spot(text: &str, spot: Spot) -> Option<Self> {
        let form = match spot.inner {
            Inner::Scalar => Form::Scalar(serde_json::from_str(text.get(spot.start..spot.end)?).ok()?),
            Inner::List(items) => {
                Form::List(items.into_iter().map(|item| Self::of_spot(text, item)).collect::<Option<_>>()?)
            }
            Inner::Map(entries) => {
                let entry = |(key, (start, key_end), value)| {
                    Some(Entry { key, start, key_end, value: Self::of_spot(text, value)? })
                };
                Form::Map(entries.into_iter().map(entry).collect::<Option<_>>()?)
            }
        };
        Some(Self { start: spot.start, end: spot.end, form })
    }

    /// What it says.
    pub(super) fn json(&self) -> Option<Value> {
        Some(match &self.form {
            Form::Scalar(value) => value.clone(),
            Form::Alias => return None,
            Form::List(items) => Value::Array(items.iter().map(Self::json).collect::<Option<_>>()?),
            Form::Map(entries) => {
                let entry = |entry: &Entry| Some((entry.key.clone(), entry.value.json()?));
                Value::Object(entries.iter().map(entry).collect::<Option<Map<_, _>>>()?)
            }
        })
    }

    /// Whether it is written in brackets or braces.
    pub(super) fn is_flow(&self, text: &str) -> bool {
        text.get(self.start..).is_some_and(|rest| rest.starts_with(['[', '{']))
    }

    /// The mapping that an offset names: the one of whose values it is a part, or the value of the key that it is in.
    pub(super) fn item(&self, at: usize) -> Option<&Self> {
        match &self.form {
            Form::Scalar(_) | Form::Alias => None,
            Form::List(items) => items.iter().find(|item| item.holds(at))?.item(at),
            Form::Map(entries) => {
                let named = |entry: &&Entry| {
                    (entry.start..entry.key_end.max(entry.start + 1)).contains(&at) && entry.value.is_map()
                };
                if let Some(entry) = entries.iter().find(named) {
                    return Some(&entry.value);
                }
                let below = entries.iter().find(|entry| entry.value.holds(at));
                Some(below.and_then(|entry| entry.value.item(at)).unwrap_or(self))
            }
        }
    }

    fn is_map(&self) -> bool {
        matches!(self.form, Form::Map(_))
    }

    fn holds(&self, at: usize) -> bool {
        (self.start..=self.end).contains(&at)
    }

    /// The value of a key of a mapping.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        let Form::Map(entries) = &self.form else { return None };
        entries.iter().find(|entry| entry.key == key).map(|entry| &entry.value)
    }
}

/// A collection that is not closed yet, a mapping with the key that waits for its value.
enum Open {
    List(usize, Vec<Tree>),
    Map(usize, Vec<Entry>, Option<(String, usize, usize)>),
}

impl Open {
    fn closed(self) -> Tree {
        match self {
            Self::List(start, items) => {
                let end = items.last().map_or(start + 1, |last| last.end);
                Tree { start, end, form: Form::List(items) }
            }
            Self::Map(start, entries, _) => {
                let end = entries.last().map_or(start + 1, Entry::end);
                Tree { start, end, form: Form::Map(entries) }
            }
        }
    }
}

/// Where the bracket ends behind the last thing in it: only blanks, a comma and comments come before.
fn bracket(text: &str, from: usize) -> Option<usize> {
    let mut comment = false;
    for (at, c) in text.get(from..)?.char_indices() {
        match c {
            '\n' => comment = false,
            '#' => comment = true,
            ']' | '}' if !comment => return Some(from + at + 1),
            _ => {}
        }
    }
    None
}

/// As the reader of the configuration takes it: see `read/json.rs`.
fn meaning(text: &str, plain: bool) -> Value {
    match if plain { plain_meaning(text) } else { Meaning::Text } {
        Meaning::Nothing => Value::Null,
        Meaning::Boolean(value) => Value::Bool(value),
        Meaning::Number => text
            .parse::<Number>()
            .ok()
            .filter(|number| number.to_string() == text)
            .map_or_else(|| Value::String(text.to_owned()), Value::Number),
        Meaning::Text => Value::String(text.to_owned()),
    }
}
