//! What is written into which file.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::edit::error::EditError;
use crate::edit::flow::Language;
use crate::edit::patch::patched;
use crate::edit::reconcile::Reconcile;
use crate::edit::tree::Tree;
use crate::{Place, Sources};

/// A key of a mapping with the value that it shall have; `None` takes it away.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// The key.
    pub key: String,
    /// Its value.
    pub value: Option<Value>,
}

impl Part {
    /// A key gets a value, in place of the one it has.
    pub fn set(key: impl Into<String>, value: impl Into<Value>) -> Self {
        Self { key: key.into(), value: Some(value.into()) }
    }

    /// A key gets a list or mapping; an empty one takes the key away.
    pub fn filled(key: impl Into<String>, value: Value) -> Self {
        let empty = value.as_array().is_some_and(Vec::is_empty) || value.as_object().is_some_and(|map| map.is_empty());
        Self { key: key.into(), value: (!empty).then_some(value) }
    }
}

/// What is written somewhere in the configuration folder.
#[derive(Debug, Clone, PartialEq)]
pub enum Writing {
    /// Keys of the item that is defined at a place.
    Item {
        /// The place, as the item has it.
        item: Place,
        /// The keys.
        parts: Vec<Part>,
    },
    /// Keys of the document that a file has.
    Document {
        /// The file.
        file: String,
        /// The keys.
        parts: Vec<Part>,
    },
    /// A file's whole text.
    Whole {
        /// The file.
        file: String,
        /// The text.
        text: String,
    },
}

/// The files that are changed, each with its new text.
///
/// Lists are taken for sets: what stays keeps its place, what is new comes last.
///
/// # Errors
/// There is no such item, or it is written in a form that cannot be edited.
pub fn written(sources: &Sources, writings: &[Writing]) -> Result<BTreeMap<String, String>, EditError> {
    let mut patches = BTreeMap::new();
    let mut out = BTreeMap::new();
    for writing in writings {
        let (name, at, parts) = match writing {
            Writing::Whole { file, text } => {
                if sources.named(file).is_some_and(|source| source.text != *text) {
                    out.insert(file.clone(), text.clone());
                }
                continue;
            }
            Writing::Item { item, parts } => {
                let source = sources.get(item.file).ok_or(EditError::NoItem)?;
                (source.name.as_str(), Some(item.start as usize), parts)
            }
            Writing::Document { file, parts } => (file.as_str(), None, parts),
        };
        let text = &sources.named(name).ok_or(EditError::NoItem)?.text;
        // Policies are JSON, whatever their files are called.
        let (language, root) = match at {
            Some(_) => (Language::Yaml, Tree::read(text)),
            None => (Language::Json, Tree::read_json(text)),
        };
        let root = root.ok_or(EditError::Unreadable)?;
        let item = match at {
            Some(at) => root.item(at).ok_or(EditError::NoItem)?,
            None => &root,
        };
        let Some(Value::Object(mut fields)) = item.json() else { return Err(EditError::NoItem) };
        for Part { key, value } in parts {
            match value {
                Some(value) => drop(fields.insert(key.clone(), value.clone())),
                None => drop(fields.shift_remove(key)),
            }
        }
        let mut reconcile = Reconcile::of(text, language);
        reconcile.value(item, &Value::Object(fields))?;
        let all: &mut Vec<_> = patches.entry(name.to_owned()).or_default();
        // The same said twice, for two accounts with one item, is said once.
        for patch in reconcile.patches {
            if !all.contains(&patch) {
                all.push(patch);
            }
        }
    }
    for (name, patches) in patches {
        let text = &sources.named(&name).ok_or(EditError::NoItem)?.text;
        let new = patched(text, patches).ok_or_else(|| EditError::Form(name.clone()))?;
        if new != *text {
            out.insert(name, new);
        }
    }
    Ok(out)
}

/// What stands under keys of the item that is defined at a place, as it is written.
pub fn value_at(sources: &Sources, item: Place, path: &[&str]) -> Option<Value> {
    let root = Tree::read(&sources.get(item.file)?.text)?;
    path.iter().try_fold(root.item(item.start as usize)?, |tree, key| tree.get(key))?.json()
}
