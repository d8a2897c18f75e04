//! Files of YAML: parsed, and those of a folder in which each has one entry.

use crate::read::context::{Context, LIMIT, start};
use crate::read::files::FileError;
use crate::read::node::Node;
use crate::read::yaml;
use crate::{Diagnostic, codes};

/// Parses a file of which something must be there: a file of comments is as good as empty.
pub(crate) fn parsed(cx: &mut Context<'_>, file: crate::FileId) -> Option<Node> {
    let before = cx.found();
    let node = yaml::parse(cx, file);
    let nothing = node.as_ref().is_none_or(Node::is_nothing);
    if !nothing {
        return node;
    }
    if cx.found() == before {
        let name = cx.sources.get(file).map(|source| source.name.clone()).unwrap_or_default();
        cx.report(
            Diagnostic::error(codes::FILE_EMPTY, start(file), format!("`{name}` has nothing but comments"))
                .help("`landfall init` writes a commented example of every file"),
        );
    }
    None
}

/// The files of a folder in which each has one entry.
pub(crate) struct EntryFiles {
    /// Those that could be parsed.
    pub(crate) nodes: Vec<Node>,
    /// What the others are called: an entry most likely has its file's name.
    pub(crate) unreadable: Vec<String>,
}

impl EntryFiles {
    /// Reads and parses the files of a folder; a folder that is not there has none.
    pub(crate) fn of(cx: &mut Context<'_>, folder: &str) -> Self {
        let mut files = Self { nodes: Vec::new(), unreadable: Vec::new() };
        let names = match cx.files.list(folder) {
            Ok(names) => names,
            Err(error) => {
                let reason = if let FileError::Denied(reason) = error { reason } else { "it is no folder".to_owned() };
                let message = format!("`{folder}` cannot be read: {reason}");
                cx.report(Diagnostic::error(codes::FILE_UNREADABLE, None, message));
                return files;
            }
        };
        for name in names {
            let hidden = name.starts_with('.');
            let yaml = name.strip_suffix(".yaml").or(name.strip_suffix(".yml")).is_some_and(|stem| !stem.is_empty());
            if hidden || !yaml {
                continue;
            }
            let path = [folder, "/", &name].concat();
            let node = cx.file(&path, None, LIMIT).and_then(|file| parsed(cx, file));
            match node {
                Some(node) => files.nodes.push(node),
                None => files.unreadable.push(name.split('.').next().unwrap_or_default().to_owned()),
            }
        }
        files
    }
}
