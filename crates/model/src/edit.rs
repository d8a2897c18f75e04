//! A small edit of an item of the configuration, at its place: all else stays as it is written, comments included.

use saphyr_parser::{Event, Parser};

/// What is written at an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemEdit {
    /// A key gets a value, in place of the one it has.
    Set {
        /// The key.
        key: &'static str,
        /// The value, as it is written.
        value: String,
    },
    /// A list gets one more entry; one that is not there is begun.
    Add {
        /// The list's key.
        key: &'static str,
        /// The entry, as it is written.
        value: String,
    },
}

/// Why an edit cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// The file is no YAML.
    #[error("the file cannot be read any more")]
    Unreadable,
    /// There is no mapping at the place.
    #[error("there is no item at the place")]
    NoItem,
    /// What the key has is written in a form that an edit cannot go on with, such as an alias.
    #[error("`{0}` is written in a form that cannot be edited by itself")]
    Form(&'static str),
}

/// A value with its stretch of the text, in bytes.
struct Written {
    start: usize,
    end: usize,
    form: Form,
}

enum Form {
    Scalar,
    Alias,
    List(Vec<Written>),
    Map(Vec<(String, Written, Written)>),
}

/// The text with an edit of the item in which an offset (in bytes) lies.
///
/// # Errors
/// There is no such item, or it is written in a form that cannot be edited.
pub fn edited(text: &str, item: usize, edit: &ItemEdit) -> Result<String, EditError> {
    let root = read(text).ok_or(EditError::Unreadable)?;
    let map = innermost(&root, item).ok_or(EditError::NoItem)?;
    let Form::Map(entries) = &map.form else { return Err(EditError::NoItem) };
    let (key, value) = match edit {
        ItemEdit::Set { key, value } | ItemEdit::Add { key, value } => (*key, value.as_str()),
    };
    let found = entries.iter().find(|(name, ..)| name == key).map(|(.., found)| found);
    let (at, until, insert) = match (edit, found) {
        (ItemEdit::Set { .. }, Some(found)) => match found.form {
            Form::Scalar => (found.start, found.end, value.to_owned()),
            Form::Alias | Form::List(_) | Form::Map(_) => return Err(EditError::Form(key)),
        },
        (ItemEdit::Add { .. }, Some(found)) => {
            let Form::List(items) = &found.form else { return Err(EditError::Form(key)) };
            let at = items.last().map_or(found.start + 1, |last| last.end);
            let insert = match (flow(text, found), items.first()) {
                (true, Some(_)) => [", ", value].concat(),
                (true, None) => value.to_owned(),
                (false, Some(first)) => {
                    let dash = text.get(..first.start).and_then(|before| before.rfind('-'));
                    let indent = column(text, dash.ok_or(EditError::Form(key))?);
                    ["\n", &" ".repeat(indent), "- ", value].concat()
                }
                (false, None) => return Err(EditError::Form(key)),
            };
            let at = if flow(text, found) { at } else { line_end(text, at) };
            (at, at, insert)
        }
        (_, None) => {
            let value = match edit {
                ItemEdit::Set { .. } => value.to_owned(),
                ItemEdit::Add { .. } => ["[", value, "]"].concat(),
            };
            let (first, last) = entries.first().zip(entries.last()).ok_or(EditError::NoItem)?;
            if flow(text, map) {
                (last.2.end, last.2.end, [", ", key, ": ", &value].concat())
            } else {
                let at = line_end(text, last.2.end);
                let indent = column(text, first.1.start);
                (at, at, ["\n", &" ".repeat(indent), key, ": ", &value].concat())
            }
        }
    };
    match (text.get(..at), text.get(until..)) {
        (Some(before), Some(after)) => Ok([before, &insert, after].concat()),
        _ => Err(EditError::Form(key)),
    }
}

/// Whether it is written in brackets or braces.
fn flow(text: &str, written: &Written) -> bool {
    text.get(written.start..).is_some_and(|rest| rest.starts_with(['[', '{']))
}

/// How many characters stand before an offset on its line.
fn column(text: &str, at: usize) -> usize {
    let before = text.get(..at).unwrap_or_default();
    before.rsplit('\n').next().unwrap_or_default().chars().count()
}

/// The end of the line on which something ends.
fn line_end(text: &str, at: usize) -> usize {
    let trimmed = text.get(..at).map_or(at, |before| before.trim_end_matches(['\n', '\r', ' ']).len());
    let rest = text.get(trimmed..).unwrap_or_default();
    trimmed + rest.find('\n').unwrap_or(rest.len())
}

fn innermost(written: &Written, at: usize) -> Option<&Written> {
    if !(written.start..=written.end).contains(&at) {
        return None;
    }
    let below = match &written.form {
        Form::Scalar | Form::Alias => None,
        Form::List(items) => items.iter().find_map(|item| innermost(item, at)),
        Form::Map(entries) => entries.iter().find_map(|(_, _, value)| innermost(value, at)),
    };
    below.or(matches!(written.form, Form::Map(_)).then_some(written))
}

/// A collection that is not closed yet, with the key that waits for its value.
enum Open {
    List(usize, Vec<Written>),
    Map(usize, Vec<(String, Written, Written)>, Option<(String, Written)>),
}

fn read(text: &str) -> Option<Written> {
    let table: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let byte = |characters: usize| table.get(characters).copied().unwrap_or(text.len());
    let mut stack: Vec<Open> = Vec::new();
    let mut root = None;
    for event in Parser::new_from_str(text) {
        let (event, span) = event.ok()?;
        let (start, end) = (byte(span.start.index()), byte(span.end.index()));
        let (name, written) = match event {
            Event::Scalar(value, ..) => (value.into_owned(), Written { start, end, form: Form::Scalar }),
            Event::Alias(_) => (String::new(), Written { start, end, form: Form::Alias }),
            Event::SequenceStart(..) => {
                stack.push(Open::List(start, Vec::new()));
                continue;
            }
            Event::MappingStart(..) => {
                stack.push(Open::Map(start, Vec::new(), None));
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let written = match stack.pop()? {
                    Open::List(start, items) => {
                        let last = items.last().map_or(start + 1, |last| last.end);
                        Written { start, end: last, form: Form::List(items) }
                    }
                    Open::Map(start, entries, _) => {
                        let last = entries.last().map_or(start + 1, |(.., last)| last.end);
                        Written { start, end: last, form: Form::Map(entries) }
                    }
                };
                // A block ends with its last entry; brackets are part of what they hold.
                // The parser's mark of an end may lie behind the blanks that follow.
                let end = if flow(text, &written) {
                    text.get(..end).map_or(end, |before| before.trim_end().len()).max(written.end)
                } else {
                    written.end
                };
                (String::new(), Written { end, ..written })
            }
            _ => continue,
        };
        match stack.last_mut() {
            None => root = Some(written),
            Some(Open::List(_, items)) => items.push(written),
            Some(Open::Map(_, entries, key)) => match key.take() {
                Some((name, place)) => entries.push((name, place, written)),
                None => *key = Some((name, written)),
            },
        }
    }
    root
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "# all that runs\nservices:\n  - name: etl # moves data\n    kind: lambda\n    managed_policies:\n      - arn:a # first\n  - { name: web, kind: ec2, managed_policies: [arn:b] }\n  - name: last\n    kind: ecs\n\nteam: data\n";

    fn at(name: &str) -> usize {
        FILE.find(name).unwrap()
    }

    fn add(value: &str) -> ItemEdit {
        ItemEdit::Add { key: "managed_policies", value: value.to_owned() }
    }

    fn set(value: &str) -> ItemEdit {
        ItemEdit::Set { key: "max_session", value: value.to_owned() }
    }

    #[test]
    fn a_list_grows_where_it_stands_and_comments_stay() {
        let block = edited(FILE, at("etl"), &add("arn:new")).unwrap();
        assert_eq!(block, FILE.replace("- arn:a # first\n", "- arn:a # first\n      - arn:new\n"));
        let flow = edited(FILE, at("web"), &add("arn:new")).unwrap();
        assert_eq!(flow, FILE.replace("[arn:b]", "[arn:b, arn:new]"));
        let begun = edited(FILE, at("last"), &add("arn:new")).unwrap();
        assert_eq!(begun, FILE.replace("kind: ecs\n", "kind: ecs\n    managed_policies: [arn:new]\n"));
    }

    #[test]
    fn a_key_is_set_or_begun() {
        let begun = edited(FILE, at("web"), &set("2h")).unwrap();
        assert_eq!(begun, FILE.replace("[arn:b] }", "[arn:b], max_session: 2h }"));
        let again = edited(&begun, at("web"), &set("12h")).unwrap();
        assert_eq!(again, begun.replace("2h", "12h"));
        let root = edited(FILE, at("team"), &set("2h")).unwrap();
        assert_eq!(root, [FILE, "max_session: 2h\n"].concat());
    }

    #[test]
    fn what_cannot_be_edited_is_refused() {
        assert_eq!(edited("a: [", 0, &set("2h")), Err(EditError::Unreadable));
        assert_eq!(edited("- a\n", 2, &set("2h")), Err(EditError::NoItem));
        assert_eq!(edited("max_session: [1h]\n", 0, &set("2h")), Err(EditError::Form("max_session")));
        assert_eq!(edited("managed_policies: x\n", 0, &add("y")), Err(EditError::Form("managed_policies")));
    }
}
