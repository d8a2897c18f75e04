//! YAML text to nodes. Every limit and every part of YAML that a configuration has no use for is refused here.

use std::collections::HashMap;
use std::mem;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Span, Tag};

use crate::read::context::{Context, character};
use crate::read::node::{Entry, Node, Scalar, Style, Value};
use crate::read::suggest::clip;
use crate::{Diagnostic, FileId, Place, codes};

/// Deeper than any section goes: the deepest, a statement's condition, has 10 levels.
const DEPTH: usize = 64;

/// Parses a file; `None` when there is nothing to go on with.
pub(crate) fn parse(cx: &mut Context<'_>, file: FileId) -> Option<Node> {
    let text = cx.text(file);
    if let Some(at) = text.find(|c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{85}')) {
        let place = character(file, &text, at);
        // The parser takes a NUL for the end of the file: all that follows would be ignored.
        cx.report(
            Diagnostic::error(codes::CONTROL_CHARACTER, place, "there is a control character that YAML does not allow")
                .label("here")
                .help("take it out; it is often what is left of a binary file or of a copy from a terminal"),
        );
        return None;
    }
    let mut builder =
        Builder { cx, file, positions: Positions::of(&text), text: &text, stack: Vec::new(), root: None, aliases: 0 };
    builder.run()
}

fn offset(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

/// The parser counts characters; places count bytes.
enum Positions {
    Ascii(usize),
    Table(Vec<u32>),
}

impl Positions {
    fn of(text: &str) -> Self {
        if text.is_ascii() {
            return Self::Ascii(text.len());
        }
        Self::Table(text.char_indices().map(|(at, _)| offset(at)).chain([offset(text.len())]).collect())
    }

    fn byte(&self, marker: Marker) -> u32 {
        match self {
            Self::Ascii(length) => offset(marker.index().min(*length)),
            Self::Table(table) => table.get(marker.index()).or(table.last()).copied().unwrap_or_default(),
        }
    }
}

/// A mapping or list that is not closed yet.
enum Open {
    List { start: u32, items: Vec<Node> },
    Map { start: u32, entries: Vec<Entry>, seen: HashMap<String, Place>, key: Option<Key> },
}

/// A key that waits for its value.
enum Key {
    Good(String, Place),
    /// Reported: its value is dropped.
    Bad,
}

struct Builder<'b, 'a> {
    cx: &'b mut Context<'a>,
    file: FileId,
    positions: Positions,
    text: &'b str,
    stack: Vec<Open>,
    root: Option<Node>,
    aliases: usize,
}

impl Builder<'_, '_> {
    fn run(&mut self) -> Option<Node> {
        let mut documents = 0;
        for event in Parser::new_from_str(self.text) {
            let (event, span) = match event {
                Ok(event) => event,
                Err(error) => {
                    let at = self.positions.byte(*error.marker());
                    let place = character(self.file, self.text, at as usize);
                    self.cx.report(
                        Diagnostic::error(
                            codes::YAML_SYNTAX,
                            place,
                            format!("this is no YAML: {}", clip(error.info())),
                        )
                        .label("the parser stopped here")
                        .help(hint(error.info(), self.text, at)),
                    );
                    return None;
                }
            };
            match event {
                Event::DocumentStart(_) => {
                    documents += 1;
                    if documents > 1 {
                        let place = self.first_line(self.positions.byte(span.start), self.positions.byte(span.end));
                        self.cx.report(
                            Diagnostic::error(codes::YAML_DOCUMENTS, place, "a second YAML document begins here")
                                .help("one file is one document: take the `---` out, or split the file"),
                        );
                        break;
                    }
                }
                Event::Alias(_) => self.alias(span),
                Event::Scalar(text, style, anchor, tag) => {
                    self.anchor(anchor, span);
                    let place = self.place(span);
                    let style = if style == ScalarStyle::Plain { Style::Plain } else { Style::Quoted };
                    let value = match tag {
                        Some(tag) => self.tag(&tag, &text, place),
                        None => Value::Scalar(Scalar { text: text.into_owned(), style }),
                    };
                    self.put(Node { place, value });
                }
                Event::SequenceStart(anchor, tag) => {
                    self.anchor(anchor, span);
                    self.collection_tag(tag.as_deref(), span);
                    let start = self.positions.byte(span.start);
                    self.open(Open::List { start, items: Vec::new() }, span)?;
                }
                Event::MappingStart(anchor, tag) => {
                    self.anchor(anchor, span);
                    self.collection_tag(tag.as_deref(), span);
                    let start = self.positions.byte(span.start);
                    let map = Open::Map { start, entries: Vec::new(), seen: HashMap::new(), key: None };
                    self.open(map, span)?;
                }
                Event::SequenceEnd | Event::MappingEnd => self.close(span),
                Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
            }
        }
        self.root.take()
    }

    fn place(&self, span: Span) -> Place {
        let (start, end) = (self.positions.byte(span.start), self.positions.byte(span.end));
        self.first_line(start, end)
    }

    /// A place ends with its first line, so that a whole section is never underlined.
    fn first_line(&self, start: u32, end: u32) -> Place {
        let end = end.max(start);
        let line = self.text.get(start as usize..end as usize).unwrap_or_default();
        let line = line.split('\n').next().unwrap_or_default().trim_end();
        Place { file: self.file, start, end: start + offset(line.len()) }
    }

    fn open(&mut self, open: Open, span: Span) -> Option<()> {
        if self.stack.len() >= DEPTH {
            let place = self.place(span);
            self.cx.report(
                Diagnostic::error(codes::YAML_DEPTH, place, format!("this is nested more than {DEPTH} levels deep"))
                    .help("no section needs more than a dozen levels"),
            );
            return None;
        }
        self.stack.push(open);
        Some(())
    }

    fn close(&mut self, span: Span) {
        let Some(open) = self.stack.pop() else { return };
        let (start, last, value) = match open {
            Open::List { start, items } => (start, items.last().map(|item| item.place.end), Value::List(items)),
            Open::Map { start, entries, .. } => {
                (start, entries.last().map(|entry| entry.value.place.end), Value::Map(entries))
            }
        };
        // A flow collection ends at its bracket; a block one with what stands last in it, not where the next begins.
        let flow = self.text.as_bytes().get(start as usize).is_some_and(|byte| b"[{".contains(byte));
        let end = if flow { self.positions.byte(span.end) } else { last.unwrap_or(start) };
        let place = self.first_line(start, end);
        self.put(Node { place, value });
    }

    fn put(&mut self, node: Node) {
        match self.stack.last_mut() {
            None => self.root = Some(node),
            Some(Open::List { items, .. }) => items.push(node),
            Some(Open::Map { entries, seen, key, .. }) => match key.take() {
                None => {
                    *key = Some(match node.value {
                        Value::Scalar(scalar) if scalar.text == "<<" && scalar.style == Style::Plain => {
                            self.cx.report(no_alias(node.place, "merge keys are not read"));
                            Key::Bad
                        }
                        Value::Scalar(scalar) => match seen.get(&scalar.text) {
                            Some(first) => {
                                self.cx.report(
                                    Diagnostic::error(
                                        codes::DUPLICATE_KEY,
                                        node.place,
                                        format!("the key `{}` stands twice", clip(&scalar.text)),
                                    )
                                    .label("again here")
                                    .related(*first, "first here")
                                    .help("a mapping has each key once: take one out, or join the two"),
                                );
                                Key::Bad
                            }
                            None => {
                                seen.insert(scalar.text.clone(), node.place);
                                Key::Good(scalar.text, node.place)
                            }
                        },
                        Value::Broken => Key::Bad,
                        Value::List(_) | Value::Map(_) => {
                            self.cx.report(
                                Diagnostic::error(codes::YAML_KEY, node.place, "a key must be a text")
                                    .label("this is the key")
                                    .help("`{` and `[` begin a mapping or a list; put text that has them in quotes"),
                            );
                            Key::Bad
                        }
                    });
                }
                Some(Key::Bad) => {}
                Some(Key::Good(key, key_place)) => {
                    let mut node = node;
                    // Where nothing is written, and where a collection begins on a later line, the key shows it best.
                    let below = matches!(node.value, Value::Map(_) | Value::List(_))
                        && self
                            .text
                            .get(key_place.end as usize..node.place.start as usize)
                            .is_some_and(|between| between.contains('\n'));
                    if below || (node.is_nothing() && node.place.start == node.place.end) {
                        node.place = key_place;
                    }
                    entries.push(Entry { key, key_place, value: node });
                }
            },
        }
    }

    fn anchor(&mut self, anchor: usize, span: Span) {
        if anchor > 0 && mem::replace(&mut self.aliases, 1) == 0 {
            let place = self.place(span);
            self.cx.report(no_alias(place, "anchors (`&name`) are not read"));
        }
    }

    fn alias(&mut self, span: Span) {
        let place = self.place(span);
        // One is enough: a file full of them would drown all else.
        if mem::replace(&mut self.aliases, 1) == 0 {
            self.cx.report(no_alias(place, "aliases (`*name`) are not read"));
        }
        self.put(Node { place, value: Value::Broken });
    }

    fn tag(&mut self, tag: &Tag, text: &str, place: Place) -> Value {
        let suffix = clip(&tag.suffix);
        let diagnostic = Diagnostic::error(codes::YAML_TAG, place, format!("`!{suffix}` is a YAML tag here, no text"));
        self.cx.report(if text.is_empty() {
            diagnostic.help(format!("put it in quotes: \"!{suffix}\""))
        } else {
            diagnostic.help("take the tag out: every key knows the type of its value")
        });
        Value::Broken
    }

    fn collection_tag(&mut self, tag: Option<&Tag>, span: Span) {
        if let Some(tag) = tag {
            let place = self.place(span);
            let text = format!("`!{}` is a YAML tag, and tags are not read", clip(&tag.suffix));
            self.cx.report(Diagnostic::error(codes::YAML_TAG, place, text).help("take the tag out"));
        }
    }
}

fn no_alias(place: Place, message: &str) -> Diagnostic {
    Diagnostic::error(codes::YAML_ALIAS, place, message)
        .help("write the value out where it is needed; text that begins with `&` or `*` needs quotes")
}

fn hint(info: &str, text: &str, at: u32) -> &'static str {
    let before = text.get(..at as usize).unwrap_or_default();
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line = text.get(line_start..).unwrap_or_default().split('\n').next().unwrap_or_default();
    let indent = &line[..line.len() - line.trim_start().len()];
    if indent.contains('\t') || info.contains("tab") {
        "indent with spaces: YAML does not allow tabs there"
    } else if info.contains("flow") || info.contains("',' or") {
        "a `[` or `{` may be open further up, or a `,` missing"
    } else {
        "check the indentation and the quotes around the marked place"
    }
}
