//! The graph as data.

use serde_json::{Value, json};

use super::dag::Graph;

impl Graph {
    /// `nodes` in topological order, each with its id as data and as words and its account and kind, and `edges` from
    /// what is needed to what needs it, with the reason as data and as words.
    pub fn to_json(&self) -> Value {
        let nodes: Vec<Value> = self
            .order()
            .map(|id| json!({ "id": id, "name": id.to_string(), "account": id.account(), "kind": self.kind(id) }))
            .collect();
        let edges: Vec<Value> = self
            .edges()
            .map(|(waiter, needed, wait)| {
                json!({
                    "from": needed.to_string(),
                    "to": waiter.to_string(),
                    "reason": wait.reason,
                    "because": wait.reason.to_string(),
                })
            })
            .collect();
        json!({ "nodes": nodes, "edges": edges })
    }
}
