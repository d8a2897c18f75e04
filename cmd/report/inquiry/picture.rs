//! Who may become whom.

use landfall_stacks::access::{Picture, World};
use serde_json::{Value, json};

use super::words::{role_json, who_json};
use crate::error::CommandError;
use crate::global::Format;
use crate::report::Terminal;

/// Shows it.
pub(crate) fn picture(terminal: &Terminal, world: &World, picture: &Picture<'_>) -> Result<(), CommandError> {
    terminal.data(&match terminal.format {
        Format::Human => picture.to_mermaid(),
        Format::Markdown => ["```mermaid\n", &picture.to_mermaid(), "```\n"].concat(),
        Format::Json | Format::Sarif => format!("{:#}\n", machine(world, picture)),
    })
}

fn machine(world: &World, picture: &Picture<'_>) -> Value {
    let edges: Vec<Value> = picture
        .edges()
        .iter()
        .map(|edge| {
            json!({
                "from": who_json(world, &edge.from),
                "to": { "account": world.account(edge.to), "name": world.shape(edge.to).name },
                "conditions": edge.conditions,
            })
        })
        .collect();
    let roles: Vec<Value> = world.roles().map(|role| role_json(world, role)).collect();
    json!({ "schema": "landfall/access-picture/1", "roles": roles, "edges": edges })
}
