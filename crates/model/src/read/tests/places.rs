//! Places are bytes of the right text, whatever stands before them.

use crate::read::context::Context;
use crate::read::node::{Node, Style, Value};
use crate::read::yaml;
use crate::{FileId, Sources};
use std::collections::BTreeMap;

/// Every scalar and key of a document with the text at its place.
fn marked(text: &str) -> Vec<(String, String)> {
    fn walk(node: &Node, sources: &Sources, out: &mut Vec<(String, String)>) {
        let at = |place: crate::Place| sources.get(place.file).unwrap().text[place.range()].to_owned();
        match &node.value {
            Value::Scalar(scalar) => {
                let quoted = if scalar.style == Style::Quoted { "'" } else { "" };
                out.push((format!("{quoted}{}", scalar.text), at(node.place)));
            }
            Value::List(items) => items.iter().for_each(|item| walk(item, sources, out)),
            Value::Map(entries) => {
                for entry in entries {
                    out.push((entry.key.clone(), at(entry.key_place)));
                    walk(&entry.value, sources, out);
                }
            }
            Value::Broken => out.push(("broken".to_owned(), at(node.place))),
        }
    }
    let files = BTreeMap::new();
    let mut cx = Context::new(&files);
    let file = cx.sources.add("x.yaml", text);
    assert_eq!(file, FileId(0));
    let node = yaml::parse(&mut cx, file).unwrap();
    let (sources, diagnostics) = cx.finish();
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let mut out = Vec::new();
    walk(&node, &sources, &mut out);
    out
}

fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
}

#[test]
fn scalars_and_keys_are_marked_exactly() {
    let found = marked("# größer ☃ 🎈\nkey: value  # comment\n'quoted': \"a b\"\nlist: [x, 'y']\nempty:\n");
    let wanted = [
        ("key", "key"),
        ("value", "value"),
        ("quoted", "'quoted'"),
        ("'a b", "\"a b\""),
        ("list", "list"),
        ("x", "x"),
        ("'y", "'y'"),
        ("empty", "empty"),
        ("", "empty"),
    ];
    assert_eq!(found, pairs(&wanted));
}

#[test]
fn text_outside_ascii_moves_no_place() {
    let found = marked("größe: \"🎈 ☃\"\r\nß: é   # ü\r\n- ü\r\n".split("- ").next().unwrap());
    assert_eq!(found, pairs(&[("größe", "größe"), ("'🎈 ☃", "\"🎈 ☃\""), ("ß", "ß"), ("é", "é")]));
}

#[test]
fn a_place_ends_with_its_line() {
    let found = marked("a: >\n  folded\n  text\nb: |\n  literal\n");
    let texts: Vec<usize> = found.iter().map(|(_, at)| at.lines().count()).collect();
    assert!(texts.iter().all(|lines| *lines <= 1), "{found:?}");
}
