//! The graph for Mermaid, which GitHub shows in Markdown.

use std::collections::HashMap;
use std::fmt::Write as _;

use super::dag::Graph;
use super::dot::label;
use crate::StepId;

impl Graph {
    /// The graph as a Mermaid flowchart, a subgraph an account. Ids are numbers, since names may be words that Mermaid
    /// keeps for itself, such as `end`.
    pub fn to_mermaid(&self) -> String {
        let mut out = String::from("flowchart LR\n");
        let mut ids: HashMap<&StepId, usize> = HashMap::with_capacity(self.len());
        for (group, (account, nodes)) in self.by_account().into_iter().enumerate() {
            if let Some(account) = account {
                let _ = writeln!(out, "  subgraph a{group}[\"{}\"]", escape(account.as_str()));
            }
            for id in nodes {
                let number = ids.len();
                ids.insert(id, number);
                let _ = writeln!(out, "    n{number}[\"{}\"]", escape(&label(id)));
            }
            if account.is_some() {
                out.push_str("  end\n");
            }
        }
        for (waiter, needed, wait) in self.edges() {
            let (Some(from), Some(to)) = (ids.get(needed), ids.get(waiter)) else { continue };
            let _ = writeln!(out, "  n{from} -->|\"{}\"| n{to}", escape(&wait.reason.to_string()));
        }
        out
    }
}

/// Text between quotes in Mermaid: HTML entities, written with `#`, stand for what would end it or be read as markup.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' | '#' | '<' | '>' | '&' | '`' | '\\' | '[' | ']' | '{' | '}' | '|' | ';' => {
                let _ = write!(out, "#{};", u32::from(c));
            }
            '\n' | '\r' => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
