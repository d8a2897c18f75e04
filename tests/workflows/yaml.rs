//! A YAML text as a JSON value, read by the parser that configurations are read by, with YAML 1.2's plain scalars.

use saphyr_parser::{Event, Parser, ScalarStyle};
use serde_json::{Map, Value};

/// Reads one document without anchors.
pub(crate) fn read(text: &str) -> Value {
    let mut events = Parser::new_from_str(text).map(|event| event.unwrap().0);
    loop {
        match events.next().unwrap() {
            Event::StreamStart | Event::DocumentStart(_) => {}
            event => return value(event, &mut events),
        }
    }
}

fn value<'a>(event: Event<'a>, events: &mut impl Iterator<Item = Event<'a>>) -> Value {
    match event {
        Event::Scalar(text, style, ..) => scalar(&text, style),
        Event::SequenceStart(..) => {
            let mut out = Vec::new();
            loop {
                match events.next().unwrap() {
                    Event::SequenceEnd => return Value::Array(out),
                    event => out.push(value(event, events)),
                }
            }
        }
        Event::MappingStart(..) => {
            let mut out = Map::new();
            loop {
                match events.next().unwrap() {
                    Event::MappingEnd => return Value::Object(out),
                    Event::Scalar(key, ..) => {
                        let event = events.next().unwrap();
                        let before = out.insert(key.clone().into_owned(), value(event, events));
                        assert!(before.is_none(), "`{key}` stands twice");
                    }
                    event => panic!("{event:?} is no key"),
                }
            }
        }
        event => panic!("{event:?} is not expected"),
    }
}

fn scalar(text: &str, style: ScalarStyle) -> Value {
    if style != ScalarStyle::Plain {
        return text.into();
    }
    match text {
        "" | "~" | "null" => Value::Null,
        "true" => true.into(),
        "false" => false.into(),
        _ => text.parse::<i64>().map_or_else(|_| text.into(), Value::from),
    }
}
