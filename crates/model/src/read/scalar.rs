//! Scalars and lists, before they mean anything.

use crate::read::context::Context;
use crate::read::fields::wrong_type;
use crate::read::node::{Meaning, Node, Scalar, Value};
use crate::read::suggest::{clip, closest, one_of};
use crate::{Diagnostic, codes};

/// A text. What YAML takes for a number or a boolean needs quotes.
pub(crate) fn text<'n>(cx: &mut Context<'_>, node: &'n Node) -> Option<&'n str> {
    match &node.value {
        Value::Broken => None,
        Value::Scalar(scalar) => match scalar.meaning() {
            Meaning::Text => Some(&scalar.text),
            Meaning::Nothing => {
                cx.report(wrong_type(node, "a text").help("write a value, or take the key out"));
                None
            }
            Meaning::Boolean(_) | Meaning::Number => {
                cx.report(wrong_type(node, "a text").help(quoted(scalar)));
                None
            }
        },
        Value::List(_) | Value::Map(_) => {
            cx.report(wrong_type(node, "a text"));
            None
        }
    }
}

/// How a scalar is written so that YAML takes it for text.
pub(crate) fn quoted(scalar: &Scalar) -> String {
    format!("put it in quotes: \"{}\"", clip(&scalar.text))
}

/// `true` or `false`.
pub(crate) fn boolean(cx: &mut Context<'_>, node: &Node) -> Option<bool> {
    match &node.value {
        Value::Broken => return None,
        Value::Scalar(scalar) => {
            if let Meaning::Boolean(value) = scalar.meaning() {
                return Some(value);
            }
        }
        Value::List(_) | Value::Map(_) => {}
    }
    cx.report(wrong_type(node, "true or false").help("write `true` or `false`, without quotes"));
    None
}

/// A list's items.
pub(crate) fn list<'n>(cx: &mut Context<'_>, node: &'n Node) -> Option<&'n [Node]> {
    match &node.value {
        Value::List(items) => Some(items),
        Value::Broken => None,
        Value::Scalar(scalar) => {
            let diagnostic = wrong_type(node, "a list");
            cx.report(match scalar.meaning() {
                Meaning::Nothing => diagnostic.help("write `[]` for none, or take the key out"),
                _ => diagnostic.help(format!("put it in brackets: [{}]", clip(&scalar.text))),
            });
            None
        }
        Value::Map(_) => {
            cx.report(wrong_type(node, "a list").help("begin every entry with `- `"));
            None
        }
    }
}

/// A list that has something in it.
pub(crate) fn filled_list<'n>(cx: &mut Context<'_>, node: &'n Node) -> Option<&'n [Node]> {
    let items = list(cx, node)?;
    if items.is_empty() {
        cx.report(Diagnostic::error(codes::EMPTY_LIST, node.place, "this list needs at least one entry"));
        return None;
    }
    Some(items)
}

/// Every item of a list, those that can be read.
pub(crate) fn each<T>(
    cx: &mut Context<'_>,
    node: &Node,
    mut read: impl FnMut(&mut Context<'_>, &Node) -> Option<T>,
) -> Vec<T> {
    let items = list(cx, node).unwrap_or_default();
    items.iter().filter_map(|item| read(cx, item)).collect()
}

/// One of a closed set of words.
pub(crate) fn word<T: Copy>(cx: &mut Context<'_>, node: &Node, words: &[(&'static str, T)]) -> Option<T> {
    let text = text(cx, node)?;
    if let Some((_, value)) = words.iter().find(|(word, _)| *word == text) {
        return Some(*value);
    }
    let all = one_of(words.iter().map(|(word, _)| *word));
    let diagnostic = Diagnostic::error(
        codes::UNKNOWN_WORD,
        node.place,
        format!("`{}` is none of {all}", clip(text)).replace(" or ", " and "),
    );
    cx.report(match closest(text, words.iter().map(|(word, _)| *word)) {
        Some(word) => diagnostic.help(format!("did you mean `{word}`?")),
        None => diagnostic.help(format!("write {all}")),
    });
    None
}
