//! The graph for Graphviz.

use std::fmt::Write as _;

use super::dag::Graph;
use crate::StepId;

impl Graph {
    /// The graph as Graphviz reads it, a cluster an account. Arrows run from what is needed to what needs it.
    pub fn to_dot(&self) -> String {
        let mut out = String::from("digraph landfall {\n  rankdir=LR;\n  node [shape=box];\n");
        let mut number = 0usize;
        for (account, nodes) in self.by_account() {
            if let Some(account) = account {
                let _ = writeln!(
                    out,
                    "  subgraph {} {{\n    label={};",
                    quote(&format!("cluster_{account}")),
                    quote(account.as_str())
                );
            }
            for id in nodes {
                let _ = writeln!(out, "    {} [label={}];", quote(&id.to_string()), quote(&label(id)));
                number += 1;
            }
            if account.is_some() {
                out.push_str("  }\n");
            }
        }
        debug_assert_eq!(number, self.len());
        for (waiter, needed, wait) in self.edges() {
            let _ = writeln!(
                out,
                "  {} -> {} [label={}];",
                quote(&needed.to_string()),
                quote(&waiter.to_string()),
                quote(&wait.reason.to_string())
            );
        }
        out.push_str("}\n");
        out
    }
}

/// What a node is called inside its account.
pub(super) fn label(id: &StepId) -> String {
    match id {
        StepId::Stack(key) => format!("{} ({})", key.name, key.region),
        other => other.to_string(),
    }
}

/// A quoted id of the DOT language: only `"` and `\` mean something between quotes.
fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
